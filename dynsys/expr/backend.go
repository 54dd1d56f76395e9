package expr

// Code is a compiled list of expressions, immutable and shared by goroutines. A
// [Program] is one; machine code made from the same expressions can be another.
type Code interface {
	// Evaluator returns what one goroutine needs to evaluate the code.
	Evaluator() (Evaluator, error)
	// Close frees what the code holds; its evaluators must not be used then.
	Close() error
}

// Evaluator evaluates one Code for one goroutine at a time.
type Evaluator interface {
	// Eval sets out[i] to the i-th expression at the inputs in, which holds at
	// least every slot that occurs. out and in must not overlap. It does not
	// allocate. An error concerns the evaluator, never the numbers: those are NaN
	// or infinite where the expressions are.
	Eval(out, in []float64) error
}

var _ Code = (*Program)(nil)

// Evaluator returns an evaluator that interprets the program in scratch memory of
// its own.
func (p *Program) Evaluator() (Evaluator, error) {
	return &interpreter{p, p.Scratch()}, nil
}

// Close does nothing: a program holds nothing but memory.
func (p *Program) Close() error { return nil }

type interpreter struct {
	p       *Program
	scratch []float64
}

func (i *interpreter) Eval(out, in []float64) error {
	i.p.Eval(out, in, i.scratch)
	return nil
}
