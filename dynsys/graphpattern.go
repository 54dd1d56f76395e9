package dynsys

import (
	"cmp"
	"slices"

	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/linalg"
)

// A Jacobian is stored by its pattern from minSparse states on, where at most one entry
// in maxFill can differ from zero. Below, dense matrices are as fast.
const (
	minSparse = 40
	maxFill   = 4
)

// storage returns how the Jacobian with the given entries is stored: its pattern, nil
// for a dense row-major matrix. It puts the entries into the order of storage.
func storage(n int, entries []expr.Entry) *integrate.Pattern {
	if n < minSparse || len(entries)*maxFill > n*n {
		return nil // as they are, row by row
	}
	rows, cols := make([]int, len(entries)), make([]int, len(entries))
	for i, e := range entries {
		rows[i], cols[i] = e.Row, e.Col
	}
	slices.SortFunc(entries, func(x, y expr.Entry) int {
		return cmp.Or(cmp.Compare(x.Col, y.Col), cmp.Compare(x.Row, y.Row))
	})
	return linalg.Entries(n, rows, cols)
}
