package minimize

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// secant is an estimate S of what Gauss-Newton leaves out of the Hessian,
//
//	Hessian f = J^T J + S,
//
// learnt from the change of the gradient along the steps taken. It matters where
// residuals stay large: there Gauss-Newton creeps, or never ends, and the model with
// S takes a few steps. Elsewhere Gauss-Newton alone is the better model, so the two
// compete, and the one that foretells the decrease of f is used.
//
// Dennis, Gay, Welsch, "An adaptive nonlinear least-squares algorithm", ACM
// Transactions on Mathematical Software 7 (1981) 348-368, sections 3 and 4.
type secant struct {
	n         int
	s         []float64 // S, n x n symmetric, both triangles
	known     bool      // S is not zero
	preferred bool      // the model with S is in use
	floor     float64   // damping of flat directions, as in boxStep
	streak    int       // steps in a row that Gauss-Newton foretold badly, and S better

	y, v, w []float64 // scratch of update

	augmented            *gaussNewton // what active returns
	eigenvectors, values []float64
	stack, tau, work     []float64
}

func newSecant(n int, floor float64) *secant {
	c := &secant{
		n: n, floor: floor, s: make([]float64, n*n),
		y: make([]float64, n), v: make([]float64, n), w: make([]float64, n),
		augmented:    newGaussNewton(0, n),
		eigenvectors: make([]float64, n*n), values: make([]float64, n),
		stack: make([]float64, 3*n*(n+1)), tau: make([]float64, n+1),
	}
	if n > 0 {
		var size [1]float64
		a := blas64.Symmetric{N: n, Stride: n, Data: c.eigenvectors, Uplo: blas.Upper}
		lapack64.Syev(lapack.EVCompute, a, c.values, size[:], -1)
		c.work = make([]float64, max(int(size[0]), qrWork(3*n, n+1)))
	}
	return c
}

// active returns the model to be used where the Gauss-Newton model is q: q itself,
// or one that is valid until the next call.
func (c *secant) active(q *gaussNewton) *gaussNewton {
	if !c.preferred {
		return q
	}
	c.augment(c.augmented, q)
	return c.augmented
}

// compare chooses between the models after the step d from the point of the
// Gauss-Newton model q changed f by decrease, unless that is noise. S is taken up
// after two steps in a row whose decrease Gauss-Newton misses by a quarter and S
// does not, and given up after one that Gauss-Newton foretells better.
func (c *secant) compare(q *gaussNewton, d []float64, decrease, noise float64) {
	const clearly = 1.5
	if !c.known || math.Abs(decrease) <= 100*noise {
		return
	}
	c.apply(c.w, d)
	plain := q.decrease(d)
	with := plain - dot(d, c.w)/2
	errPlain, errWith := math.Abs(decrease-plain), math.Abs(decrease-with)
	if c.preferred {
		c.preferred = clearly*errPlain >= errWith
		c.streak = 0
		return
	}
	if errPlain > 0.25*math.Abs(decrease) && clearly*errWith < errPlain {
		c.streak++
	} else {
		c.streak = 0
	}
	c.preferred = c.streak >= 2
}

// apply sets dst = S d.
func (c *secant) apply(dst, d []float64) {
	for i := range dst {
		sum := 0.0
		for j, v := range d {
			sum += c.s[i*c.n+j] * v
		}
		dst[i] = sum
	}
}

