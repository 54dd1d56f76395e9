package integrate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/odefit/odefit/integrate/space"
)

// For equal steps the error of BDF is Delta/((q+1) H_q), and the G of Adams are the
// coefficients of Adams and Bashforth (Hairer, Norsett, Wanner, table III.1.1).
func TestMultistepCoefficientsForEqualSteps(t *testing.T) {
	var b bdfCoefficients
	var a adamsCoefficients
	for i := range b.xi {
		b.xi[i] = float64(i)
	}
	for i := range a.xi {
		a.xi[i] = float64(i)
	}
	for q := 1; q <= bdfMaxOrder; q++ {
		want := 1 / (float64(q+1) * harmonic[q])
		if got := b.local(q) / b.correction(q); math.Abs(got-want) > 1e-14 {
			t.Errorf("BDF %d: error %v of the correction, want %v", q, got, want)
		}
	}
	a.set(6, 8)
	for k, want := range []float64{1, 1. / 2, 5. / 12, 3. / 8, 251. / 720, 95. / 288, 19087. / 60480, 5257. / 17280} {
		if math.Abs(a.g[k+1]-want) > 1e-14 {
			t.Errorf("Adams: G_%d = %v, want %v", k+1, a.g[k+1], want)
		}
	}
	if s := a.repeat(6); math.Abs(s-1) > 1e-14 {
		t.Errorf("Adams: the difference of two differences of equal steps has the factor %v", s)
	}
}

// smooth is a slope that depends on time alone, so that no iteration error is left.
func smooth(dy []float64, t float64, _ []float64) error { dy[0] = math.Cos(t) + t; return nil }

// march makes 60 steps of random sizes; order gives the order of the next step, and
// check looks at the history after each, with the times and states so far.
func march(t *testing.T, s Stepper[[]float64], set func(q int), get func() int, top int, check func(times, ys []float64)) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	times, ys := []float64{0}, []float64{0.3}
	y, y1, e := []float64{0.3}, []float64{0}, []float64{0}
	for n := range 60 {
		h := 0.1 * (0.5 + rng.Float64())
		t0 := times[n]
		if err := s.Attempt(y1, e, t0, t0+h, y); err != nil {
			t.Fatal(err)
		}
		q := get()
		set(min(max(q+rng.IntN(4)-1, q-1, 1), q+1, top, n+1))
		s.Accept()
		y, y1 = y1, y
		times, ys = append(times, t0+h), append(ys, y[0])
		check(times, ys)
	}
}

// value returns P, or h P', at x.
func (p *history[S]) value(y float64, x float64, derivative bool) float64 {
	sum, power := 0., 1.
	if !derivative {
		sum = y
	}
	for j := 1; j <= p.q; j++ {
		z := any(p.z[j]).([]float64)[0]
		if derivative {
			sum += float64(j) * z * power
			power *= x
		} else {
			power *= x
			sum += z * power
		}
	}
	return sum
}

// Whatever steps and orders come, the polynomial of BDF fits y_n, y'_n and y_(n-1) ..
// y_(n-q+1).
func TestBDFHistoryFits(t *testing.T) {
	p := Problem[[]float64]{F: smooth, T1: 9, Y0: []float64{0.3}}
	if err := withSpace(&p); err != nil {
		t.Fatal(err)
	}
	b, err := newBDF(&p, BDF{}, &Stats{})
	if err != nil {
		t.Fatal(err)
	}
	b.setTolerance(space.Tolerance{Abs: 1e-12}) // little is left of the iteration error
	seen := 0
	march(t, b, func(q int) { b.orders.next, b.orders.asked = q, true }, func() int { return b.hist.q }, bdfMaxOrder, func(times, ys []float64) {
		n := len(times) - 1
		f := []float64{0}
		_ = smooth(f, times[n], nil)
		if d := b.hist.value(ys[n], 0, true) - b.hist.h*f[0]; math.Abs(d) > 1e-12 {
			t.Fatalf("step %d, order %d: y' is missed by %.2g", n, b.hist.q, d)
		}
		for i := 1; i < b.hist.q; i++ {
			x := (times[n-i] - times[n]) / b.hist.h
			if d := b.hist.value(ys[n], x, false) - ys[n-i]; math.Abs(d) > 1e-12 {
				t.Fatalf("step %d, order %d: the point %d back is missed by %.2g", n, b.hist.q, i, d)
			}
		}
		if b.hist.q == bdfMaxOrder {
			seen++
		}
	})
	if seen < 5 {
		t.Errorf("order %d was seen %d times", bdfMaxOrder, seen)
	}
}

