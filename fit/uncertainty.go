package fit

import (
	"context"
	"fmt"
	"math"

	"github.com/odefit/odefit/fit/infer"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/fit/noise"
)

// uncertainty is what the rows at the optimum say about the parameters that are
// estimated and not at a bound.
type uncertainty struct {
	e        *evaluator
	columns  []int // of the Jacobian
	x        []float64
	info     *infer.Information
	cov      []float64 // in the search scale, with the factor of least squares
	factor   float64
	quantile float64
	gradient float64
	scales   []scaleEstimate
}

// scaleEstimate is the scale of an observable that leaves it out.
type scaleEstimate struct {
	name          string
	value, stderr float64 // stderr without the factor
}

// newUncertainty linearizes the objective at the best point. It never returns nil:
// where it fails, standard errors are missing.
func newUncertainty(ctx context.Context, f *fitter, best minimize.Result) (*uncertainty, error) {
	u := &uncertainty{x: best.X, factor: 1, quantile: infer.Quantile(0), gradient: math.NaN()}
	var err error
	if u.e, err = newEvaluator(f.p, f.p.settings(1)); err != nil {
		return u, err
	}
	n, bounds := u.e.estimated, f.space.bounds()
	r, jac := make([]float64, u.e.rows), make([]float64, u.e.rows*n)
	if _, err = residuals(u.e, newSearchSpace(f.p)).Linearize(ctx, r, jac, best.X); err != nil {
		return u, err
	}
	u.gradient = projectedGradient(r, jac, best.X, bounds)
	for c := range n {
		if bounds.Side(c, best.X[c]) == minimize.Interior {
			u.columns = append(u.columns, c)
		}
	}
	free := make([]float64, 0, len(r)*len(u.columns))
	for i := range r {
		for _, c := range u.columns {
			free = append(free, jac[i*n+c])
		}
	}
	if u.info, err = infer.NewInformation(free, len(r), len(u.columns)); err != nil {
		return u, err
	}
	u.leastSquares(jac, n)
	u.cov = append([]float64(nil), u.info.Covariance()...)
	for i := range u.cov {
		u.cov[i] *= u.factor
	}
	return u, nil
}

// leastSquares sets factor and quantile where scales are left out: with n values of
// such observables and p parameters that move their predictions, the covariance grows
// by n/(n-p), and the quantiles are those of t with n-p degrees of freedom. Where n <=
// p, nothing is known of the errors, unless other data have scales of their own; then
// the likelihood's covariance stands.
func (u *uncertainty) leastSquares(jac []float64, n int) {
	values, all := 0, 0
	moves := make([]bool, n)
	for x, sim := range u.e.sims {
		row := u.e.first[x]
		all += len(sim.x.Observations)
		for _, o := range sim.x.Observations {
			if u.e.p.Observables[o.Observable].FreeScale {
				values++
				for _, c := range u.columns {
					moves[c] = moves[c] || jac[row*n+c] != 0
				}
			}
			row += u.e.outputs(o.Observable)
		}
	}
	if values == 0 {
		return
	}
	p := 0
	for _, m := range moves {
		if m {
			p++
		}
	}
	switch {
	case values > p:
		u.factor, u.quantile = infer.LeastSquaresFactor(values, p), infer.Quantile(float64(values-p))
	case values == all:
		u.factor, u.quantile = math.NaN(), math.NaN()
	default:
		// Other data, of known scale, determine the parameters; too few are left here
		// to correct for.
	}
	for i := range u.e.free {
		g := &u.e.free[i]
		if len(g.residuals) == 0 {
			continue
		}
		obs := &u.e.p.Observables[i]
		// The information of a scale s is a number over s^2 a value; the score of any
		// value at prediction and scale has it.
		var score noise.Score
		var info [3][3]float64
		s := scaleEstimate{name: fmt.Sprintf("sd[%s]", obs.Name), value: g.scale, stderr: math.NaN()}
		if obs.noise().Score(&score, 1, noise.Args{1, g.scale}) == nil {
			score.Information(&info)
			s.stderr = 1 / math.Sqrt(info[1][1]*float64(len(g.residuals)))
		}
		u.scales = append(u.scales, s)
	}
}

