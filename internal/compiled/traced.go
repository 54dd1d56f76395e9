package main

import "github.com/odefit/odefit/dynsys/expr"

// The same models as traced functions.

type node = expr.Node

// polluNetwork lists the reactions of POLLU: reactants and products, from 1.
var polluNetwork = []struct{ from, to []int }{
	{[]int{1}, []int{2, 3}}, {[]int{2, 4}, []int{1}}, {[]int{5, 2}, []int{1, 6}}, {[]int{7}, []int{5, 5, 8}},
	{[]int{7}, []int{8}}, {[]int{7, 6}, []int{5, 8}}, {[]int{9}, []int{5, 8, 10}}, {[]int{9, 6}, []int{11}},
	{[]int{11, 2}, []int{1, 10, 12}}, {[]int{11, 1}, []int{13}}, {[]int{13}, []int{1, 11}}, {[]int{10, 2}, []int{1, 14}},
	{[]int{14}, []int{5, 7}}, {[]int{1, 6}, []int{15}}, {[]int{3}, []int{4}}, {[]int{4}, []int{16}},
	{[]int{4}, []int{3}}, {[]int{16}, []int{6, 6}}, {[]int{16}, []int{3}}, {[]int{17, 6}, []int{5, 18}},
	{[]int{19}, []int{2}}, {[]int{19}, []int{1, 3}}, {[]int{1, 4}, []int{19}}, {[]int{19, 1}, []int{20}}, {[]int{20}, []int{1, 19}},
}

func pollu(b *expr.Builder, _ node, y, p []node) []node {
	gain, loss := make([][]node, 20), make([][]node, 20)
	for k, r := range polluNetwork {
		rate := p[k]
		for _, i := range r.from {
			rate = b.Mul(rate, y[i-1])
		}
		for j, i := range r.to {
			if j > 0 && r.to[j-1] == i {
				gain[i-1][len(gain[i-1])-1] = b.Mul(b.Const(2), rate)
				continue
			}
			gain[i-1] = append(gain[i-1], rate)
		}
		for _, i := range r.from {
			loss[i-1] = append(loss[i-1], rate)
		}
	}
	out := make([]node, 20)
	for i := range out {
		for _, r := range gain[i] {
			out[i] = b.Add(out[i], r)
		}
		for _, r := range loss[i] {
			out[i] = b.Sub(out[i], r)
		}
	}
	return out
}

func hires(b *expr.Builder, _ node, y, p []node) []node {
	m, add, sub := b.Mul, b.Add, b.Sub
	bound := m(m(p[9], y[5]), y[7])
	return []node{
		add(add(add(b.Neg(m(p[0], y[0])), m(p[1], y[1])), m(p[2], y[2])), p[3]),
		sub(m(p[0], y[0]), m(p[4], y[1])),
		add(add(b.Neg(m(p[5], y[2])), m(p[1], y[3])), m(p[6], y[4])),
		sub(add(m(p[2], y[1]), m(p[0], y[2])), m(p[7], y[3])),
		add(b.Neg(m(p[8], y[4])), m(p[1], add(y[5], y[6]))),
		sub(add(add(b.Neg(bound), m(p[10], add(y[3], y[6]))), m(p[0], y[4])), m(p[1], y[5])),
		sub(bound, m(p[11], y[6])),
		add(b.Neg(bound), m(p[11], y[6])),
	}
}

func chain(b *expr.Builder, _ node, y, p []node) []node {
	n := len(y)
	out := make([]node, n)
	for i, v := range y {
		left, right := expr.Zero, expr.Zero
		if i > 0 {
			left = y[i-1]
		}
		if i < n-1 {
			right = y[i+1]
		}
		flow := b.Add(b.Sub(left, b.Mul(b.Const(2), v)), right)
		out[i] = b.Sub(b.Mul(p[0], flow), b.Mul(p[1], b.Mul(v, v)))
	}
	return out
}
