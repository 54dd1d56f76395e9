package model

import (
	"fmt"
	"strings"

	"github.com/odefit/odefit/dynsys/expr"
)

// function is a function of the language.
type function struct {
	args  []string // what its arguments are called; the last of a variadic one ends in "..."
	time  bool     // depends on t besides its arguments
	lower func(b *expr.Builder, t expr.Node, x []expr.Node) expr.Node
}

func (f function) variadic() bool { return strings.HasSuffix(f.args[len(f.args)-1], "...") }

// takes says whether n arguments are right.
func (f function) takes(n int) bool {
	if f.variadic() {
		return n >= len(f.args)-1
	}
	return n == len(f.args)
}

// functions are the functions of the language. It is never changed.
var functions = map[string]function{
	"exp":    unary((*expr.Builder).Exp),
	"log":    unary((*expr.Builder).Log),
	"log10":  unary((*expr.Builder).Log10),
	"log2":   unary((*expr.Builder).Log2),
	"sqrt":   unary((*expr.Builder).Sqrt),
	"abs":    unary((*expr.Builder).Abs),
	"sin":    unary((*expr.Builder).Sin),
	"cos":    unary((*expr.Builder).Cos),
	"tan":    unary((*expr.Builder).Tan),
	"asin":   unary((*expr.Builder).Asin),
	"acos":   unary((*expr.Builder).Acos),
	"atan":   unary((*expr.Builder).Atan),
	"sinh":   unary((*expr.Builder).Sinh),
	"cosh":   unary((*expr.Builder).Cosh),
	"tanh":   unary((*expr.Builder).Tanh),
	"floor":  unary((*expr.Builder).Floor),
	"ceil":   unary((*expr.Builder).Ceil),
	"sign":   unary((*expr.Builder).Sign),
	"lgamma": unary((*expr.Builder).Lgamma),
	"erf":    unary((*expr.Builder).Erf),
	"atan2":  binary("y", "x", (*expr.Builder).Atan2),
	"pow":    binary("x", "y", (*expr.Builder).Pow),
	"min":    fold((*expr.Builder).Min),
	"max":    fold((*expr.Builder).Max),
	"if": {args: []string{"condition", "a", "b"}, lower: func(b *expr.Builder, _ expr.Node, x []expr.Node) expr.Node {
		return b.If(x[0], x[1], x[2])
	}},
	"hill": {args: []string{"x", "K", "n"}, lower: func(b *expr.Builder, _ expr.Node, x []expr.Node) expr.Node {
		return b.Hill(x[0], x[1], x[2])
	}},
	"step": {args: []string{"t0"}, time: true, lower: func(b *expr.Builder, t expr.Node, x []expr.Node) expr.Node {
		return b.Step(t, x[0])
	}},
	"pulse": {args: []string{"t0", "t1"}, time: true, lower: func(b *expr.Builder, t expr.Node, x []expr.Node) expr.Node {
		return b.Pulse(t, x[0], x[1])
	}},
}

func unary(f func(*expr.Builder, expr.Node) expr.Node) function {
	return function{args: []string{"x"}, lower: func(b *expr.Builder, _ expr.Node, x []expr.Node) expr.Node {
		return f(b, x[0])
	}}
}

func binary(first, second string, f func(_ *expr.Builder, x, y expr.Node) expr.Node) function {
	return function{args: []string{first, second}, lower: func(b *expr.Builder, _ expr.Node, x []expr.Node) expr.Node {
		return f(b, x[0], x[1])
	}}
}

// fold makes a function of two or more arguments of one of two.
func fold(f func(_ *expr.Builder, x, y expr.Node) expr.Node) function {
	return function{args: []string{"x", "y", "..."}, lower: func(b *expr.Builder, _ expr.Node, x []expr.Node) expr.Node {
		v := x[0]
		for _, y := range x[1:] {
			v = f(b, v, y)
		}
		return v
	}}
}

// foreignFunctions are the names that other languages have for a function of this
// one. It is never changed.
var foreignFunctions = map[string]string{
	"ln": "log", "lg": "log10", "ld": "log2", "power": "pow", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
	"arctan2": "atan2", "fabs": "abs", "heaviside": "step", "Heaviside": "step", "piecewise": "if", "ifelse": "if",
	"where": "if", "signum": "sign", "sgn": "sign", "gammaln": "lgamma", "loggamma": "lgamma", "ceiling": "ceil",
}

// arity reports a call of an unknown function or with a wrong number of arguments.
func (c *checker) arity(e *Call) bool {
	f, ok := functions[e.Func]
	if !ok {
		c.unknownFunction(e)
		return false
	}
	if f.takes(len(e.Args)) {
		return true
	}
	expected := count(len(f.args), "argument")
	if f.variadic() {
		expected = fmt.Sprintf("at least %d arguments", len(f.args)-1)
	}
	c.add(e.At, fmt.Sprintf("%s has %s; expected %s", e.Func, count(len(e.Args), "argument"), expected),
		"write "+e.Func+"("+strings.Join(f.args, ", ")+")")
	return false
}

func (c *checker) unknownFunction(e *Call) {
	if c.isBroken(e.Func) {
		return
	}
	if s := c.model.names[e.Func]; s != nil {
		hint := "for a product write " + e.Func + "*(...)"
		if s.kind == kindState {
			hint += "; an initial value gets a name with param, which the init line and this line use"
		}
		c.add(e.At, fmt.Sprintf("%s is a %s, not a function; expected an operator before the bracket", quote(e.Func), s.kind), hint)
		return
	}
	if f := foreignFunctions[e.Func]; f != "" {
		c.add(e.At, "unknown function "+quote(e.Func)+"; expected one of this language", "write "+f+"("+strings.Join(functions[f].args, ", ")+")")
		return
	}
	hint := didYouMean(e.Func, functionNames())
	if hint == "" {
		hint = "a product is written with *"
	}
	c.add(e.At, "unknown function "+quote(e.Func)+"; expected one such as exp, log, sqrt, min, if or hill", hint)
}
