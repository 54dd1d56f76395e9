package report

import (
	"io"
	"slices"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
)

// Network is a network of the model: its weights are in a file, not among the
// parameters of a report.
type Network struct {
	Name    string  `json:"name"`
	Weights int     `json:"weights"`
	File    *string `json:"file"` // null: they were not written
}

// Networks lists the networks whose weights a result holds. They were written to file,
// or, where it is "", nowhere.
func Networks(r *fit.Result, file string) []Network {
	list := []Network{}
	for _, e := range r.Parameters {
		if e.Network == "" {
			continue
		}
		i := slices.IndexFunc(list, func(n Network) bool { return n.Name == e.Network })
		if i < 0 {
			i = len(list)
			list = append(list, Network{Name: e.Network})
			if file != "" {
				list[i].File = &file
			}
		}
		list[i].Weights++
	}
	return list
}

// WriteWeights writes the weights of all networks as a parameter table: name, guess and
// whether they are estimated.
func WriteWeights(w io.Writer, r *fit.Result) error {
	out := dataset.NewWriter(w)
	out.Texts("name", "guess", "estimate")
	for _, e := range r.Parameters {
		if e.Network != "" {
			out.Text(e.Name)
			out.Number(e.Value)
			out.Text(yes(e.Estimated))
			out.End()
		}
	}
	return out.Flush()
}

// withoutWeights returns the estimates that are no weights.
func withoutWeights(list []fit.Estimate) []fit.Estimate {
	return slices.DeleteFunc(slices.Clone(list), func(e fit.Estimate) bool { return e.Network != "" })
}

// correlations returns the correlations of the parameters that are no weights.
func correlations(r *fit.Result) (names []string, m [][]float64) {
	weight := make(map[string]bool)
	for _, e := range r.Parameters {
		weight[e.Name] = e.Network != ""
	}
	for i, row := range r.Correlation {
		if weight[r.Names[i]] {
			continue
		}
		names = append(names, r.Names[i])
		var kept []float64
		for j, c := range row {
			if !weight[r.Names[j]] {
				kept = append(kept, c)
			}
		}
		m = append(m, kept)
	}
	return names, m
}
