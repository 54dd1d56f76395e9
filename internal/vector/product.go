package vector

// Matrix is a view of rows x columns numbers: entry (i, j) is Data[i*Row + j*Col], so
// that a transpose is a view too.
type Matrix struct {
	Data     []float64
	Row, Col int
}

// Shape of the block of C that the kernel keeps in registers.
const (
	blockRows = 4
	blockCols = 8
)

// WorkFor returns the length that the scratch of [AddProduct] needs for k.
func WorkFor(k int) int { return blockCols * k }

// AddProduct sets C = C + A B, C being rows x cols and row-major, A rows x k and B k x cols.
// C may overlap neither A nor B. Each entry of C is c + a_0 b_0 + a_1 b_1 + ... added in
// that order, whatever the sizes and the processor. It allocates nothing; work is
// scratch of at least WorkFor(k) numbers.
//
// B is copied panel by panel of 8 columns, which takes about as long as the product
// with a dozen rows: AddProduct is for more rows than that.
func AddProduct(c []float64, rows, cols int, a, b Matrix, k int, work []float64) {
	if rows == 0 || cols == 0 || k == 0 {
		return
	}
	_, _ = c[rows*cols-1], a.Data[(rows-1)*a.Row+(k-1)*a.Col] // the kernel does not check
	panel := work[:WorkFor(k)]
	for j := 0; j < cols; j += blockCols {
		width := min(blockCols, cols-j)
		b.pack(panel, j, width)
		i := 0
		if width == blockCols {
			for ; i+blockRows <= rows; i += blockRows {
				block(&c[i*cols+j], cols, &a.Data[i*a.Row], a.Row, a.Col, &panel[0], k)
			}
		}
		for i < rows {
			i += edge(c[i*cols+j:], cols, width, a, i, min(blockRows, rows-i), panel, k)
		}
	}
}

// pack copies width columns from column j on, and zeros for what is missing to a block.
func (b Matrix) pack(panel []float64, j, width int) {
	if width < blockCols {
		clear(panel)
	}
	for l := 0; len(panel) > 0; l++ {
		from := b.Data[l*b.Row+j*b.Col:]
		if b.Col == 1 {
			copy(panel[:blockCols], from[:width])
		} else {
			for i := range width {
				panel[i] = from[i*b.Col]
			}
		}
		panel = panel[blockCols:]
	}
}

// edge does a block that is not full, in a full one beside, and returns its rows. Where
// rows are missing it does one row only, four times the same.
func edge(c []float64, stride, width int, a Matrix, i, rows int, panel []float64, k int) int {
	var full [blockRows * blockCols]float64
	step := a.Row
	if rows < blockRows {
		rows, step = 1, 0
	}
	for r := range rows {
		copy(full[r*blockCols:], c[r*stride:r*stride+width])
	}
	block(&full[0], blockCols, &a.Data[i*a.Row], step, a.Col, &panel[0], k)
	for r := range rows {
		copy(c[r*stride:r*stride+width], full[r*blockCols:])
	}
	return rows
}
