package sensitivity

import "github.com/odefit/odefit/integrate/space"

// terms gathers the terms c_i x_i of one sum. Its memory is used again.
type terms[S any] struct {
	sp space.Space[S]
	c  []float64
	x  []S
}

func (s *terms[S]) begin() { s.c, s.x = s.c[:0], s.x[:0] }

func (s *terms[S]) plus(c float64, x S) { s.c, s.x = append(s.c, c), append(s.x, x) }

// sum sets dst = x + sum_i c_i x_i. dst may be x and none of the x_i.
func (s *terms[S]) sum(dst, x S) { s.sp.AddScaled(dst, x, s.c, s.x) }

// add sets dst = dst + c x, where x is not dst.
func (s *terms[S]) add(dst S, c float64, x S) {
	s.begin()
	s.plus(c, x)
	s.sum(dst, dst)
}
