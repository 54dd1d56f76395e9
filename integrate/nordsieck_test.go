package integrate

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate/space"
)

// A history of a few numbers is predicted and moved as one of many, bit for bit: results
// are the same for a state of any type.
func TestFewNumbersMoveAsMany(t *testing.T) {
	y, delta := []float64{1, -2, 3}, []float64{0.5, 0.25, -1}
	l := []float64{1, 2, 0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005}
	for q := 1; q <= adamsMaxOrder; q++ {
		var got [2][][]float64
		for way := range got {
			p := newHistory[[]float64](space.Floats{}, y, adamsMaxOrder)
			if !p.short {
				t.Fatal("three numbers are not few")
			}
			p.short = way == 0
			p.q = q
			for j := 1; j <= q; j++ {
				for i := range y {
					p.z[j][i] = math.Sin(float64(3*j+i)) / float64(j)
				}
			}
			state, slope := make([]float64, 3), make([]float64, 3)
			p.predict(state, slope, y, 1.3)
			p.advance(1.3, l, delta)
			got[way] = append([][]float64{state, slope}, p.next[1:q+1]...)
		}
		for j, few := range got[0] {
			for i, v := range few {
				if want := got[1][j][i]; v != want {
					t.Errorf("order %d, vector %d: entry %d is %v, want %v", q, j, i, v, want)
				}
			}
		}
	}
}
