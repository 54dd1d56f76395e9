package nn

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

var allActivations = []Activation{Tanh, ReLU, Softplus, Sigmoid, GELU, Swish, Sin}

func TestActivationsAgainstReference(t *testing.T) {
	f, err := os.Open("testdata/activations.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	checked := map[Activation]int{}
	for _, r := range records[1:] {
		a, err := ParseActivation(r[0])
		if err != nil {
			t.Fatal(err)
		}
		var n [4]float64
		for i := range n {
			if n[i], err = strconv.ParseFloat(r[1+i], 64); err != nil {
				t.Fatal(err)
			}
		}
		x, value, slope, second := n[0], n[1], n[2], n[3]
		checked[a]++

		// A few roundings of 1.1e-16, relative. Three things are known to be worse: the
		// slopes of GELU and Swish have a zero near -0.75 and -1.28 and are a difference of
		// terms of size 1 there; the tails of GELU, exp(-x^2/2), multiply the rounding of
		// the exponent; and what math.Sincos leaves of x - n pi/2 at 300 and beyond is
		// absolute. Below the smallest normal number nothing is relative any more.
		relative, absolute := 8e-16, 1e-307
		switch a {
		case GELU:
			relative += x * x * 3e-16
		case Sin:
			absolute = 3e-16
		}
		got, gotSlope := a.At(x)
		if !(math.Abs(got-value) <= relative*math.Abs(value)+absolute) {
			t.Errorf("%v(%v) = %v, want %v, relative error %.1e", a, x, got, value, got/value-1)
		}
		if (a == GELU || a == Swish) && math.Abs(x) < 3 {
			absolute = 3e-16
		}
		if !(math.Abs(gotSlope-slope) <= relative*math.Abs(slope)+absolute) {
			t.Errorf("%v'(%v) = %v, want %v, relative error %.1e", a, x, gotSlope, slope, gotSlope/slope-1)
		}
		// Products of values and slopes: the same roundings twice. GELU and Swish have
		// another zero at 1.41 and 2.40.
		if got := a.Second(x); !(math.Abs(got-second) <= 2*relative*math.Abs(second)+absolute) {
			t.Errorf("%v''(%v) = %v, want %v, relative error %.1e", a, x, got, second, got/second-1)
		}
	}
	for _, a := range allActivations {
		if a != ReLU && checked[a] < 30 {
			t.Errorf("%v was checked at %d points", a, checked[a])
		}
	}
}

func TestReLU(t *testing.T) {
	for _, c := range []struct{ x, value, slope float64 }{{-2, 0, 0}, {0, 0, 0}, {3, 3, 1}} {
		if v, s := ReLU.At(c.x); v != c.value || s != c.slope {
			t.Errorf("ReLU at %v: %v, %v", c.x, v, s)
		}
	}
}

func TestActivationsAtExtremes(t *testing.T) {
	inf := math.Inf(1)
	limits := map[Activation][4]float64{ // value and slope at -inf, value and slope at +inf
		Tanh:     {-1, 0, 1, 0},
		ReLU:     {0, 0, inf, 1},
		Softplus: {0, 0, inf, 1},
		Sigmoid:  {0, 0, 1, 0},
		GELU:     {0, 0, inf, 1},
		Swish:    {0, 0, inf, 1},
	}
	for _, a := range allActivations {
		if v, s := a.At(math.NaN()); !math.IsNaN(v) || !math.IsNaN(s) || !math.IsNaN(a.Second(math.NaN())) {
			t.Errorf("%v hides a NaN: %v, %v", a, v, s)
		}
		for _, x := range []float64{-math.MaxFloat64, -1e5, -800, -709, 709, 800, 1e5, math.MaxFloat64, 5e-324, -5e-324} {
			if v, s := a.At(x); math.IsNaN(v) || math.IsInf(v, 0) || math.IsNaN(s) || math.IsInf(s, 0) {
				t.Errorf("%v(%v): %v, %v", a, x, v, s)
			}
			if c := a.Second(x); math.IsNaN(c) || math.IsInf(c, 0) {
				t.Errorf("%v''(%v): %v", a, x, c)
			}
		}
		if l, ok := limits[a]; ok {
			v0, s0 := a.At(-inf)
			v1, s1 := a.At(inf)
			if got := [4]float64{v0, s0, v1, s1}; got != l {
				t.Errorf("%v at -inf and inf: %v, want %v", a, got, l)
			}
			if c0, c1 := a.Second(-inf), a.Second(inf); c0 != 0 || c1 != 0 {
				t.Errorf("%v'' at -inf and inf: %v, %v", a, c0, c1)
			}
		}
	}
}

// The loops over a layer must be the scalar functions, bit for bit, in place too.
func TestApplyIsAt(t *testing.T) {
	for _, a := range allActivations {
		z := []float64{-30, -1.5, -0.2, 0, 0.4, 2, 50, -1e5, math.Inf(1), 1e-300, 400}
		value, slope, second := make([]float64, len(z)), make([]float64, len(z)), make([]float64, len(z))
		a.apply(value, slope, z)
		a.applySecond(second, make([]float64, len(z)), z)
		for i, x := range z {
			same := func(a, b float64) bool { return a == b || a != a && b != b }
			if v, s := a.At(x); !same(v, value[i]) || !same(s, slope[i]) {
				t.Errorf("%v: apply gives %v, %v at %v, At %v, %v", a, value[i], slope[i], x, v, s)
			}
			if c := a.Second(x); !same(c, second[i]) {
				t.Errorf("%v: applySecond gives %v at %v, Second %v", a, second[i], x, c)
			}
		}
	}
}

func TestActivationNames(t *testing.T) {
	for _, a := range allActivations {
		if b, err := ParseActivation(a.String()); err != nil || b != a {
			t.Errorf("%v is read as %v, %v", a, b, err)
		}
	}
	if _, err := ParseActivation("tahn"); err == nil {
		t.Error("tahn is read as an activation")
	}
}
