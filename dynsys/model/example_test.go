package model_test

import (
	"errors"
	"fmt"

	"github.com/odefit/odefit/dynsys/model"
)

const pelts = `title  Hare and lynx
param  a = 0.5  in [1e-3, 5] log
param  b = 0.02 in [1e-5, 1] log
param  s = 0.3  in [0.01, 3] log
const  c = 0.8
init   H = 30 at 1900
init   L = 4
H' = a*H - b*H*L
L' = b*H*L - c*L
observe hare ~ lognormal(H, s)
observe lynx ~ normal(L)
report period = 2*pi/sqrt(a*c)
`

// A text becomes declarations.
func ExampleParse() {
	m, err := model.Parse("pelts.ode", []byte(pelts))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range m.States {
		fmt.Printf("%s' = %s, at the start %s\n", s.Name, s.Equation.Expr, s.Init.Expr)
	}
	for _, p := range m.Params {
		fmt.Printf("%s is sought in [%g, %g] on the %s scale\n", p.Name, p.Lower, p.Upper, p.Scale)
	}
	for _, o := range m.Observes {
		fmt.Printf("%s is %s about %s, scale left out: %t\n", o.Column, o.Dist, o.Prediction, o.ScaleLeftOut())
	}
	// Output:
	// H' = a*H - b*H*L, at the start 30
	// L' = b*H*L - c*L, at the start 4
	// a is sought in [0.001, 5] on the log scale
	// b is sought in [1e-05, 1] on the log scale
	// s is sought in [0.01, 3] on the log scale
	// hare is lognormal about H, scale left out: false
	// lynx is normal about L, scale left out: true
}

// Every mistake is told, with its place and what to do.
func ExampleErrorList_Detail() {
	_, err := model.Parse("pelts.ode", []byte(`param beta = 5 in [0, 1]
hare' = -bata*hare
observe hare ~ nrmal(hare)
`))
	var list model.ErrorList
	if errors.As(err, &list) {
		fmt.Println(list.Detail())
	}
	// Output:
	// pelts.ode:1:14: the guess 5 of "beta" lies outside its bounds [0, 1]; expected a guess between them; change the guess or the bounds
	//     param beta = 5 in [0, 1]
	//                  ^
	// pelts.ode:2:10: unknown name "bata"; expected a name that the model declares; correct or declare it (did you mean "beta"?)
	//     hare' = -bata*hare
	//              ^
	// pelts.ode:3:16: unknown distribution "nrmal"; expected normal, lognormal, log10normal, laplace, student, poisson or negbinomial; did you mean "normal"?
	//     observe hare ~ nrmal(hare)
	//                    ^
}

// The canonical form of a model has single spaces and no superfluous brackets.
func ExampleModel_String() {
	m, err := model.Parse("m.ode", []byte("param k=0.10 in[0.01,1]log # decay\ndx/dt=(-k)*((x))\nx(0)=1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(m)
	// Output:
	// param k = 0.1 in [0.01, 1] log
	// x' = -k*x
	// init x = 1
}

// A cell of a table is an expression of parameters and constants.
func ExampleCompiled_Cell() {
	m, err := model.Parse("pelts.ode", []byte(pelts))
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := m.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	cell, err := c.Cell("2*a + c")
	fmt.Println(c.Graph.DependsOn(cell), c.Layout.Quantity(0), c.Layout.Quantity(3), err)
	_, err = c.Cell("2*H")
	fmt.Println(err)
	// Output:
	// [3 6] 3 6 <nil>
	// 1:3: the state "H" cannot stand in a cell; expected parameters and constants only
}
