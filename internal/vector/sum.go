package vector

// Terms is a sum a_0 k_0 + a_1 k_1 + ... of rows of n numbers that lie in one slice, each
// beginning at a multiple of Padded(n).
type Terms struct {
	n, reach int
	a        []float64
	at       []int // where k_j begins
}

// MakeTerms returns, for each list of weights a, the sum of the rows k_j of n numbers, without
// the terms whose weight is zero. It allocates three times, whatever their number.
func MakeTerms(n int, weights ...[]float64) []Terms {
	count := 0
	for _, a := range weights {
		count += len(a)
	}
	terms, values, places := make([]Terms, len(weights)), make([]float64, count), make([]int, count)
	for i, a := range weights {
		t := &terms[i]
		t.n, t.a, t.at = n, values[:0:len(a)], places[:0:len(a)]
		values, places = values[len(a):], places[len(a):]
		for j, aj := range a {
			if aj != 0 {
				t.a, t.at = append(t.a, aj), append(t.at, j*Padded(n))
				t.reach = (j + 1) * Padded(n)
			}
		}
	}
	return terms
}

// Add sets dst = x + h (a_0 k_0 + a_1 k_1 + ...). The sum is formed as that of the terms of
// even place (those that are not zero counted from 0) plus that of the others. dst may be
// x, and may not overlap k; both have n numbers. What is in the padding of k means nothing.
// It allocates nothing.
func (t *Terms) Add(dst, x []float64, h float64, k []float64) {
	if len(dst) != t.n || len(x) != t.n || len(k) < t.reach {
		panic("vector: slices of wrong length") // the kernel does not check
	}
	if t.n > 0 {
		addTerms(dst, x, h, t.a, t.at, k)
	}
}

// Padded returns n rounded up to a multiple of four.
func Padded(n int) int { return (n + 3) &^ 3 }

// addTermsPlain is Terms.Add without the checks.
func addTermsPlain(dst, x []float64, h float64, a []float64, at []int, k []float64) {
	for i := range dst {
		var even, odd float64
		j := 0
		for ; j+2 <= len(a); j += 2 {
			even += float64(a[j] * k[at[j]+i])
			odd += float64(a[j+1] * k[at[j+1]+i])
		}
		if j < len(a) {
			even += float64(a[j] * k[at[j]+i])
		}
		dst[i] = x[i] + float64(h*(even+odd))
	}
}
