package model

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
)

// Net is the statement "net F(EXPR, ...) -> M: ACT N[, ACT N...]": a fully connected
// network with M linear outputs F.1 ... F.M; where M is 1, F means F.1.
//
// It is written out as what it is, parameters and lets: weights F.w.L.I.J from unit J
// of the layer below to unit I of layer L, biases F.b.L.I, and units F.h.L.I. So the
// compiled graph has its exact derivatives of every kind.
type Net struct {
	At      Pos
	Name    string
	NameAt  Pos
	Inputs  []Expr
	Outputs int
	Layers  []Layer
	Weights int // parameters in all

	First int // place of the first of them in Model.Params
}

// Layer is ACT N: N units with an activation.
type Layer struct {
	At         Pos
	Activation string
	Units      int
}

// activations are the words for them, and what they make of a unit's sum.
var activations = []string{"tanh", "relu", "softplus", "sigmoid", "gelu", "swish", "sin"}

// maxWeights bounds a network in a text; larger ones are built in Go.
const maxWeights = 20_000

func parseNet(p *parser, at Pos) Statement {
	s := &Net{At: at}
	s.Name, s.NameAt = p.name("the name of a network")
	p.declare(s.Name)
	const form = "write net F(x, y) -> 2: tanh 8"
	p.expect("(", form)
	for {
		s.Inputs = append(s.Inputs, p.expression("an input of the network"))
		if !p.got(",") {
			break
		}
	}
	if !p.peek().is(")") {
		p.unexpected(`an operator, "," or ")"`, form)
	}
	p.take()
	p.expect("->", form)
	s.Outputs = p.units("the number of outputs")
	p.expect(":", form)
	for {
		t := p.peek()
		word, pos := p.name("an activation: tanh, relu, softplus, sigmoid, gelu, swish or sin")
		known := false
		for _, a := range activations {
			known = known || a == word
		}
		if !known {
			p.fail(t.pos(), "unknown activation "+quote(word)+"; expected tanh, relu, softplus, sigmoid, gelu, swish or sin", didYouMean(word, activations))
		}
		s.Layers = append(s.Layers, Layer{At: pos, Activation: word, Units: p.units("the number of units")})
		if !p.got(",") {
			break
		}
	}
	below := len(s.Inputs)
	for _, l := range s.layers() {
		s.Weights += l.Units * (below + 1)
		if below = l.Units; s.Weights > maxWeights {
			p.fail(l.At, fmt.Sprintf("this network has more than %d weights", maxWeights), "take fewer or smaller layers, or build it in Go")
		}
	}
	return s
}

// units reads a whole number above 0.
func (p *parser) units(what string) int {
	t := p.peek()
	if p.atEnd() || t.kind != kindNumber {
		p.unexpected(what, "")
	}
	if t.value != math.Trunc(t.value) || t.value < 1 || t.value > maxWeights {
		p.fail(t.pos(), what+" is "+t.text+"; expected a whole number above 0", "")
	}
	p.take()
	return int(t.value)
}

// layers returns the hidden layers and the output layer.
func (s *Net) layers() []Layer {
	return append(s.Layers[:len(s.Layers):len(s.Layers)], Layer{At: s.At, Units: s.Outputs})
}

// Pos returns where the statement begins.
func (s *Net) Pos() Pos { return s.At }

func (s *Net) format(w *writer) {
	w.call("net "+s.Name, s.Inputs)
	w.word("->", strconv.Itoa(s.Outputs))
	w.glue(":")
	for i, l := range s.Layers {
		if i > 0 {
			w.glue(",")
		}
		w.word(l.Activation, strconv.Itoa(l.Units))
	}
	w.end()
}

