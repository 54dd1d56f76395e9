package expr

import "math"

// logic pushes the value of an operation on the locals x: what [op.value] does, with
// selections in place of branches.
//
// It selects among the bits of numbers as integers: wazero 1.12 miscompiles the select of
// f64 on amd64 where registers are short (the register allocation does not know that
// the conditional move keeps its target).
func (w *wasmWriter) logic(o op, x [3]int) {
	l := wasmLogic{w, x}
	switch o {
	case opSign:
		l.bits(1)
		l.bits(-1)
		l.compare(0, wasmF64Add)
		w.emit(wasmI64FromF64)
		l.compare(0, wasmF64Lt)
		w.emit(wasmSelect)
		l.compare(0, wasmF64Gt)
	case opLt, opLe, opEq, opNe:
		l.bits(math.NaN())
		l.bits(1)
		l.bits(0)
		l.get(0)
		l.get(1)
		w.emit(wasmComparisons[o], wasmSelect)
		l.isNaN(0)
		l.isNaN(1)
		w.emit(wasmI32Or)
	case opAnd:
		l.bits(0)
		l.nanOr(1)
		l.compare(0, wasmF64Eq)
		l.compare(1, wasmF64Eq)
		w.emit(wasmI32Or)
	case opOr:
		l.bits(1)
		l.nanOr(0)
		l.isTrue(0)
		l.isTrue(1)
		w.emit(wasmI32Or)
	case opNot:
		l.bits(1)
		l.getBits(0)
		l.bits(0)
		l.isNaN(0)
		w.emit(wasmSelect)
		l.compare(0, wasmF64Eq)
	case opIf:
		l.getBits(2)
		l.getBits(0)
		l.getBits(1)
		l.isNaN(0)
		w.emit(wasmSelect)
		l.compare(0, wasmF64Eq)
	case opPowLogEdge:
		l.bits(0)
		l.getBits(2)
		l.compare(0, wasmF64Eq)
		l.compare(1, wasmF64Gt)
		w.emit(wasmI32And)
	default:
		panic("expr: no code for operation " + ops[o].name)
	}
	w.emit(wasmSelect, wasmF64FromI64)
}

// wasmComparisons are the instructions of the comparisons.
var wasmComparisons = map[op]byte{opLt: wasmF64Lt, opLe: wasmF64Le, opEq: wasmF64Eq, opNe: wasmF64Ne}

// wasmLogic pushes what is made of the operands of one operation, which are locals.
type wasmLogic struct {
	w *wasmWriter
	x [3]int
}

func (l wasmLogic) get(j int) {
	l.w.code = unsignedLEB(append(l.w.code, wasmLocalGet), uint64(l.x[j]))
}

func (l wasmLogic) getBits(j int) {
	l.get(j)
	l.w.emit(wasmI64FromF64)
}

// bits pushes the bits of v.
func (l wasmLogic) bits(v float64) {
	l.w.code = signedLEB(append(l.w.code, wasmI64Const), int64(math.Float64bits(v)))
}

// compare pushes the result of an instruction on operand j and 0.
func (l wasmLogic) compare(j int, instruction byte) {
	l.get(j)
	l.w.number(0)
	l.w.emit(instruction)
}

func (l wasmLogic) isNaN(j int) {
	l.get(j)
	l.get(j)
	l.w.emit(wasmF64Ne)
}

// isTrue pushes whether operand j is a number other than 0.
func (l wasmLogic) isTrue(j int) {
	l.compare(j, wasmF64Ne)
	l.get(j)
	l.get(j)
	l.w.emit(wasmF64Eq, wasmI32And)
}

// nanOr pushes the bits of NaN where one of two operands is NaN, else of v.
func (l wasmLogic) nanOr(v float64) {
	l.bits(math.NaN())
	l.bits(v)
	l.isNaN(0)
	l.isNaN(1)
	l.w.emit(wasmI32Or, wasmSelect)
}

func (w *wasmWriter) emit(code ...byte) { w.code = append(w.code, code...) }
func (w *wasmWriter) number(v float64)  { w.code = float64Const(w.code, v) }
