package model

import (
	"strings"
	"testing"
)

const oneOfEach = `param k = 1
const c = 2
const F = 3
let v = k*x
x' = -v
y' = c*F
`

func TestTarget(t *testing.T) {
	m, err := Parse("m.ode", []byte(oneOfEach))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		want Target
		err  string
	}{
		{"k", Target{SetsQuantity, 0}, ""},
		{"c", Target{SetsQuantity, 1}, ""},
		{"F", Target{SetsQuantity, 2}, ""},
		{"x", Target{SetsInitial, 0}, ""},
		{"y", Target{SetsInitial, 1}, ""},
		{"init.y", Target{SetsInitial, 1}, ""},
		{"y(0)", Target{SetsInitial, 1}, ""},
		{"v", Target{}, `"v" is a let`},
		{"init.k", Target{}, `"k" is a parameter, not a state`},
		{"c(0)", Target{}, `"c" is a constant, not a state`},
		{"z", Target{}, `unknown name "z"`},
		{"f", Target{}, `did you mean "F"?`},
		{"init.z", Target{}, `unknown state "z"`},
		{"", Target{}, `unknown name ""`},
	} {
		got, err := m.Target(c.name)
		if c.err == "" && (err != nil || got != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %v %v, want %v %s", c.name, got, err, c.want, c.err)
		}
	}
	if i, ok := m.Quantity("F"); !ok || i != 2 || m.Quantities()[i].Name != "F" || m.Quantities()[i].Value != 3 {
		t.Errorf("quantity F: %d %t", i, ok)
	}
	if _, ok := m.Quantity("x"); ok {
		t.Error("a state is a quantity")
	}
	if i, ok := m.State("y"); !ok || i != 1 {
		t.Errorf("state y: %d %t", i, ok)
	}
	if _, ok := m.State("k"); ok {
		t.Error("a parameter is a state")
	}
}

func TestWrongCells(t *testing.T) {
	m, err := Parse("m.ode", []byte(oneOfEach))
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range [][2]string{
		{"«", "this cell is empty"},
		{"2*«x", `the state "x" cannot stand in a cell`},
		{"«v", `the let "v" cannot stand in a cell`},
		{"«t", "a cell depends on time"},
		{"1 + «time", "a cell depends on time"},
		{"«step(1)", "step depends on time"},
		{"«row.k", "row.k cannot stand in a cell"},
		{"«kk", `did you mean "k"?`},
		{"2 «k", `unexpected "k"`},
		{"1«, 2", `unexpected ","`},
		{"«<0.05", `unexpected "<"`},
		{"k\n«k", `expected one expression`},
		{"«" + strings.Repeat("1", maxCell+1), "this cell is too long"},
		{"«\xff", "not UTF-8"},
	} {
		text, at := marked(t, test[0])
		_, err := c.Cell(text)
		list, ok := err.(ErrorList)
		if !ok || len(list) != 1 {
			t.Errorf("%.20s: %v", text, err)
			continue
		}
		if got := (Pos{list[0].Line, list[0].Col}); got != at || !strings.Contains(err.Error(), test[1]) {
			t.Errorf("%.20s: at %v, want %v: %v", text, got, at, err)
		}
	}
}

func TestNotText(t *testing.T) {
	for _, c := range []struct {
		src  string
		at   Pos
		want string
	}{
		{"\xff\xfep\x00", Pos{1, 1}, "UTF-16"},
		{"\xfe\xff\x00p", Pos{1, 1}, "UTF-16"},
		{"# größe\nparam gr\xf6\xdfe = 1", Pos{2, 9}, "not UTF-8"},
		{"let a = 1\n\x00", Pos{2, 1}, "U+0000"},
	} {
		_, err := Parse("m.ode", []byte(c.src))
		list, ok := err.(ErrorList)
		if !ok || len(list) != 1 {
			t.Errorf("%q: %v", c.src, err)
			continue
		}
		if got := (Pos{list[0].Line, list[0].Col}); got != c.at || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.src, err)
		}
	}
}
