package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWasmIsThatOfTheSource(t *testing.T) {
	want, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", output))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the sources give: run go generate", output)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"func F(x, y float64) float64 { return x*y + 1 }", "not rounded"},
		{"func F(x, y float64) float64 { return x * y }", "not rounded"},
		{"func F(x, y float64) float64 { p := x * y\n return p }", "not rounded"},
		{"func F(x float64) float64 { x *= 2\n return x }", "not rounded"},
		{"func F(x float64) float64 { return 1 - -(x * x) }", "not rounded"},
		{"func F(x float64) int64 { return int64(x) }", "conversion"},
		{"func F(x float32) float32 { return x }", "float32"},
		{"func F(x float64) float64 { switch { }\n return x }", "statement"},
		{"import \"math\"\nfunc F(x float64) float64 { return math.Exp(x) }", "Exp"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "f.go"), []byte("package elementary\n"+c.body), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := generate(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one about %q", c.body, err, c.want)
		}
	}
}
