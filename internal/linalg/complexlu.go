package linalg

// ComplexLU is [LU] for complex matrices.
type ComplexLU struct {
	n     int
	a     []complex128
	pivot []int
}

// Factor factors the n x n matrix a, which it overwrites and keeps.
func (f *ComplexLU) Factor(a []complex128, n int) error {
	if len(a) != n*n {
		panic("linalg: Factor needs n*n entries")
	}
	f.n, f.a = n, a
	if cap(f.pivot) < n {
		f.pivot = make([]int, n)
	}
	f.pivot = f.pivot[:n]
	if !Finite(a) {
		return ErrSingular
	}
	for k := range n {
		p, most := k, magnitude(a[k*n+k])
		for i := k + 1; i < n; i++ {
			if v := magnitude(a[i*n+k]); v > most {
				p, most = i, v
			}
		}
		f.pivot[k] = p
		d := a[p*n+k]
		if !usable(magnitude(d)) {
			return ErrSingular
		}
		if p != k {
			for j := range n {
				a[k*n+j], a[p*n+j] = a[p*n+j], a[k*n+j]
			}
		}
		inv := 1 / d
		row := a[k*n+k+1 : (k+1)*n]
		for i := k + 1; i < n; i++ {
			l := a[i*n+k] * inv
			a[i*n+k] = l
			if l == 0 {
				continue
			}
			dst := a[i*n+k+1 : (i+1)*n]
			for j, v := range row {
				dst[j] -= l * v
			}
		}
	}
	return nil
}

// Solve overwrites b with the solution of A x = b.
func (f *ComplexLU) Solve(b []complex128) {
	n, a := f.n, f.a
	if len(b) != n {
		panic("linalg: Solve needs n entries")
	}
	for k, p := range f.pivot {
		b[k], b[p] = b[p], b[k]
	}
	for i := 1; i < n; i++ {
		sum := b[i]
		for j, l := range a[i*n : i*n+i] {
			sum -= l * b[j]
		}
		b[i] = sum
	}
	for i := n - 1; i >= 0; i-- {
		sum := b[i]
		for j := i + 1; j < n; j++ {
			sum -= a[i*n+j] * b[j]
		}
		b[i] = sum / a[i*n+i]
	}
}

// SolveTransposed overwrites b with the solution of A^T x = b (not conjugated).
func (f *ComplexLU) SolveTransposed(b []complex128) {
	n, a := f.n, f.a
	if len(b) != n {
		panic("linalg: SolveTransposed needs n entries")
	}
	for i := range n {
		b[i] /= a[i*n+i]
		subtract(b[i+1:], b[i], a[i*n+i+1:(i+1)*n])
	}
	for i := n - 1; i > 0; i-- {
		subtract(b[:i], b[i], a[i*n:i*n+i])
	}
	for k := n - 1; k >= 0; k-- {
		p := f.pivot[k]
		b[k], b[p] = b[p], b[k]
	}
}
