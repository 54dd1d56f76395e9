package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// translator turns one function into the body of a WebAssembly function.
type translator struct {
	*source
	params, results string // one letter a value: d float64, l 64-bit integer, i bool
	locals          map[types.Object]int
	kinds           []byte // of locals, parameters first
	calls           []int  // functions called
	code            []byte
}

// WebAssembly opcodes used for statements.
const (
	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opElse        = 0x05
	opEnd         = 0x0b
	opBr          = 0x0c
	opBrIf        = 0x0d
	opReturn      = 0x0f
	opCall        = 0x10
	opLocalGet    = 0x20
	opLocalSet    = 0x21
	opI32Eqz      = 0x45
	noResult      = 0x40
)

func (t *translator) function(f *ast.FuncDecl) {
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			t.params += string(t.kind(field.Type))
			t.local(name)
		}
	}
	var named []*ast.Ident
	for _, field := range f.Type.Results.List {
		for range max(1, len(field.Names)) {
			t.results += string(t.kind(field.Type))
		}
		for _, name := range field.Names {
			t.local(name)
			named = append(named, name)
		}
	}
	t.block(f.Body, named)
	t.emit(opUnreachable, opEnd)
}

// body returns the declaration of the locals and the code.
func (t *translator) body() []byte {
	var groups []byte
	n := 0
	for kinds := t.kinds[len(t.params):]; len(kinds) > 0; n++ {
		run := 1
		for run < len(kinds) && kinds[run] == kinds[0] {
			run++
		}
		groups = append(unsigned(groups, uint64(run)), valueType(kinds[0]))
		kinds = kinds[run:]
	}
	return slices.Concat(unsigned(nil, uint64(n)), groups, t.code)
}

func valueType(kind byte) byte {
	switch kind {
	case 'd':
		return 0x7c
	case 'l':
		return 0x7e
	}
	return 0x7f
}

func (t *translator) emit(code ...byte) { t.code = append(t.code, code...) }

func (t *translator) emitIndex(op byte, i int) { t.code = unsigned(append(t.code, op), uint64(i)) }

// kind returns the letter of the type of an expression.
func (t *translator) kind(x ast.Expr) byte {
	basic, ok := t.info.TypeOf(x).Underlying().(*types.Basic)
	if ok {
		switch basic.Kind() {
		case types.Float64, types.UntypedFloat:
			return 'd'
		case types.Int64, types.Uint64, types.UntypedInt:
			return 'l'
		case types.Bool, types.UntypedBool:
			return 'i'
		}
	}
	refuse(t.fset, x, "the type "+t.info.TypeOf(x).String())
	return 0
}

// local returns the index of a variable, which it adds where it is new.
func (t *translator) local(name *ast.Ident) int {
	obj := t.info.ObjectOf(name)
	i, ok := t.locals[obj]
	if !ok {
		i = len(t.kinds)
		t.locals[obj] = i
		t.kinds = append(t.kinds, t.kind(name))
	}
	return i
}

func (t *translator) block(b *ast.BlockStmt, named []*ast.Ident) {
	for _, s := range b.List {
		t.statement(s, named)
	}
}

func (t *translator) statement(s ast.Stmt, named []*ast.Ident) {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		for _, x := range s.Results {
			t.expression(x, false)
		}
		if len(s.Results) == 0 {
			for _, name := range named {
				t.emitIndex(opLocalGet, t.local(name))
			}
		}
		t.emit(opReturn)
	case *ast.AssignStmt:
		t.assign(s)
	case *ast.IncDecStmt:
		t.expression(s.X, false)
		t.emit(0x42, 1, map[token.Token]byte{token.INC: 0x7c, token.DEC: 0x7d}[s.Tok])
		t.store(s.X)
	case *ast.IfStmt:
		if s.Init != nil {
			refuse(t.fset, s, "if with a statement")
		}
		t.expression(s.Cond, false)
		t.emit(opIf, noResult)
		t.block(s.Body, named)
		switch e := s.Else.(type) {
		case *ast.BlockStmt:
			t.emit(opElse)
			t.block(e, named)
		case nil:
		default:
			refuse(t.fset, e, "else if")
		}
		t.emit(opEnd)
	case *ast.ForStmt:
		if s.Init != nil {
			t.statement(s.Init, named)
		}
		t.emit(opBlock, noResult, opLoop, noResult)
		t.expression(s.Cond, false)
		t.emit(opI32Eqz, opBrIf, 1)
		t.block(s.Body, named)
		if s.Post != nil {
			t.statement(s.Post, named)
		}
		t.emit(opBr, 0, opEnd, opEnd)
	default:
		refuse(t.fset, s, "this statement")
	}
}

// assign handles =, := and the like, also of the results of a call.
func (t *translator) assign(s *ast.AssignStmt) {
	if op, ok := compound[s.Tok]; ok {
		if op == token.MUL && t.kind(s.Lhs[0]) == 'd' {
			refuse(t.fset, s, "a product that is not rounded")
		}
		t.binary(&ast.BinaryExpr{X: s.Lhs[0], Op: op, Y: s.Rhs[0], OpPos: s.TokPos}, t.kind(s.Lhs[0]), false)
		t.store(s.Lhs[0])
		return
	}
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		refuse(t.fset, s, s.Tok.String())
	}
	if len(s.Lhs) > 1 && len(s.Rhs) != 1 {
		refuse(t.fset, s, "a parallel assignment")
	}
	t.expression(s.Rhs[0], false)
	for _, x := range slices.Backward(s.Lhs) {
		t.store(x)
	}
}

var compound = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
}

// store pops the value of the variable x.
func (t *translator) store(x ast.Expr) {
	name, ok := x.(*ast.Ident)
	if !ok || name.Name == "_" {
		refuse(t.fset, x, "an assignment to what is no variable")
	}
	t.emitIndex(opLocalSet, t.local(name))
}
