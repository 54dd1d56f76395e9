package integrate

import "github.com/odefit/odefit/integrate/space"

// combination is a sum over stages, h sum_j a_j k_j, without the terms whose a_j is
// zero. The terms are gathered once, not in every step.
type combination[S any] struct {
	a    []float64 // not zero
	c    []float64 // h a
	cols []int     // stage of each
	k    []S
}

func combine[S any](a []float64, k []S) combination[S] {
	var c combination[S]
	for j, aj := range a {
		if aj != 0 {
			c.a, c.cols, c.k = append(c.a, aj), append(c.cols, j), append(c.k, k[j])
		}
	}
	c.c = make([]float64, len(c.a))
	return c
}

// add sets dst = x + h sum_j a_j k_j.
func (c *combination[S]) add(sp space.Space[S], dst, x S, h float64) {
	hc := c.c
	for i, a := range c.a {
		hc[i] = h * a
	}
	sp.AddScaled(dst, x, hc, c.k)
}

// slots appends the places where the state of stage j stands.
func (c *combination[S]) slots(to []*S, j int) []*S {
	for i, col := range c.cols {
		if col == j {
			to = append(to, &c.k[i])
		}
	}
	return to
}
