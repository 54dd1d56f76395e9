package infer

import (
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit/minimize"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

// A straight line y = a + b t: the textbook covariance is
// sigma^2/(n Stt) [[sum t^2, -sum t], [-sum t, n]].
func TestStraightLine(t *testing.T) {
	times := []float64{1, 2, 3, 5, 8, 13}
	const sigma = 0.7
	var jac []float64
	var n, s1, s2 float64
	for _, x := range times {
		jac = append(jac, 1/sigma, x/sigma)
		n, s1, s2 = n+1, s1+x, s2+x*x
	}
	info, err := NewInformation(jac, len(times), 2)
	if err != nil {
		t.Fatal(err)
	}
	det := n*s2 - s1*s1
	cov := info.Covariance()
	near(t, "var a", cov[0], sigma*sigma*s2/det, 1e-13)
	near(t, "cov", cov[1], -sigma*sigma*s1/det, 1e-13)
	near(t, "var b", cov[3], sigma*sigma*n/det, 1e-13)
	near(t, "correlation", Correlation(cov, 2)[0][1], -s1/math.Sqrt(n*s2), 1e-13)
	near(t, "error of a + 2b", Delta([]float64{1, 2}, cov), math.Sqrt(cov[0]+4*cov[1]+4*cov[3]), 1e-14)
	if info.Rank() != 2 || info.Flat([]string{"a", "b"}) != nil {
		t.Errorf("rank %d, flat %v", info.Rank(), info.Flat([]string{"a", "b"}))
	}
}

// Columns that differ by 20 decades keep their digits: scaling a parameter scales its
// row and column of the covariance and nothing else.
func TestScalingOfParameters(t *testing.T) {
	jac := []float64{1, 2, 0.5, -1, 3, 1, 2, 2, -2, 0.1, 1, 4}
	scaled := append([]float64(nil), jac...)
	c := []float64{1e-12, 1, 1e8}
	for i := range scaled {
		scaled[i] *= c[i%3]
	}
	a, err := NewInformation(jac, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewInformation(scaled, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		want := a.Covariance()[i] / (c[i/3] * c[i%3])
		if got := b.Covariance()[i]; math.Abs(got-want) > 1e-13*math.Abs(want) {
			t.Errorf("entry %d: %g, want %g", i, got, want)
		}
	}
}

// p1 and p2 enter as a product only, p4 not at all; p3 stays determined.
func TestFlatDirectionsAreNamed(t *testing.T) {
	var jac []float64
	for i := range 8 {
		x := float64(i)
		jac = append(jac, x, x, 1, 0) // in log scale a product has equal columns
	}
	info, err := NewInformation(jac, 8, 4)
	if err != nil {
		t.Fatal(err)
	}
	flat := info.Flat([]string{"k1", "k2", "base", "unused"})
	if len(flat) != 2 || !strings.HasPrefix(flat[0], "unused: has no effect") ||
		!strings.Contains(flat[1], "k1") || !strings.Contains(flat[1], "k2") || strings.Contains(flat[1], "base") {
		t.Errorf("flat directions: %q", flat)
	}
	cov := info.Covariance()
	for _, i := range []int{0, 1, 3} {
		if !math.IsNaN(cov[i*4+i]) {
			t.Errorf("parameter %d is not determined, but has the variance %g", i, cov[i*4+i])
		}
	}
	// Without the others: y = s x + base, x = 0..7.
	near(t, "var base", cov[2*4+2], 140./(8*140-28*28), 1e-12)
	if info.Rank() != 2 {
		t.Errorf("rank %d, want 2", info.Rank())
	}
	if d := Delta([]float64{0, 0, 2, 0}, cov); math.IsNaN(d) {
		t.Error("a quantity of determined parameters has an error")
	}
}

func TestFewerRowsThanParameters(t *testing.T) {
	info, err := NewInformation([]float64{1, 1}, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if info.Rank() != 1 || len(info.Flat([]string{"a", "b"})) != 1 {
		t.Errorf("rank %d, flat %q", info.Rank(), info.Flat([]string{"a", "b"}))
	}
	if _, err := NewInformation([]float64{math.NaN(), 1}, 1, 2); err == nil {
		t.Error("a NaN in the Jacobian was taken")
	}
}

func TestIntervals(t *testing.T) {
	// t quantiles: Abramowitz and Stegun, table 26.10.
	near(t, "t(4)", Quantile(4), 2.776445105, 1e-8)
	near(t, "t(36)", Quantile(36), 2.028094001, 1e-8)
	near(t, "normal", Quantile(0), 1.959963985, 1e-8)
	se, ci := Estimate(minimize.Log, math.Log(3), 0.1, 2)
	near(t, "se", se, 0.3, 1e-14)
	near(t, "low", ci[0], 3*math.Exp(-0.2), 1e-14)
	near(t, "high", ci[1], 3*math.Exp(0.2), 1e-14)
	_, ci = Estimate(minimize.Linear, 1, 1, 2)
	if ci != [2]float64{-1, 3} {
		t.Errorf("interval of a linear parameter %v", ci)
	}
	if f := LeastSquaresFactor(42, 6); f != 42./36 {
		t.Errorf("factor %g", f)
	}
	if !math.IsNaN(LeastSquaresFactor(3, 3)) || !math.IsNaN(Quantile(-1)) {
		t.Error("no degrees of freedom left, but an answer")
	}
}
