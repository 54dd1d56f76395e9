package problems

import "github.com/odefit/odefit/dynsys"

// reaction is a step of mass-action kinetics. It uses up its one or two reactants,
// at a rate of its constant times their product, and makes its products; a species
// that stands there twice is made twice. Species are counted from 1, as in print.
type reaction struct {
	from, to []int
}

// encounters returns the product of the reactants.
func encounters[T number](r reaction, y []T) T {
	x := y[r.from[0]-1]
	for _, a := range r.from[1:] {
		x *= y[a-1]
	}
	return x
}

// derivative returns the derivative of encounters in the i-th reactant.
func (r reaction) derivative(i int, y []float64) float64 {
	x := 1.0
	for j, a := range r.from {
		if j != i {
			x *= y[a-1]
		}
	}
	return x
}

// react returns the right-hand side of a network; p[k] is the rate constant of its
// k-th reaction.
func react[T number](network []reaction) func(dy []T, t float64, y, p []T) error {
	return func(dy []T, _ float64, y, p []T) error {
		clear(dy)
		for k, r := range network {
			rate := p[k] * encounters(r, y)
			for _, i := range r.to {
				dy[i-1] += rate
			}
			for _, i := range r.from {
				dy[i-1] -= rate
			}
		}
		return nil
	}
}

// reactionSystem returns the system of a network with the given number of species.
func reactionSystem(species int, network []reaction) *dynsys.System[[]float64] {
	return &dynsys.System[[]float64]{
		Dim:        species,
		NumParams:  len(network),
		Autonomous: true,
		RHS:        react[float64](network),
		JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
			clear(out)
			for k, r := range network {
				var rate float64
				for i, a := range r.from {
					rate += p[k] * r.derivative(i, y) * vy[a-1]
				}
				if vp != nil {
					rate += vp[k] * encounters(r, y)
				}
				for _, i := range r.to {
					out[i-1] += rate
				}
				for _, i := range r.from {
					out[i-1] -= rate
				}
			}
			return nil
		},
		VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
			clear(gy)
			for k, r := range network {
				var pull float64
				for _, i := range r.to {
					pull += w[i-1]
				}
				for _, i := range r.from {
					pull -= w[i-1]
				}
				for i, a := range r.from {
					gy[a-1] += pull * p[k] * r.derivative(i, y)
				}
				if gp != nil {
					gp[k] += pull * encounters(r, y)
				}
			}
			return nil
		},
		Jacobian: func(jac []float64, _ float64, y, p []float64) error {
			clear(jac)
			for k, r := range network {
				for i, a := range r.from {
					d := p[k] * r.derivative(i, y)
					for _, made := range r.to {
						jac[(made-1)*species+a-1] += d
					}
					for _, used := range r.from {
						jac[(used-1)*species+a-1] -= d
					}
				}
			}
			return nil
		},
	}
}
