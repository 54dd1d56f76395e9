package report

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/minimize"
)

func decode(t *testing.T, r *fit.Result) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r, "1.2.3", ""); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(&b)
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	if d.More() {
		t.Error("more than one value was written")
	}
	return o
}

func keys(v any) string {
	var list []string
	for k := range v.(map[string]any) {
		list = append(list, k)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// The names of the keys are a promise: a change here breaks other people's scripts.
func TestJSONKeys(t *testing.T) {
	r, _ := sample()
	o := decode(t, r)
	for _, c := range []struct {
		what string
		v    any
		want string
	}{
		{"object", o, "aic bic chi2 correlation counts flat gradient_norm n_estimated n_observations networks objective objective_refined parameters reports schema seconds seed ssr starts status version warnings"},
		{"parameter", o["parameters"].([]any)[0], "at_bound ci95 estimated name stderr value"},
		{"report", o["reports"].([]any)[0], "at_bound ci95 estimated name stderr value"},
		{"start", o["starts"].([]any)[0], "iterations objective status"},
		{"correlation", o["correlation"], "matrix names"},
		{"counts", o["counts"], "failures gradients objectives simulations steps"},
	} {
		if got := keys(c.v); got != c.want {
			t.Errorf("keys of %s:\n got %s\nwant %s", c.what, got, c.want)
		}
	}
}

func TestJSONValues(t *testing.T) {
	r, _ := sample()
	o := decode(t, r)
	p := func(i int) map[string]any { return o["parameters"].([]any)[i].(map[string]any) }
	if got := p(0)["value"]; got != r.Parameters[0].Value {
		t.Errorf("value is %v, want %v exactly", got, r.Parameters[0].Value)
	}
	if p(0)["at_bound"] != false || p(2)["at_bound"] != "upper" {
		t.Errorf("at_bound is %v and %v, want false and \"upper\"", p(0)["at_bound"], p(2)["at_bound"])
	}
	if ci := p(4)["ci95"].([]any); p(4)["stderr"] != nil || ci[0] != 0.0 || ci[1] != nil {
		t.Errorf("an infinite standard error and interval become %v and %v, want null and [0, null]", p(4)["stderr"], ci)
	}
	if s := o["starts"].([]any)[3].(map[string]any); s["objective"] != nil {
		t.Errorf("a failed start has the objective %v, want null", s["objective"])
	}
	if o["seconds"] != 1.5 || o["version"] != "1.2.3" || o["seed"] != 1.0 {
		t.Errorf("seconds, version, seed: %v, %v, %v", o["seconds"], o["version"], o["seed"])
	}
}

// A result of which nothing is known still is one object with lists, not nulls, in
// the places of lists.
func TestJSONOfNothing(t *testing.T) {
	nan := math.NaN()
	o := decode(t, &fit.Result{Status: "cancelled", Objective: nan, Refined: nan, SSR: nan, Chi2: math.Inf(1), AIC: nan, BIC: nan, GradientNorm: nan})
	for _, k := range []string{"parameters", "reports", "starts", "flat", "warnings"} {
		if l, ok := o[k].([]any); !ok || len(l) != 0 {
			t.Errorf("%s is %v, want []", k, o[k])
		}
	}
	for _, k := range []string{"objective", "ssr", "chi2", "aic", "bic", "gradient_norm"} {
		if v, ok := o[k]; !ok || v != nil {
			t.Errorf("%s is %v, want null", k, v)
		}
	}
}

func TestSides(t *testing.T) {
	for s, want := range map[minimize.Side]string{minimize.Interior: "false", minimize.Lower: `"lower"`, minimize.Upper: `"upper"`} {
		if got, err := json.Marshal(side(s)); err != nil || string(got) != want {
			t.Errorf("side %v is %s (%v), want %s", s, got, err, want)
		}
	}
}
