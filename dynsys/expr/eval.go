package expr

import (
	"math"

	"github.com/odefit/odefit/dynsys/expr/elementary"
)

// Eval sets out[i] to the i-th expression of the program at the inputs in. Slots
// beyond those that occur are ignored. scratch comes from [Program.Scratch] and
// serves one call at a time. out must not overlap in. Eval does not allocate.
//
// Every operation is rounded to float64 by itself, and the elementary functions are
// those of package elementary, so that results are the same on every machine. The one
// exception are programs with erf, lgamma or polygamma, which come from package math.
func (p *Program) Eval(out, in, scratch []float64) {
	p.check(out, in, scratch)
	copy(scratch, in[:p.inputs])
	p.run(scratch)
	for i, o := range p.outs {
		out[i] = scratch[o]
	}
}

// run executes the instructions on the registers.
func (p *Program) run(r []float64) {
	for i := range p.code {
		c := &p.code[i]
		switch c.op {
		case opAdd:
			r[c.dst] = r[c.a] + r[c.b]
		case opSub:
			r[c.dst] = r[c.a] - r[c.b]
		case opMul:
			r[c.dst] = r[c.a] * r[c.b]
		case opDiv:
			r[c.dst] = r[c.a] / r[c.b]
		case opNeg:
			r[c.dst] = -r[c.a]
		case opMulAdd:
			r[c.dst] = float64(r[c.a]*r[c.b]) + r[c.c]
		case opMulSub:
			r[c.dst] = float64(r[c.a]*r[c.b]) - r[c.c]
		case opSubMul:
			r[c.dst] = r[c.c] - float64(r[c.a]*r[c.b])
		case opMulMul:
			r[c.dst] = r[c.a] * r[c.b] * r[c.c]
		case opAddAdd:
			r[c.dst] = (r[c.a] + r[c.b]) + r[c.c]
		case opAddSub:
			r[c.dst] = (r[c.a] + r[c.b]) - r[c.c]
		case opSubAdd:
			r[c.dst] = (r[c.a] - r[c.b]) + r[c.c]
		case opSubSub:
			r[c.dst] = (r[c.a] - r[c.b]) - r[c.c]
		case opIf:
			r[c.dst] = choose(r[c.a], r[c.b], r[c.c])
		case opExp:
			r[c.dst] = elementary.Exp(r[c.a])
		case opLog:
			r[c.dst] = elementary.Log(r[c.a])
		case opPow:
			r[c.dst] = elementary.Pow(r[c.a], r[c.b])
		case opSqrt:
			r[c.dst] = math.Sqrt(r[c.a])
		default:
			r[c.dst] = c.op.value(int32(c.k), r[c.a], r[c.b], r[c.c])
		}
	}
}
