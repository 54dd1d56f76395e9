package expr

import (
	"errors"
	"sync"
	"sync/atomic"
)

// The choice between interpreter and machine code. It rests on counts, never on a
// clock, and does not change a bit of any result.
const (
	// minMachine is the number of instructions from which a call of machine code, which
	// takes about as long as 15 interpreted instructions, is worth it.
	minMachine = 20

	// machineAfter is the number of evaluations after which a program is compiled:
	// compiling takes as long as some 1,000 interpretations of it, and several thousand
	// of a small one.
	machineAfter = 2000
)

// Adaptive is a program that is interpreted at first and becomes machine code once it
// has been evaluated often: after 2,000 evaluations where it has 20 instructions or
// more, and never where it has fewer or there is no machine code for it. All its
// evaluators count together.
type Adaptive struct {
	p     *Program
	count atomic.Int64 // of evaluations to go
	never bool         // too small

	mu      sync.Mutex
	machine *Machine // set once
	gone    bool     // no machine code here
	closed  bool
}

var _ Code = (*Adaptive)(nil)

// Adaptive returns the program as code that chooses how it is evaluated.
func (p *Program) Adaptive() *Adaptive {
	a := &Adaptive{p: p, never: len(p.code) < minMachine}
	a.count.Store(machineAfter)
	return a
}

// Evaluator returns an evaluator that goes over to machine code when it is time.
func (a *Adaptive) Evaluator() (Evaluator, error) {
	e, err := a.p.Evaluator()
	if err != nil || a.never {
		return e, err
	}
	return &adaptiveEvaluator{code: a, now: e}, nil
}

// Close frees the machine code, if there is any.
func (a *Adaptive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	if a.machine == nil {
		return nil
	}
	return a.machine.Close()
}

// compiled returns the machine code, which it makes at the first call; nil where there
// is none.
func (a *Adaptive) compiled() (*Machine, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, errors.New("expr: evaluation of closed code")
	}
	if a.machine != nil || a.gone {
		return a.machine, nil
	}
	m, err := a.p.Machine()
	if err != nil { // whatever the reason: the interpreter computes the same
		a.gone = true
		return nil, nil
	}
	a.machine = m
	return m, nil
}

type adaptiveEvaluator struct {
	code    *Adaptive
	now     Evaluator
	settled bool  // it will not change any more
	err     error // of a change that failed
}

// Inputs returns the inputs. It is here that the evaluator changes, as nothing has been
// set yet.
func (e *adaptiveEvaluator) Inputs() []float64 {
	if !e.settled && e.code.count.Add(-1) < 0 {
		e.change()
	}
	return e.now.Inputs()
}

func (e *adaptiveEvaluator) change() {
	e.settled = true
	m, err := e.code.compiled()
	if err == nil && m != nil {
		var now Evaluator
		if now, err = m.Evaluator(); err == nil {
			e.now = now
		}
	}
	e.err = err
}

func (e *adaptiveEvaluator) Run() ([]float64, error) {
	if e.err != nil {
		return nil, e.err
	}
	return e.now.Run()
}
