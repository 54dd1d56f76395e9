package sensitivity_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/odefit/odefit/internal/problems"
	"github.com/odefit/odefit/sensitivity"
)

// Lotka and Volterra's model, observed twice.
func observed() (context.Context, sensitivity.Problem[[]float64], *sensitivity.Loss[[]float64]) {
	q := problems.LotkaVolterra()
	loss := sensitivity.SumOfSquares([]float64{5, 10}, [][]float64{{1, 2}, {1, 1}}, nil)
	return context.Background(), sensitivity.Problem[[]float64]{System: q.System, P: q.P, T1: q.T1, Y0: q.Y0}, loss
}

func ExampleGradient() {
	ctx, problem, loss := observed()
	err := func() error {
		res, err := sensitivity.Gradient(ctx, problem, loss, sensitivity.Discrete{Probes: 1}, nil)
		if err != nil {
			return err // in which pass, at what time, why: there is no partial gradient
		}
		fmt.Printf("%.2f %.2f\n", res.Value, res.P)
		return nil
	}()
	if err != nil {
		fmt.Println(err)
	}
	// Output: 27.89 [113.40 -14.34 40.28 -28.67]
}

func ExampleCertify() {
	ctx, problem, loss := observed()
	err := func() error {
		res, err := sensitivity.Certify(ctx, problem, loss, sensitivity.Discrete{Probes: 1}, nil)
		if err != nil {
			return err
		}
		c := res.Certificate
		fmt.Println(c.Duality < 1e-12, c.Distance < 1e-4)
		return nil
	}()
	if err != nil {
		fmt.Println(err)
	}
	// Output: true true
}

// The code on the page is that of the examples.
func TestCodeOfThePage(t *testing.T) {
	page, err := os.ReadFile("../docs/sensitivity.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_reference_test.go")
	if err != nil {
		t.Fatal(err)
	}
	plain := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	blocks := strings.Split(string(page), "```go\n")[1:]
	for _, b := range blocks {
		code, _, _ := strings.Cut(b, "```")
		if !strings.Contains(plain(string(source)), plain(code)) {
			t.Errorf("this is no part of an example:\n%s", code)
		}
	}
	if len(blocks) < 2 {
		t.Errorf("%d pieces of code", len(blocks))
	}
}
