package integrate

import "fmt"

// RadauTransposed solves the transposed linear systems of the stages k_i of a step of
// [RadauIIA5],
//
//	M^T r_i - h sum_j a_ji f_y^T r_j = w_i,   i, j = 1, 2, 3,
//
// with one f_y, by which they part as the step itself does: with
// T^-1 A^-1 T = D as in the step,
//
//	(I M - h A f_y)^-T = T^-T D^T (D^T M^T - h I f_y^T)^-1 T^T.
type RadauTransposed[S any] struct {
	p     *Problem[S]
	of    Newton[S]
	a     [3]S
	other S
	zero  S
	c     []float64
	x     []S
}

// NewRadauTransposed returns the solver of a problem whose Space is set.
func NewRadauTransposed[S any](p *Problem[S], stats *Stats) (*RadauTransposed[S], error) {
	of, err := NewNewton(p, stats)
	if err != nil {
		return nil, err
	}
	r := &RadauTransposed[S]{p: p, of: of, other: p.Space.New(p.Y0), zero: p.Space.New(p.Y0)}
	for i := range r.a {
		r.a[i] = p.Space.New(p.Y0)
	}
	return r, nil
}

// Setup makes the matrices of a step of size h with the Jacobian at (t, y).
func (r *RadauTransposed[S]) Setup(h, t float64, y S) error {
	if err := r.of.Linearize(t, y); err != nil {
		return err
	}
	if err := r.of.Factor(h * radauU); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	if err := r.of.FactorComplex(0, complex(h, 0)*radauPair); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	return nil
}

// Solve overwrites w_i with r_i.
func (r *RadauTransposed[S]) Solve(w []S) error {
	for l := range r.a {
		r.sum(r.a[l], [3]float64{radauT[0][l], radauT[1][l], radauT[2][l]}, w)
	}
	if err := r.of.SolveTransposed(r.a[0]); err != nil {
		return err
	}
	// With a_1 + i a_2 conjugated, as the pair of D^T is.
	r.conjugate()
	if err := r.of.SolveComplexTransposed(0, r.a[1], r.a[2]); err != nil {
		return err
	}
	r.conjugate()
	for i := range w {
		r.sum(w[i], [3]float64{radauTI[0][i], radauTI[1][i], radauTI[2][i]}, r.a[:])
	}
	return nil
}

// conjugate changes the sign of a_2.
func (r *RadauTransposed[S]) conjugate() {
	r.c, r.x = append(r.c[:0], -1), append(r.x[:0], r.a[2])
	r.p.Space.AddScaled(r.other, r.zero, r.c, r.x)
	r.a[2], r.other = r.other, r.a[2]
}

// sum sets dst = sum_i c_i x_i.
func (r *RadauTransposed[S]) sum(dst S, c [3]float64, x []S) {
	r.c, r.x = append(r.c[:0], c[:]...), append(r.x[:0], x...)
	r.p.Space.AddScaled(dst, r.zero, r.c, r.x)
}
