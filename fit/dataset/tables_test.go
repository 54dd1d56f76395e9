package dataset

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadConditions(t *testing.T) {
	c, err := ReadConditions(strings.NewReader(
		"experiment,k1,init.A,B,preequilibration,\nlow,0.3,\"max(a0, 1)\",,basal,\nbasal,NA, b0 ,inf,,\n"), "c.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := &Conditions{File: "c.csv", Columns: []string{"k1", "init.A", "B"}, Rows: []Condition{
		{Experiment: "low", Preequilibration: Cell{"basal", 2, 23}, Line: 2, Assignments: []Assignment{
			{Name: "k1", Text: "0.3", Number: 0.3, IsNumber: true, Line: 2, Col: 5},
			{Name: "init.A", Text: "max(a0, 1)", Line: 2, Col: 9}}},
		{Experiment: "basal", Line: 3, Assignments: []Assignment{
			{Name: "init.A", Text: "b0", Line: 3, Col: 11}, {Name: "B", Text: "inf", Line: 3, Col: 15}}},
	}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	c, err = ReadConditions(strings.NewReader("experiment;dose\na;0,5\nb;pow(x,2)\n"), "c.csv")
	if err != nil {
		t.Fatal(err)
	}
	if a, b := c.Rows[0].Assignments[0], c.Rows[1].Assignments[0]; a.Number != 0.5 || !a.IsNumber || b.IsNumber {
		t.Errorf("assignments %+v and %+v", a, b)
	}
}

func TestReadConditionsErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Experiment,k\na,1\n", `c.csv:1: there is no column "experiment" (it names the experiment that a row is about); the columns are Experiment, k; did you mean Experiment?`},
		{"experiment,k\n", "c.csv:1: there is a header, but no row"},
		{"experiment,k,k\na,1,2\n", "c.csv:1:14: column k: this name is that of columns 2 and 3"},
		{"experiment,k\na,1\nb,2\na,3\n", `c.csv:4:1: column experiment: experiment "a" stands on line 2 already`},
		{"experiment,k\n,1\n", "c.csv:2:1: column experiment: the row names no experiment"},
		{"experiment,\na,1\n", `c.csv:2:3: column number 2 (without a name): "1" stands in a column without a name`},
		{"experiment,k\na,1e999\n", `c.csv:2:3: column k: "1e999" is too large`},
		{"experiment;k\na;1.5\nb;2,5\n", `c.csv:3:3: column k: "2,5" and, on line 2, "1.5": a decimal comma`},
	} {
		_, err := ReadConditions(strings.NewReader(c.text), "c.csv")
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: error %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestReadParameters(t *testing.T) {
	p, err := ReadParameters(strings.NewReader("name,guess,lower,upper,scale,estimate,stderr\n"+
		"k,0.5,1e-3,inf,log,yes,0.1\nlKe[ 12 ],,-inf,,Linear,no,\nsd[hare],2,,,,,\n"), "p.csv")
	if err != nil {
		t.Fatal(err)
	}
	num := func(v float64, col int) Optional[float64] { return Optional[float64]{v, true, col} }
	want := &Parameters{File: "p.csv", Ignored: []string{"stderr"}, Rows: []Parameter{
		{Name: "k", Base: "k", Guess: num(0.5, 3), Lower: num(1e-3, 7), Upper: num(math.Inf(1), 12),
			Scale: Optional[Scale]{Log, true, 16}, Estimate: Optional[bool]{true, true, 20}, Line: 2, Col: 1},
		{Name: "lKe[12]", Base: "lKe", Experiment: "12", Lower: num(math.Inf(-1), 12),
			Scale: Optional[Scale]{Linear, true, 18}, Estimate: Optional[bool]{false, true, 25}, Line: 3, Col: 1},
		{Name: "sd[hare]", Base: "sd", Experiment: "hare", Guess: num(2, 10), Line: 4, Col: 1},
	}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	for word, yes := range map[string]bool{"yes": true, "TRUE": true, "1": true, "no": false, "False": false, "0": false} {
		p, err := ReadParameters(strings.NewReader("name,guess,estimate\nk,1,"+word+"\n"), "p.csv")
		if err != nil || p.Rows[0].Estimate.Value != yes || !p.Rows[0].Estimate.Given {
			t.Errorf("%s: %+v, %v", word, p, err)
		}
	}
	for s := Linear; s <= Logit; s++ {
		p, err := ReadParameters(strings.NewReader("name,guess,scale\nk,1,"+s.String()+"\n"), "p.csv")
		if err != nil || p.Rows[0].Scale.Value != s {
			t.Errorf("%s: %+v, %v", s, p, err)
		}
	}
}

func TestReadParametersErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"name,value\nk,1\n", `p.csv:1: there is no column "guess" (a parameter file has name and guess)`},
		{"Name,guess\nk,1\n", "p.csv:1: column Name: this column means nothing; the columns are name, guess, lower, upper, scale, estimate; did you mean name?"},
		{"name,guess,estimated\nk,1,no\n", "p.csv:1: column estimated: this column means nothing"},
		{"name,guess\n", "p.csv:1: there is a header, but no row"},
		{"name,guess\nk,1\nj,1\nk,2\n", `p.csv:4:1: column name: "k" stands on line 2 already`},
		{"name,guess\nk[a],1\nk[ a],1\n", `p.csv:3:1: column name: "k[a]" stands on line 2 already`},
		{"name,guess\n,1\n", "p.csv:2:1: column name: the row names no parameter"},
		{"name,guess\nk[a,1\n", `p.csv:2:1: column name: "k[a" is no name`},
		{"name,guess\nka],1\n", `p.csv:2:1: column name: "ka]" is no name`},
		{"name,guess\nk[],1\n", `p.csv:2:1: column name: "k[]" is no name`},
		{"name,guess\n[a],1\n", `p.csv:2:1: column name: "[a]" is no name`},
		{"name,guess\nk,one\n", `p.csv:2:3: column guess: "one" is not a number`},
		{"name,guess\nk,inf\n", "p.csv:2:3: column guess: an infinite guess"},
		{"name,guess,lower\nk,1,low\n", `p.csv:2:5: column lower: "low" is not a number`},
		{"name,guess,lower,upper\nk,1,5,2\n", "p.csv:2:5: column lower: the lower bound of k is above"},
		{"name,guess,scale\nk,1,ln\n", `p.csv:2:5: column scale: "ln" is not a scale; write linear, log, log10 or logit`},
		{"name,guess,estimate\nk,1,maybe\n", `p.csv:2:5: column estimate: "maybe" is neither yes nor no`},
	} {
		_, err := ReadParameters(strings.NewReader(c.text), "p.csv")
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: error %v\nwant %s", c.text, err, c.want)
		}
	}
}
