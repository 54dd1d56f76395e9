package expr

import (
	"unsafe"

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

// run executes the instructions on the registers, run by run.
func (p *Program) run(registers []float64) {
	if len(p.code) == 0 {
		return
	}
	r := unsafe.Pointer(&registers[0])
	for _, group := range p.runs {
		code := p.code[group.first:group.last]
		switch group.op {
		case opAdd:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = *at(r, c.a) + *at(r, c.b)
			}
		case opSub:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = *at(r, c.a) - *at(r, c.b)
			}
		case opMul:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = *at(r, c.a) * *at(r, c.b)
			}
		case opDiv:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = *at(r, c.a) / *at(r, c.b)
			}
		case opNeg:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = -*at(r, c.a)
			}
		case opMulAdd:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = float64(*at(r, c.a)**at(r, c.b)) + *at(r, c.c)
			}
		case opMulSub:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = float64(*at(r, c.a)**at(r, c.b)) - *at(r, c.c)
			}
		case opSubMul:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = *at(r, c.c) - float64(*at(r, c.a)**at(r, c.b))
			}
		case opMulMul:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = *at(r, c.a) * *at(r, c.b) * *at(r, c.c)
			}
		case opAddAdd:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = (*at(r, c.a) + *at(r, c.b)) + *at(r, c.c)
			}
		case opAddSub:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = (*at(r, c.a) + *at(r, c.b)) - *at(r, c.c)
			}
		case opSubAdd:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = (*at(r, c.a) - *at(r, c.b)) + *at(r, c.c)
			}
		case opSubSub:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = (*at(r, c.a) - *at(r, c.b)) - *at(r, c.c)
			}
		case opExp:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = elementary.Exp(*at(r, c.a))
			}
		case opLog:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = elementary.Log(*at(r, c.a))
			}
		case opPow:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = elementary.Pow(*at(r, c.a), *at(r, c.b))
			}
		default:
			for i := range code {
				c := &code[i]
				*at(r, c.dst) = group.op.value(int32(c.k), *at(r, c.a), *at(r, c.b), *at(r, c.c))
			}
		}
	}
}

// at returns register i. There is no check: [lowering.allocate] gives out registers below
// the size of the program, and the registers are of that size.
func at(r unsafe.Pointer, i int32) *float64 {
	return (*float64)(unsafe.Add(r, 8*uintptr(uint32(i))))
}
