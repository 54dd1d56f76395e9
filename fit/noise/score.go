package noise

import "math"

// Score is what one value contributes to the negative log-likelihood, as a function
// of the arguments θ of its distribution.
type Score struct {
	// NLL is the negative log density (or probability).
	NLL float64
	// D is dNLL/dθ.
	D [3]float64

	// Rows is the number of rows of W and R that are set, at most 3.
	Rows int
	// W has the weights of the arguments in each row, and R the pseudo-residuals:
	// W^T R = D, and W^T W is the information about θ.
	W [3][3]float64
	R [3]float64
}

// Information sets dst to W^T W, the information of the value about θ.
func (s *Score) Information(dst *[3][3]float64) {
	*dst = [3][3]float64{}
	for k := range s.Rows {
		for i, wi := range s.W[k] {
			for j, wj := range s.W[k] {
				dst[i][j] += wi * wj
			}
		}
	}
}

// add sets the derivative of argument i, of which the information is independent of
// that of the others, and adds its row. Where the information has underflowed, the
// square of the derivative takes its place.
func (s *Score) add(i int, d, info float64) {
	s.D[i] = d
	w := math.Sqrt(info)
	if w == 0 {
		w = math.Abs(d)
	}
	if w == 0 {
		return
	}
	s.W[s.Rows][i] = w
	s.R[s.Rows] = d / w
	s.Rows++
}

// event sets s for something that happened with probability exp(-nll), where d is the
// derivative of nll and slope and curvature are its first and second derivative along
// one line. See Distribution.ScoreCensored.
func (s *Score) event(nll, slope, curvature float64, d [3]float64) {
	*s = Score{NLL: nll}
	r2 := 2 * nll
	if curvature > 0 {
		r2 = min(r2, slope*slope/curvature)
	}
	if r2 <= 0 { // certain, as far as float64 can tell
		return
	}
	r := math.Sqrt(r2)
	s.D, s.Rows, s.R[0] = d, 1, r
	for i := range d {
		s.W[0][i] = d[i] / r
	}
}

// check returns a RangeError where a number of s is not finite.
func (s *Score) check(name string, value float64, args Args) error {
	sum := s.NLL
	for i := range s.D {
		sum += 0*s.D[i] + 0*s.R[i]
		for _, w := range s.W[i] {
			sum += 0 * w
		}
	}
	if finite(sum) {
		return nil
	}
	return &RangeError{name, value, args}
}
