package noise

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

// reference is a row of testdata/reference.csv.
type reference struct {
	name, kind string
	value      float64
	args       Args
	nll        float64
	d          [3]float64
}

func references(t *testing.T) []reference {
	t.Helper()
	f, err := os.Open("testdata/reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		if s == "" {
			return 0
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var all []reference
	for _, row := range rows[1:] {
		ref := reference{name: row[0], kind: row[1], value: number(row[2]), nll: number(row[6])}
		for i := range 3 {
			ref.args[i], ref.d[i] = number(row[3+i]), number(row[7+i])
		}
		all = append(all, ref)
	}
	return all
}

// TestReference compares with 60-digit values.
//
// NLL and D are to agree to 2e-13 relative for densities, which are sums of a few terms
// of one size, each good to some units of 1e-16; to 1e-11 for probabilities, which lean
// on gonum's incomplete gamma function and on continued fractions of up to hundreds of
// steps. Where a derivative crosses zero its terms cancel: by a scale or shape θ it is
// then good to the same fraction of 0.01/θ, so that a change of θ by one per cent moves
// the log-likelihood by what it should to better than 1e-15 and 1e-13.
func TestReference(t *testing.T) {
	for _, ref := range references(t) {
		if ref.kind == "information" {
			continue
		}
		d, ok := Named(ref.name)
		if !ok {
			t.Fatalf("no distribution %s", ref.name)
		}
		var s Score
		var err error
		tol := 2e-13
		switch ref.kind {
		case "density":
			err = d.Score(&s, ref.value, ref.args)
		case "below":
			err, tol = d.ScoreCensored(&s, Below, ref.value, ref.args), 1e-11
		case "above":
			err, tol = d.ScoreCensored(&s, Above, ref.value, ref.args), 1e-11
		}
		if err != nil {
			t.Errorf("%+v: %v", ref, err)
			continue
		}
		far := func(what string, got, want, atLeast float64) {
			e := math.Abs(got-want) / math.Max(math.Abs(want), atLeast)
			if !(e <= tol) {
				t.Errorf("%s %s of %v with %v: %s is %v, want %v (%.1e)", ref.name, ref.kind, ref.value, ref.args, what, got, want, e)
			}
		}
		far("NLL", s.NLL, ref.nll, 1e-3)
		for i := range d.ArgNames() {
			atLeast := 1e-3 / math.Max(1, math.Abs(ref.args[i]))
			if i > 0 {
				atLeast = 0.01 / ref.args[i]
			}
			far("D"+strconv.Itoa(i), s.D[i], ref.d[i], atLeast)
		}
	}
}

// TestReferenceInformation: that about the size is promised to 1e-8, and to 1e-6 where
// its leading term is taken; that about nu is a difference of trigammas, good to about
// 1e-14, of which below nu = 50 up to nu^2/7 cancels.
func TestReferenceInformation(t *testing.T) {
	n := 0
	for _, ref := range references(t) {
		if ref.kind != "information" {
			continue
		}
		n++
		switch ref.name {
		case "student":
			var s Score
			if err := (Student{}).Score(&s, 0.3, Args{0, 1, ref.args[2]}); err != nil {
				t.Fatal(err)
			}
			var info [3][3]float64
			s.Information(&info)
			if e := math.Abs(info[2][2]/ref.nll - 1); !(e < 1e-11) {
				t.Errorf("information about nu = %v is %v, want %v (%.1e)", ref.args[2], info[2][2], ref.nll, e)
			}
		case "negbinomial":
			tol := 1e-8
			if ref.args[0]/ref.args[1] < 1e-7 {
				tol = 1e-6
			}
			got := sizeInformation(ref.args[0], ref.args[1])
			if e := math.Abs(got/ref.nll - 1); !(e < tol) {
				t.Errorf("information about the size at %v is %v, want %v (%.1e)", ref.args, got, ref.nll, e)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d rows", n)
	}
}
