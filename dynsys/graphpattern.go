package dynsys

import (
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
// for a dense row-major matrix, and the index of each entry in the values.
func storage(n int, entries []expr.Entry) (*integrate.Pattern, []int) {
	place := make([]int, len(entries))
	if n < minSparse || len(entries)*maxFill > n*n {
		for i, e := range entries {
			place[i] = e.Row*n + e.Col
		}
		return nil, place
	}
	rows, cols := make([]int, len(entries)), make([]int, len(entries))
	for i, e := range entries {
		rows[i], cols[i] = e.Row, e.Col
	}
	pattern := linalg.Entries(n, rows, cols)
	for i, e := range entries {
		place[i] = pattern.At(e.Row, e.Col)
	}
	return pattern, place
}
