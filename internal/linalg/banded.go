package linalg

// BandedLU is the factorisation P A = L U of a banded matrix by Gaussian elimination
// with partial pivoting, which widens the upper band by the lower one. With kl
// diagonals below and ku above the main one it takes about n kl (kl+ku) operations and
// n (3 kl+ku+1) numbers. The zero value is ready for Reset.
//
// Rows are contiguous: entry (i, j) of U lies at a[i*width+kl+j-i], and the kl
// multipliers of column k at low[k*kl:].
//
// Source: Golub, Van Loan, Matrix Computations, section 4.3.
type BandedLU[T Number] struct {
	n, kl, ku, width int
	a                []T // row i holds columns i-kl ... i+ku+kl
	low              []T
	inv              []T // reciprocals of the diagonal of U
	pivot            []int
}

// Reset makes room for an n x n matrix with kl diagonals below and ku above the main
// one, all zero. It allocates only where the room grows.
func (f *BandedLU[T]) Reset(n, kl, ku int) {
	kl, ku = max(0, min(kl, n-1)), max(0, min(ku, n-1))
	f.n, f.kl, f.ku, f.width = n, kl, ku, 2*kl+ku+1
	f.a = resized(f.a, n*f.width)
	f.low = resized(f.low, n*kl)
	f.inv = resized(f.inv, n)
	f.pivot = resized(f.pivot, n)
	clear(f.a)
}

// Add adds v to entry (i, j), which lies in the band, before Factor.
func (f *BandedLU[T]) Add(i, j int, v T) { f.a[i*f.width+f.kl+j-i] += v }

// at returns where entry (i, j) lies in a.
func (f *BandedLU[T]) at(i, j int) int { return i*f.width + f.kl + j - i }

// Factor factors what Add made since Reset.
func (f *BandedLU[T]) Factor() error {
	n, kl, w := f.n, f.kl, f.width
	span := kl + f.ku
	if !Finite(f.a) {
		return ErrSingular
	}
	for k := range n {
		head := k*w + kl
		last := min(n-1, k+kl)
		p, size := k, magnitude(f.a[head])
		for i, at := k+1, head+w-1; i <= last; i, at = i+1, at+w-1 {
			if v := magnitude(f.a[at]); v > size {
				p, size = i, v
			}
		}
		f.pivot[k] = p
		if !usable(size) {
			return ErrSingular
		}
		row := f.a[head : head+span+1]
		if p != k {
			other := f.a[head+(p-k)*(w-1):][:len(row)]
			for j, v := range row {
				row[j], other[j] = other[j], v
			}
		}
		inv := 1 / row[0]
		f.inv[k] = inv
		low := f.low[k*kl : k*kl+kl]
		clear(low)
		at := head + w - 1
		for i := range last - k {
			dst := f.a[at:][:len(row)]
			at += w - 1
			if l := dst[0] * inv; l != 0 {
				low[i] = l
				for j, v := range row[1:] {
					dst[1+j] -= l * v
				}
			}
		}
	}
	return nil
}

// Solve overwrites b with the solution of A x = b.
func (f *BandedLU[T]) Solve(b []T) {
	n, kl, w := f.n, f.kl, f.width
	if len(b) != n {
		panic("linalg: Solve needs n entries")
	}
	for k := range n {
		if p := f.pivot[k]; p != k {
			b[k], b[p] = b[p], b[k]
		}
		rest := b[k+1 : min(n, k+kl+1)]
		subtract(rest, b[k], f.low[k*kl:][:len(rest)])
	}
	for i := n - 1; i >= 0; i-- {
		rest := b[i+1 : min(n, i+kl+f.ku+1)]
		sum := b[i]
		for j, u := range f.a[i*w+kl+1:][:len(rest)] {
			sum -= u * rest[j]
		}
		b[i] = sum * f.inv[i]
	}
}

// SolveTransposed overwrites b with the solution of A^T x = b.
func (f *BandedLU[T]) SolveTransposed(b []T) {
	n, kl, w := f.n, f.kl, f.width
	if len(b) != n {
		panic("linalg: SolveTransposed needs n entries")
	}
	for i := range n {
		b[i] *= f.inv[i]
		rest := b[i+1 : min(n, i+kl+f.ku+1)]
		subtract(rest, b[i], f.a[i*w+kl+1:][:len(rest)])
	}
	for k := n - 1; k >= 0; k-- {
		rest := b[k+1 : min(n, k+kl+1)]
		sum := b[k]
		for i, l := range f.low[k*kl:][:len(rest)] {
			sum -= l * rest[i]
		}
		b[k] = sum
		if p := f.pivot[k]; p != k {
			b[k], b[p] = b[p], b[k]
		}
	}
}

// subtract takes c*x from dst, which is as long.
func subtract[T Number](dst []T, c T, x []T) {
	_ = dst[:len(x)]
	for i, v := range x {
		dst[i] -= c * v
	}
}

// resized returns a slice of length n over a where it has the room.
func resized[E any](a []E, n int) []E {
	if cap(a) < n {
		return make([]E, n)
	}
	return a[:n]
}
