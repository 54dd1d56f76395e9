package dynsys

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"

	"github.com/odefit/odefit/dynsys/expr"
)

// GoPackage says what the Go source of a model is called.
type GoPackage struct {
	Name   string    // of the package
	From   string    // where the model comes from, for the comment
	States []string  // names
	Params []string  // names
	Values []float64 // of the parameters; nil: none are written
}

// GoSource returns the model as a Go package that needs the standard library only: its
// functions F, JVP, VJP and Jacobian, Initial where the model has initial values, and
// Breaks where its right-hand side jumps at known times. Functions of the package
// allocate nothing and may be called by any number of goroutines.
func (m *GraphModel) GoSource(p GoPackage) (string, error) {
	if len(p.States) != m.g.States || len(p.Params) != m.g.Params {
		panic(fmt.Sprintf("dynsys: Go source with %d and %d names for %d states and %d parameters", len(p.States), len(p.Params), m.g.States, m.g.Params))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &goSource{m: m}
	s.Text("// States and Params are the numbers of states and parameters.\nconst States, Params = %d, %d\n\n", m.g.States, m.g.Params)
	s.names("StateNames are the states y.", "StateNames", p.States)
	s.names("ParamNames are the parameters p.", "ParamNames", p.Params)
	if p.Values != nil {
		s.Text("// Values are the values of the parameters in the model.\nvar Values = [Params]float64{")
		for _, v := range p.Values {
			s.Text("%s, ", strconv.FormatFloat(v, 'g', -1, 64))
		}
		s.Text("}\n\n")
	}
	s.functions()
	if s.err != nil {
		return "", s.err
	}
	head := fmt.Sprintf("// Code generated from %s by odefit gen. DO NOT EDIT.\n\n", p.From) +
		fmt.Sprintf("// Package %s is the system y' = f(t, y, p) of %s with its derivatives.\n", p.Name, p.From) +
		"// It is the continuous part alone: doses, events and observables are not in it.\n"
	return s.File(head, p.Name), nil
}

// goSource is the source of a model under way.
type goSource struct {
	expr.GoSource
	m   *GraphModel
	err error
}

func (s *goSource) names(comment, name string, list []string) {
	s.Text("// %s\nvar %s = [...]string{", comment, name)
	for _, n := range list {
		s.Text("%q, ", n)
	}
	s.Text("}\n\n")
}

func (s *goSource) functions() {
	g := &s.m.g
	n, np := g.States, g.Params
	s.function("F sets dy = f(t, y, p).", "F(dy []float64, t float64, y, p []float64)", "dy", rates)
	s.function("JVP sets out = f_y vy + f_p vp.", "JVP(out []float64, t float64, y, p, vy, vp []float64)", "out", jvpAll, section{"vy", n}, section{"vp", np})
	s.vjp()
	s.Text("// Jacobian sets the row-major matrix jac, States x States, to f_y.\nfunc Jacobian(jac []float64, t float64, y, p []float64) {\n\tclear(jac[:States*States])\n")
	s.body(entryNodes(s.m.fy), func(k int) string { e := s.m.fy[k]; return fmt.Sprintf("jac[%d]", e.Row*n+e.Col) })
	s.Text("}\n\n")
	if g.Initial != nil {
		s.Text("// Initial sets y0 to the initial state.\nfunc Initial(y0, p []float64) {\n")
		s.body(g.Initial, element("y0"))
		s.Text("}\n\n")
	}
	if len(g.Breaks) > 0 {
		s.Text("// Breaks sets tau to the %d times at which f jumps: a solver restarts there.\nfunc Breaks(tau, p []float64) {\n", len(g.Breaks))
		s.body(g.Breaks, element("tau"))
		s.Text("}\n\n")
	}
}

// section is a vector of inputs behind t, y, p.
type section struct {
	name string
	n    int
}

func (s *goSource) function(comment, signature, out string, k kind, extra ...section) {
	outs, _ := s.m.outputs(k)
	s.Text("// %s\nfunc %s {\n", comment, signature)
	s.body(outs, element(out), extra...)
	s.Text("}\n\n")
}

// vjp writes the one function that adds to what it is given.
func (s *goSource) vjp() {
	n := s.m.g.States
	outs, _ := s.m.outputs(vjp)
	s.Text("// VJP sets gy = f_y^T w and adds f_p^T w to gp. gy is not w.\nfunc VJP(gy, gp []float64, t float64, y, p, w []float64) {\n")
	if s.m.g.Params > 0 {
		s.Text("\tvar sum [Params]float64\n")
	}
	s.body(outs, func(k int) string {
		if k < n {
			return fmt.Sprintf("gy[%d]", k)
		}
		return fmt.Sprintf("sum[%d]", k-n)
	}, section{"w", n})
	if s.m.g.Params > 0 {
		s.Text("\tfor i, v := range sum {\n\t\tgp[i] += v\n\t}\n")
	}
	s.Text("}\n\n")
}

func element(name string) func(int) string {
	return func(k int) string { return fmt.Sprintf("%s[%d]", name, k) }
}

// body writes the statements that compute outs.
func (s *goSource) body(outs []expr.Node, output func(k int) string, extra ...section) {
	g := &s.m.g
	p, err := g.Builder.Compile(outs...)
	if err != nil {
		s.err = err
		return
	}
	sections := append([]section{{"y", g.States}, {"p", g.Params}}, extra...)
	s.Statements(p, func(slot int) string {
		if slot == 0 {
			return "t"
		}
		at := slot - 1
		for _, x := range sections {
			if at < x.n {
				return fmt.Sprintf("%s[%d]", x.name, at)
			}
			at -= x.n
		}
		panic("dynsys: an input outside the vectors of a function")
	}, output)
}

// GoName returns a Go package name made of text: its letters and digits in lower case.
func GoName(text string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, text)
	if name == "" || name[0] <= '9' || token.IsKeyword(name) {
		name = "model" + name
	}
	return name
}