// The polynomial of Adams fits y_n and the derivatives at t_n .. t_(n-q+1), and y_n is
// y_(n-1) plus the integral of the polynomial through the derivatives at t_n .. t_(n-q).
func TestAdamsHistoryFits(t *testing.T) {
	p := Problem[[]float64]{F: smooth, T1: 9, Y0: []float64{0.3}}
	if err := withSpace(&p); err != nil {
		t.Fatal(err)
	}
	a, err := newAdams(&p, Adams{}, &Stats{})
	if err != nil {
		t.Fatal(err)
	}
	slope := func(t float64) float64 { f := []float64{0}; _ = smooth(f, t, nil); return f[0] }
	worked, seen := 1, 0
	march(t, a, func(q int) { worked = a.hist.q; a.orders.next, a.orders.asked = q, true }, func() int { return a.hist.q }, 8, func(times, ys []float64) {
		n := len(times) - 1
		for i := range a.hist.q {
			x := (times[n-i] - times[n]) / a.hist.h
			if d := a.hist.value(ys[n], x, true)/a.hist.h - slope(times[n-i]); math.Abs(d) > 1e-9 {
				t.Fatalf("step %d, order %d: the slope %d back is missed by %.2g", n, a.hist.q, i, d)
			}
		}
		want := integral(times[n-worked:], slope)
		if d := ys[n] - ys[n-1] - want; math.Abs(d) > 1e-12 {
			t.Fatalf("step %d, order %d: the corrector is missed by %.2g", n, worked, d)
		}
		if a.hist.q == 8 {
			seen++
		}
	})
	if seen < 3 {
		t.Errorf("order 8 was seen %d times", seen)
	}
}

// integral returns the integral over the last interval of the polynomial through f at
// all the times, by Lagrange's formula and the 6-point rule of Gauss, exact for the
// degree 11.
func integral(times []float64, f func(float64) float64) float64 {
	n := len(times)
	lo, hi := times[n-2], times[n-1]
	sum := 0.
	for i, x := range []float64{0.2386191860831969, 0.6612093864662645, 0.9324695142031521} {
		w := []float64{0.4679139345726910, 0.3607615730481386, 0.1713244923791704}[i]
		for _, x := range []float64{-x, x} {
			s := (lo+hi)/2 + x*(hi-lo)/2
			v := 0.
			for j, tj := range times {
				l := f(tj)
				for k, tk := range times {
					if k != j {
						l *= (s - tk) / (tj - tk)
					}
				}
				v += l
			}
			sum += w * v
		}
	}
	return sum * (hi - lo) / 2
}

// On a polynomial of degree q+1, with a history that fits it, the error of BDF is what
// local says.
func TestBDFLocalError(t *testing.T) {
	back := []float64{0, 0.13, 0.21, 0.4, 0.47, 0.6}
	for q := 1; q <= bdfMaxOrder; q++ {
		truth := func(t float64) float64 { return math.Pow(t+1, float64(q+1)) }
		p := Problem[[]float64]{T1: 9, Y0: []float64{0.3}, F: func(dy []float64, t float64, _ []float64) error {
			dy[0] = float64(q+1) * math.Pow(t+1, float64(q))
			return nil
		}}
		if err := withSpace(&p); err != nil {
			t.Fatal(err)
		}
		b, err := newBDF(&p, BDF{}, &Stats{})
		if err != nil {
			t.Fatal(err)
		}
		// P = truth - x^2 prod (x + back_i): it fits at 0, doubly, and at q-1 points.
		b.started, b.hist.q, b.hist.h = true, q, 1
		copy(b.hist.past, back)
		miss := [8]float64{2: 1}
		for i := 1; i < q; i++ {
			timesLinear(miss[:], i+1, back[i], 1)
		}
		c := 1.
		for j := 1; j <= q; j++ {
			c *= float64(q+2-j) / float64(j) // binomial(q+1, j)
			b.hist.z[j][0] = c - miss[j]
		}
		y1, e := []float64{0}, []float64{0}
		const h = 0.11
		if err := b.Attempt(y1, e, 0, h, []float64{1}); err != nil {
			t.Fatal(err)
		}
		want := truth(h) + b.co.local(q)*math.Pow(h, float64(q+1))
		if d := math.Abs(y1[0] - want); d > 1e-13 {
			t.Errorf("order %d: %v, want %v", q, y1[0], want)
		}
	}
}
