package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	const before = `


# hares
title   Hares & lynxes:  a 'test'   # the Bay
time year
param a=0.5 in[1e-3,5]log# rate
param  long_name =2**3   in [ -inf ,inf ]   linear each
param c= - 1


let  f  = a*-H^-2+( H>1 and not L<=2 )*exp( - t ) -
  (1 - a)/ # goes on
     # in between
  2
init H=30 at 1900
init   LL   = - a
H'=a*H-b*H* L
L' = row_a (2)
d/dt( x )=S +x
dy / dt = -1
S( 0 )= 5
observe "a b"~normal( H,row.s )
event at -5 , t0 :H+=1,stop
event every 12 from -1 to 3: H *=  -2
experiment 1:k=2,init.H= 5
experiment "x y" : preequilibration=b


`
	const want = `# hares
title Hares & lynxes:  a 'test' # the Bay
time year
param a         = 0.5  in [1e-3, 5]   log # rate
param long_name = 2**3 in [-inf, inf] linear each
param c         = -1

let f = a*-H^-2 + (H > 1 and not L <= 2)*exp(-t) -
    (1 - a)/ # goes on
    # in between
    2
init H  = 30 at 1900
init LL = -a
H' = a*H - b*H*L
L' = row_a (2)
d/dt(x) = S + x
dy/dt = -1
S(0) = 5
observe "a b" ~ normal(H, row.s)
event at -5, t0: H += 1, stop
event every 12 from -1 to 3: H *= -2
experiment 1: k = 2, init.H = 5
experiment "x y": preequilibration = b
`
	got, err := Format("m.ode", []byte(before))
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Errorf("line %d\n got %q\nwant %q", i+1, g[min(i, len(g)-1)], w[min(i, len(w)-1)])
		}
	}
	again, err := Format("m.ode", got)
	if err != nil || string(again) != string(got) {
		t.Errorf("formatted again (%v):\n%s", err, again)
	}
}

// The models of the repository in their usual form mean what they meant.
func TestFormatKeepsModels(t *testing.T) {
	files, _ := filepath.Glob("../../testdata/*/*.ode")
	if len(files) < 3 {
		t.Fatalf("only %d models", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := Format(file, text)
		if err != nil {
			t.Fatal(err)
		}
		a, err := Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Parse(file, formatted)
		if err != nil || a.String() != b.String() {
			t.Errorf("%s: %v\n%s", file, err, formatted)
		}
		if strings.Count(string(text), "#") != strings.Count(string(formatted), "#") {
			t.Errorf("%s: comments are lost:\n%s", file, formatted)
		}
	}
}

// Whatever parses can be formatted; formatting twice is formatting once; and the
// canonical form of the declarations reads back as itself.
func FuzzFormat(f *testing.F) {
	files, _ := filepath.Glob("../../testdata/*/*.ode")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(text)
		}
	}
	for _, s := range []string{
		"event at 1, 2: x = 0 # c\n\n\nx' = -x\n", "let a=(1 +\n\n# c\n 2)\n", "event when x == y falling: x -= 1, stop\nx'=1\ny'=2",
		"title a # b\r\nparam k = - -1\r", "dose gut lag -k fraction 1\ngut'=k", "for i in 1..3: x[i]' = -x[i-1]\n", "require a > 0 or not b < 1\n",
		"let at = 1\nlet b = at - 1\nevent at -at: x = at -1\n", "net F(x) -> 2: tanh 3\n", "input u from col cubic hold\n", "algebraic z\n0 = z - 1\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<12 {
			return
		}
		once, err := Format("f.ode", text)
		m, parsed := Parse("f.ode", text)
		if err != nil {
			if parsed == nil {
				t.Fatalf("a model that cannot be formatted: %v\n%q", err, text)
			}
			return
		}
		twice, err := Format("f.ode", once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%v\n%q\nthen\n%q", err, once, twice)
		}
		if parsed != nil {
			return
		}
		again, err := Parse("f.ode", []byte(m.String()))
		if err != nil || again.String() != m.String() {
			t.Fatalf("%v\n%s\nthen\n%s", err, m, again)
		}
		formatted, err := Parse("f.ode", once)
		if err != nil || formatted.String() != m.String() {
			t.Fatalf("%v\n%s\nformatted\n%s", err, m, once)
		}
	})
}
