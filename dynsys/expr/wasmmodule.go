package expr

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys/expr/elementary"
)

// chunkSize is the number of instructions of a function of a module. The time that the
// register allocation takes grows faster than a function; about 50 equations are well
// below where that shows, and calls are too few to matter.
const chunkSize = 400

// layout is where a module keeps things: the tables of package elementary at address 0,
// behind them the numbers of the program, addressed from base on: inputs, outputs, and
// the values that pass from one function to a later one.
type layout struct {
	base    int // in bytes
	inputs  int // in numbers, as the others
	outputs int
	passed  int
}

func (l *layout) numbers() int { return l.inputs + l.outputs + l.passed }
func (l *layout) pages() int   { return (l.base + 8*l.numbers() + 1<<16 - 1) >> 16 }

// wasmModule returns the program as a WebAssembly module that exports a memory and a
// function eval, which computes the outputs from the inputs in the memory. ok is false
// where the program has an operation that package elementary has not.
func wasmModule(p *Program) (module []byte, at layout, ok bool) {
	w := newWasmWriter(p)
	for i := range p.code {
		if !wasmHas(p.code[i].op) {
			return nil, at, false
		}
	}
	bodies := w.chunks()
	m := moduleText{code: []byte("\x00asm\x01\x00\x00\x00")}
	library := w.library()

	signatures := []string{"", "i"} // of eval, of a chunk
	var types []int                 // of each function
	for _, f := range library {
		signature := f.Params + ">" + f.Results
		if !slices.Contains(signatures, signature) {
			signatures = append(signatures, signature)
		}
		types = append(types, slices.Index(signatures, signature))
	}
	var code [][]byte
	for _, f := range library {
		code = append(code, []byte(f.Body))
	}
	if len(bodies) == 1 {
		types = append(types, 0)
		code = append(code, w.function(bodies[0], true))
	} else {
		for _, b := range bodies {
			types = append(types, 1)
			code = append(code, w.function(b, false))
		}
		types = append(types, 0)
		code = append(code, w.callAll(len(library), len(bodies)))
	}
	m.types(signatures)
	m.functions(types)
	m.memory(w.at.pages())
	m.exports(len(code) - 1)
	m.bodies(code)
	if w.at.base > 0 {
		m.data(elementary.WasmTables())
	}
	return m.code, w.at, true
}

// library returns the functions of package elementary, where the program needs any: its
// own and what they call, the others without a body, as calls go by position.
func (w *wasmWriter) library() []elementary.WasmFunction {
	if w.at.base == 0 {
		return nil
	}
	all := elementary.WasmFunctions()
	needed := make([]bool, len(all))
	var need func(i int)
	need = func(i int) {
		if !needed[i] {
			needed[i] = true
			for _, j := range all[i].Calls {
				need(j)
			}
		}
	}
	for i := range w.p.code {
		if f := wasmCalls[w.p.code[i].op]; f != "" {
			need(functionIndex(f))
		}
	}
	library := slices.Clone(all)
	for i := range library {
		if !needed[i] {
			library[i].Body = "\x00\x00\x0b" // no locals, unreachable, end
		}
	}
	return library
}

func functionIndex(name string) int {
	return slices.IndexFunc(elementary.WasmFunctions(), func(f elementary.WasmFunction) bool { return f.Name == name })
}

// function returns a chunk as a function of the base address or, where it is alone, as
// the function eval.
func (w *wasmWriter) function(c chunk, alone bool) []byte {
	locals := []byte{1}
	code := c.code
	if alone {
		locals = append([]byte{2}, 1, wasmI32)
		code = slices.Concat(signedLEB([]byte{wasmI32Const}, int64(w.at.base)), []byte{wasmLocalSet, 0}, code)
	}
	return slices.Concat(append(unsignedLEB(locals, uint64(c.locals)), wasmF64), code, []byte{wasmEnd})
}

