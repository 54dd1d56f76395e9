package noise

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// law is a distribution with arguments.
type law struct {
	Distribution
	args Args
}

func (l law) String() string { return fmt.Sprintf("%s%v", l.Name(), l.args[:len(l.ArgNames())]) }

// density returns exp(-NLL), and 0 where there is no density.
func (l law) density(y float64) float64 {
	var s Score
	if err := l.Score(&s, y, l.args); err != nil {
		return 0
	}
	return math.Exp(-s.NLL)
}

// each calls f with values, their scores and weights, of which the sum of weight times
// anything is its expectation over the law: an integral, or a sum.
func (l law) each(f func(weight float64, s *Score)) {
	var s Score
	at := func(y, weight float64) {
		if err := l.Score(&s, y, l.args); err != nil {
			return
		}
		if p := math.Exp(-s.NLL); p > 0 {
			f(p*weight, &s)
		}
	}
	switch l.Name() {
	case "poisson", "negbinomial":
		for k := 0.0; k < 9000; k++ {
			at(k, 1)
		}
	case "lognormal", "log10normal":
		unit := l.args[1]
		if l.Name() == "log10normal" {
			unit *= math.Ln10
		}
		halfLineNodes(func(v, weight float64) {
			up, down := l.args[0]*math.Exp(unit*v), l.args[0]*math.Exp(-unit*v)
			at(up, weight*unit*up)
			at(down, weight*unit*down)
		})
	default:
		unit := l.args[1]
		halfLineNodes(func(v, weight float64) {
			at(l.args[0]+unit*v, weight*unit)
			at(l.args[0]-unit*v, weight*unit)
		})
	}
}

// continuous and counts are the laws of the tests.
var continuous = []law{
	{Normal{}, Args{1, 0.5}}, {Normal{}, Args{-3000, 20}},
	{LogNormal{}, Args{2, 0.3}}, {LogNormal{}, Args{1e-4, 2}},
	{Log10Normal{}, Args{5, 0.4}}, {Log10Normal{}, Args{3e6, 1.1}},
	{Laplace{}, Args{-1, 2}}, {Laplace{}, Args{1e3, 0.01}},
	{Student{}, Args{0.5, 2, 0.8}}, {Student{}, Args{0.5, 2, 3}}, {Student{}, Args{-7, 0.1, 30}}, {Student{}, Args{0, 1, 400}},
}

var counts = []law{
	{Poisson{}, Args{0.2}}, {Poisson{}, Args{7.5}}, {Poisson{}, Args{900}},
	{NegBinomial{}, Args{0.7, 0.3}}, {NegBinomial{}, Args{12, 4}}, {NegBinomial{}, Args{5, 200}}, {NegBinomial{}, Args{300, 2.5}},
}

var laws = slices.Concat(continuous, counts)

// TestExpectations: densities integrate to 1, the score has expectation 0, and the
// expectation of its square is W^T W.
func TestExpectations(t *testing.T) {
	for _, l := range laws {
		var total float64
		var mean [3]float64
		var square, info [3][3]float64
		l.each(func(weight float64, s *Score) {
			total += weight
			for i, a := range s.D {
				mean[i] += weight * a
				for j, b := range s.D {
					square[i][j] += weight * a * b
				}
			}
		})
		// the quadrature is good to 1e-12 except for power tails, the sums to rounding
		if !(math.Abs(total-1) < 1e-11) {
			t.Errorf("%v: the density integrates to %.15g", l, total)
		}
		var s Score
		if err := l.Score(&s, math.Round(l.args[0])+1, l.args); err != nil {
			t.Fatal(err)
		}
		s.Information(&info)
		for i, name := range l.ArgNames() {
			unit := math.Sqrt(info[i][i])
			if !(math.Abs(mean[i]) < 1e-10*unit) {
				t.Errorf("%v: the expected score of the %s is %g", l, name, mean[i])
			}
			for j := range l.ArgNames() {
				// 1e-8 is what is promised for the size of negbinomial
				if got, want := info[i][j], square[i][j]; !(math.Abs(got-want) < 1e-8*unit*math.Sqrt(info[j][j])) {
					t.Errorf("%v: information %d,%d is %.12g, want %.12g", l, i, j, got, want)
				}
			}
		}
	}
}

