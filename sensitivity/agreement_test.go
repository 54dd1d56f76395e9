package sensitivity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/internal/problems"
)

// methods are those that every test of agreement goes over.
func methods() []Method {
	return []Method{
		Forward{},
		Discrete{Probes: 1},
		Discrete{Probes: 1, Checkpoints: Checkpoints{Every: 7}},
		Continuous{},
		Continuous{Variant: Backsolve},
		Continuous{Variant: Gauss},
		Continuous{Variant: Quadrature},
	}
}

// apart returns the largest difference of two vectors relative to the largest
// entry of the second.
func apart(got, want []float64) float64 {
	var d, size float64
	for i, w := range want {
		d = max(d, math.Abs(got[i]-w))
		size = max(size, math.Abs(w))
	}
	if size == 0 {
		return d
	}
	return d / size
}

// Gradients of sums of squares against references in quadruple precision: in the
// parameters one by one, in the initial values, in the times of observation.
func TestGradientsAgainstReferences(t *testing.T) {
	tested := 0
	for _, q := range problems.All() {
		ref, err := q.Loss()
		if q.Stiff || errors.Is(err, problems.ErrNoReference) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		tested++
		loss := SumOfSquares(ref.T, ref.Data, nil)
		for _, method := range methods() {
			t.Run(q.Name+"/"+name(method), func(t *testing.T) {
				previous := math.Inf(1)
				for _, rel := range []float64{1e-5, 1e-8, 1e-11} {
					r, err := Gradient(context.Background(), problemOf(q), loss, method, tolerances(rel, rel*1e-3))
					if err != nil {
						t.Fatal(err)
					}
					value := math.Abs(r.Value-ref.Value) / ref.Value
					worst := max(value, apart(r.P, ref.DP), apart(r.Y0, ref.DY0), apart(r.Times, ref.DT))
					t.Logf("rtol %g: value %.1e, p %.1e, y0 %.1e, times %.1e, %+v", rel, value,
						apart(r.P, ref.DP), apart(r.Y0, ref.DY0), apart(r.Times, ref.DT), r.Stats)
					if worst > previous/20 && worst > 1e-10 {
						t.Errorf("rtol %g: error %.1e after %.1e", rel, worst, previous)
					}
					previous = worst
				}
				if previous > 1e-8 {
					t.Errorf("error %.1e at tight tolerance", previous)
				}
			})
		}
	}
	if tested < 4 {
		t.Errorf("only %d problems had references", tested)
	}
}

// name tells the settings of a method apart.
func name(m Method) string { return strings.TrimPrefix(fmt.Sprintf("%#v", m), "sensitivity.") }
