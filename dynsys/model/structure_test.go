package model

import (
	"strings"
	"testing"
)

func TestStructure(t *testing.T) {
	for _, c := range []struct {
		text string
		used string
		want []string // none: no warning
	}{
		{text: "x' = -x\ny' = x\nobserve y ~ normal(y)"},
		{text: "x' = -x\ny' = x\nobserve x ~ normal(x)", want: []string{`2:1: the state "y" is observed nowhere and influences nothing`}},
		{text: "x' = -x\ny' = x\nlet z = y\nobserve x ~ normal(x, z)"},
		{text: "x' = -x\ny' = x\nevent at 3: x = y\nobserve x ~ normal(x)"},
		{text: "x' = -x\ny' = x\nevent when y > 1: x = 0\nobserve x ~ normal(x)"},
		{text: "x' = -x\ny' = x"},
		{text: "x' = 1/x\nobserve x ~ normal(x)", want: []string{`1:8: the equation of "x" divides by the state "x", which starts at 0`}},
		{text: "x' = 1/(2*x^2)\ninit x = 0\nobserve x ~ normal(x)", want: []string{"1:11: "}},
		{text: "let r = 1/x\nx' = r\nobserve x ~ normal(x)", want: []string{`1:11: the let "r" divides`}},
		{text: "x' = 1/(1 + x)\nobserve x ~ normal(x)"},
		{text: "x' = 1/x\ninit x = 1\nobserve x ~ normal(x)"},
		{text: "x' = 1/x\nobserve x ~ normal(x)", used: "x"},
		{text: "x' = 1/x\nexperiment a: x = 1\nobserve x ~ normal(x)"},
		{text: "x' = 1/x\ndose x fraction 1\nobserve x ~ normal(x)"},
	} {
		m, err := Parse("m.ode", []byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		var used []string
		if c.used != "" {
			used = []string{c.used}
		}
		list := m.Warnings(used...)
		if len(list) != len(c.want) {
			t.Errorf("%q: %v", c.text, list)
			continue
		}
		for i, w := range list {
			if !strings.Contains(w.Error(), c.want[i]) {
				t.Errorf("%q: %v, want %s", c.text, w, c.want[i])
			}
		}
	}
}
