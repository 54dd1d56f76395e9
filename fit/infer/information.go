package infer

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// FlatRatio is the singular value, relative to the largest, below which a direction
// counts as flat. Columns are scaled to length 1 first, so that it measures how
// nearly parameters can stand in for each other; Jacobians from integrations at
// relative tolerance 1e-8 carry no information below it.
const FlatRatio = 1e-8

// Information is the Fisher information J^T J of n parameters, taken apart.
type Information struct {
	n     int
	size  []float64  // length of each column of J
	v     *mat.Dense // right singular vectors of J/size, n x n
	s     []float64  // singular values, decreasing
	flat  []int      // singular vectors that are flat
	blind []int      // columns of J that are zero
	cov   []float64  // n x n row-major
}

// NewInformation takes the row-major m x n Jacobian jac apart. It is not changed.
// The cost is 2 m n^2 operations and a few times n^3. Entries must be finite.
func NewInformation(jac []float64, m, n int) (*Information, error) {
	if len(jac) != m*n {
		panic(fmt.Sprintf("infer: a Jacobian of %d x %d needs %d entries, not %d", m, n, m*n, len(jac)))
	}
	info := &Information{n: n, size: make([]float64, n), cov: make([]float64, n*n)}
	if n == 0 {
		return info, nil
	}
	for j := range n {
		for i := range m {
			info.size[j] = math.Hypot(info.size[j], jac[i*n+j])
		}
		if math.IsNaN(info.size[j]) || math.IsInf(info.size[j], 0) {
			return nil, fmt.Errorf("infer: column %d of the Jacobian is not finite", j)
		}
		if info.size[j] == 0 {
			info.blind = append(info.blind, j)
		}
	}
	// At least n rows, so that there are n right singular vectors.
	scaled := mat.NewDense(max(m, n), n, nil)
	for i := range m {
		for j := range n {
			if info.size[j] > 0 {
				scaled.Set(i, j, jac[i*n+j]/info.size[j])
			}
		}
	}
	var qr mat.QR
	qr.Factorize(scaled)
	var r mat.Dense
	qr.RTo(&r)
	var svd mat.SVD
	if !svd.Factorize(r.Slice(0, n, 0, n), mat.SVDFull) {
		return nil, fmt.Errorf("infer: the singular values of the Jacobian could not be found")
	}
	info.s = svd.Values(nil)
	info.v = &mat.Dense{}
	svd.VTo(info.v)
	info.invert()
	return info, nil
}

// invert fills the covariance and finds the flat directions.
func (info *Information) invert() {
	n := info.n
	open := make([]bool, n) // has a share in a flat direction
	for k, s := range info.s {
		if s > FlatRatio*info.s[0] && s > 0 {
			continue
		}
		info.flat = append(info.flat, k)
		for j := range n {
			if math.Abs(info.v.At(j, k)) > shareOfFlat {
				open[j] = true
			}
		}
	}
	first := len(info.s) - len(info.flat)
	for i := range n {
		for j := range n {
			sum := 0.0
			for k := range first {
				sum += info.v.At(i, k) * info.v.At(j, k) / (info.s[k] * info.s[k])
			}
			info.cov[i*n+j] = sum / (info.size[i] * info.size[j])
			if open[i] || open[j] {
				info.cov[i*n+j] = math.NaN()
			}
		}
	}
}

// shareOfFlat is the component of a flat direction below which a parameter has no
// part in it.
const shareOfFlat = 1e-3

// Covariance returns (J^T J)^-1 as a row-major n x n matrix; rows and columns of
// parameters that are not determined are NaN. It must not be changed.
func (info *Information) Covariance() []float64 { return info.cov }

// Rank returns the number of directions that the data determine.
func (info *Information) Rank() int { return info.n - len(info.flat) }

// Flat describes every flat direction in the names of the parameters, largest share
// first: "a: no effect on the data" or "a, b: only a combination is determined (+1.00
// a -0.98 b changes nothing)". The shares are in units of search scale.
func (info *Information) Flat(names []string) []string {
	if len(names) != info.n {
		panic("infer: as many names as parameters are needed")
	}
	var out []string
	for _, j := range info.blind {
		out = append(out, fmt.Sprintf("%s: has no effect on the data", names[j]))
	}
	for _, k := range info.flat {
		if text := info.describe(k, names); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// describe names the parameters that share flat direction k, without the columns
// that are zero, which stand alone.
func (info *Information) describe(k int, names []string) string {
	type share struct {
		j int
		d float64 // change of the search parameter along the direction
	}
	var shares []share
	most := 0.0
	for j := range info.n {
		v := info.v.At(j, k)
		if info.size[j] == 0 || math.Abs(v) <= shareOfFlat {
			continue
		}
		d := v / info.size[j]
		shares = append(shares, share{j, d})
		most = max(most, math.Abs(d))
	}
	if len(shares) == 0 {
		return ""
	}
	sort.SliceStable(shares, func(a, b int) bool { return math.Abs(shares[a].d) > math.Abs(shares[b].d) })
	sign := 1.0
	if shares[0].d < 0 {
		sign = -1
	}
	var who, how []string
	for _, s := range shares {
		who = append(who, names[s.j])
		how = append(how, fmt.Sprintf("%+.3g %s", sign*s.d/most, names[s.j]))
	}
	return fmt.Sprintf("%s: the data do not change along %s", strings.Join(who, ", "), strings.Join(how, " "))
}

// Correlation returns the n x n correlation matrix of a covariance; NaN where that
// is NaN.
func Correlation(cov []float64, n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			out[i][j] = cov[i*n+j] / math.Sqrt(cov[i*n+i]*cov[j*n+j])
			if i == j && !math.IsNaN(out[i][j]) {
				out[i][j] = 1
			}
		}
	}
	return out
}
