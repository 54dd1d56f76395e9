package problems

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNoReference says that the reference asked for is known for other problems,
// but not for this one.
var ErrNoReference = errors.New("problems: no such reference")

// Reference returns the solution at a dozen times from T0 to T1, both included,
// without derivatives.
//
// Where the rounding of constants and initial values to float64 moves the solution
// visibly, it is the solution for the rounded ones: what an exact computation with
// P, Y0 and T1 as they stand here would give. A problem with a closed form and no
// file has it evaluated at equal distances.
func (q *Problem) Reference() ([]Point, error) {
	for _, suffix := range []string{"_f64const.csv", ".csv"} {
		points, err := readTrajectory(q.Name + suffix)
		if !errors.Is(err, fs.ErrNotExist) {
			return points, err
		}
	}
	points, err := q.Sensitivities()
	if err != nil {
		return nil, err
	}
	start := Point{T: q.T0, Y: q.Y0}
	points = append([]Point{start}, points...)
	for i := range points {
		points[i].DP, points[i].DY0 = nil, nil
	}
	return points, nil
}

// Sensitivities returns the solution after T0 with its derivatives in every
// parameter and every initial value. The error wraps [ErrNoReference] where they
// are not known.
func (q *Problem) Sensitivities() ([]Point, error) {
	points, err := readSensitivities(q.Name+"_sens.csv", len(q.Y0), len(q.P))
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return points, err
	case q.Exact == nil:
		return nil, fmt.Errorf("%w: sensitivities of %s", ErrNoReference, q.Name)
	}
	const n = 10
	for k := 1; k <= n; k++ {
		points = append(points, q.Exact(q.T0+float64(k)/n*(q.T1-q.T0)))
	}
	return points, nil
}

// Loss is the sum of squares L = sum_k sum_i (y_i(T[k]) - Data[k][i])^2 with fixed
// data, and its gradient at the problem's P and Y0.
type Loss struct {
	T     []float64
	Data  [][]float64
	Value float64
	DP    []float64
	DY0   []float64
	DT    []float64 // dL/dT[k]: the slope of the solution, since the data stay
}

// Loss returns the reference for the gradient of a loss. The error wraps
// [ErrNoReference] where there is none.
func (q *Problem) Loss() (*Loss, error) {
	name := q.Name + "_loss.json"
	var file struct {
		T    []decimal          `json:"t"`
		Data [][]decimal        `json:"d"`
		L    decimal            `json:"L"`
		DP   map[string]decimal `json:"dL_dp"`
		DY0  []decimal          `json:"dL_dy0"`
		DT   []decimal          `json:"dL_dt"`
	}
	if err := readJSON(name, &file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: loss of %s", ErrNoReference, q.Name)
		}
		return nil, err
	}
	loss := &Loss{
		T:     floats(file.T),
		Data:  rows(file.Data),
		Value: float64(file.L),
		DY0:   floats(file.DY0),
		DT:    floats(file.DT),
	}
	for _, p := range q.Params {
		d, ok := file.DP[p]
		if !ok {
			return nil, fmt.Errorf("problems: %s: no derivative in %s", name, p)
		}
		loss.DP = append(loss.DP, float64(d))
	}
	return loss, nil
}

// readTrajectory reads a table t,y0,y1,...
func readTrajectory(name string) ([]Point, error) {
	_, table, err := readTable(name)
	if err != nil {
		return nil, err
	}
	points := make([]Point, len(table))
	for k, row := range table {
		points[k] = Point{T: row[0], Y: row[1:]}
	}
	return points, nil
}

// readSensitivities reads a table t,state,y,d_...: dim rows a time, each with the
// derivatives in np parameters and dim initial values.
func readSensitivities(name string, dim, np int) ([]Point, error) {
	header, table, err := readTable(name)
	if err != nil {
		return nil, err
	}
	if len(header) != 3+np+dim || len(table)%dim != 0 {
		return nil, fmt.Errorf("problems: %s does not fit %d states and %d parameters", name, dim, np)
	}
	points := make([]Point, len(table)/dim)
	for k, row := range table {
		x, i := &points[k/dim], k%dim
		if int(row[1]) != i || i > 0 && row[0] != x.T {
			return nil, fmt.Errorf("problems: %s: row %d is out of order", name, k+2)
		}
		x.T = row[0]
		x.Y = append(x.Y, row[2])
		x.DP = append(x.DP, row[3:3+np])
		x.DY0 = append(x.DY0, row[3+np:])
	}
	return points, nil
}

// readTable reads a CSV file of testdata/refs: a header and rows of numbers.
func readTable(name string) (header []string, table [][]float64, err error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(filepath.Join(root, "testdata", "refs", name))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("problems: %s: %w", name, err)
	}
	for k, record := range records[1:] {
		row := make([]float64, len(record))
		for j, cell := range record {
			if row[j], err = strconv.ParseFloat(cell, 64); err != nil {
				return nil, nil, fmt.Errorf("problems: %s: line %d: %w", name, k+2, err)
			}
		}
		table = append(table, row)
	}
	return records[0], table, nil
}

// readJSON decodes a JSON file of testdata/refs.
func readJSON(name string, to any) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, "testdata", "refs", name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("problems: %s: %w", name, err)
	}
	return nil
}

// moduleRoot returns the directory of go.mod, at or above the working directory,
// which for a test is the directory of its package.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("problems: no go.mod above %s: run this from the source tree", start)
		}
		dir = parent
	}
}

// decimal is a number that the file holds as a string, to keep all its digits.
type decimal float64

func (d *decimal) UnmarshalJSON(text []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*d = decimal(x)
	return err
}

func floats(d []decimal) []float64 {
	x := make([]float64, len(d))
	for i := range d {
		x[i] = float64(d[i])
	}
	return x
}

func rows(d [][]decimal) [][]float64 {
	x := make([][]float64, len(d))
	for i := range d {
		x[i] = floats(d[i])
	}
	return x
}
