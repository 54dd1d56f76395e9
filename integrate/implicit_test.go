package integrate

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/odefit/odefit/integrate/space"
)

// Rows of diagonally implicit tableaux sum to C, the last is B, and the diagonal is one
// number, zero at most in the first stage.
func TestDIRKTableaux(t *testing.T) {
	for _, tab := range dirks() {
		s := tab.Stages()
		gamma := tab.A[s-1][s-1]
		for i, row := range tab.A {
			sum := 0.0
			for _, a := range row {
				sum += a
			}
			if len(row) != i+1 || math.Abs(sum-tab.C[i]) > 1e-14 {
				t.Errorf("%s: row %d has %d entries and misses C by %.2g", tab.Name, i, len(row), sum-tab.C[i])
			}
			if a := row[i]; a != gamma && !(i == 0 && a == 0) {
				t.Errorf("%s: diagonal entry %d is %v", tab.Name, i, a)
			}
		}
		for i, b := range tab.B {
			if b != tab.A[s-1][i] {
				t.Errorf("%s is not stiffly accurate in stage %d", tab.Name, i)
			}
		}
	}
}

// R vanishes at infinity and is at most 1 in size on the imaginary axis. The order
// conditions leave coefficients of 16 digits, hence 1e-10.
func TestDIRKStability(t *testing.T) {
	for _, tab := range dirks() {
		if r := cmplx.Abs(tab.stability(-1e12)); r > 1e-10 {
			t.Errorf("%s: R(inf) = %.2g", tab.Name, r)
		}
		for y := 1e-2; y < 1e6; y *= 1.1 {
			if r := cmplx.Abs(tab.stability(complex(0, y))); r > 1+1e-10 {
				t.Errorf("%s: |R(%.3gi)| = 1 + %.2g", tab.Name, y, r-1)
			}
		}
	}
}

// stability takes a step of size z at y' = y from y = 1.
func (tab *Tableau) stability(z complex128) complex128 {
	k := make([]complex128, tab.Stages())
	y1 := complex128(1)
	for i := range k {
		y := complex128(1)
		diagonal := 0.0 // of an explicit method
		for j, a := range tab.A[i] {
			if j == i {
				diagonal = a
				continue
			}
			y += z * complex(a, 0) * k[j]
		}
		k[i] = y / (1 - z*complex(diagonal, 0))
	}
	for i, b := range tab.B {
		y1 += z * complex(b, 0) * k[i]
	}
	return y1
}

// T^-1 A T is block diagonal with the eigenvalues that are factored, A satisfies the
// conditions of collocation, and the error estimate has the order it says.
func TestRadauCoefficients(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-14*max(1, math.Abs(want)) {
			t.Errorf("%s: %.17g, want %.17g", what, got, want)
		}
	}
	times := func(a, b [3][3]float64) (c [3][3]float64) {
		for i := range 3 {
			for j := range 3 {
				for k := range 3 {
					c[i][j] += a[i][k] * b[k][j]
				}
			}
		}
		return c
	}
	re, im := real(radauPair), imag(radauPair)
	// On w_2 + i w_3 the block is the product with re + i im.
	blocks := [3][3]float64{{radauU, 0, 0}, {0, re, -im}, {0, im, re}}
	got, one := times(radauTI, times(radauA, radauT)), times(radauTI, radauT)
	for i := range 3 {
		for j := range 3 {
			near("T^-1 A T", got[i][j], blocks[i][j])
			near("T^-1 T", one[i][j], map[bool]float64{true: 1}[i == j])
		}
		for q := 1; q <= 3; q++ {
			sum := 0.0
			for j := range 3 {
				sum += radauA[i][j] * math.Pow(radauC[j], float64(q-1))
			}
			near("C(3)", sum, math.Pow(radauC[i], float64(q))/float64(q))
		}
	}
	for q := 1; q <= 5; q++ {
		sum := 0.0
		for j := range 3 {
			sum += radauA[2][j] * math.Pow(radauC[j], float64(q-1))
		}
		near("B(5)", sum, 1/float64(q))
	}
	// z_i = (c_i h)^q for y = t^q from 0: h f(0) + sum e_i z_i vanishes for q = 1, 2, 3.
	for q := 1; q <= 4; q++ {
		sum := map[bool]float64{true: 1}[q == 1]
		for j := range 3 {
			sum += radauE[j] * math.Pow(radauC[j], float64(q))
		}
		if q < 4 {
			near("estimate", sum, 0)
		} else if math.Abs(sum) < 1e-3 {
			t.Error("the error estimate is of higher order than it says")
		}
	}
}

// A RadauIIA5 is stable as its tableau, of which the form in T and z is another writing.
func TestRadauStability(t *testing.T) {
	r := func(z complex128) complex128 { // the Pade approximation (2, 3) of exp
		return (1 + 2*z/5 + z*z/20) / (1 - 3*z/5 + 3*z*z/20 - z*z*z/60)
	}
	p := Problem[[]complex128]{T1: 1, Y0: []complex128{1}, Space: space.Complexes[complex128]{}}
	for _, z := range []complex128{-1, 3i, -0.5 + 2i, -1e4, 1e3i} {
		p.F = func(dy []complex128, _ float64, y []complex128) error { dy[0] = z * y[0]; return nil }
		var stats Stats
		m, err := newRadau(&p, &stats)
		if err != nil {
			t.Fatal(err)
		}
		y1, e := []complex128{0}, []complex128{0}
		if err := m.Attempt(y1, e, 0, 1, p.Y0); err != nil {
			t.Fatal(err)
		}
		// The iteration leaves 3e-2 of the tolerance of 1e-6; the problem is linear, but
		// its Jacobian is one of differences.
		if d := cmplx.Abs(y1[0] - r(z)); d > 1e-7 {
			t.Errorf("R(%v) is off by %.2g", z, d)
		}
	}
	for y := 1e-2; y < 1e6; y *= 1.1 {
		if a := cmplx.Abs(r(complex(0, y))); a > 1+1e-14 {
			t.Errorf("|R(%.3gi)| = 1 + %.2g", y, a-1)
		}
	}
}
