package model

import (
	"strings"
	"testing"
	"time"
)

func TestRepeat(t *testing.T) {
	m, err := Parse("m.ode", []byte(`
const N = 3
param k = 1
for i in 2..N-1: x[i]' = k*(x[i-1] - 2*x[i] + x[i + 1])/i
x[1]' = -x[1]
x[N]' = x[N-1] - x[N]
for i in 1..N: init x[i] = i
for i in 1..2: for j in 1..i: u[i,j]' = sum(k in 1..N: k*x[k]) - u[i, j]
observe total ~ normal(sum(i in 1..N: x[i]) + sum(i in 1..2: sum(j in 1..i: u[i,j])))
experiment a: init.x[2] = 5, x[1](0) = 3
`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `const N = 3
param k = 1
x[2]' = k*(x[1] - 2*x[2] + x[3])/2
x[1]' = -x[1]
x[3]' = x[2] - x[3]
init x[1] = 1
init x[2] = 2
init x[3] = 3
u[1,1]' = 1*x[1] + 2*x[2] + 3*x[3] - u[1,1]
u[2,1]' = 1*x[1] + 2*x[2] + 3*x[3] - u[2,1]
u[2,2]' = 1*x[1] + 2*x[2] + 3*x[3] - u[2,2]
observe total ~ normal(x[1] + x[2] + x[3] + (u[1,1] + (u[2,1] + u[2,2])))
experiment a: x[2](0) = 5, x[1](0) = 3
`
	if got := m.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	again, err := Parse("m.ode", []byte(m.String()))
	if err != nil || again.String() != m.String() {
		t.Errorf("read again: %v\n%v", err, again)
	}
	if w := m.Warnings(); len(w) != 0 {
		t.Errorf("warnings: %v", w)
	}
	if _, err := m.Target("N"); err == nil || !strings.Contains(err.Error(), "how often") {
		t.Errorf("a size as a target: %v", err)
	}
}

func TestRepeatMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"for i in 1..3: x[i]' = x[i+1]":                                    `1:24: unknown name "x[4]"`,
		"for i in 1..n: x[i]' = 1":                                         `1:13: unexpected "n" in a range`,
		"for i in 1..2.5: x[i]' = 1":                                       `1:13: unexpected the number "2.5" in a range`,
		"for i in 1 to 3: x[i]' = 1":                                       `expected ".."`,
		"for i in 1..3:\nx[i]' = 1":                                        "repeats nothing",
		"for i in 1..3: for i in 1..2: x[i]' = 1":                          `the index "i" is already in use`,
		"for i in 1..9999999: x[i]' = 1":                                   "in a range",
		"for i in 1..1000000: x[i]' = x[i] + 1":                            "too long",
		"for i in 1..3: x[i]' = 1 +":                                       "1:26: the line ends",
		"x[1' = 1":                                                         "in a range or an index",
		"x[1]' = sum(i in 1..3: x[i]":                                      "never closed",
		"x[1]' = y[2]\nlet y[2] = z[1]":                                    `unknown name "z[1]"`,
		"x[1]' = 1\nfor i in 1..3: init x[1] = i":                          "second initial value",
		"for i in 1..200: for j in 1..200: for k in 1..200: u[i,j,k]' = 1": "too long",
	} {
		began := time.Now()
		_, err := Parse("m.ode", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%q took %v", text, d)
		}
	}
}

func TestRepeatFormat(t *testing.T) {
	const text = "const N=3\nfor  i in 1 ..N : x[ i ]'=-x[i-1]*sum( j in 1..N:x[j] ) # c\nx[0]' = 1 -\n i\nlet i = 2\n"
	const want = "const N = 3\nfor i in 1..N: x[i]' = -x[i - 1]*sum(j in 1..N: x[j]) # c\nx[0]' = 1 -\n    i\nlet i = 2\n"
	got, err := Format("m.ode", []byte(text))
	if err != nil || string(got) != want {
		t.Errorf("%v\n%q\n%q", err, got, want)
	}
}
