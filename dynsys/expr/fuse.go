package expr

// fused joins an operation with the operation that makes one of its operands, where
// nothing else uses that: one instruction in place of two. Every rounding stays.
//
//	inner   outer   joined
//	x*y     + z     opMulAdd
//	x*y     - z     opMulSub
//	z  -    x*y     opSubMul
//	x*y     * z     opMulMul
//	x+y     + z     opAddAdd
//	x+y     - z     opAddSub
//	x-y     + z     opSubAdd
//	x-y     - z     opSubSub
func fused(inner, outer op, second bool) (op, bool) {
	switch {
	case inner == opMul && outer == opSub && second:
		return opSubMul, true
	case outer == opSub && second:
		return 0, false
	case inner == opMul && outer == opAdd:
		return opMulAdd, true
	case inner == opMul && outer == opSub:
		return opMulSub, true
	case inner == opMul && outer == opMul:
		return opMulMul, true
	case inner == opAdd && outer == opAdd:
		return opAddAdd, true
	case inner == opAdd && outer == opSub:
		return opAddSub, true
	case inner == opSub && outer == opAdd:
		return opSubAdd, true
	case inner == opSub && outer == opSub:
		return opSubSub, true
	}
	return 0, false
}

// fuse joins instructions whose operands are places. outs are places too.
func (l *lowering) fuse(outs []place) {
	uses := make([]int, len(l.code))
	for i := range l.code {
		for _, o := range l.code[i].operands() {
			if *o >= 0 {
				uses[*o]++
			}
		}
	}
	for _, o := range outs {
		if o >= 0 {
			uses[o] += 2 // never joined
		}
	}
	gone := make([]bool, len(l.code))
	for i := range l.code {
		c := &l.code[i]
		if ops[c.op].arity != 2 {
			continue
		}
		// the operand that was made last, so that values wait as short as possible
		first, other, second := c.a, c.b, false
		if c.b > c.a {
			first, other, second = c.b, c.a, true
		}
		if !l.join(c, uses, gone, first, other, second) {
			l.join(c, uses, gone, other, first, !second)
		}
	}
	l.drop(gone, outs)
}

// join makes one instruction of c and of that which makes its operand first.
func (l *lowering) join(c *instruction, uses []int, gone []bool, first, other int32, second bool) bool {
	if first < 0 || uses[first] != 1 {
		return false
	}
	in := &l.code[first]
	o, ok := fused(in.op, c.op, second)
	if ok {
		c.op, c.a, c.b, c.c = o, in.a, in.b, other
		gone[first] = true
	}
	return ok
}

// drop removes the instructions that are gone.
func (l *lowering) drop(gone []bool, outs []place) {
	at := make([]int32, len(l.code))
	kept := l.code[:0]
	for i, c := range l.code {
		if gone[i] {
			continue
		}
		for _, o := range c.operands() {
			if *o >= 0 {
				*o = at[*o]
			}
		}
		at[i] = int32(len(kept))
		kept = append(kept, c)
	}
	l.code = kept
	for k, o := range outs {
		if o >= 0 {
			outs[k] = place(at[o])
		}
	}
}
