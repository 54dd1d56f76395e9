package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gen writes a package that compiles, into a folder or to standard output.
func TestGen(t *testing.T) {
	dir := t.TempDir()
	call := func(want int, args ...string) string {
		t.Helper()
		var stdout, stderr strings.Builder
		if got := run(context.Background(), append([]string{"gen"}, args...), strings.NewReader("x' = -k*x\nparam k = 2\n"), &stdout, &stderr); got != want {
			t.Fatalf("%v: exit %d, want %d\n%s", args, got, want, &stderr)
		}
		return stdout.String() + stderr.String()
	}
	model := filepath.Join(dir, "Two-Pools.ode")
	text := "param k = 0.3 in [0, 1]\nparam V = 2\ninit A = 5\nA' = -k*A/(V + A)\nB' = k*A/(V + A) - 0.1*B*step(3)\n"
	if err := os.WriteFile(model, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "pools")
	if said := call(0, model, "--out", out); !strings.Contains(said, "twopools.go") {
		t.Errorf("said %q", said)
	}
	source, err := os.ReadFile(filepath.Join(out, "twopools.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"package twopools", `[...]string{"A", "B"}`, "func Jacobian(", "func Breaks(", "[Params]float64{0.3, 2}"} {
		if !strings.Contains(string(source), want) {
			t.Errorf("no %q in\n%s", want, source)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "go.mod"), []byte("module twopools\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	vet := exec.Command("go", "vet", ".")
	vet.Dir = out
	if said, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if said := call(0, "-", "--out", "-", "--package", "decay"); !strings.HasPrefix(said, "// Code generated from standard input") || !strings.Contains(said, "package decay\n") {
		t.Errorf("said %s", said)
	}
	call(2, model, "--package", "No-Name")
	call(3, filepath.Join(dir, "missing.ode"))
}
