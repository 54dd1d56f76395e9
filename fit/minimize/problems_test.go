package minimize_test

import (
	"context"
	"math"
	"math/cmplx"

	"github.com/odefit/odefit/fit/minimize"
)

// testProblem is a problem of Moré, Garbow, Hillstrom, "Testing unconstrained
// optimization software", ACM Transactions on Mathematical Software 7 (1981) 17-41:
// residuals r(x) for complex x, so that complex steps give exact derivatives, the
// standard start, and the minimum of sum r^2 from the paper (zero where exact).
type testProblem struct {
	name      string
	n, m      int
	start     []float64
	residuals func(r, x []complex128)
	sum       float64
	minimum   []float64 // nil where it is not one point, or not known well
}

func (p testProblem) eval(r, jac, x []float64) float64 {
	const h = 1e-100
	z, c := make([]complex128, p.n), make([]complex128, p.m)
	for j, v := range x {
		z[j] = complex(v, 0)
	}
	p.residuals(c, z)
	sum := 0.0
	for i := range c {
		r[i] = real(c[i])
		sum += r[i] * r[i]
	}
	for j, v := range x {
		if jac == nil {
			break
		}
		z[j] = complex(v, h)
		p.residuals(c, z)
		z[j] = complex(v, 0)
		for i := range c {
			jac[i*p.n+j] = imag(c[i]) / h
		}
	}
	return sum / 2
}

func (p testProblem) leastSquares() minimize.Residuals {
	return minimize.Residuals{
		Dim: p.n, Rows: p.m,
		Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
			return p.eval(r, jac, x), nil
		},
		Value: func(ctx context.Context, x []float64) (float64, error) {
			return p.eval(make([]float64, p.m), nil, x), nil
		},
	}
}

func (p testProblem) objective() minimize.Objective {
	return minimize.Objective{
		Dim: p.n,
		Gradient: func(ctx context.Context, grad, x []float64) (float64, error) {
			r, jac := make([]float64, p.m), make([]float64, p.m*p.n)
			f := p.eval(r, jac, x)
			clear(grad)
			for i := range r {
				for j := range grad {
					grad[j] += jac[i*p.n+j] * r[i]
				}
			}
			return f, nil
		},
	}
}