// values returns measured values, from usual to far off.
func (l law) values() []float64 {
	if slices.Contains([]string{"poisson", "negbinomial"}, l.Name()) {
		m := math.Ceil(l.args[0])
		return []float64{0, 1, m, 2*m + 3, 10*m + 50}
	}
	var out []float64
	for _, z := range []float64{-9, -1.5, -0.3, 0.2, 1, 12} {
		switch l.Name() {
		case "lognormal":
			out = append(out, l.args[0]*math.Exp(z*l.args[1]))
		case "log10normal":
			out = append(out, l.args[0]*math.Pow(10, z*l.args[1]))
		default:
			out = append(out, l.args[0]+z*l.args[1])
		}
	}
	return out
}

// TestScores checks D against differences of NLL, and the rows against D, for measured
// and for censored values.
func TestScores(t *testing.T) {
	for _, l := range laws {
		for _, y := range l.values() {
			checkScore(t, l, y, func(s *Score, a Args) error { return l.Score(s, y, a) })
			for _, side := range []Side{Below, Above} {
				limit := y + 0.5 // between counts
				if l.Distribution == (LogNormal{}) || l.Distribution == (Log10Normal{}) {
					limit = y
				}
				checkScore(t, l, limit, func(s *Score, a Args) error { return l.ScoreCensored(s, side, limit, a) })
			}
		}
	}
}

func checkScore(t *testing.T, l law, y float64, score func(s *Score, a Args) error) {
	t.Helper()
	var s Score
	if err := score(&s, l.args); err != nil {
		t.Errorf("%v at %v: %v", l, y, err)
		return
	}
	var sum [3]float64
	for k := range s.Rows {
		for i := range sum {
			sum[i] += s.W[k][i] * s.R[k]
		}
	}
	for i := range l.ArgNames() {
		unit := l.args[1] // of a prediction
		switch {
		case i > 0:
			unit = l.args[i]
		case l.Name() != "normal" && l.Name() != "laplace" && l.Name() != "student":
			unit = min(l.args[0], math.Sqrt(l.args[0]))
		}
		d := derivative(func(x float64) float64 {
			a := l.args
			a[i] = x
			var s Score
			if err := score(&s, a); err != nil {
				t.Error(err)
			}
			return s.NLL
		}, l.args[i], 0.01*unit)
		// rounding of NLL, a few units of 1e-16, over the least step of 0.0025 units, and
		// h^6 of a seventh derivative that grows like the square of the residual
		tol := (1e-13*math.Abs(s.NLL) + 1e-11*math.Abs(s.D[i]*unit) + 1e-10) / unit
		if !(math.Abs(d-s.D[i]) < 10*tol) {
			t.Errorf("%v at %v: dNLL/d%s is %.12g, differences give %.12g", l, y, l.ArgNames()[i], s.D[i], d)
		}
		if !(math.Abs(sum[i]-s.D[i]) <= 1e-13*math.Abs(s.D[i])+1e-15*math.Abs(sum[i])) {
			t.Errorf("%v at %v: W^T R is %g, D %g", l, y, sum, s.D)
		}
	}
	for i := len(l.ArgNames()); i < 3; i++ {
		if s.D[i] != 0 {
			t.Errorf("%v at %v: derivative %g by an argument that is not there", l, y, s.D[i])
		}
	}
}

