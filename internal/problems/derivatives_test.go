package problems

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sample returns a point near the solution's own size, where no state is zero, and
// parameters near P, so that no term of a derivative is hidden by a factor 0 or 1.
func sample(q *Problem, rng *rand.Rand) (t float64, y, p []float64) {
	t = q.T0 + rng.Float64()*(q.T1-q.T0)
	y, p = make([]float64, len(q.Y0)), make([]float64, len(q.P))
	for i := range y {
		y[i] = q.Y0[i] + 0.1 + 0.2*rng.Float64()
	}
	for j := range p {
		p[j] = q.P[j] * (0.8 + 0.4*rng.Float64())
	}
	return t, y, p
}

func normal(n int, rng *rand.Rand) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

// fullJacobian returns the Dim x (Dim+NumParams) matrix (f_y, f_p), column by column
// from the JVP.
func fullJacobian(t *testing.T, q *Problem, time float64, y, p []float64) [][]float64 {
	t.Helper()
	n, np := q.System.Dim, q.System.NumParams
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n+np)
	}
	column := make([]float64, n)
	for j := range n + np {
		vy, vp := make([]float64, n), make([]float64, np)
		if j < n {
			vy[j] = 1
		} else {
			vp[j-n] = 1
		}
		if err := q.System.JVP(column, time, y, p, vy, vp); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			m[i][j] = column[i]
		}
	}
	return m
}

// absTimes returns |m| |v|, the size of the terms whose sum is m v: what rounding
// errors are relative to.
func absTimes(m [][]float64, v ...float64) []float64 {
	out := make([]float64, len(m))
	for i := range m {
		for j, x := range v {
			out[i] += math.Abs(m[i][j] * x)
		}
	}
	return out
}

// tolerance is relative to the sum of the absolute terms. Each term takes a few
// operations of 1.1e-16, and the 20 to 28 terms of the largest problems add up.
const tolerance = 1e-14

func forAll(t *testing.T, test func(t *testing.T, q *Problem, rng *rand.Rand)) {
	for _, q := range All() {
		t.Run(q.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			for range 20 {
				test(t, q, rng)
			}
		})
	}
}

func TestJVPAgainstComplexStep(t *testing.T) {
	forAll(t, func(t *testing.T, q *Problem, rng *rand.Rand) {
		const h = 1e-40
		time, y, p := sample(q, rng)
		vy, vp := normal(len(y), rng), normal(len(p), rng)
		cy, cp := make([]complex128, len(y)), make([]complex128, len(p))
		for i := range y {
			cy[i] = complex(y[i], h*vy[i])
		}
		for j := range p {
			vp[j] *= p[j] // rate constants span 15 decades
			cp[j] = complex(p[j], h*vp[j])
		}
		cdy, dy, got := make([]complex128, len(y)), make([]float64, len(y)), make([]float64, len(y))
		if err := q.Complex(cdy, time, cy, cp); err != nil {
			t.Fatal(err)
		}
		if err := q.System.RHS(dy, time, y, p); err != nil {
			t.Fatal(err)
		}
		if err := q.System.JVP(got, time, y, p, vy, vp); err != nil {
			t.Fatal(err)
		}
		m := fullJacobian(t, q, time, y, p)
		scale := absTimes(m, append(vy, vp...)...)
		value := absTimes(m, append(append([]float64{}, y...), p...)...)
		for i := range got {
			want := imag(cdy[i]) / h
			if !(math.Abs(got[i]-want) <= tolerance*scale[i]) {
				t.Errorf("JVP[%d] = %v, complex step %v, terms of size %v", i, got[i], want, scale[i])
			}
			if !(math.Abs(dy[i]-real(cdy[i])) <= tolerance*(value[i]+math.Abs(dy[i]))) {
				t.Errorf("RHS[%d] = %v, Complex %v", i, dy[i], real(cdy[i]))
			}
		}
	})
}

