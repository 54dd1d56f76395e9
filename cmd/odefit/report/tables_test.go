package report

import (
	"bytes"
	"io"
	"math"
	"testing"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
)

// rows reads a table back.
func rows(t *testing.T, write func(io.Writer, *fit.Result) error, r *fit.Result) (columns []string, cells [][]string) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	table, err := dataset.NewTable(&b, "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	for table.Next() {
		var row []string
		for i := range table.Columns {
			row = append(row, table.Cell(i).Text)
		}
		cells = append(cells, row)
	}
	if err := table.Err(); err != nil {
		t.Fatal(err)
	}
	return table.Columns, cells
}

func TestTables(t *testing.T) {
	r, _ := sample()
	for _, c := range []struct {
		name    string
		write   func(io.Writer, *fit.Result) error
		rows    int
		columns int
	}{
		{"parameters", WriteParameters, 5, 8}, {"covariance", WriteCovariance, 2, 3}, {"residuals", WriteResiduals, 42, 9}, {"starts", WriteStarts, 4, 5},
	} {
		columns, cells := rows(t, c.write, r)
		if len(cells) != c.rows || len(columns) != c.columns {
			t.Errorf("%s: %d rows of %d columns, want %d of %d", c.name, len(cells), len(columns), c.rows, c.columns)
		}
	}
	_, cells := rows(t, WriteCovariance, r)
	if cells[1][0] != "beta" || cells[1][1] != "0.00025" {
		t.Errorf("covariance of beta and alpha: %v", cells[1])
	}
}

// A next fit can begin where this one ended.
func TestParametersReadBack(t *testing.T) {
	r, _ := sample()
	var b bytes.Buffer
	if err := WriteParameters(&b, r); err != nil {
		t.Fatal(err)
	}
	p, err := dataset.ReadParameters(&b, "params.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != len(r.Parameters) {
		t.Fatalf("%d rows, want %d", len(p.Rows), len(r.Parameters))
	}
	for i, row := range p.Rows {
		e := r.Parameters[i]
		if row.Guess.Value != e.Value || !row.Guess.Given || row.Estimate.Value != e.Estimated || math.IsNaN(row.Guess.Value) {
			t.Errorf("%s reads back as %+v, want %v, estimate %v", e.Name, row, e.Value, e.Estimated)
		}
	}
}