// projectedGradient returns the norm of J^T r over the parameters that can move
// downhill.
func projectedGradient(r, jac, x []float64, b minimize.Bounds) float64 {
	n := len(x)
	sum := 0.0
	for c := range n {
		g := 0.0
		for i := range r {
			g += jac[i*n+c] * r[i]
		}
		side := b.Side(c, x[c])
		if side == minimize.Lower && g > 0 || side == minimize.Upper && g < 0 {
			continue
		}
		sum += g * g
	}
	return math.Sqrt(sum)
}

// fill writes estimates, reports, correlations and flat directions.
func (u *uncertainty) fill(f *fitter, res *Result, best minimize.Result) {
	res.GradientNorm = u.gradient
	u.parameters(f, res, best)
	for _, s := range u.scales {
		se := s.stderr * math.Sqrt(u.factor)
		half := math.Exp(u.quantile * se / s.value) // the interval of ln s
		res.Parameters = append(res.Parameters, Estimate{
			Name: s.name, Value: s.value, StdErr: se, CI95: [2]float64{s.value / half, s.value * half}, Estimated: true,
		})
	}
	u.matrices(f, res)
	u.reports(f, res)
	if u.info != nil {
		res.Flat = u.info.Flat(res.Names)
	}
}

// parameters writes the estimates of all parameters.
func (u *uncertainty) parameters(f *fitter, res *Result, best minimize.Result) {
	bounds := f.space.bounds()
	place := map[int]int{} // of a column in cov
	for i, c := range u.columns {
		place[c] = i
	}
	for k := range f.p.Parameters {
		p := &f.p.Parameters[k]
		est := Estimate{Name: p.Name, Network: p.Network, Value: res.Theta[k], StdErr: math.NaN(), CI95: [2]float64{math.NaN(), math.NaN()}}
		c := u.column(k)
		i, free := place[c]
		switch {
		case p.Fixed:
			est.Note = "fixed"
		case bounds.Side(c, best.X[c]) != minimize.Interior:
			est.Estimated, est.AtBound = true, bounds.Side(c, best.X[c])
			est.Note = fmt.Sprintf("at its %s bound", est.AtBound)
		case u.cov == nil || !free:
			est.Estimated, est.Note = true, "no standard error"
		default:
			est.Estimated = true
			res.Names = append(res.Names, p.Name)
			se := math.Sqrt(u.cov[i*len(u.columns)+i])
			est.StdErr, est.CI95 = infer.Estimate(openAxis(f.space.axes[c]), best.X[c], se, u.quantile)
			if math.IsNaN(se) {
				est.Note = "not determined by the data"
				if math.IsNaN(u.factor) {
					est.Note = "no data are left to estimate the noise from"
				}
			}
		}
		res.Parameters = append(res.Parameters, est)
	}
}

// openAxis returns the axis on which an interval is computed: that of a linear
// parameter goes on beyond its bounds, the others end there.
func openAxis(a axis) axis {
	if a.Linear() {
		a.lo, a.hi = math.Inf(-1), math.Inf(1)
	}
	return a
}

// column returns the column of parameter k, or -1.
func (u *uncertainty) column(k int) int {
	if u.e == nil {
		return -1
	}
	return u.e.column[k]
}

// matrices writes correlation and covariance.
func (u *uncertainty) matrices(f *fitter, res *Result) {
	if u.cov == nil {
		return
	}
	n := len(u.columns)
	res.Correlation = infer.Correlation(u.cov, n)
	res.Covariance = make([][]float64, n)
	for i, ci := range u.columns {
		res.Covariance[i] = make([]float64, n)
		for j, cj := range u.columns {
			res.Covariance[i][j] = u.cov[i*n+j] *
				f.space.axes[ci].Derivative(u.x[ci]) * f.space.axes[cj].Derivative(u.x[cj])
		}
	}
}

// reports writes the derived quantities.
func (u *uncertainty) reports(f *fitter, res *Result) {
	g := make([]float64, len(f.p.Parameters))
	for _, r := range f.p.Reports {
		est := Estimate{Name: r.Name, Value: r.Value(res.Theta), StdErr: math.NaN(), Estimated: true}
		if u.cov != nil {
			r.Gradient(g, res.Theta)
			gx := make([]float64, len(u.columns))
			for i, c := range u.columns {
				gx[i] = g[f.space.which[c]] * f.space.axes[c].Derivative(u.x[c])
			}
			est.StdErr = infer.Delta(gx, u.cov)
		}
		est.CI95 = [2]float64{est.Value - u.quantile*est.StdErr, est.Value + u.quantile*est.StdErr}
		res.Reports = append(res.Reports, est)
	}
}