// update learns from the step d that led from the gradient g to the point of the
// Gauss-Newton model q: the next S satisfies S d = q.g - g - J^T J d, and differs
// from the last one, shrunk where it is too large along d, as little as a symmetric
// matrix can in the metric of the secant condition.
func (c *secant) update(q *gaussNewton, d, g []float64) {
	q.gradient(c.w, d)
	for j := range c.y {
		c.y[j] = q.g[j] - g[j]
		c.v[j] = c.y[j] - (c.w[j] - q.g[j])
	}
	c.apply(c.w, d)
	if have, want := math.Abs(dot(d, c.w)), math.Abs(dot(d, c.v)); want < have {
		for i := range c.s {
			c.s[i] *= want / have
		}
		c.apply(c.w, d)
	}
	for j := range c.v {
		c.v[j] -= c.w[j]
	}
	// S += (v y^T + y v^T) / y.d - (v.d) y y^T / (y.d)^2, if y.d is safely positive.
	slope, lengthY, lengthD := dot(c.y, d), 0.0, 0.0
	for j, norm := range q.norm {
		if norm == 0 {
			return
		}
		lengthY = math.Hypot(lengthY, c.y[j]/norm)
		lengthD = math.Hypot(lengthD, d[j]*norm)
	}
	if !(slope > 1e-3*lengthY*lengthD) {
		return
	}
	c.known = true
	ratio := dot(c.v, d) / slope
	for i := range c.n {
		for j := range c.n {
			c.s[i*c.n+j] += (c.v[i]*c.y[j] + c.y[i]*c.v[j] - ratio*c.y[i]*c.y[j]) / slope
		}
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// augment sets dst to the model with Hessian J^T J + S in the same reduced form,
// R and c with R^T R = J^T J + S and R^T c = g, from the model q of the same point.
// Curvature below least times that of J^T J (and of the positive part of S) is
// raised to that, so that the model stays convex.
func (c *secant) augment(dst, q *gaussNewton) {
	const least = 1e-4
	n := c.n
	copy(dst.g, q.g)
	dst.residual = q.residual
	// S = N V diag(values) V^T N with N the column norms.
	norm := func(j int) float64 {
		if q.norm[j] > 0 {
			return q.norm[j]
		}
		return 1
	}
	vectors := c.eigenvectors
	for i := range n {
		for j := range n {
			vectors[i*n+j] = c.s[i*n+j] / norm(i) / norm(j)
		}
	}
	lapack64.Syev(lapack.EVCompute, blas64.Symmetric{N: n, Stride: n, Data: vectors, Uplo: blas.Upper}, c.values, c.work, len(c.work))

	// The positive part becomes rows under R.
	stride := n + 1
	a := c.stack
	clear(a)
	for i := range n {
		copy(a[i*stride:i*stride+n], q.r[i*n:(i+1)*n])
		a[i*stride+n] = q.c[i]
		for j := range n {
			if c.values[i] > 0 {
				a[(n+i)*stride+j] = math.Sqrt(c.values[i]) * vectors[j*n+i] * norm(j)
			}
		}
		a[(2*n+i)*stride+i] = c.floor * norm(i)
	}
	dst.triangularise(a, 3*n, c.tau[:stride], c.work)

	// The negative part is -X X^T; with X = R^T W it becomes R^T (I - W W^T) R.
	negative := 0
	for negative < n && c.values[negative] < 0 {
		negative++
	}
	if negative > 0 {
		for k := range negative {
			for i := range n {
				t := math.Sqrt(-c.values[k]) * vectors[i*n+k] * norm(i)
				for h := range i {
					t -= dst.r[h*n+i] * a[h*stride+k]
				}
				a[i*stride+k] = t / dst.r[i*n+i]
			}
		}
		for i := range n {
			for j := i; j < n; j++ {
				sum := 0.0
				for k := range negative {
					sum += a[i*stride+k] * a[j*stride+k]
				}
				vectors[i*n+j] = sum
			}
		}
		lapack64.Syev(lapack.EVCompute, blas64.Symmetric{N: n, Stride: n, Data: vectors, Uplo: blas.Upper}, c.values, c.work, len(c.work))
		clear(a[:n*stride])
		for k := range n {
			root := math.Sqrt(math.Max(least, 1-c.values[k]))
			for i := range n {
				u := vectors[i*n+k]
				for j := i; j < n; j++ {
					a[k*stride+j] += root * u * dst.r[i*n+j]
				}
				a[k*stride+n] += u * dst.c[i] / root
			}
		}
		dst.triangularise(a, n, c.tau[:n], c.work)
	}
	for j := range n {
		dst.norm[j] = blas64.Nrm2(blas64.Vector{N: j + 1, Data: dst.r[j:], Inc: n})
	}
}
