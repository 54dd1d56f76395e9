package main

import (
	"os"
	"strings"
	"testing"
)

func TestFmt(t *testing.T) {
	const before, after = "param k=1 # rate\nx'=-k*x\n", "param k = 1 # rate\nx' = -k*x\n"
	folder(t, map[string]string{"a.ode": before, "b.ode": after, "c.ode": "x' = (1\n"})
	for _, c := range []struct {
		stdin, line string
		status      int
		stdout      string
	}{
		{"", "fmt a.ode", success, after},
		{before, "fmt", success, after},
		{before, "fmt -", success, after},
		{"", "fmt -l a.ode b.ode", success, "a.ode\n"},
		{"", "fmt --check a.ode b.ode", notConverged, "a.ode\n"},
		{"", "fmt --check b.ode", success, ""},
		{"", "fmt -w --check b.ode", wrongUse, ""},
		{"", "fmt c.ode", wrongModel, ""},
		{"", "fmt none.ode", wrongModel, ""},
		{"", "fmt -w a.ode b.ode", success, ""},
	} {
		status, stdout, stderr, err := execute(t.Context(), c.stdin, strings.Fields(c.line)...)
		if err != nil || status != c.status || stdout != c.stdout {
			t.Errorf("odefit %s: status %d, %v\n%s%s", c.line, status, err, stdout, stderr)
		}
	}
	if text, err := os.ReadFile("a.ode"); err != nil || string(text) != after {
		t.Errorf("a.ode is now %q (%v)", text, err)
	}
}
