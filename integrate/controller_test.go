package integrate_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
)

var controllers = map[string]integrate.Controller{
	"I": integrate.I{}, "PI": integrate.PI{}, "PID": integrate.PID{},
	"I cautious":   integrate.I{Safety: 0.5, MinFactor: 0.5, MaxFactor: 2},
	"PI cautious":  integrate.PI{Safety: 0.5, MinFactor: 0.5, MaxFactor: 2},
	"PID cautious": integrate.PID{Safety: 0.5, MinFactor: 0.5, MaxFactor: 2},
}

// Factors are bounded for every error, even none at all or an overflowing one, shrink
// after a rejection, and fall as the error grows.
func TestControllerBounds(t *testing.T) {
	for name, c := range controllers {
		lo, hi := 0.2, 10.
		if len(name) > 3 {
			lo, hi = 0.5, 2
		}
		for _, k := range []int{1, 2, 5, 9} {
			for _, prev := range [][2]float64{{}, {1e-4, 0}, {1, 1e-4}, {0.5, 0.5}} {
				last := math.Inf(1)
				for _, err := range []float64{0, 5e-324, 1e-9, 0.01, 0.5, 1, 1.001, 3, 1e9, math.MaxFloat64, math.Inf(1)} {
					f := c.Factor(err, prev, k, err <= 1)
					if !(f >= lo && f <= hi) {
						t.Errorf("%s: factor %v for error %v, k = %d", name, f, err, k)
					}
					if err > 1 && f > 0.9 {
						t.Errorf("%s: factor %v after a rejection with error %v", name, f, err)
					}
					if err <= 1 && f > last {
						t.Errorf("%s: the factor rises to %v with the error %v", name, f, err)
					}
					last = f
				}
			}
		}
	}
}

// The formulas, at a point. Powers are good to 1e-5.
func TestControllerFormulas(t *testing.T) {
	prev, k := [2]float64{0.3, 0.7}, 5
	for name, c := range map[string]struct {
		got, want float64
	}{
		"I":           {integrate.I{}.Factor(0.5, prev, k, true), 0.9 * math.Pow(0.5, -1./5)},
		"PI":          {integrate.PI{}.Factor(0.5, prev, k, true), 0.9 * math.Pow(0.5, -0.7/5) * math.Pow(0.3, 0.4/5)},
		"PID":         {integrate.PID{}.Factor(0.5, prev, k, true), 0.9 * math.Pow(0.5, -0.58/5) * math.Pow(0.3, 0.21/5) * math.Pow(0.7, -0.1/5)},
		"PI, first":   {integrate.PI{}.Factor(0.5, [2]float64{}, k, true), 0.9 * math.Pow(0.5, -1./5)},
		"PID, second": {integrate.PID{}.Factor(0.5, [2]float64{0.3}, k, true), 0.9 * math.Pow(0.5, -0.58/5) * math.Pow(0.3, 0.11/5)},
		"rejected":    {integrate.PID{}.Factor(2, prev, k, false), 0.9 * math.Pow(2, -1./5)},
	} {
		if math.Abs(c.got-c.want) > 1e-5 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// The loop of error and step size is stable where the error obeys err = phi h^k: the
// step settles at its fixed point.
func TestControllerSettles(t *testing.T) {
	for name, c := range controllers {
		const k = 5
		h, phi := 1., 4e3
		var prev [2]float64
		var size float64
		for range 200 {
			size = phi * math.Pow(h, k)
			ok := size <= 1
			h *= c.Factor(size, prev, k, ok)
			if ok {
				prev = [2]float64{size, prev[0]}
			}
		}
		if again := phi * math.Pow(h, k); math.Abs(again-size) > 1e-9 || again > 1 {
			t.Errorf("%s: the error wanders, %v then %v", name, size, again)
		}
	}
}

// Where stability limits the step of an explicit method, I goes back and forth over the
// limit and rejects many steps; PI and PID settle at it. Gustafsson, ACM TOMS 17 (1991)
// 533, figures 1 and 5.
func TestControllerSmoothness(t *testing.T) {
	p := integrate.Problem[[]float64]{
		F:  func(dy []float64, t float64, y []float64) error { dy[0] = -500 * (y[0] - math.Cos(t)); return nil },
		T1: 10, Y0: []float64{1},
	}
	rough := func(c integrate.Controller) (jitter float64, rejected int) {
		set := &integrate.Settings{RelTol: 1e-4, AbsTol: 1e-4, Controller: c}
		run := integrate.Start(background, p, integrate.Dopri5{}, set)
		last, n := 0., 0
		for step := range run.Steps() {
			h := step.T1 - step.T0
			if step.Index > 50 && step.T1 < 9.9 {
				jitter += math.Pow(math.Log(h/last), 2)
				n++
			}
			last = h
		}
		if run.Err() != nil {
			t.Fatal(run.Err())
		}
		return math.Sqrt(jitter / float64(n)), run.Stats().Rejected
	}
	i, rejectedI := rough(integrate.I{})
	for name, c := range map[string]integrate.Controller{"PI": integrate.PI{}, "PID": integrate.PID{}} {
		jitter, rejected := rough(c)
		t.Logf("%s: ratio of steps %.3f, %d rejected; I: %.3f, %d", name, jitter, rejected, i, rejectedI)
		if jitter > i/2 || 2*rejected > rejectedI {
			t.Errorf("%s: steps jump by %.3f, %d rejected; with I by %.3f, %d", name, jitter, rejected, i, rejectedI)
		}
	}
}
