package main

import (
	"encoding/binary"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
)

// expression pushes the value of x. rounded says that a product that is x is rounded
// before it can be added to anything.
func (t *translator) expression(x ast.Expr, rounded bool) {
	if v := t.info.Types[x].Value; v != nil {
		t.constant(x, v)
		return
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		t.expression(x.X, rounded)
	case *ast.Ident:
		t.emitIndex(opLocalGet, t.local(x))
	case *ast.UnaryExpr:
		t.unary(x)
	case *ast.BinaryExpr:
		t.binary(x, t.kind(x.X), rounded)
	case *ast.CallExpr:
		t.call(x)
	case *ast.IndexExpr:
		t.load(x)
	default:
		refuse(t.fset, x, "this expression")
	}
}

func (t *translator) constant(x ast.Expr, v constant.Value) {
	switch t.kind(x) {
	case 'd':
		f, _ := constant.Float64Val(v)
		t.code = binary.LittleEndian.AppendUint64(append(t.code, 0x44), math.Float64bits(f))
	case 'l':
		i, exact := constant.Int64Val(v)
		if u, ok := constant.Uint64Val(v); !exact && ok {
			i, exact = int64(u), true
		}
		if !exact {
			refuse(t.fset, x, "this constant")
		}
		t.code = signed(append(t.code, 0x42), i)
	default:
		refuse(t.fset, x, "a constant condition")
	}
}

func (t *translator) unary(x *ast.UnaryExpr) {
	kind := t.kind(x)
	switch {
	case x.Op == token.SUB && kind == 'd':
		t.expression(x.X, false)
		t.emit(0x9a)
	case x.Op == token.SUB:
		t.emit(0x42, 0)
		t.expression(x.X, false)
		t.emit(0x7d)
	case x.Op == token.XOR && kind == 'l':
		t.expression(x.X, false)
		t.emit(0x42, 0x7f, 0x85)
	case x.Op == token.NOT:
		t.expression(x.X, false)
		t.emit(opI32Eqz)
	default:
		refuse(t.fset, x, x.Op.String())
	}
}

// binary pushes x, whose operands are of the given kind.
func (t *translator) binary(x *ast.BinaryExpr, kind byte, rounded bool) {
	if x.Op == token.LAND || x.Op == token.LOR {
		t.shortCircuit(x)
		return
	}
	if kind == 'd' && x.Op == token.MUL && !rounded {
		refuse(t.fset, x, "a product that is not rounded")
	}
	product := x.Op == token.MUL || x.Op == token.QUO
	t.expression(x.X, product)
	t.expression(x.Y, product)
	if x.Op == token.AND_NOT {
		t.emit(0x42, 0x7f, 0x85, 0x83)
		return
	}
	var op byte
	var ok bool
	switch basic, _ := t.info.TypeOf(x.X).Underlying().(*types.Basic); {
	case kind == 'd':
		op, ok = floatOps[x.Op]
	case kind == 'i':
		op, ok = map[token.Token]byte{token.EQL: 0x46, token.NEQ: 0x47}[x.Op]
	case basic.Info()&types.IsUnsigned != 0:
		op, ok = unsignedOps[x.Op]
	default:
		op, ok = signedOps[x.Op]
	}
	if !ok {
		refuse(t.fset, x, x.Op.String())
	}
	t.emit(op)
}

var (
	floatOps = map[token.Token]byte{
		token.ADD: 0xa0, token.SUB: 0xa1, token.MUL: 0xa2, token.QUO: 0xa3,
		token.EQL: 0x61, token.NEQ: 0x62, token.LSS: 0x63, token.GTR: 0x64, token.LEQ: 0x65, token.GEQ: 0x66,
	}
	signedOps = map[token.Token]byte{
		token.ADD: 0x7c, token.SUB: 0x7d, token.MUL: 0x7e, token.AND: 0x83, token.OR: 0x84, token.XOR: 0x85,
		token.SHL: 0x86, token.SHR: 0x87,
		token.EQL: 0x51, token.NEQ: 0x52, token.LSS: 0x53, token.GTR: 0x55, token.LEQ: 0x57, token.GEQ: 0x59,
	}
	unsignedOps = map[token.Token]byte{
		token.ADD: 0x7c, token.SUB: 0x7d, token.MUL: 0x7e, token.AND: 0x83, token.OR: 0x84, token.XOR: 0x85,
		token.SHL: 0x86, token.SHR: 0x88,
		token.EQL: 0x51, token.NEQ: 0x52, token.LSS: 0x54, token.GTR: 0x56, token.LEQ: 0x58, token.GEQ: 0x5a,
	}
)

// shortCircuit pushes x && y or x || y.
func (t *translator) shortCircuit(x *ast.BinaryExpr) {
	t.expression(x.X, false)
	t.emit(opIf, 0x7f)
	if x.Op == token.LAND {
		t.expression(x.Y, false)
		t.emit(opElse, 0x41, 0)
	} else {
		t.emit(0x41, 1, opElse)
		t.expression(x.Y, false)
	}
	t.emit(opEnd)
}

// call pushes the results of a function, or a converted value.
func (t *translator) call(x *ast.CallExpr) {
	if t.info.Types[x.Fun].IsType() {
		t.convert(x)
		return
	}
	for _, arg := range x.Args {
		t.expression(arg, false)
	}
	switch f := x.Fun.(type) {
	case *ast.Ident:
		i, ok := t.index[t.info.Uses[f]]
		if !ok {
			refuse(t.fset, x, "a call of "+f.Name)
		}
		t.calls = append(t.calls, i)
		t.emitIndex(opCall, i)
	case *ast.SelectorExpr:
		op, ok := map[string]byte{"Float64bits": 0xbd, "Float64frombits": 0xbf, "Abs": 0x99, "Sqrt": 0x9f}[f.Sel.Name]
		if !ok {
			refuse(t.fset, x, "a call of "+f.Sel.Name)
		}
		t.emit(op)
	default:
		refuse(t.fset, x, "this call")
	}
}

func (t *translator) convert(x *ast.CallExpr) {
	to, from := t.kind(x), t.kind(x.Args[0])
	t.expression(x.Args[0], true)
	switch {
	case to == from:
	case to == 'd' && from == 'l' && t.info.TypeOf(x.Args[0]).Underlying().(*types.Basic).Info()&types.IsUnsigned == 0:
		t.emit(0xb9)
	default:
		refuse(t.fset, x, "this conversion")
	}
}

// load pushes an element of a table, whose index lies inside it.
func (t *translator) load(x *ast.IndexExpr) {
	name, ok := x.X.(*ast.Ident)
	if !ok {
		refuse(t.fset, x, "an element of what is no table")
	}
	offset, ok := t.offset[t.info.Uses[name]]
	if !ok {
		refuse(t.fset, x, "an element of what is no table")
	}
	t.expression(x.Index, false)
	t.emit(0xa7, 0x41, 3, 0x74) // times 8
	t.code = unsigned(append(t.code, 0x29, 3), uint64(offset))
}

// unsigned and signed append LEB128 numbers.
func unsigned(dst []byte, v uint64) []byte { return binary.AppendUvarint(dst, v) }

func signed(dst []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(dst, c)
		}
		dst = append(dst, c|0x80)
	}
}
