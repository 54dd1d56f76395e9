package expr_test

import (
	"math"
	"math/cmplx"
	"testing"

	"gonum.org/v1/gonum/num/dual"
	"pgregory.net/rapid"

	"github.com/odefit/odefit/dynsys/expr"
)

// holomorphic is an operation three times: as a node, over complex and over dual numbers.
type holomorphic struct {
	name    string
	node    func(b *expr.Builder, x, y expr.Node) expr.Node
	complex func(x, y complex128) complex128
	dual    func(x, y dual.Number) dual.Number
	domain  func(x, y float64) bool // nil: everywhere
}

func ofOne(name string, node func(*expr.Builder, expr.Node) expr.Node, c func(complex128) complex128, d func(dual.Number) dual.Number, domain func(x float64) bool) holomorphic {
	h := holomorphic{
		name:    name,
		node:    func(b *expr.Builder, x, _ expr.Node) expr.Node { return node(b, x) },
		complex: func(x, _ complex128) complex128 { return c(x) },
		dual:    func(x, _ dual.Number) dual.Number { return d(x) },
	}
	if domain != nil {
		h.domain = func(x, _ float64) bool { return domain(x) }
	}
	return h
}

func positive(x float64) bool { return x > 0.05 }
func inside(x float64) bool   { return math.Abs(x) < 0.95 }
func small(x float64) bool    { return math.Abs(x) < 4 }

// over divides complex numbers one of which may have a tiny imaginary part: the quotient
// of the language underflows there.
func over(x, y complex128) complex128 {
	re := real(x) / real(y)
	return complex(re, (imag(x)-re*imag(y))/real(y))
}

// inverse returns the inverse of a function whose complex step is taken: the inverses of
// the standard library lose a tiny imaginary part.
func inverse(real64 func(float64) float64, of func(complex128) complex128) func(complex128) complex128 {
	return func(x complex128) complex128 {
		y := real64(real(x))
		return complex(y, imag(x)/(imag(of(complex(y, step)))/step))
	}
}

func tangent(x complex128) complex128 { return over(cmplx.Sin(x), cmplx.Cos(x)) }

var holomorphics = []holomorphic{
	{"add", (*expr.Builder).Add, func(x, y complex128) complex128 { return x + y }, dual.Add, nil},
	{"sub", (*expr.Builder).Sub, func(x, y complex128) complex128 { return x - y }, dual.Sub, nil},
	{"mul", (*expr.Builder).Mul, func(x, y complex128) complex128 { return x * y }, dual.Mul, nil},
	{"div", (*expr.Builder).Div, over, func(x, y dual.Number) dual.Number { return dual.Mul(x, dual.Inv(y)) },
		func(_, y float64) bool { return math.Abs(y) > 0.05 }},
	ofOne("neg", (*expr.Builder).Neg, func(x complex128) complex128 { return -x }, func(x dual.Number) dual.Number { return dual.Scale(-1, x) }, nil),
	ofOne("exp", (*expr.Builder).Exp, cmplx.Exp, dual.Exp, small),
	ofOne("log", (*expr.Builder).Log, inverse(math.Log, cmplx.Exp), dual.Log, positive),
	ofOne("sqrt", (*expr.Builder).Sqrt, inverse(math.Sqrt, func(x complex128) complex128 { return x * x }), dual.Sqrt, positive),
	ofOne("sin", (*expr.Builder).Sin, cmplx.Sin, dual.Sin, small),
	ofOne("cos", (*expr.Builder).Cos, cmplx.Cos, dual.Cos, small),
	ofOne("tan", (*expr.Builder).Tan, tangent, dual.Tan, inside),
	ofOne("asin", (*expr.Builder).Asin, inverse(math.Asin, cmplx.Sin), dual.Asin, inside),
	ofOne("acos", (*expr.Builder).Acos, inverse(math.Acos, cmplx.Cos), dual.Acos, inside),
	ofOne("atan", (*expr.Builder).Atan, inverse(math.Atan, tangent), dual.Atan, small),
	ofOne("sinh", (*expr.Builder).Sinh, cmplx.Sinh, dual.Sinh, small),
	ofOne("cosh", (*expr.Builder).Cosh, cmplx.Cosh, dual.Cosh, small),
	ofOne("tanh", (*expr.Builder).Tanh, func(x complex128) complex128 { return over(cmplx.Sinh(x), cmplx.Cosh(x)) }, dual.Tanh, small),
	ofOne("power 3", func(b *expr.Builder, x expr.Node) expr.Node { return b.Pow(x, b.Const(3)) },
		func(x complex128) complex128 { return x * x * x }, func(x dual.Number) dual.Number { return dual.PowReal(x, 3) }, small),
	ofOne("power 1.7", func(b *expr.Builder, x expr.Node) expr.Node { return b.Pow(x, b.Const(1.7)) },
		func(x complex128) complex128 {
			p := math.Pow(real(x), 1.7)
			return complex(p, 1.7*p*imag(x)/real(x))
		}, func(x dual.Number) dual.Number { return dual.PowReal(x, 1.7) }, positive),
	{"pow", (*expr.Builder).Pow,
		func(x, y complex128) complex128 {
			p, l := math.Pow(real(x), real(y)), math.Log(real(x))
			return complex(p, p*(imag(y)*l+real(y)*imag(x)/real(x)))
		},
		func(x, y dual.Number) dual.Number { return dual.Exp(dual.Mul(y, dual.Log(x))) },
		func(x, y float64) bool { return positive(x) && math.Abs(y) < 4 && x < 8 }},
}

