package problems

import (
	"encoding/json"
	"fmt"
	"slices"
)

// eulerFile is the layout of testdata/refs/linear_example.json, as far as it is used.
type eulerFile struct {
	Terminal []eulerTerminal `json:"terminal_loss"`
	Multi    struct {
		Cases []eulerObserved `json:"cases"`
	} `json:"multi_observation_loss"`
	Limits struct {
		Shifted struct {
			Loss decimal     `json:"loss"`
			DZ0  []decimal   `json:"a_t0_equals_dL_dz0"`
			DA   [][]decimal `json:"dL_dA"`
		} `json:"target_shifted"`
	} `json:"continuous_limits"`
}

// gradient is what each case of the file has. It is embedded, so its keys are the
// case's own.
type gradient struct {
	Loss decimal     `json:"loss"`
	DZ0  []decimal   `json:"dL_dz0"`
	DA   [][]decimal `json:"dL_dA"`
}

func (g gradient) values() EulerGradient {
	return EulerGradient{
		Loss: float64(g.Loss),
		DZ0:  floats(g.DZ0),
		DA:   slices.Concat(rows(g.DA)...),
	}
}

type eulerTerminal struct {
	gradient
	Name    string    `json:"target"`
	N       int       `json:"N"`
	Target  []decimal `json:"target_value"`
	Z       path      `json:"z_n"`
	ZN      []decimal `json:"z_N"` // not used, but keys match in any case unless one fits exactly
	Adjoint path      `json:"adjoint_lambda_n"`
}

// path is a row at each of the steps. The file leaves it out of cases of 100 steps
// and has something else in its place.
type path [][]decimal

func (p *path) UnmarshalJSON(text []byte) error {
	if text[0] != '[' {
		return nil
	}
	return json.Unmarshal(text, (*[][]decimal)(p))
}

type eulerObserved struct {
	gradient
	Name  string `json:"data"`
	N     int    `json:"N"`
	Steps []struct {
		Z      []decimal `json:"z_euler"`
		Data   []decimal `json:"data"`
		Before []decimal `json:"adjoint_before_jump"`
		After  []decimal `json:"adjoint_after_jump"`
	} `json:"steps"`
	// Continuous is a sentence where the data are the exact solution.
	Continuous json.RawMessage `json:"continuous_model_same_times"`
}

// exact returns the gradient on the exact solution.
func (c *eulerObserved) exact() (EulerGradient, error) {
	var file struct {
		gradient
		Before [][]decimal `json:"adjoint_before_jump"`
		After  [][]decimal `json:"adjoint_after_jump"`
	}
	if err := json.Unmarshal(c.Continuous, &file); err != nil {
		return EulerGradient{}, fmt.Errorf("problems: %s, N = %d: %w", eulerFileName, c.N, err)
	}
	file.After[0] = file.Before[0]
	g := file.gradient.values()
	g.Before, g.After = rows(file.Before), rows(file.After)
	return g, nil
}

const eulerFileName = "linear_example.json"

func readEuler() (*eulerFile, error) {
	var file eulerFile
	if err := readJSON(eulerFileName, &file); err != nil {
		return nil, err
	}
	return &file, nil
}
