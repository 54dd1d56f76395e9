package fit_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
)

// Every model of the tutorial is read, stays the same in its usual form, is simulated
// and, where data follow it, compared with them.
func TestTutorial(t *testing.T) {
	page, err := os.ReadFile("../docs/models.md")
	if err != nil {
		t.Fatal(err)
	}
	var models, tables []string
	for i, block := range strings.Split(string(page), "\n```") {
		if i%2 == 0 {
			continue
		}
		kind, body, _ := strings.Cut(block, "\n")
		switch kind {
		case "ode":
			models, tables = append(models, body+"\n"), append(tables, "")
		case "csv":
			tables[len(tables)-1] = body + "\n"
		default:
			t.Errorf("a block of %q", kind)
		}
	}
	if len(models) < 10 {
		t.Fatalf("only %d models", len(models))
	}
	words := map[string]bool{}
	for i, ode := range models {
		m, err := model.Parse("models.md", []byte(ode))
		if err != nil {
			t.Errorf("%v\n%s", err, ode)
			continue
		}
		for _, line := range strings.Split(ode, "\n") {
			word, _, _ := strings.Cut(line, " ")
			words[word] = true
		}
		formatted, err := model.Format("models.md", []byte(ode))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := model.Parse("models.md", formatted); err != nil || again.String() != m.String() {
			t.Errorf("formatted: %v\n%s", err, formatted)
		}
		csv := tables[i]
		if csv == "" {
			p, err := fit.FromModel(m, fit.Tables{})
			p = must(t, p, err)
			if _, err := p.Simulate(t.Context(), p.Guess(), 0, []float64{0, 1}); err != nil {
				t.Errorf("%v\n%s", err, ode)
			}
			continue
		}
		p, err := text(t, ode, csv)
		if err != nil {
			t.Errorf("%v\n%s", err, ode)
			continue
		}
		res, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true})
		if err != nil || math.IsNaN(res.Objective) {
			t.Errorf("%v\n%s", err, ode)
		}
	}
	for _, word := range model.Words() {
		if !words[word] {
			t.Errorf("no example begins with %s", word)
		}
	}
}
