package fit_test

import (
	"errors"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/fit"
)

type closing struct {
	dynsys.Model
	times *int
}

func (c closing) Close() error { *c.times++; return errors.New("closed") }

// A model that experiments share is closed once, and its error is told.
func TestCloseClosesEveryModelOnce(t *testing.T) {
	var a, b int
	shared := closing{times: &a}
	p := fit.Problem{Experiments: []fit.Experiment{{Model: shared}, {Model: shared}, {}, {Model: closing{times: &b}}}}
	if err := p.Close(); err == nil || a != 1 || b != 1 {
		t.Errorf("closed %d and %d times, error %v", a, b, err)
	}
}
