package expr

import "fmt"

// Program computes some expressions of a builder from the values of the inputs. It
// is immutable and independent of the builder: any number of goroutines may share
// it, each with a scratch of its own.
//
// It is a list of instructions on one array of registers: the inputs, then the
// constants, then temporary values. What does not lead to an output is left out, and
// what occurs several times is computed once.
type Program struct {
	code   []instruction
	runs   []run   // of equal operations, all of code
	was    []int32 // where an instruction stood before it came into a run
	consts []float64
	inputs int     // input slots, and the registers of the same numbers
	size   int     // registers
	outs   []int32 // registers of the outputs
}

// run is a range of instructions of one operation.
type run struct {
	op          op
	first, last int32
}

// instruction sets register dst to op of the registers a, b, c.
type instruction struct {
	op           op
	k            int16
	dst, a, b, c int32
}

// Compile returns the program of outs. The error is that of [Builder.Err].
func (b *Builder) Compile(outs ...Node) (*Program, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.lower(0, outs), nil
}

// CompileFor is [Builder.Compile] for inputs that have at least the given number of
// slots, whether they occur or not.
func (b *Builder) CompileFor(inputs int, outs ...Node) (*Program, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.lower(inputs, outs), nil
}

// Inputs returns the number of inputs that the program needs: one more than the
// highest slot that occurs, or what [Builder.CompileFor] was told.
func (p *Program) Inputs() int { return p.inputs }

// Outputs returns the number of outputs.
func (p *Program) Outputs() int { return len(p.outs) }

// Instructions returns the number of instructions.
func (p *Program) Instructions() int { return len(p.code) }

// Scratch returns working memory for one goroutine.
func (p *Program) Scratch() []float64 {
	r := make([]float64, p.size)
	copy(r[p.inputs:], p.consts)
	return r
}

// check panics where the lengths do not fit.
func (p *Program) check(out, in, scratch []float64) {
	if len(out) != len(p.outs) || len(in) < p.inputs || len(scratch) != p.size {
		panic(fmt.Sprintf("expr: Eval with %d outputs, %d inputs and %d scratch values for a program of %d, %d and %d",
			len(out), len(in), len(scratch), len(p.outs), p.inputs, p.size))
	}
}
