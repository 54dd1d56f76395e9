package sensitivity

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// Loss is what a gradient is taken of,
//
//	L = sum_k l_k(y(t_k), p) + integral from T0 to T1 of g(t, y, p) dt,
//
// with the derivatives of its parts. Without L there are no observations, without
// G there is no running cost; a nil derivative is zero. None of the functions may
// keep or change y and p.
type Loss[S any] struct {
	// Times are the t_k, in any order. They lie between T0 and T1, both included;
	// a time may occur more than once, and its terms add up. At the time of an event
	// they see the state after it. Where an event ends the run, the state stays as it
	// is until T1, and the running cost is zero.
	Times []float64

	L  func(k int, y S, p []float64) (float64, error)    // l_k
	Ly func(out S, k int, y S, p []float64) error        // out = dl_k/dy
	Lp func(gp []float64, k int, y S, p []float64) error // gp += dl_k/dp

	// Second sets out to the derivative of dl_k/dy along the change (vy, vp), and adds
	// that of dl_k/dp to gp. vp may be nil, which means zero. Products with Hessians
	// need it.
	Second func(out S, gp []float64, k int, y S, p []float64, vy S, vp []float64) error

	G  func(t float64, y S, p []float64) (float64, error)    // g
	Gy func(out S, t float64, y S, p []float64) error        // out = dg/dy
	Gp func(gp []float64, t float64, y S, p []float64) error // gp += dg/dp

	// GSecond is Second for g.
	GSecond func(out S, gp []float64, t float64, y S, p []float64, vy S, vp []float64) error
}

// check returns what is wrong with the loss for a problem from t0 to t1.
func (l *Loss[S]) check(t0, t1 float64) error {
	if len(l.Times) > 0 && l.L == nil {
		return fmt.Errorf("sensitivity: Loss.Times without Loss.L")
	}
	if l.L == nil && l.G == nil {
		return fmt.Errorf("sensitivity: the loss is empty; it needs L with Times, or G")
	}
	return checkTimes("Loss.Times", l.Times, t0, t1)
}

// checkTimes says which of the times lies outside.
func checkTimes(name string, times []float64, t0, t1 float64) error {
	lo, hi := min(t0, t1), max(t0, t1)
	for k, t := range times {
		if !(t >= lo && t <= hi) {
			return fmt.Errorf("sensitivity: %s[%d] = %v lies outside [%v, %v]", name, k, t, lo, hi)
		}
	}
	return nil
}

// inOrder returns the indices of times in the order in which a solution in
// direction dir meets them; equal times keep their order. It uses order's memory.
func inOrder(order []int, times []float64, dir float64) []int {
	order = slices.Grow(order[:0], len(times))
	for k := range times {
		order = append(order, k)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(dir*times[a], dir*times[b])
	})
	return order
}

// SumOfSquares is the loss
//
//	sum_k sum_i w_ki (y_i(t_k) - d_ki)^2
//
// of data d_k = data[k] and weights w_k = weights[k]; nil weights mean 1. A datum
// that is NaN is missing and leaves no term. The slices are not copied.
func SumOfSquares(times []float64, data, weights [][]float64) *Loss[[]float64] {
	if len(data) != len(times) || weights != nil && len(weights) != len(times) {
		panic("sensitivity: SumOfSquares needs one row of data, and of weights, for each time")
	}
	weight := func(k, i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[k][i]
	}
	return &Loss[[]float64]{
		Times: times,
		L: func(k int, y, _ []float64) (float64, error) {
			var sum float64
			for i, d := range data[k] {
				if !math.IsNaN(d) {
					sum += weight(k, i) * (y[i] - d) * (y[i] - d)
				}
			}
			return sum, nil
		},
		Ly: func(out []float64, k int, y, _ []float64) error {
			clear(out)
			for i, d := range data[k] {
				if !math.IsNaN(d) {
					out[i] = 2 * weight(k, i) * (y[i] - d)
				}
			}
			return nil
		},
		Second: func(out, _ []float64, k int, _, _, vy, _ []float64) error {
			clear(out)
			for i, d := range data[k] {
				if !math.IsNaN(d) {
					out[i] = 2 * weight(k, i) * vy[i]
				}
			}
			return nil
		},
	}
}

// SumOfStates is the loss sum_k sum_i y_i(t_k) of all components at all times.
func SumOfStates(times []float64) *Loss[[]float64] {
	return &Loss[[]float64]{
		Times: times,
		L: func(_ int, y, _ []float64) (float64, error) {
			var sum float64
			for _, v := range y {
				sum += v
			}
			return sum, nil
		},
		Ly: func(out []float64, _ int, _, _ []float64) error {
			for i := range out {
				out[i] = 1
			}
			return nil
		},
		Second: func(out, _ []float64, _ int, _, _, _, _ []float64) error { clear(out); return nil },
	}
}

// Product is the loss sum_k <w_k, y(t_k)> of fixed weights w_k in the inner product
// of the space: its gradients are rows of the derivative of the solution.
func Product[S any](sp space.Space[S], times []float64, w []S) *Loss[S] {
	dot, ok := sp.(space.InnerProduct[S])
	if !ok || len(w) != len(times) {
		panic("sensitivity: Product needs a space with an inner product, and one weight for each time")
	}
	return &Loss[S]{
		Times: times,
		L:     func(k int, y S, _ []float64) (float64, error) { return dot.Dot(w[k], y), nil },
		Ly:    func(out S, k int, _ S, _ []float64) error { sp.Copy(out, w[k]); return nil },
		Second: func(out S, _ []float64, k int, _ S, _ []float64, _ S, _ []float64) error {
			sp.AddScaled(out, sp.New(w[k]), nil, nil)
			return nil
		},
	}
}
