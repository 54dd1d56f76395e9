package vector

import "unsafe"

// blockPlain adds to a block of 4 x 8 numbers at c, whose rows are stride apart, the product
// of 4 x k numbers at a and k x 8 at b.
func blockPlain(c *float64, stride int, a *float64, row, col int, b *float64, k int) {
	panel := unsafe.Slice(b, blockCols*k)
	for i := range blockRows {
		out := unsafe.Slice(at(c, i*stride), blockCols)
		for l := range k {
			v := *at(a, i*row+l*col)
			for j, w := range panel[l*blockCols : (l+1)*blockCols] {
				out[j] += float64(v * w)
			}
		}
	}
}

// at is the address of the number i after p.
func at(p *float64, i int) *float64 {
	return (*float64)(unsafe.Add(unsafe.Pointer(p), i*int(unsafe.Sizeof(*p))))
}
