package model

// Expr is an expression as it was written: a tree of [Number], [Name], [RowColumn],
// [Unary], [Binary] and [Call]. Names in it are not yet resolved. Trees are
// immutable once parsed.
type Expr interface {
	// Pos is where the expression begins.
	Pos() Pos
	// String writes the expression in its canonical form, with no more brackets
	// than needed.
	String() string
}

// Number is a number of at least 0; a minus sign before it is a Unary.
type Number struct {
	At    Pos
	Value float64
}

// Name stands for a state, parameter, constant or let, or for t, time or pi.
type Name struct {
	At   Pos
	Name string
}

// RowColumn is row.NAME: the value in column NAME of the data row at hand.
type RowColumn struct {
	At     Pos
	Column string
}

// Unary is -X or not X.
type Unary struct {
	At Pos
	Op Operator // Minus or Not
	X  Expr
}

// Binary is X Op Y.
type Binary struct {
	At   Pos // where X begins
	OpAt Pos // where the operator stands
	Op   Operator
	X, Y Expr
}

// Call is a function of the language with its arguments, such as hill(x, K, n).
type Call struct {
	At   Pos
	Func string
	Args []Expr
}

func (e *Number) Pos() Pos    { return e.At }
func (e *Name) Pos() Pos      { return e.At }
func (e *RowColumn) Pos() Pos { return e.At }
func (e *Unary) Pos() Pos     { return e.At }
func (e *Binary) Pos() Pos    { return e.At }
func (e *Call) Pos() Pos      { return e.At }

// Operator is an operator of an expression.
type Operator uint8

// The operators. Minus is also the unary minus.
const (
	Or Operator = iota + 1
	And
	Not
	Less
	LessEqual
	Greater
	GreaterEqual
	Equal
	NotEqual
	Plus
	Minus
	Times
	Divide
	Power
)

// Binding powers, loosest first. A unary minus binds tighter than * and looser
// than ^, so that -x^2 is -(x^2).
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindCompare
	bindSum
	bindProduct
	bindMinus
	bindPower
	bindOperand
)

// binaryOperator returns the binary operator of a sign and how tightly it binds, 0
// and 0 where there is none.
func binaryOperator(sign string) (op Operator, bind int) {
	switch sign {
	case "or":
		return Or, bindOr
	case "and":
		return And, bindAnd
	case "<":
		return Less, bindCompare
	case "<=":
		return LessEqual, bindCompare
	case ">":
		return Greater, bindCompare
	case ">=":
		return GreaterEqual, bindCompare
	case "==":
		return Equal, bindCompare
	case "!=":
		return NotEqual, bindCompare
	case "+":
		return Plus, bindSum
	case "-":
		return Minus, bindSum
	case "*":
		return Times, bindProduct
	case "/":
		return Divide, bindProduct
	case "^", "**":
		return Power, bindPower
	}
	return 0, 0
}

var operatorSigns = [...]string{
	Or: "or", And: "and", Not: "not",
	Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=", Equal: "==", NotEqual: "!=",
	Plus: "+", Minus: "-", Times: "*", Divide: "/", Power: "^",
}

// String returns the sign of the operator.
func (op Operator) String() string { return operatorSigns[op] }

func (op Operator) bind() int {
	_, bind := binaryOperator(op.String())
	return bind
}

// walk calls visit for e and every expression inside it, an expression before its
// parts and parts from left to right. It needs no stack in proportion to the
// height of the tree.
func walk(e Expr, visit func(Expr)) {
	pending := []Expr{e}
	for len(pending) > 0 {
		e := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		visit(e)
		switch e := e.(type) {
		case *Unary:
			pending = append(pending, e.X)
		case *Binary:
			pending = append(pending, e.Y, e.X)
		case *Call:
			for i := len(e.Args) - 1; i >= 0; i-- {
				pending = append(pending, e.Args[i])
			}
		}
	}
}
