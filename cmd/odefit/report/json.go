package report

import (
	"encoding/json"
	"io"
	"math"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/minimize"
)

// Schema names the form of the object that [WriteJSON] writes. It changes when a
// key changes its meaning or disappears, not when one is added.
const Schema = "odefit-fit-1"

// object is the result of a fit as JSON. Its keys are kept stable.
type object struct {
	Schema           string      `json:"schema"`
	Status           string      `json:"status"`
	Objective        float       `json:"objective"`
	ObjectiveRefined float       `json:"objective_refined"`
	SSR              float       `json:"ssr"`
	Chi2             float       `json:"chi2"`
	AIC              float       `json:"aic"`
	BIC              float       `json:"bic"`
	NObservations    int         `json:"n_observations"`
	NEstimated       int         `json:"n_estimated"`
	Parameters       []estimate  `json:"parameters"`
	Networks         []Network   `json:"networks"`
	Reports          []estimate  `json:"reports"`
	Correlation      correlation `json:"correlation"`
	Flat             []string    `json:"flat"`
	GradientNorm     float       `json:"gradient_norm"`
	Starts           []start     `json:"starts"`
	Counts           counts      `json:"counts"`
	Warnings         []string    `json:"warnings"`
	Seconds          float       `json:"seconds"`
	Seed             uint64      `json:"seed"`
	Version          string      `json:"version"`
}

type estimate struct {
	Name      string   `json:"name"`
	Value     float    `json:"value"`
	StdErr    float    `json:"stderr"`
	CI95      [2]float `json:"ci95"`
	AtBound   side     `json:"at_bound"`
	Estimated bool     `json:"estimated"`
	Note      string   `json:"note,omitempty"`
}

type correlation struct {
	Names  []string  `json:"names"`
	Matrix [][]float `json:"matrix"`
}

type start struct {
	Objective  float  `json:"objective"`
	Status     string `json:"status"`
	Iterations int    `json:"iterations"`
}

type counts struct {
	Objectives  int `json:"objectives"`
	Gradients   int `json:"gradients"`
	Simulations int `json:"simulations"`
	Steps       int `json:"steps"`
	Failures    int `json:"failures"`
}

// float is a number that is null where it is not finite: JSON has no other word.
type float float64

func (f float) MarshalJSON() ([]byte, error) {
	if v := float64(f); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// side is false, "lower" or "upper".
type side minimize.Side

func (s side) MarshalJSON() ([]byte, error) {
	switch minimize.Side(s) {
	case minimize.Lower:
		return []byte(`"lower"`), nil
	case minimize.Upper:
		return []byte(`"upper"`), nil
	}
	return []byte("false"), nil
}

// WriteJSON writes the result as one indented JSON object and a line end. Numbers
// read back as they are; those that are not finite are null. The covariance, the
// residuals and the curves are not in it: see the tables of an output folder. Nor are
// the weights of networks: they are in the file that is named, "" for none.
func WriteJSON(w io.Writer, r *fit.Result, version, weights string) error {
	names, together := correlations(r)
	o := object{
		Schema: Schema, Status: r.Status,
		Objective: float(r.Objective), ObjectiveRefined: float(r.Refined),
		SSR: float(r.SSR), Chi2: float(r.Chi2), AIC: float(r.AIC), BIC: float(r.BIC),
		NObservations: r.NObservations, NEstimated: r.NEstimated,
		Parameters: estimates(withoutWeights(r.Parameters)), Reports: estimates(r.Reports),
		Networks:     Networks(r, weights),
		Correlation:  correlation{Names: texts(names), Matrix: matrix(together)},
		Flat:         texts(r.Flat),
		GradientNorm: float(r.GradientNorm),
		Starts:       make([]start, len(r.Starts)),
		Counts: counts{Objectives: r.Counts.Objectives, Gradients: r.Counts.Gradients,
			Simulations: r.Counts.Simulations, Steps: r.Counts.Steps, Failures: r.Failures.Count},
		Warnings: texts(r.Warnings),
		Seconds:  float(r.Elapsed.Seconds()), Seed: r.Seed, Version: version,
	}
	for i, s := range r.Starts {
		o.Starts[i] = start{Objective: float(s.Objective), Status: s.Status, Iterations: s.Iterations}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(o)
}

func estimates(list []fit.Estimate) []estimate {
	out := make([]estimate, len(list))
	for i, e := range list {
		out[i] = estimate{Name: e.Name, Value: float(e.Value), StdErr: float(e.StdErr),
			CI95: [2]float{float(e.CI95[0]), float(e.CI95[1])}, AtBound: side(e.AtBound), Estimated: e.Estimated, Note: e.Note}
	}
	return out
}

func matrix(m [][]float64) [][]float {
	out := make([][]float, len(m))
	for i, row := range m {
		out[i] = make([]float, len(row))
		for j, v := range row {
			out[i][j] = float(v)
		}
	}
	return out
}

// texts returns list, as an empty list where it is nil, so that JSON has [] and
// not null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
