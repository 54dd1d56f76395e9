package expr

import (
	"github.com/odefit/odefit/dynsys/expr/elementary"
)

// wasmPlain are the operations that are one instruction.
var wasmPlain = [numOps]byte{
	opAdd: 0xa0, opSub: 0xa1, opMul: 0xa2, opDiv: 0xa3, opNeg: 0x9a,
	opSqrt: 0x9f, opAbs: 0x99, opMin: 0xa4, opMax: 0xa5, opFloor: 0x9c, opCeil: 0x9b,
}

// wasmJoined are the operations that are two instructions. The first works on the first
// two operands, the second on its result and the third operand; on the third operand
// and its result where wasmSwapped stands behind them.
var wasmJoined = [numOps][3]byte{
	opMulAdd: {0xa2, 0xa0}, opMulSub: {0xa2, 0xa1}, opSubMul: {0xa2, 0xa1, wasmSwapped}, opMulMul: {0xa2, 0xa2},
	opAddAdd: {0xa0, 0xa0}, opAddSub: {0xa0, 0xa1}, opSubAdd: {0xa1, 0xa0}, opSubSub: {0xa1, 0xa1},
}

const wasmSwapped = 1

// wasmCalls are the operations that are functions of package elementary.
var wasmCalls = [numOps]string{
	opPow: "Pow", opExp: "Exp", opLog: "Log", opLog10: "Log10", opLog2: "Log2",
	opSin: "Sin", opCos: "Cos", opTan: "Tan", opAsin: "Asin", opAcos: "Acos", opAtan: "Atan", opAtan2: "Atan2",
	opSinh: "Sinh", opCosh: "Cosh", opTanh: "Tanh",
}

// wasmHas reports whether there is code for the operation.
func wasmHas(o op) bool {
	switch o {
	case opSign, opLt, opLe, opEq, opNe, opAnd, opOr, opNot, opIf, opPowLogEdge:
		return true
	}
	return wasmPlain[o] != 0 || wasmJoined[o][0] != 0 || wasmCalls[o] != ""
}

// operand is what an instruction works on: value >= 0, the instruction that makes it, or
// else the complement of a register of an input or a constant.
type operand int32

// wasmWriter writes the instructions of a program.
type wasmWriter struct {
	p            *Program
	instructions []instruction // in the order in which the expressions were built
	at           layout
	args         [][3]operand // of the instructions
	outs         []operand

	uses  []int // of the value of an instruction
	depth []int // of the tree of values that are used once
	slot  []int // where a value is kept in memory, -1 for nowhere
	local []int // of a value

	first  int         // instruction of the chunk
	inputs map[int]int // locals of the inputs that the chunk has loaded
	code   []byte
	locals int
}

// chunk is the code of one function and the number of its locals.
type chunk struct {
	code   []byte
	locals int
}

// maxTree bounds the depth of what is computed on the stack.
const maxTree = 40

func newWasmWriter(p *Program) *wasmWriter {
	n := len(p.code)
	w := &wasmWriter{
		p: p, instructions: make([]instruction, n), at: layout{inputs: p.inputs, outputs: len(p.outs)},
		args: make([][3]operand, n), uses: make([]int, n), depth: make([]int, n), slot: make([]int, n), local: make([]int, n),
	}
	maker := make([]operand, p.size)
	for r := range maker {
		maker[r] = operand(^r)
	}
	for k := range p.code {
		i := p.was[k]
		w.instructions[i] = p.code[k]
		w.slot[i] = -1
		for j, r := range p.code[k].operands() {
			w.args[i][j] = maker[*r]
			if v := maker[*r]; v >= 0 {
				w.uses[v]++
			}
		}
		maker[p.code[k].dst] = operand(i)
		if wasmCalls[p.code[k].op] != "" && w.at.base == 0 {
			w.at.base = 8 * len(elementary.WasmTables())
		}
	}
	for k, r := range p.outs {
		w.outs = append(w.outs, maker[r])
		if v := maker[r]; v >= 0 {
			w.slot[v] = p.inputs + k
		}
	}
	for i := range w.args {
		for _, v := range w.operands(i) {
			if v >= 0 && w.slot[v] < 0 && int(v)/chunkSize != i/chunkSize {
				w.slot[v] = w.at.numbers()
				w.at.passed++
			}
		}
	}
	return w
}

func (w *wasmWriter) operands(i int) []operand { return w.args[i][:ops[w.instructions[i].op].arity] }

// onStack reports whether value i is computed where it is used.
func (w *wasmWriter) onStack(i int) bool {
	return w.uses[i] == 1 && w.slot[i] < 0 && w.depth[i] < maxTree
}

