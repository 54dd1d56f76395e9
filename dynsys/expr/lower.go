package expr

import "math"

// place is where a value is while the registers are not yet known: the index of
// the instruction that makes it, or, below 0, the complement of a fixed register.
type place int32

// lowering turns nodes into instructions.
type lowering struct {
	b         *Builder
	code      []instruction // operands are places, dst is not yet set
	consts    []float64
	constants map[uint64]place
	inputs    int
	place     []place               // of a node
	known     map[instruction]place // what an operation on these places makes: of powers
}

// lower returns the program of outs for at least the given number of inputs.
func (b *Builder) lower(inputs int, outs []Node) *Program {
	l := lowering{
		b:         b,
		inputs:    inputs,
		constants: make(map[uint64]place),
		place:     make([]place, b.Len()),
		known:     make(map[instruction]place),
	}
	nodes := b.reach(outs)
	for _, n := range nodes {
		l.input(n)
	}
	for _, n := range nodes {
		l.lower(n)
	}
	ends := make([]place, len(outs))
	for i, n := range outs {
		ends[i] = l.place[n]
	}
	l.fuse(ends)
	return l.allocate(ends)
}

// input gives inputs the registers of their slots.
func (l *lowering) input(n Node) {
	if slot, ok := l.b.Slot(n); ok {
		l.inputs = max(l.inputs, slot+1)
		l.place[n] = place(^slot)
	}
}

// constant returns the place of a constant, behind the inputs.
func (l *lowering) constant(v float64) place {
	bits := math.Float64bits(v)
	at, ok := l.constants[bits]
	if !ok {
		at = place(^(l.inputs + len(l.consts)))
		l.consts = append(l.consts, v)
		l.constants[bits] = at
	}
	return at
}

// emit returns the place of an operation.
func (l *lowering) emit(o op, k int32, a, b, c place) place {
	l.code = append(l.code, instruction{op: o, k: int16(k), a: int32(a), b: int32(b), c: int32(c)})
	return place(len(l.code) - 1)
}

// once is emit for the operations that powers are made of: what several powers need is
// made once.
func (l *lowering) once(o op, a, b, c place) place {
	i := instruction{op: o, a: int32(a), b: int32(b), c: int32(c)}
	at, ok := l.known[i]
	if !ok {
		at = l.emit(o, 0, a, b, c)
		l.known[i] = at
	}
	return at
}

func (l *lowering) lower(n Node) {
	t := l.b.terms[n]
	switch t.op {
	case opInput:
	case opConst:
		l.place[n] = l.constant(math.Float64frombits(t.bits))
	case opPowInt:
		l.place[n] = l.power(l.place[t.a], int(t.k))
	case opPowLog:
		x, y := l.place[t.a], l.place[t.b]
		log := l.power(l.once(opLog, x, 0, 0), int(t.k))
		l.place[n] = l.emit(opPowLogEdge, 0, x, y, l.emit(opMul, 0, l.once(opPow, x, y, 0), log, 0))
	case opLog:
		l.place[n] = l.once(opLog, l.place[t.a], 0, 0)
	case opPow:
		l.place[n] = l.once(opPow, l.place[t.a], l.place[t.b], 0)
	default:
		var at [3]place
		x, arity := t.operands()
		for i, m := range x[:arity] {
			at[i] = l.place[m]
		}
		l.place[n] = l.emit(t.op, t.k, at[0], at[1], at[2])
	}
}

// power multiplies in the order of [powInt].
func (l *lowering) power(x place, k int) place {
	e := max(k, -k)
	var r place
	for j, started := 0, false; e>>j > 0; j++ {
		if e>>j&1 == 0 {
			continue
		}
		s := l.square(x, j)
		if started {
			s = l.once(opMul, r, s, 0)
		}
		r, started = s, true
	}
	if k < 0 {
		return l.once(opDiv, l.constant(1), r, 0)
	}
	return r
}

// square returns x^(2^j).
func (l *lowering) square(x place, j int) place {
	for range j {
		x = l.once(opMul, x, x, 0)
	}
	return x
}

// allocate turns places into registers. A register is used again as soon as its
// value has been used for the last time, so that a large program works in little
// memory.
func (l *lowering) allocate(outs []place) *Program {
	code, was := schedule(l.code)
	last := make([]int, len(code)) // last use of the value that was made by an instruction
	for i := range code {
		for _, o := range code[i].operands() {
			if *o >= 0 {
				last[*o] = i
			}
		}
	}
	for _, o := range outs {
		if o >= 0 {
			last[o] = len(code)
		}
	}
	first := int32(l.inputs + len(l.consts))
	p := &Program{code: code, was: was, consts: l.consts, inputs: l.inputs, size: int(first)}
	register := make([]int32, len(code)) // of what an instruction made
	var free []int32
	at := func(o int32) int32 {
		if o < 0 {
			return ^o
		}
		return register[o]
	}
	for i := range code {
		c := &code[i]
		for _, o := range c.operands() {
			v := *o
			*o = at(v)
			if v >= 0 && last[v] == i {
				free = append(free, *o)
				last[v] = -1 // freed, should it be both operands
			}
		}
		if n := len(free); n > 0 {
			c.dst, free = free[n-1], free[:n-1]
		} else {
			c.dst = int32(p.size)
			p.size++
		}
		register[was[i]] = c.dst
		if n := len(p.runs); n == 0 || p.runs[n-1].op != c.op {
			p.runs = append(p.runs, run{op: c.op, first: int32(i)})
		}
		p.runs[len(p.runs)-1].last = int32(i + 1)
	}
	for _, o := range outs {
		p.outs = append(p.outs, at(int32(o)))
	}
	return p
}

// operands returns those of a, b and c that the operation has.
func (c *instruction) operands() []*int32 {
	return []*int32{&c.a, &c.b, &c.c}[:ops[c.op].arity]
}
