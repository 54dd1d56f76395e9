package model_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/integrate"
)

// A system of a whole model acts as its text says: events at times, again and again and
// by conditions, doses, and require lines.
func TestSystemOfARunHasItsEvents(t *testing.T) {
	c := compiledText(t, `param k = 0.5
param dt = 2
x' = -k*x
n' = 0
event at 1: x += 3
event every dt from 2: n += 1
event when x < 0.25: x = 1
require n < 8.5`)
	const k, dt, end = 0.5, 2.0, 7.0
	m, err := c.Dynamics(model.Run{T1: end, Doses: []model.Administration{{Time: 0.5, Amount: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	sys, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	run := func(k, dt float64) ([]float64, error) {
		p, err := sys.Problem([]float64{k, dt}, 0, end)
		if err != nil {
			return nil, err
		}
		sol, err := integrate.Solve(context.Background(), p, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-11, AbsTol: 1e-13})
		if err != nil {
			return nil, err
		}
		y := make([]float64, 2)
		return y, sol.At(y, end)
	}
	y, err := run(k, dt)
	if err != nil {
		t.Fatal(err)
	}
	// The dose at 0.5 and the event at 1, then decay; below 0.25 it begins again at 1.
	x := (2*math.Exp(-0.5*k) + 3)
	low := 1 + math.Log(x/0.25)/k
	want := math.Exp(-k * (end - low))
	if low >= end {
		want = x * math.Exp(-k*(end-1))
	}
	// Thousandfold the tolerance of the solver at most.
	if math.Abs(y[0]-want) > 1e-8 || y[1] != 3 { // n at 2, 4, 6
		t.Errorf("the end is %v, want x = %v, n = 3", y, want)
	}
	var broken *model.Violation
	if _, err := run(k, 0.5); !errors.As(err, &broken) { // 11 times
		t.Errorf("error %v, want that of the require line", err)
	}
	if _, err := run(k, 0.1); !errors.Is(err, dynsys.ErrOftener) { // 51 times
		t.Errorf("error %v, want %v", err, dynsys.ErrOftener)
	}
}

func compiledText(t *testing.T, text string) *model.Compiled {
	t.Helper()
	m, err := model.Parse("m.ode", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