// chunks writes the functions.
func (w *wasmWriter) chunks() []chunk {
	var all []chunk
	for first := 0; first < len(w.args) || first == 0; first += chunkSize {
		w.first, w.inputs, w.code, w.locals = first, make(map[int]int), nil, 0
		last := min(first+chunkSize, len(w.args))
		w.touchHighest()
		for i := first; i < last; i++ {
			w.depth[i] = 1
			for _, v := range w.operands(i) {
				if int(v) >= first && w.onStack(int(v)) {
					w.depth[i] = max(w.depth[i], 1+w.depth[v])
				}
			}
			if !w.onStack(i) {
				w.value(i)
			}
		}
		if last == len(w.args) {
			w.copies()
		}
		all = append(all, chunk{w.code, w.locals})
	}
	return all
}

// touchHighest loads the last number, so that the compiler knows that the base address
// plus any offset below lies in the memory.
func (w *wasmWriter) touchHighest() {
	if n := w.at.numbers(); n > 0 {
		w.load(n - 1)
		w.code = append(w.code, wasmDrop)
	}
}

// value computes value i and keeps it in a local, and in memory where that is needed.
func (w *wasmWriter) value(i int) {
	store := w.slot[i] >= 0
	if store {
		w.code = append(w.code, wasmLocalGet, 0)
	}
	w.compute(i)
	if w.uses[i] > 0 {
		w.locals++
		w.local[i] = w.locals // local 0 is the base
		op := byte(wasmLocalSet)
		if store {
			op = wasmLocalTee
		}
		w.code = unsignedLEB(append(w.code, op), uint64(w.local[i]))
	}
	if store {
		w.storeAt(w.slot[i])
	}
}

// copies stores the outputs that are inputs, constants or also another output.
func (w *wasmWriter) copies() {
	for k, v := range w.outs {
		slot := w.p.inputs + k
		if v >= 0 && w.slot[v] == slot {
			continue
		}
		w.code = append(w.code, wasmLocalGet, 0)
		if v >= 0 {
			w.load(w.slot[v])
		} else {
			w.push(v)
		}
		w.storeAt(slot)
	}
}

func (w *wasmWriter) storeAt(slot int) {
	w.code = unsignedLEB(append(w.code, wasmF64Store, 3), uint64(8*slot))
}

func (w *wasmWriter) load(slot int) {
	w.code = unsignedLEB(append(w.code, wasmLocalGet, 0, wasmF64Load, 3), uint64(8*slot))
}

// input pushes an input, which is loaded once.
func (w *wasmWriter) input(slot int) {
	i, ok := w.inputs[slot]
	if ok {
		w.code = unsignedLEB(append(w.code, wasmLocalGet), uint64(i))
		return
	}
	w.load(slot)
	w.locals++
	w.inputs[slot] = w.locals
	w.code = unsignedLEB(append(w.code, wasmLocalTee), uint64(w.locals))
}

// push pushes an operand.
func (w *wasmWriter) push(v operand) {
	switch {
	case v < 0 && int(^v) < w.p.inputs:
		w.input(int(^v))
	case v < 0:
		w.number(w.p.consts[int(^v)-w.p.inputs])
	case int(v) < w.first:
		w.load(w.slot[v])
	case w.onStack(int(v)):
		w.compute(int(v))
	default:
		w.code = unsignedLEB(append(w.code, wasmLocalGet), uint64(w.local[v]))
	}
}

// compute pushes the value of instruction i.
func (w *wasmWriter) compute(i int) {
	o := w.instructions[i].op
	if code := wasmPlain[o]; code != 0 {
		w.pushAll(i)
		w.code = append(w.code, code)
		return
	}
	if joined := wasmJoined[o]; joined[0] != 0 {
		w.joined(joined, w.args[i])
		return
	}
	if f := wasmCalls[o]; f != "" {
		w.pushAll(i)
		w.code = unsignedLEB(append(w.code, wasmCall), uint64(functionIndex(f)))
		return
	}
	// these need their operands more than once
	var x [3]int
	for j, v := range w.operands(i) {
		w.push(v)
		w.locals++
		x[j] = w.locals
		w.code = unsignedLEB(append(w.code, wasmLocalSet), uint64(x[j]))
	}
	w.logic(o, x)
}

// joined pushes the value of one of wasmJoined.
func (w *wasmWriter) joined(code [3]byte, x [3]operand) {
	if code[2] == wasmSwapped {
		w.push(x[2])
	}
	w.push(x[0])
	w.push(x[1])
	w.emit(code[0])
	if code[2] != wasmSwapped {
		w.push(x[2])
	}
	w.emit(code[1])
}

func (w *wasmWriter) pushAll(i int) {
	for _, v := range w.operands(i) {
		w.push(v)
	}
}