func TestVJPIsTransposeOfJVP(t *testing.T) {
	forAll(t, func(t *testing.T, q *Problem, rng *rand.Rand) {
		time, y, p := sample(q, rng)
		vy, vp, w := normal(len(y), rng), normal(len(p), rng), normal(len(y), rng)
		for j := range p {
			vp[j] *= p[j]
		}
		jv, gy, gp := make([]float64, len(y)), make([]float64, len(y)), make([]float64, len(p))
		for i := range jv {
			jv[i], gy[i] = math.NaN(), math.NaN() // to be overwritten
		}
		if err := q.System.JVP(jv, time, y, p, vy, vp); err != nil {
			t.Fatal(err)
		}
		if err := q.System.VJP(gy, gp, time, y, p, w); err != nil {
			t.Fatal(err)
		}
		terms := absTimes(fullJacobian(t, q, time, y, p), append(vy, vp...)...)
		var left, right, scale float64
		for i := range w {
			left += w[i] * jv[i]
			right += gy[i] * vy[i]
			scale += math.Abs(w[i]) * terms[i]
		}
		for j := range gp {
			right += gp[j] * vp[j]
		}
		if !(math.Abs(left-right) <= tolerance*scale) {
			t.Errorf("w.Jv = %v, J'w.v = %v, terms of size %v", left, right, scale)
		}
	})
}

func TestVJPAddsToParameters(t *testing.T) {
	forAll(t, func(t *testing.T, q *Problem, rng *rand.Rand) {
		time, y, p := sample(q, rng)
		w := normal(len(y), rng)
		gy, gp := make([]float64, len(y)), make([]float64, len(p))
		if err := q.System.VJP(gy, gp, time, y, p, w); err != nil {
			t.Fatal(err)
		}
		without := make([]float64, len(y))
		if err := q.System.VJP(without, nil, time, y, p, w); err != nil {
			t.Fatal(err)
		}
		twice := append([]float64{}, gp...)
		if err := q.System.VJP(gy, twice, time, y, p, w); err != nil {
			t.Fatal(err)
		}
		for i := range gy {
			if without[i] != gy[i] {
				t.Errorf("gy[%d] = %v without gp, %v with it", i, without[i], gy[i])
			}
		}
		for j := range gp {
			// A sum of terms is added one by one, in another order than it was from 0.
			if !(math.Abs(twice[j]-2*gp[j]) <= tolerance*math.Abs(gp[j])*10) {
				t.Errorf("gp[%d] = %v added once, %v twice", j, gp[j], twice[j])
			}
		}
	})
}

func TestJacobianAgainstJVP(t *testing.T) {
	forAll(t, func(t *testing.T, q *Problem, rng *rand.Rand) {
		time, y, p := sample(q, rng)
		n := len(y)
		jac := make([]float64, n*n)
		for i := range jac {
			jac[i] = math.NaN()
		}
		if err := q.System.Jacobian(jac, time, y, p); err != nil {
			t.Fatal(err)
		}
		m := fullJacobian(t, q, time, y, p)
		for i := range n {
			row := absTimes(m[i:i+1], ones(n)...)[0]
			for j := range n {
				// A cancelled entry is rounded relative to its neighbours' terms.
				if !(math.Abs(jac[i*n+j]-m[i][j]) <= tolerance*row) {
					t.Errorf("Jacobian[%d][%d] = %v, JVP %v", i, j, jac[i*n+j], m[i][j])
				}
			}
		}
	})
}

func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

func TestJVPWithoutParameterDirection(t *testing.T) {
	forAll(t, func(t *testing.T, q *Problem, rng *rand.Rand) {
		time, y, p := sample(q, rng)
		vy := normal(len(y), rng)
		a, b := make([]float64, len(y)), make([]float64, len(y))
		if err := q.System.JVP(a, time, y, p, vy, nil); err != nil {
			t.Fatal(err)
		}
		if err := q.System.JVP(b, time, y, p, vy, make([]float64, len(p))); err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("out[%d] = %v for nil, %v for zeros", i, a[i], b[i])
			}
		}
	})
}

func TestEvaluationsDoNotAllocate(t *testing.T) {
	for _, q := range All() {
		n, np := len(q.Y0), len(q.P)
		out, jac, gp, v := make([]float64, n), make([]float64, n*n), make([]float64, np), ones(n)
		s := q.System
		if got := testing.AllocsPerRun(10, func() {
			_ = s.RHS(out, 0, q.Y0, q.P)
			_ = s.JVP(out, 0, q.Y0, q.P, v, q.P)
			_ = s.VJP(out, gp, 0, q.Y0, q.P, v)
			_ = s.Jacobian(jac, 0, q.Y0, q.P)
		}); got != 0 {
			t.Errorf("%s: %v allocations", q.Name, got)
		}
	}
}