var testProblems = []testProblem{
	{
		name: "Rosenbrock", n: 2, m: 2, start: []float64{-1.2, 1}, minimum: []float64{1, 1},
		residuals: func(r, x []complex128) {
			r[0], r[1] = 10*(x[1]-x[0]*x[0]), 1-x[0]
		},
	},
	{
		name: "Powell singular", n: 4, m: 4, start: []float64{3, -1, 0, 1}, minimum: []float64{0, 0, 0, 0},
		residuals: func(r, x []complex128) {
			r[0] = x[0] + 10*x[1]
			r[1] = complex(math.Sqrt(5), 0) * (x[2] - x[3])
			r[2] = (x[1] - 2*x[2]) * (x[1] - 2*x[2])
			r[3] = complex(math.Sqrt(10), 0) * (x[0] - x[3]) * (x[0] - x[3])
		},
	},
	{
		name: "Beale", n: 2, m: 3, start: []float64{1, 1}, minimum: []float64{3, 0.5},
		residuals: func(r, x []complex128) {
			r[0] = 1.5 - x[0]*(1-x[1])
			r[1] = 2.25 - x[0]*(1-x[1]*x[1])
			r[2] = 2.625 - x[0]*(1-x[1]*x[1]*x[1])
		},
	},
	{
		name: "Brown badly scaled", n: 2, m: 3, start: []float64{1, 1}, minimum: []float64{1e6, 2e-6},
		residuals: func(r, x []complex128) {
			r[0], r[1], r[2] = x[0]-1e6, x[1]-2e-6, x[0]*x[1]-2
		},
	},
	{
		name: "Bard", n: 3, m: 15, start: []float64{1, 1, 1}, sum: 8.21487e-3,
		residuals: func(r, x []complex128) {
			y := []float64{0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39}
			for i := range r {
				u := float64(i + 1)
				v := 16 - u
				w := math.Min(u, v)
				r[i] = complex(y[i], 0) - (x[0] + complex(u, 0)/(complex(v, 0)*x[1]+complex(w, 0)*x[2]))
			}
		},
	},
	{
		name: "Kowalik-Osborne", n: 4, m: 11, start: []float64{0.25, 0.39, 0.415, 0.39}, sum: 3.07505e-4,
		residuals: func(r, x []complex128) {
			y := []float64{0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246}
			u := []float64{4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625}
			for i := range r {
				t := complex(u[i], 0)
				r[i] = complex(y[i], 0) - x[0]*(t*t+t*x[1])/(t*t+t*x[2]+x[3])
			}
		},
	},
	{
		name: "Wood", n: 4, m: 6, start: []float64{-3, -1, -3, -1}, minimum: []float64{1, 1, 1, 1},
		residuals: func(r, x []complex128) {
			r[0] = 10 * (x[1] - x[0]*x[0])
			r[1] = 1 - x[0]
			r[2] = complex(math.Sqrt(90), 0) * (x[3] - x[2]*x[2])
			r[3] = 1 - x[2]
			r[4] = complex(math.Sqrt(10), 0) * (x[1] + x[3] - 2)
			r[5] = (x[1] - x[3]) / complex(math.Sqrt(10), 0)
		},
	},
	{
		// Zero at (1, 10, 1), at (10, 1, -1) and where x1 = x2, x3 = 0.
		name: "Box three-dimensional", n: 3, m: 10, start: []float64{0, 10, 20},
		residuals: func(r, x []complex128) {
			for i := range r {
				t := complex(0.1*float64(i+1), 0)
				r[i] = cmplx.Exp(-t*x[0]) - cmplx.Exp(-t*x[1]) - x[2]*(cmplx.Exp(-t)-cmplx.Exp(-10*t))
			}
		},
	},
	{
		name: "Meyer", n: 3, m: 16, start: []float64{0.02, 4000, 250}, sum: 87.9458,
		residuals: func(r, x []complex128) {
			y := []float64{34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872}
			for i := range r {
				t := complex(45+5*float64(i+1), 0)
				r[i] = x[0]*cmplx.Exp(x[1]/(t+x[2])) - complex(y[i], 0)
			}
		},
	},
	{
		name: "Osborne 1", n: 5, m: 33, start: []float64{0.5, 1.5, -1, 0.01, 0.02}, sum: 5.46489e-5,
		residuals: func(r, x []complex128) {
			y := []float64{0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658,
				0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424,
				0.420, 0.414, 0.411, 0.406}
			for i := range r {
				t := complex(10*float64(i), 0)
				r[i] = complex(y[i], 0) - (x[0] + x[1]*cmplx.Exp(-t*x[3]) + x[2]*cmplx.Exp(-t*x[4]))
			}
		},
	},
	{
		// Large residuals: J^T J is not close to the Hessian.
		name: "Brown-Dennis", n: 4, m: 20, start: []float64{25, 5, -5, -1}, sum: 85822.2,
		residuals: func(r, x []complex128) {
			for i := range r {
				t := float64(i+1) / 5
				u := x[0] + complex(t, 0)*x[1] - complex(math.Exp(t), 0)
				v := x[2] + x[3]*complex(math.Sin(t), 0) - complex(math.Cos(t), 0)
				r[i] = u*u + v*v
			}
		},
	},
	{
		// Large residuals, a narrow valley.
		name: "Jennrich-Sampson", n: 2, m: 10, start: []float64{0.3, 0.4}, sum: 124.362,
		residuals: func(r, x []complex128) {
			for i := range r {
				k := complex(float64(i+1), 0)
				r[i] = 2 + 2*k - cmplx.Exp(k*x[0]) - cmplx.Exp(k*x[1])
			}
		},
	},
	{
		name: "Watson 9", n: 9, m: 31, start: make([]float64, 9), sum: 1.39976e-6,
		residuals: func(r, x []complex128) {
			for i := range 29 {
				t := complex(float64(i+1)/29, 0)
				sum, derivative, power := complex(0, 0), complex(0, 0), complex(1, 0)
				for j, v := range x {
					sum += v * power
					if j+1 < len(x) {
						derivative += complex(float64(j+1), 0) * x[j+1] * power
					}
					power *= t
				}
				r[i] = derivative - sum*sum - 1
			}
			r[29], r[30] = x[0], x[1]-x[0]*x[0]-1
		},
	},
}
