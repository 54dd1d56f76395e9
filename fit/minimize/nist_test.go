package minimize_test

import (
	"context"
	"encoding/csv"
	"math"
	"math/cmplx"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/odefit/odefit/fit/minimize"
)

// nistModels are the formulas of datasets.csv, written for complex parameters: the
// real part is the prediction, and the imaginary part of a step of 1e-100 i the
// exact derivative.
var nistModels = map[string]func(b []complex128, x float64) complex128{
	"Bennett5": func(b []complex128, x float64) complex128 {
		return b[0] * pow(b[1]+complex(x, 0), -1/b[2])
	},
	"Chwirut1": func(b []complex128, x float64) complex128 {
		return cmplx.Exp(-b[0]*complex(x, 0)) / (b[1] + b[2]*complex(x, 0))
	},
	"DanWood": func(b []complex128, x float64) complex128 {
		return b[0] * pow(complex(x, 0), b[1])
	},
	"ENSO": func(b []complex128, x float64) complex128 {
		year := complex(2*math.Pi*x/12, 0)
		t := complex(2*math.Pi*x, 0)
		return b[0] + b[1]*cmplx.Cos(year) + b[2]*cmplx.Sin(year) +
			b[4]*cmplx.Cos(t/b[3]) + b[5]*cmplx.Sin(t/b[3]) +
			b[7]*cmplx.Cos(t/b[6]) + b[8]*cmplx.Sin(t/b[6])
	},
	"Eckerle4": func(b []complex128, x float64) complex128 {
		z := (complex(x, 0) - b[2]) / b[1]
		return b[0] / b[1] * cmplx.Exp(-z*z/2)
	},
	"Gauss1":   twoPeaks,
	"Gauss2":   twoPeaks,
	"Lanczos1": threeExponentials,
	"Lanczos2": threeExponentials,
	"Lanczos3": threeExponentials,
	"MGH09": func(b []complex128, x float64) complex128 {
		z := complex(x, 0)
		return b[0] * (z*z + z*b[1]) / (z*z + z*b[2] + b[3])
	},
	"MGH17": func(b []complex128, x float64) complex128 {
		return b[0] + b[1]*cmplx.Exp(-complex(x, 0)*b[3]) + b[2]*cmplx.Exp(-complex(x, 0)*b[4])
	},
	"Misra1a": func(b []complex128, x float64) complex128 {
		return b[0] * (1 - cmplx.Exp(-b[1]*complex(x, 0)))
	},
	"Misra1c": func(b []complex128, x float64) complex128 {
		return b[0] * (1 - pow(1+2*b[1]*complex(x, 0), -0.5))
	},
	"Misra1d": func(b []complex128, x float64) complex128 {
		z := b[1] * complex(x, 0)
		return b[0] * z / (1 + z)
	},
	"Rat42": func(b []complex128, x float64) complex128 {
		return b[0] / (1 + cmplx.Exp(b[1]-b[2]*complex(x, 0)))
	},
	"Roszman1": func(b []complex128, x float64) complex128 {
		z := complex(x, 0)
		return b[0] - b[1]*z - atan(b[2]/(z-b[3]))/math.Pi
	},
	"Thurber": func(b []complex128, x float64) complex128 {
		z := complex(x, 0)
		return (b[0] + z*(b[1]+z*(b[2]+z*b[3]))) / (1 + z*(b[4]+z*(b[5]+z*b[6])))
	},
}

func twoPeaks(b []complex128, x float64) complex128 {
	z := complex(x, 0)
	u, v := (z-b[3])/b[4], (z-b[6])/b[7]
	return b[0]*cmplx.Exp(-b[1]*z) + b[2]*cmplx.Exp(-u*u) + b[5]*cmplx.Exp(-v*v)
}

func threeExponentials(b []complex128, x float64) complex128 {
	z := complex(x, 0)
	return b[0]*cmplx.Exp(-b[1]*z) + b[2]*cmplx.Exp(-b[3]*z) + b[4]*cmplx.Exp(-b[5]*z)
}

// pow is a power whose base must be positive: NaN elsewhere, as for real numbers.
func pow(base, exponent complex128) complex128 {
	if real(base) <= 0 {
		return cmplx.NaN()
	}
	return cmplx.Exp(exponent * cmplx.Log(base))
}