// declare writes the network out.
func (s *Net) declare(c *checker) {
	if !c.define(s.Name, s.NameAt, kindNet, len(c.model.Nets)) {
		return
	}
	c.model.Nets = append(c.model.Nets, s)
	s.First = len(c.model.Params)
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.Name))
	rng := rand.New(rand.NewPCG(1, h.Sum64())) // the same start in every run
	below := s.Inputs
	layers := s.layers()
	for l, layer := range layers {
		last := l == len(layers)-1
		// Glorot and Bengio's uniform distribution, small in the last layer, so that the
		// network begins close to saying nothing.
		limit := math.Sqrt(6 / float64(len(below)+layer.Units))
		if last {
			limit *= 0.1
		}
		var units []Expr
		weights, biases := make([][]Expr, layer.Units), make([]Expr, layer.Units)
		for i := range layer.Units { // in the order of nn.MLP: row by row, then the biases
			for j := range below {
				weights[i] = append(weights[i], s.weight(c, fmt.Sprintf("%s.w.%d.%d.%d", s.Name, l+1, i+1, j+1), limit*(2*rng.Float64()-1)))
			}
		}
		for i := range layer.Units {
			biases[i] = s.weight(c, fmt.Sprintf("%s.b.%d.%d", s.Name, l+1, i+1), 0)
		}
		for i := range layer.Units {
			sum := biases[i]
			for j, x := range below {
				sum = s.binary(Plus, sum, s.binary(Times, weights[i][j], x))
			}
			switch {
			case !last:
				sum = s.let(c, fmt.Sprintf("%s.a.%d.%d", s.Name, l+1, i+1), sum)
				units = append(units, s.let(c, fmt.Sprintf("%s.h.%d.%d", s.Name, l+1, i+1), s.activate(layer.Activation, sum)))
			case s.Outputs == 1:
				for _, name := range []string{s.Name, s.Name + ".1"} {
					c.model.names[name] = &symbol{kind: kindLet, at: s.NameAt, index: len(c.model.Lets), used: true}
				}
				c.model.Lets = append(c.model.Lets, &Let{At: s.At, Name: s.Name, NameAt: s.NameAt, Expr: sum, Net: s})
			default:
				s.let(c, fmt.Sprintf("%s.%d", s.Name, i+1), sum)
			}
		}
		below = units
	}
}

// weight declares a parameter of the network.
func (s *Net) weight(c *checker, name string, guess float64) Expr {
	number := Expr(&Number{At: s.At, Value: math.Abs(guess)})
	if guess < 0 {
		number = &Unary{At: s.At, Op: Minus, X: number}
	}
	c.model.names[name] = &symbol{kind: kindParam, at: s.NameAt, index: len(c.model.Params), used: true}
	c.model.Params = append(c.model.Params, &Param{
		At: s.At, Name: name, NameAt: s.NameAt, Guess: Constant{Expr: number, Value: guess},
		Lower: math.Inf(-1), Upper: math.Inf(1), Net: s,
	})
	return &Name{At: s.At, Name: name}
}

// let declares a unit and returns its name.
func (s *Net) let(c *checker, name string, e Expr) Expr {
	c.model.names[name] = &symbol{kind: kindLet, at: s.NameAt, index: len(c.model.Lets), used: true}
	c.model.Lets = append(c.model.Lets, &Let{At: s.At, Name: name, NameAt: s.NameAt, Expr: e, Net: s})
	return &Name{At: s.At, Name: name}
}

func (s *Net) binary(op Operator, x, y Expr) Expr {
	return &Binary{At: s.At, OpAt: s.At, Op: op, X: x, Y: y}
}

func (s *Net) call(name string, args ...Expr) Expr { return &Call{At: s.At, Func: name, Args: args} }

func (s *Net) number(v float64) Expr { return &Number{At: s.At, Value: v} }

// activate writes an activation of x so that no part of it overflows.
func (s *Net) activate(name string, x Expr) Expr {
	sigmoid := func() Expr { // (1 + tanh(x/2))/2
		return s.binary(Times, s.number(0.5), s.binary(Plus, s.number(1), s.call("tanh", s.binary(Times, s.number(0.5), x))))
	}
	switch name {
	case "relu":
		return s.call("max", x, s.number(0))
	case "softplus": // max(x, 0) + log(1 + exp(-|x|))
		small := s.call("exp", &Unary{At: s.At, Op: Minus, X: s.call("abs", x)})
		return s.binary(Plus, s.call("max", x, s.number(0)), s.call("log", s.binary(Plus, s.number(1), small)))
	case "sigmoid":
		return sigmoid()
	case "gelu": // x (1 + erf(x/sqrt 2))/2
		erf := s.call("erf", s.binary(Times, x, s.number(math.Sqrt2/2)))
		return s.binary(Times, s.binary(Times, s.number(0.5), x), s.binary(Plus, s.number(1), erf))
	case "swish":
		return s.binary(Times, x, sigmoid())
	}
	return s.call(name, x) // tanh, sin
}

func (s *Net) check(c *checker) {
	for _, e := range s.Inputs {
		c.expr(e, scope{what: "an input of the network " + quote(s.Name), lets: true, varying: true})
	}
}