// TestAgainstGonum compares log densities with gonum's, and distribution functions.
func TestAgainstGonum(t *testing.T) {
	type gonum interface {
		LogProb(float64) float64
		CDF(float64) float64
	}
	for _, l := range laws {
		var g gonum
		a := l.args
		switch l.Name() {
		case "normal":
			g = distuv.Normal{Mu: a[0], Sigma: a[1]}
		case "lognormal":
			g = distuv.LogNormal{Mu: math.Log(a[0]), Sigma: a[1]}
		case "log10normal":
			g = distuv.LogNormal{Mu: math.Log(a[0]), Sigma: a[1] * math.Ln10}
		case "laplace":
			g = distuv.Laplace{Mu: a[0], Scale: a[1]}
		case "student":
			g = distuv.StudentsT{Mu: a[0], Sigma: a[1], Nu: a[2]}
		case "poisson":
			g = distuv.Poisson{Lambda: a[0]}
		default:
			continue // gonum has no negative binomial
		}
		for _, y := range l.values() {
			var s, c Score
			if err := errors.Join(l.Score(&s, y, a), l.ScoreCensored(&c, Below, math.Nextafter(y, math.Inf(1)), a)); err != nil {
				t.Fatal(err)
			}
			// gonum's Poisson subtracts terms of 1e4 and more
			if want := -g.LogProb(y); !(math.Abs(s.NLL-want) < 1e-11*math.Max(1, math.Abs(want))) {
				t.Errorf("%v: NLL of %v is %.15g, gonum has %.15g", l, y, s.NLL, want)
			}
			if want := g.CDF(y); !(math.Abs(math.Exp(-c.NLL)-want) < 1e-11) {
				t.Errorf("%v: P(<= %v) is %.15g, gonum has %.15g", l, y, math.Exp(-c.NLL), want)
			}
		}
	}
}

// TestResiduals checks both residuals on values picked by hand.
func TestResiduals(t *testing.T) {
	e := math.E
	for _, c := range []struct {
		law
		y, residual, standardized float64
	}{
		{law{Normal{}, Args{1, 2}}, 4, 3, 1.5}, {law{Laplace{}, Args{1, 2}}, -3, -4, -2}, {law{Student{}, Args{1, 2, 3}}, 4, 3, 1.5},
		{law{LogNormal{}, Args{2, 0.5}}, 2 * e, 1, 2}, {law{Log10Normal{}, Args{2, 0.5}}, 200, 2, 4},
		{law{Poisson{}, Args{4}}, 10, 6, 3}, {law{Poisson{}, Args{0}}, 0, 0, 0},
		{law{NegBinomial{}, Args{4, 16. / 12}}, 10, 6, 1.5}, {law{NegBinomial{}, Args{0, 1}}, 0, 0, 0},
	} {
		r, z := c.Residual(c.y, c.args[0]), c.Standardized(c.y, c.args)
		if !(math.Abs(r-c.residual) < 1e-14 && math.Abs(z-c.standardized) < 1e-14) {
			t.Errorf("%v of %v: residual %v, standardized %v, want %v and %v", c.law, c.y, r, z, c.residual, c.standardized)
		}
	}
	if r := (LogNormal{}).Residual(1, -1); !math.IsNaN(r) {
		t.Errorf("the logarithm of a negative prediction gives %v", r)
	}
}

