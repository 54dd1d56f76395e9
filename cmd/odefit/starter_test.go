package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/fit/dataset"
)

// Whatever a table looks like, init either writes a model that reads and fits the
// table, or says what is wrong with the data; it never fails by itself.
func TestInitOfAnyTable(t *testing.T) {
	name := rapid.OneOf(
		rapid.SampledFrom([]string{"time", "t", "x", "y", "if", "pi", "row", "t_2", "x_start", "a b", "2", "é", "µ (1/h)", "observable", "value", "subject", "x_sd", "a'b", "init", "#1", "inf", "_", "row.x"}),
		rapid.StringN(1, 8, 20))
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "NA", "0", "1", "-1", "1e-300", "1e300", "<0.5", "text", "inf", "5e-324", "a"}),
		rapid.Map(rapid.Float64Range(-100, 100), func(v float64) string { return exact(v) }))
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.SliceOfNDistinct(name, 2, 5, rapid.ID).Draw(t, "columns")
		var b bytes.Buffer
		w := dataset.NewWriter(&b)
		w.Texts(columns...)
		for i := range rapid.IntRange(0, 6).Draw(t, "rows") {
			w.Number(float64(i))
			for range columns[1:] {
				w.Text(cell.Draw(t, "cell"))
			}
			w.End()
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		var out, msg bytes.Buffer
		status := run(context.Background(), []string{"init", "-", "--out", "-"}, strings.NewReader(b.String()), &out, &msg)
		if status != success && status != wrongData {
			t.Fatalf("status %d for\n%s\n%s\n%s", status, b.String(), msg.String(), out.String())
		}
	})
}
