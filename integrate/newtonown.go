package integrate

import "github.com/odefit/odefit/internal/linalg"

// ownSolver factors with solvers that the user brings. These are real; a complex
// system of size n goes to a solver of its own as the real one of size 2n, the parts
// of a component side by side, so that a band stays one:
//
//	( Re A  -Im A ) ( x )
//	( Im A   Re A ) ( y ).
type ownSolver struct {
	make      func() LinearSolver
	pencil    *linalg.Pencil
	pattern   *Pattern
	re        LinearSolver
	w         Matrix
	fill      func(dst []float64, g float64) // M - g J
	imaginary func(dst []float64, g float64) // -g J
	cx        []LinearSolver
	doubled   Matrix
	part      []float64
	b         []float64
}

func newOwnSolver(make1 func() LinearSolver, p *linalg.Pencil) *ownSolver {
	pattern := p.Pattern()
	o := &ownSolver{make: make1, pencil: p, pattern: pattern, re: make1(), fill: linalg.Assemble(p, pattern)}
	entries := p.N * p.N
	if pattern != nil {
		entries = pattern.Len()
	}
	o.w = Matrix{Pattern: pattern, Values: make([]float64, entries)}
	return o
}

func (o *ownSolver) factor(g float64) error {
	o.fill(o.w.Values, g)
	if !linalg.Finite(o.w.Values) {
		return linalg.ErrSingular
	}
	return o.re.Setup(&o.w, o.pencil.N)
}

// double makes room for complex systems.
func (o *ownSolver) double() {
	n := o.pencil.N
	none := &Matrix{Pattern: linalg.Entries(n, nil, nil)}
	o.imaginary = linalg.Assemble(&linalg.Pencil{N: n, J: o.pencil.J, M: none}, o.pattern)
	o.part = make([]float64, len(o.w.Values))
	o.doubled.Values = make([]float64, 4*len(o.w.Values))
	o.b = make([]float64, 2*n)
	if o.pattern == nil {
		return
	}
	q := &Pattern{N: 2 * n, Start: []int{0}, Row: make([]int, 0, len(o.doubled.Values))}
	for j := range n {
		for range 2 {
			for _, i := range o.pattern.Row[o.pattern.Start[j]:o.pattern.Start[j+1]] {
				q.Row = append(q.Row, 2*i, 2*i+1)
			}
			q.Start = append(q.Start, len(q.Row))
		}
	}
	o.doubled.Pattern = q
}

func (o *ownSolver) factorComplex(which int, g complex128) error {
	if o.doubled.Values == nil {
		o.double()
	}
	for len(o.cx) <= which {
		o.cx = append(o.cx, o.make())
	}
	o.fill(o.w.Values, real(g))
	o.imaginary(o.part, imag(g))
	if !linalg.Finite(o.w.Values) || !linalg.Finite(o.part) {
		return linalg.ErrSingular
	}
	n := o.pencil.N
	dst := o.doubled.Values
	if o.pattern == nil {
		for i := range n {
			for j := range n {
				re, im := o.w.Values[i*n+j], o.part[i*n+j]
				at := 4*i*n + 2*j
				dst[at], dst[at+1], dst[at+2*n], dst[at+2*n+1] = re, -im, im, re
			}
		}
		return o.cx[which].Setup(&o.doubled, 2*n)
	}
	for j := range n {
		lo, hi := o.pattern.Start[j], o.pattern.Start[j+1]
		for k := lo; k < hi; k++ {
			re, im := o.w.Values[k], o.part[k]
			at := 2*lo + 2*k // columns of 2(hi-lo) entries each
			next := at + 2*(hi-lo)
			dst[at], dst[at+1], dst[next], dst[next+1] = re, im, -im, re
		}
	}
	return o.cx[which].Setup(&o.doubled, 2*n)
}

// solveComplex overwrites re + i im. The transpose of the doubled matrix is the doubled
// conjugate transpose: with both sides conjugated it is the transpose that was asked for.
func (o *ownSolver) solveComplex(which int, re, im []float64, transposed bool) error {
	solve, sign := o.cx[which].Solve, 1.
	if transposed {
		solve, sign = o.cx[which].SolveTransposed, -1
	}
	for i := range re {
		o.b[2*i], o.b[2*i+1] = re[i], sign*im[i]
	}
	if err := solve(o.b); err != nil {
		return err
	}
	for i := range re {
		re[i], im[i] = o.b[2*i], sign*o.b[2*i+1]
	}
	return nil
}
