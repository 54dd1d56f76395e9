package expr

// Code is a compiled list of expressions, immutable and shared by goroutines: a
// [Program], which is interpreted, a [Machine], the same as machine code, or an
// [Adaptive], which begins as the one and goes on as the other. All compute the same
// bits.
type Code interface {
	// Evaluator returns what one goroutine needs to evaluate the code.
	Evaluator() (Evaluator, error)
	// Close frees what the code holds; its evaluators must not be used then.
	Close() error
}

// Evaluator evaluates one Code for one goroutine at a time, without allocating.
type Evaluator interface {
	// Inputs returns the inputs, to be set before Run: as many as the program says.
	// The slice serves until Run; what it holds after Run is not defined.
	Inputs() []float64
	// Run returns the values of the expressions at the inputs. The slice serves until
	// the next call. An error concerns the evaluator, never the numbers: those are
	// NaN or infinite where the expressions are.
	Run() ([]float64, error)
}

var _ Code = (*Program)(nil)

// Evaluator returns an evaluator that interprets the program in scratch memory of
// its own.
func (p *Program) Evaluator() (Evaluator, error) {
	return &interpreter{p, p.Scratch(), make([]float64, len(p.outs))}, nil
}

// Close does nothing: a program holds nothing but memory.
func (p *Program) Close() error { return nil }

type interpreter struct {
	p         *Program
	registers []float64
	out       []float64
}

func (i *interpreter) Inputs() []float64 { return i.registers[:i.p.inputs] }

func (i *interpreter) Run() ([]float64, error) {
	i.p.run(i.registers)
	for k, r := range i.p.outs {
		i.out[k] = i.registers[r]
	}
	return i.out, nil
}