// step is the imaginary step, whose square vanishes.
const step = 1e-100

// TestDerivativesOfRandomGraphs compares JVP, VJP and Jacobian of random graphs of a few
// operations with a complex step and with dual numbers. Values are kept between 0.05 and
// 50 in size and derivatives below 1000, so that 1e-13 of the largest derivative in sight
// covers the rounding of some ten operations.
func TestDerivativesOfRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := expr.NewBuilder()
		x := []float64{rapid.Float64Range(0.2, 2).Draw(t, "x"), rapid.Float64Range(-2, -0.2).Draw(t, "y")}
		v := []float64{0.7, -0.4}
		var nodes []expr.Node
		var cs []complex128
		var ds []dual.Number
		for i := range x {
			nodes = append(nodes, b.Input(i))
			cs = append(cs, complex(x[i], v[i]*step))
			ds = append(ds, dual.Number{Real: x[i], Emag: v[i]})
		}
		nodes, cs, ds = append(nodes, b.Const(1.25)), append(cs, 1.25), append(ds, dual.Number{Real: 1.25})
		largest := 1.0
		for range rapid.IntRange(1, 8).Draw(t, "size") {
			i := rapid.IntRange(0, len(nodes)-1).Draw(t, "first")
			j := rapid.IntRange(0, len(nodes)-1).Draw(t, "second")
			h := rapid.SampledFrom(holomorphics).Draw(t, "operation")
			if h.domain != nil && !h.domain(ds[i].Real, ds[j].Real) {
				continue
			}
			d := h.dual(ds[i], ds[j])
			if size := math.Abs(d.Real); size > 50 || size < 0.05 || math.Abs(d.Emag) > 1000 {
				continue
			}
			nodes, cs, ds = append(nodes, h.node(b, nodes[i], nodes[j])), append(cs, h.complex(cs[i], cs[j])), append(ds, d)
			largest = max(largest, math.Abs(d.Emag))
		}
		last := len(nodes) - 1
		f, slots := nodes[last:], []int{0, 1}
		jvp := eval(t, b, x, b.JVP(f, slots, []expr.Node{b.Const(v[0]), b.Const(v[1])})...)[0]
		rows := [][]float64{
			eval(t, b, x, b.VJP(f, []expr.Node{b.Const(1)}, slots)...),
			eval(t, b, x, dense(b.Jacobian(f, slots), 1, 2)...),
		}
		got := map[string]float64{"JVP": jvp, "VJP": rows[0][0]*v[0] + rows[0][1]*v[1], "Jacobian": rows[1][0]*v[0] + rows[1][1]*v[1]}
		want := map[string]float64{"complex step": imag(cs[last]) / step, "dual numbers": ds[last].Emag}
		for mode, g := range got {
			for truth, w := range want {
				if !(math.Abs(g-w) <= 1e-13*largest) {
					t.Errorf("%s at %v: %s gives %.17g, %s %.17g", b.Text(f[0], nil), x, mode, g, truth, w)
				}
			}
		}
	})
}

// TestDerivativesOfEveryFunction takes each operation alone, over its domain.
func TestDerivativesOfEveryFunction(t *testing.T) {
	for _, h := range holomorphics {
		for x := -3.9; x < 4; x += 0.37 {
			y := 1.1 - 0.6*x
			if h.domain != nil && !h.domain(x, y) {
				continue
			}
			b := expr.NewBuilder()
			f := []expr.Node{h.node(b, b.Input(0), b.Input(1))}
			in := []float64{x, y}
			grad := eval(t, b, in, b.VJP(f, []expr.Node{b.Const(1)}, []int{0, 1})...)
			for i := range in {
				dx, dy := float64(1-i), float64(i)
				c := imag(h.complex(complex(x, dx*step), complex(y, dy*step))) / step
				d := h.dual(dual.Number{Real: x, Emag: dx}, dual.Number{Real: y, Emag: dy}).Emag
				for truth, w := range map[string]float64{"complex step": c, "dual numbers": d} {
					if !(math.Abs(grad[i]-w) <= 1e-13*(1+math.Abs(w))) {
						t.Errorf("%s, derivative %d at %v, %v: %.17g, by %s %.17g", h.name, i, x, y, grad[i], truth, w)
					}
				}
			}
		}
	}
}
