package model

import (
	"math"

	"github.com/odefit/odefit/dynsys/expr"
)

// Constant is an expression that is a number: it may be made of numbers, pi, all
// operators and all functions but step and pulse, as in 1/3, -2 or log(2).
type Constant struct {
	Expr  Expr
	Value float64
}

// constant reads a constant expression.
func (p *parser) constant(what string) Constant { return Constant{Expr: p.expression(what)} }

// finite evaluates k and reports whatever is no finite number.
func (c *checker) finite(k *Constant, what string) bool {
	if !c.constant(k, what, false) {
		return false
	}
	if math.IsInf(k.Value, 0) {
		c.add(k.Expr.Pos(), what+" is infinite; expected a finite number", "")
		return false
	}
	return true
}

// constant evaluates k. The name inf is a number where infinite says so.
func (c *checker) constant(k *Constant, what string, infinite bool) bool {
	ok := true
	walk(k.Expr, func(e Expr) {
		if !ok {
			return
		}
		switch e := e.(type) {
		case *Name:
			if e.Name == "pi" || e.Name == "inf" && infinite {
				return
			}
			ok = false
			if !c.isBroken(e.Name) {
				c.add(e.At, what+" uses the name "+quote(e.Name)+"; expected a number, or an expression of numbers and pi", c.constantHint(e.Name))
			}
		case *RowColumn:
			ok = false
			c.add(e.At, what+" uses a data column; expected a number", "row columns stand in observe lines only")
		case *Call:
			ok = c.arity(e)
			if f := functions[e.Func]; ok && f.time {
				ok = false
				c.add(e.At, what+" depends on time through "+e.Func+"; expected a number", "")
			}
		}
	})
	if !ok {
		return false
	}
	b := expr.NewBuilder()
	l := lowering{b: b, node: func(e Expr) expr.Node {
		if n, ok := e.(*Name); ok && n.Name == "inf" {
			return b.Const(math.Inf(1))
		}
		return b.Const(math.Pi)
	}}
	v, folded := b.Value(l.lower(k.Expr))
	if !folded || math.IsNaN(v) {
		c.add(k.Expr.Pos(), what+" is not a number: "+k.Expr.String()+" cannot be computed", "")
		return false
	}
	k.Value = v
	return true
}

// constantHint says what to write where a constant uses the name of something.
func (c *checker) constantHint(name string) string {
	switch s := c.model.names[name]; {
	case s == nil:
		return ""
	case s.kind == kindParam, s.kind == kindConst:
		return "what depends on a parameter or another constant is written let NAME = ..."
	}
	return "write a number"
}
