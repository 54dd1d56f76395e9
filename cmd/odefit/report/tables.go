package report

import (
	"io"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
)

// WriteParameters writes params.csv: a row for each parameter. Its columns name,
// guess and estimate are those of a parameter table, so that the next fit can
// begin where this one ended.
func WriteParameters(w io.Writer, r *fit.Result) error {
	out := dataset.NewWriter(w)
	out.Texts("name", "guess", "estimate", "stderr", "ci95_lower", "ci95_upper", "at_bound", "note")
	for _, e := range r.Parameters {
		out.Text(e.Name)
		out.Number(e.Value)
		out.Text(yes(e.Estimated))
		out.Number(e.StdErr)
		out.Number(e.CI95[0])
		out.Number(e.CI95[1])
		out.Text(bound(e.AtBound))
		out.Text(e.Note)
		out.End()
	}
	return out.Flush()
}

// WriteCovariance writes covariance.csv: the covariance of the estimated
// parameters that are not at a bound, a row and a column for each.
func WriteCovariance(w io.Writer, r *fit.Result) error {
	out := dataset.NewWriter(w)
	out.Text("name")
	out.Texts(r.Names...)
	for i, row := range r.Covariance {
		out.Text(r.Names[i])
		out.Numbers(row...)
	}
	return out.Flush()
}

// WriteResiduals writes residuals.csv: a row for each measured value.
func WriteResiduals(w io.Writer, r *fit.Result) error {
	out := dataset.NewWriter(w)
	out.Texts("experiment", "observable", "time", "value", "censored", "prediction", "scale", "residual", "standardized")
	for _, p := range r.Points {
		out.Text(p.Experiment)
		out.Text(p.Observable)
		out.Number(p.Time)
		out.Number(p.Value)
		out.Text(yes(p.Censored))
		out.Number(p.Mean)
		out.Number(p.Scale)
		out.Number(p.Residual)
		out.Number(p.Standardized)
		out.End()
	}
	return out.Flush()
}

// WriteStarts writes starts.csv: a row for each start of the search.
func WriteStarts(w io.Writer, r *fit.Result) error {
	out := dataset.NewWriter(w)
	out.Texts("start", "objective", "converged", "iterations", "status")
	for i, s := range r.Starts {
		out.Number(float64(i + 1))
		out.Number(s.Objective)
		out.Text(yes(s.Converged))
		out.Number(float64(s.Iterations))
		out.Text(s.Status)
		out.End()
	}
	return out.Flush()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func bound(s minimize.Side) string {
	if s == minimize.Interior {
		return ""
	}
	return s.String()
}
