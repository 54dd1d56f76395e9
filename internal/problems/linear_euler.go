package problems

import "slices"

// EulerCase is a loss on the problem [Linear], twice with its gradient: for the N
// equal steps of explicit Euler, z_{n+1} = (I + hA) z_n, h = 1/N, and for the exact
// solution of the differential equation.
type EulerCase struct {
	N int

	// Data are constants in every derivative. For [EulerTerminal] they are one row,
	// the target of z at t = 1; for [EulerObserved] row i-1 belongs to t_i = i/N.
	Data [][]float64

	Euler EulerGradient
	Exact EulerGradient
}

// EulerGradient is a loss with its derivatives in z(0) and in A (row by row).
type EulerGradient struct {
	Loss float64
	DZ0  []float64
	DA   []float64

	// Z[i] is the state at t_i, i = 0..N. It is nil for the exact solution, and for
	// the terminal loss after 100 steps.
	Z [][]float64

	// Before[i] is the adjoint that arrives at t_i from the right: how the loss at
	// later times depends on z(t_i). After[i] is Before[i] plus the derivative of the
	// observation at t_i itself: the whole dL/dz(t_i). Nothing is observed at t_0.
	// Both are nil for the terminal loss where Z is nil.
	Before, After [][]float64
}

// EulerTerminal returns cases with the loss |z(1) - target|^2.
func EulerTerminal() ([]EulerCase, error) {
	file, err := readEuler()
	if err != nil {
		return nil, err
	}
	var cases []EulerCase
	for _, c := range file.Terminal {
		e := EulerCase{N: c.N, Data: [][]float64{floats(c.Target)}}
		e.Euler = c.gradient.values()
		if c.Z != nil {
			e.Euler.Z, e.Euler.After = rows(c.Z), rows(c.Adjoint)
			e.Euler.Before = slices.Clone(e.Euler.After)
			e.Euler.Before[c.N] = []float64{0, 0}
		}
		if c.Name == "shifted" {
			e.Exact = EulerGradient{
				Loss: float64(file.Limits.Shifted.Loss),
				DZ0:  floats(file.Limits.Shifted.DZ0),
				DA:   slices.Concat(rows(file.Limits.Shifted.DA)...),
			}
		} else { // the target is the exact solution
			e.Exact = EulerGradient{DZ0: make([]float64, 2), DA: make([]float64, 4)}
		}
		cases = append(cases, e)
	}
	return cases, nil
}

// EulerObserved returns cases with the loss (1/N) sum_{i=1..N} |z(t_i) - data_i|^2.
func EulerObserved() ([]EulerCase, error) {
	file, err := readEuler()
	if err != nil {
		return nil, err
	}
	var cases []EulerCase
	for _, c := range file.Multi.Cases {
		e := EulerCase{N: c.N, Euler: c.gradient.values()}
		for i, s := range c.Steps {
			e.Euler.Z = append(e.Euler.Z, floats(s.Z))
			e.Euler.Before = append(e.Euler.Before, floats(s.Before))
			if i == 0 {
				s.After = s.Before
			} else {
				e.Data = append(e.Data, floats(s.Data))
			}
			e.Euler.After = append(e.Euler.After, floats(s.After))
		}
		if c.Name == "exact_solution" {
			zero := make([][]float64, c.N+1)
			for i := range zero {
				zero[i] = make([]float64, 2)
			}
			e.Exact = EulerGradient{
				DZ0: make([]float64, 2), DA: make([]float64, 4), Before: zero, After: zero,
			}
		} else if e.Exact, err = c.exact(); err != nil {
			return nil, err
		}
		cases = append(cases, e)
	}
	return cases, nil
}
