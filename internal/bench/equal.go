package main

import (
	"math"
	"slices"
)

// curve is the work of one method on one problem: errors and times, by falling error.
type curve struct {
	peer, method string
	err, time    []float64
}

// curves returns the methods of a problem in the order of the rows. Where a tighter
// tolerance gave a larger error it is left out.
func curves(rows []row, problem string) []curve {
	var all []curve
	for _, r := range rows {
		if r.problem != problem || !(r.err > 0) || math.IsNaN(r.best) {
			continue
		}
		i := slices.IndexFunc(all, func(c curve) bool { return c.peer == r.peer && c.method == r.method })
		if i < 0 {
			i = len(all)
			all = append(all, curve{peer: r.peer, method: r.method})
		}
		c := &all[i]
		if n := len(c.err); n > 0 && r.err >= c.err[n-1] {
			continue
		}
		c.err, c.time = append(c.err, r.err), append(c.time, r.best)
	}
	return all
}

// at returns the time for an error, on straight lines between logarithms; NaN outside
// the curve.
func (c *curve) at(err float64) float64 {
	for i := 1; i < len(c.err); i++ {
		if hi, lo := c.err[i-1], c.err[i]; err <= hi && err >= lo {
			u := math.Log(err/hi) / math.Log(lo/hi)
			return math.Exp((1-u)*math.Log(c.time[i-1]) + u*math.Log(c.time[i]))
		}
	}
	return math.NaN()
}

// fastest returns the quickest of the curves that want says at an error, or nil.
func fastest(all []curve, err float64, want func(c *curve) bool) (*curve, float64) {
	var first *curve
	least := math.Inf(1)
	for i := range all {
		if t := all[i].at(err); want(&all[i]) && t < least {
			first, least = &all[i], t
		}
	}
	return first, least
}
