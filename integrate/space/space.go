package space

// Tolerance is the accuracy asked of a state: component i of an error e may
// be as large as Abs_i + Rel*max(|y0_i|, |y1_i|).
type Tolerance struct {
	Rel float64
	Abs float64
	// AbsTols, when not nil, replaces Abs component by component, in the order
	// of [Coordinates].
	AbsTols []float64
}

// Space says how values of S form a real vector space. It is all that an
// explicit method needs to know of a state type.
//
// A state must be changeable in place: a slice, a pointer, a gonum matrix, or
// a struct of such. Every method takes its destination first, and two states
// given to one call have the same shape.
type Space[S any] interface {
	// New returns a zero state of the shape of like, sharing no memory with it.
	New(like S) S

	// Copy sets dst to src.
	Copy(dst, src S)

	// AddScaled sets dst = x + sum_i c[i]*k[i]. dst may be x; it must not be
	// one of the k. len(c) == len(k), and both may be empty. The sum runs in
	// the order of i, so that equal calls give equal bits.
	AddScaled(dst, x S, c []float64, k []S)

	// Norm returns the weighted size of e,
	//
	//	sqrt(mean_i (e_i / (Abs_i + Rel*max(|y0_i|, |y1_i|)))^2),
	//
	// or, for a state made of blocks, the largest such norm of its blocks. The
	// tolerance is met where it is at most 1. A NaN in e, y0 or y1 gives NaN, an
	// infinity a result that is not finite. 0/0 counts as 0.
	Norm(e, y0, y1 S, tol Tolerance) float64
}

// InnerProduct is the extra that adjoint methods need.
type InnerProduct[S any] interface {
	// Dot returns sum_i a_i*b_i; for complex states the real part of
	// sum_i conj(a_i)*b_i, which is the inner product of the 2n real coordinates.
	Dot(a, b S) float64
}

// Coordinates is the extra that implicit methods, differences and per-component
// tolerances need: a state as Dim real numbers in a fixed order. Complex numbers
// count as two, real part first.
type Coordinates[S any] interface {
	Dim(like S) int
	Flatten(dst []float64, s S)
	Unflatten(s S, src []float64)
}