// callAll returns the function eval that calls n chunks from function first on.
func (w *wasmWriter) callAll(first, n int) []byte {
	code := []byte{0}
	for i := range n {
		code = signedLEB(append(code, wasmI32Const), int64(w.at.base))
		code = unsignedLEB(append(code, wasmCall), uint64(first+i))
	}
	return append(code, wasmEnd)
}

// moduleText is a module in the binary format (WebAssembly Core Specification 2.0,
// chapter 5).
type moduleText struct{ code []byte }

func (m *moduleText) section(id byte, content []byte) {
	m.code = append(unsignedLEB(append(m.code, id), uint64(len(content))), content...)
}

// types writes signatures in the letters of [elementary.WasmFunction]: parameters, then
// > and results.
func (m *moduleText) types(signatures []string) {
	c := unsignedLEB(nil, uint64(len(signatures)))
	for _, s := range signatures {
		params, results := s, ""
		if i := slices.Index([]byte(s), '>'); i >= 0 {
			params, results = s[:i], s[i+1:]
		}
		c = append(c, 0x60)
		for _, side := range []string{params, results} {
			c = unsignedLEB(c, uint64(len(side)))
			for _, letter := range []byte(side) {
				c = append(c, map[byte]byte{'d': wasmF64, 'l': wasmI64, 'i': wasmI32}[letter])
			}
		}
	}
	m.section(1, c)
}

func (m *moduleText) functions(types []int) {
	c := unsignedLEB(nil, uint64(len(types)))
	for _, t := range types {
		c = unsignedLEB(c, uint64(t))
	}
	m.section(3, c)
}

// memory declares a memory that cannot grow.
func (m *moduleText) memory(pages int) {
	m.section(5, unsignedLEB(unsignedLEB([]byte{1, 1}, uint64(pages)), uint64(pages)))
}

func (m *moduleText) exports(eval int) {
	c := append([]byte{2, 6}, "memory\x02\x00\x04eval\x00"...)
	m.section(7, unsignedLEB(c, uint64(eval)))
}

func (m *moduleText) bodies(code [][]byte) {
	c := unsignedLEB(nil, uint64(len(code)))
	for _, b := range code {
		c = append(unsignedLEB(c, uint64(len(b))), b...)
	}
	m.section(10, c)
}

// data puts words at address 0.
func (m *moduleText) data(words []uint64) {
	c := []byte{1, 0, wasmI32Const, 0, wasmEnd}
	c = unsignedLEB(c, uint64(8*len(words)))
	for _, v := range words {
		c = binary.LittleEndian.AppendUint64(c, v)
	}
	m.section(11, c)
}

// Numbers of the binary format.
const (
	wasmI32        = 0x7f
	wasmI64        = 0x7e
	wasmF64        = 0x7c
	wasmEnd        = 0x0b
	wasmCall       = 0x10
	wasmDrop       = 0x1a
	wasmSelect     = 0x1b
	wasmLocalGet   = 0x20
	wasmLocalSet   = 0x21
	wasmLocalTee   = 0x22
	wasmF64Load    = 0x2b
	wasmF64Store   = 0x39
	wasmI32Const   = 0x41
	wasmI64Const   = 0x42
	wasmF64Const   = 0x44
	wasmF64Eq      = 0x61
	wasmF64Ne      = 0x62
	wasmF64Lt      = 0x63
	wasmF64Gt      = 0x64
	wasmF64Le      = 0x65
	wasmI32And     = 0x71
	wasmI32Or      = 0x72
	wasmF64Add     = 0xa0
	wasmI64FromF64 = 0xbd // the bits
	wasmF64FromI64 = 0xbf
)

func unsignedLEB(dst []byte, v uint64) []byte { return binary.AppendUvarint(dst, v) }

func signedLEB(dst []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(dst, c)
		}
		dst = append(dst, c|0x80)
	}
}

func float64Const(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, wasmF64Const), math.Float64bits(v))
}