// atan is the principal arctangent to first order in the imaginary part, which
// cmplx.Atan loses where that part is tiny.
func atan(z complex128) complex128 {
	return complex(math.Atan(real(z)), imag(z)/(1+real(z)*real(z)))
}

// nistSet is one regression: data, starts and certified results.
type nistSet struct {
	name            string
	x, y            []float64
	starts          [2][]float64
	certified, sd   []float64
	rss, residualSD float64
	model           func(b []complex128, x float64) complex128
}

func (s *nistSet) problem() minimize.Residuals {
	n := len(s.certified)
	b := make([]complex128, n)
	return minimize.Residuals{
		Dim: n, Rows: len(s.y),
		Value: func(ctx context.Context, x []float64) (float64, error) {
			for j, v := range x {
				b[j] = complex(v, 0)
			}
			sum := 0.0
			for i, t := range s.x {
				r := real(s.model(b, t)) - s.y[i]
				sum += r * r
			}
			return sum / 2, nil
		},
		Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
			const h = 1e-100
			for j, v := range x {
				b[j] = complex(v, 0)
			}
			sum := 0.0
			for i, t := range s.x {
				r[i] = real(s.model(b, t)) - s.y[i]
				sum += r[i] * r[i]
				for j, v := range x {
					b[j] = complex(v, h)
					jac[i*n+j] = imag(s.model(b, t)) / h
					b[j] = complex(v, 0)
				}
			}
			return sum / 2, nil
		},
	}
}

func readNIST(t *testing.T) []*nistSet {
	t.Helper()
	var sets []*nistSet
	byName := map[string]*nistSet{}
	for _, row := range readCSV(t, "datasets.csv") {
		s := &nistSet{name: row["dataset"], model: nistModels[row["dataset"]]}
		s.rss, s.residualSD = number(t, row["certified_rss"]), number(t, row["certified_residual_sd"])
		for _, point := range readCSV(t, s.name+".csv") {
			s.x = append(s.x, number(t, point["x"]))
			s.y = append(s.y, number(t, point["y"]))
		}
		byName[s.name] = s
		sets = append(sets, s)
	}
	for _, row := range readCSV(t, "certified.csv") {
		s := byName[row["dataset"]]
		s.starts[0] = append(s.starts[0], number(t, row["start1"]))
		s.starts[1] = append(s.starts[1], number(t, row["start2"]))
		s.certified = append(s.certified, number(t, row["certified"]))
		s.sd = append(s.sd, number(t, row["certified_sd"]))
	}
	return sets
}

func readCSV(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "nist-strd", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil || len(records) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(records), err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, head := range records[0] {
			row[head] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// digits is the number of decimal digits in which got agrees with want, at most 11:
// the worst over the vector.
func digits(got, want []float64) float64 {
	worst := 11.0
	for i := range got {
		worst = math.Min(worst, -math.Log10(math.Abs(got[i]/want[i]-1)))
	}
	return worst
}

func TestLeastSquaresNIST(t *testing.T) {
	runs, precise := 0, 0
	for _, s := range readNIST(t) {
		for k, start := range s.starts {
			method := minimize.LeastSquares{}
			if s.name == "Lanczos1" {
				// Residuals of 3e-13 of data of size 2.5: f is known to |r| times the
				// rounding of r, 3e-13 * 5 * 2.5 * 2e-16.
				method.ObjectiveNoise = 1e-27
			}
			got := method.Minimize(context.Background(), s.problem(), minimize.Bounds{}, start)
			d, rss := digits(got.X, s.certified), digits([]float64{2 * got.F}, []float64{s.rss})
			t.Logf("%-9s start %d: %4.1f digits, sum of squares %4.1f, %3d iterations, %3d values, %3d failures, %v",
				s.name, k+1, d, rss, got.Iterations, got.Evaluations, got.Failures, got.Status)
			if !got.Status.Converged() {
				t.Errorf("%s from start %d: %v", s.name, k+1, got.Status)
			}
			if d < 6 {
				t.Errorf("%s from start %d: %.1f digits", s.name, k+1, d)
			}
			if rss < 8 && s.name != "Lanczos1" {
				t.Errorf("%s from start %d: sum of squares %.11g, certified %.11g", s.name, k+1, 2*got.F, s.rss)
			}
			runs++
			if d >= 8 {
				precise++
			}
		}
	}
	if runs != 36 || precise < 32 {
		t.Errorf("8 digits in %d of %d runs", precise, runs)
	}
}
