package space

import (
	"gonum.org/v1/gonum/mat"
)

// Dense is the space of gonum's *mat.Dense: matrices of one shape, such as the
// unknown of a matrix equation Y' = A Y - Y B. A state may be a view into a larger
// matrix, whose other entries are never touched. Coordinates are row by row.
type Dense struct{}

var (
	_ Space[*mat.Dense]        = Dense{}
	_ InnerProduct[*mat.Dense] = Dense{}
	_ Coordinates[*mat.Dense]  = Dense{}
)

// New returns a zero matrix of the shape of like, with storage of its own.
func (Dense) New(like *mat.Dense) *mat.Dense {
	if like.IsEmpty() {
		return &mat.Dense{}
	}
	r, c := like.Dims()
	return mat.NewDense(r, c, nil)
}

// Copy sets dst to src. It panics if their shapes differ.
func (Dense) Copy(dst, src *mat.Dense) {
	checkShape(dst, src)
	for i := range dst.RawMatrix().Rows {
		copy(dst.RawRowView(i), src.RawRowView(i))
	}
}

// AddScaled sets dst = x + sum_i c[i]*k[i]. It panics if shapes differ.
func (Dense) AddScaled(dst, x *mat.Dense, c []float64, k []*mat.Dense) {
	checkShape(dst, x)
	for _, kj := range k {
		checkShape(dst, kj)
	}
	for i := range dst.RawMatrix().Rows {
		to, from := dst.RawRowView(i), x.RawRowView(i)
		copy(to, from)
		for j, kj := range k {
			addRow(to, c[j], kj.RawRowView(i))
		}
	}
}

// addRow sets dst += c*x.
func addRow(dst []float64, c float64, x []float64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += c * x[i]
	}
}

// Norm returns the weighted root mean square over all entries.
func (Dense) Norm(e, y0, y1 *mat.Dense, tol Tolerance) float64 {
	checkShape(e, y0)
	checkShape(e, y1)
	rows, cols := e.Dims()
	checkTols(rows*cols, tol)
	var sum float64
	for i := range rows {
		a, b := y0.RawRowView(i), y1.RawRowView(i)
		for j, v := range e.RawRowView(i) {
			sum += square(weigh(v, a[j], b[j], tol, i*cols+j))
		}
	}
	return rootMean(sum, rows*cols)
}

// Dot returns the sum of the products of all entries, the trace of a^T b.
func (Dense) Dot(a, b *mat.Dense) float64 {
	checkShape(a, b)
	var sum float64
	for i := range a.RawMatrix().Rows {
		row := b.RawRowView(i)
		for j, v := range a.RawRowView(i) {
			sum += v * row[j]
		}
	}
	return sum
}

// Dim returns the number of entries.
func (Dense) Dim(like *mat.Dense) int {
	r, c := like.Dims()
	return r * c
}

// Flatten writes the entries row by row.
func (Dense) Flatten(dst []float64, s *mat.Dense) {
	rows, cols := s.Dims()
	checkLen(len(dst), rows*cols)
	for i := range rows {
		copy(dst[i*cols:], s.RawRowView(i))
	}
}

// Unflatten is the inverse of Flatten.
func (Dense) Unflatten(s *mat.Dense, src []float64) {
	rows, cols := s.Dims()
	checkLen(len(src), rows*cols)
	for i := range rows {
		copy(s.RawRowView(i), src[i*cols:])
	}
}

func checkShape(a, b *mat.Dense) {
	r, c := a.Dims()
	if i, j := b.Dims(); i != r || j != c {
		panic("space: matrices of different shape")
	}
}
