package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// Checkpoints says what the discrete adjoint keeps of the forward pass, which it goes
// through backward: N steps of s stages, each a state of n real numbers. The step
// sizes, 8 N bytes, are always kept.
//
// The zero value keeps every state and every stage: N (s+1) states, and no step is
// computed twice. Otherwise the stages of one leaf of steps are held at a time, and
// computed again from the kept state before it.
type Checkpoints struct {
	// Every keeps the state of every Every-th step, and makes that the size of a
	// leaf: N/Every + Every (s+1) states, and one forward sweep more. With Every near
	// sqrt(N/(s+1)) that is least.
	Every int
	// Bytes bounds the memory of states and stages, whatever the number of steps,
	// which need not be known. Half of it holds a leaf of L steps, three eighths
	// states kept in the forward pass, the rest states kept while going backward.
	// While N is at most 3 L^2 (s+1)/4, one forward sweep more is all. Beyond, the
	// kept states lie 2^k leaves apart, and the leaves between are bridged by the
	// binomial schedule: with c places left over, no step is computed more than
	// r + 1 times more, r being the least number with C(c+1+r, r) >= 2^k.
	Bytes int64
	// Dir, when not empty, is a folder for a temporary file that holds the kept
	// states, in place of memory: all of them, at a distance of one leaf. A leaf has
	// Every steps, or as many as Bytes allow, or 64.
	Dir string
}

// keep returns what to keep of the steps of a method, with states of so many bytes.
func (c Checkpoints) keep(m integrate.Method, state int) (integrate.Keep, error) {
	if c.Every < 0 || c.Bytes < 0 {
		return integrate.Keep{}, fmt.Errorf("sensitivity: Checkpoints has Every = %d and Bytes = %d; zero or more is needed", c.Every, c.Bytes)
	}
	if c.Bytes == 0 {
		switch {
		case c.Every > 0:
			return integrate.Keep{Every: c.Every, Dir: c.Dir}, nil
		case c.Dir != "":
			return integrate.Keep{Every: 64, Dir: c.Dir}, nil
		}
		return integrate.Keep{Stages: true}, nil
	}
	stages, parts := 0, 1
	switch m := m.(type) {
	case integrate.RungeKutta:
		stages = m.Tableau().Stages()
	case integrate.Rosenbrock:
		stages = m.Coefficients().Stages()
	case integrate.ImplicitRungeKutta:
		tab := m.ImplicitTableau()
		stages = tab.Stages()
		if diagonal(tab) && tab.A[0][0] == 0 {
			parts = 2 // the slope that is carried from step to step
		}
	case integrate.Symplectic, integrate.Nystrom: // made again from their start
	default:
		return integrate.Keep{}, fmt.Errorf("sensitivity: the memory of a step of method %v is not known; use Checkpoints.Every", m)
	}
	states := int(min(c.Bytes/int64(max(state, 1)), 1<<40))
	leaf := states / 2 / (stages + 1)
	if c.Every > 0 {
		leaf = min(leaf, c.Every)
	}
	if leaf < 1 || states < 16 {
		return integrate.Keep{}, fmt.Errorf(
			"sensitivity: Checkpoints.Bytes = %d is too little: a state of this problem has %d bytes, and the states and stages of a step alone need %d",
			c.Bytes, state, max(16, 2*(stages+1))*state)
	}
	if c.Dir != "" {
		return integrate.Keep{Every: leaf, Dir: c.Dir}, nil
	}
	return integrate.Keep{Every: leaf, Leaf: leaf, Most: states * 3 / 8 / parts, Spare: states / 8}, nil
}