// TestSampleMoments draws 40,000 values each, by a fixed seed, and compares the mean
// of the score and of its square with 0 and with the information: every argument shows
// in it, and it has moments where the value itself has none (nu = 0.8). Bounds are 4.5
// standard errors.
func TestSampleMoments(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 40_000
	for _, l := range laws {
		var sum, sum2, sum4 [3]float64
		var s Score
		for range n {
			if err := l.Score(&s, l.Sample(rng, l.args), l.args); err != nil {
				t.Fatal(err)
			}
			for i, d := range s.D {
				sum[i] += d
				sum2[i] += d * d
				sum4[i] += d * d * d * d
			}
		}
		var info [3][3]float64
		s.Information(&info)
		for i := range l.ArgNames() {
			if z := sum[i] / math.Sqrt(n*info[i][i]); !(math.Abs(z) < 4.5) {
				t.Errorf("%v: the mean score of the %s is %.2f standard errors off", l, l.ArgNames()[i], z)
			}
			spread := math.Sqrt(sum4[i]/n - sum2[i]/n*sum2[i]/n)
			if spread < 1e-9*info[i][i] { // the square of a sign
				continue
			}
			if z := (sum2[i]/n - info[i][i]) / spread * math.Sqrt(n); !(math.Abs(z) < 4.5) {
				t.Errorf("%v: the mean square score of the %s is %.2f standard errors off", l, l.ArgNames()[i], z)
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range Names() {
		d, ok := Named(name)
		if !ok || d.Name() != name || d.ArgNames()[0] != "prediction" {
			t.Errorf("%s: %v (%t)", name, d, ok)
		}
		_, profiled := d.(Profiled)
		if want := slices.Contains([]string{"normal", "lognormal", "log10normal", "laplace"}, name); profiled != want {
			t.Errorf("%s: profiled is %t", name, profiled)
		}
	}
	if _, ok := Named("cauchy"); ok {
		t.Error("there is a cauchy")
	}
}

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		d    Distribution
		y    float64
		args Args
		want string
	}{
		{Normal{}, 1, Args{nan, 1}, "normal: the prediction is NaN, and must be finite"},
		{Normal{}, 1, Args{0, 0}, "normal: the scale is 0, and must be positive and finite"},
		{Normal{}, 1, Args{0, inf}, "normal: the scale is +Inf, and must be positive and finite"},
		{Normal{}, inf, Args{0, 1}, "normal: there can be no value +Inf: values must be finite"},
		{Normal{}, 1e200, Args{0, 1}, "normal: the density of 1e+200 is beyond the range of numbers (prediction 0)"},
		{LogNormal{}, 0, Args{1, 1}, "lognormal: there can be no value 0: values must be positive"},
		{LogNormal{}, 1, Args{-0.3, 1}, "lognormal: the prediction is -0.3, and must be positive and finite"},
		{Log10Normal{}, -2, Args{1, 1}, "log10normal: there can be no value -2: values must be positive"},
		{Log10Normal{}, 2, Args{1, -1}, "log10normal: the scale is -1, and must be positive and finite"},
		{Laplace{}, 1, Args{1, 0}, "laplace: the scale is 0, and must be positive and finite"},
		{Student{}, 1, Args{1, 1, 0}, "student: the degrees of freedom is 0, and must be positive and finite"},
		{Poisson{}, 1.5, Args{1}, "poisson: there can be no value 1.5: values must be counts: 0, 1, 2, ... up to 2^53"},
		{Poisson{}, -1, Args{1}, "poisson: there can be no value -1: values must be counts: 0, 1, 2, ... up to 2^53"},
		{Poisson{}, 1, Args{-1e-9}, "poisson: the prediction is -1e-09, and must be finite and not negative"},
		{Poisson{}, 1, Args{0}, "poisson: the prediction is 0, and must be positive where the count is"},
		{NegBinomial{}, 1, Args{1, 0}, "negbinomial: the size is 0, and must be positive and finite"},
		{NegBinomial{}, 1, Args{0, 1}, "negbinomial: the prediction is 0, and must be positive where the count is"},
	} {
		var s Score
		if err := c.d.Score(&s, c.y, c.args); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	for _, c := range []struct {
		d     Distribution
		side  Side
		limit float64
		args  Args
		want  string
	}{
		{LogNormal{}, Below, 0, Args{1, 1}, "lognormal: there can be no value 0: values must be positive"},
		{Log10Normal{}, Below, -1, Args{1, 1}, "log10normal: there can be no value -1: values must be positive"},
		{Poisson{}, Below, 0, Args{1}, "poisson: there can be no value 0: values must be counts, and none is below this limit"},
		{NegBinomial{}, Above, 2, Args{0, 1}, "negbinomial: the prediction is 0, and must be positive where the count is"},
		{Poisson{}, Above, 1e300, Args{1}, "poisson: there can be no value 1e+300: values must be counts up to 2^53"},
		{Normal{}, Above, nan, Args{0, 1}, "normal: there can be no value NaN: values must be finite"},
		{Student{}, Above, 1, Args{0, 1, -1}, "student: the degrees of freedom is -1, and must be positive and finite"},
	} {
		var s Score
		if err := c.d.ScoreCensored(&s, c.side, c.limit, c.args); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// TestCertain: events that say nothing, and counts of 0 about 0.
func TestCertain(t *testing.T) {
	var s Score
	for _, c := range []struct {
		d     Distribution
		side  Side
		limit float64
		args  Args
	}{
		{LogNormal{}, Above, 0, Args{1, 1}}, {Log10Normal{}, Above, -1, Args{1, 1}}, {Poisson{}, Above, -0.5, Args{1}},
		{NegBinomial{}, Above, -3, Args{1, 1}}, {Poisson{}, Below, 5, Args{0}}, {NegBinomial{}, Below, 2, Args{0, 1}},
		{Normal{}, Below, 1e9, Args{0, 1}}, {Laplace{}, Above, -1e9, Args{0, 1}},
	} {
		s = Score{NLL: 9, Rows: 3}
		if err := c.d.ScoreCensored(&s, c.side, c.limit, c.args); err != nil || s != (Score{}) {
			t.Errorf("%s: %+v, %v", c.d.Name(), s, err)
		}
	}
	for _, d := range []Distribution{Poisson{}, NegBinomial{}} {
		want := Score{D: [3]float64{1}, Rows: 1, W: [3][3]float64{{1}}, R: [3]float64{1}}
		if err := d.Score(&s, 0, Args{0, 1}); err != nil || s != want {
			t.Errorf("%s: %+v, %v", d.Name(), s, err)
		}
		if err := d.ScoreCensored(&s, Below, 1, Args{0, 1}); err != nil || s != want {
			t.Errorf("%s below 1: %+v, %v", d.Name(), s, err)
		}
		if y := d.Sample(rand.New(rand.NewPCG(1, 1)), Args{0, 1}); y != 0 {
			t.Errorf("%s: a sample of %v about 0", d.Name(), y)
		}
	}
}

// TestLimits: the student distribution with many degrees of freedom is the normal one,
// and the negative binomial with a large size the Poisson one; nothing breaks at the
// ends of their ranges.
func TestLimits(t *testing.T) {
	var s, w Score
	for _, nu := range []float64{1e12, 1e30, 1e90, 1e300} {
		for _, y := range []float64{-3, 0, 0.5, 8} {
			if err := errors.Join((Student{}).Score(&s, y, Args{0, 1, nu}), (Normal{}).Score(&w, y, Args{0, 1})); err != nil {
				t.Fatal(nu, y, err)
			}
			if !(math.Abs(s.NLL-w.NLL) < 2000/nu+1e-14 && math.Abs(s.D[0]-w.D[0]) < 1e4/nu+1e-14) {
				t.Errorf("nu = %g at %v: NLL %v and %v, D %v and %v", nu, y, s.NLL, w.NLL, s.D, w.D)
			}
		}
	}
	for _, size := range []float64{1e10, 1e18, 1e100} {
		for _, k := range []float64{0, 3, 40} {
			if err := errors.Join((NegBinomial{}).Score(&s, k, Args{5, size}), (Poisson{}).Score(&w, k, Args{5})); err != nil {
				t.Fatal(size, k, err)
			}
			if !(math.Abs(s.NLL-w.NLL) < 1e3/size+1e-13 && math.Abs(s.D[0]-w.D[0]) < 1e-8) {
				t.Errorf("size = %g at %v: NLL %v and %v, D %v and %v", size, k, s.NLL, w.NLL, s.D, w.D)
			}
		}
	}
	for _, args := range []Args{{1, 1e-300}, {1e-300, 1}, {1e300, 1e-3}, {1e-5, 1e-5}} {
		if err := (NegBinomial{}).Score(&s, 0, args); err != nil {
			t.Error(args, err)
		}
	}
	if err := (Student{}).Score(&s, 2, Args{0, 1, 1e-6}); err != nil {
		t.Error(err)
	}
}

func TestAllocations(t *testing.T) {
	var s Score
	var p PriorScore
	for _, l := range laws {
		y := l.values()[2]
		n := testing.AllocsPerRun(20, func() {
			err := l.Score(&s, y, l.args)
			if err == nil {
				err = l.ScoreCensored(&s, Above, y, l.args)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v: %v allocations", l, n)
		}
	}
	for _, prior := range priors(t) {
		if n := testing.AllocsPerRun(20, func() {
			if err := prior.Score(&p, 0.5); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations", prior, n)
		}
	}
}

func BenchmarkScore(b *testing.B) {
	var s Score
	for _, l := range laws {
		y := l.values()[3]
		b.Run(l.String(), func(b *testing.B) {
			for b.Loop() {
				if err := l.Score(&s, y, l.args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
