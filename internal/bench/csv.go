package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

var header = []string{"peer", "problem", "method", "rtol", "atol", "nfev", "njev", "steps", "best_us", "median_us", "err"}

func (r *row) String() string {
	return fmt.Sprintf("%s,%s,%s,%.0e,%.0e,%d,%d,%d,%.2f,%.2f,%.2e",
		r.peer, r.problem, r.method, r.rtol, r.atol, r.nfev, r.njev, r.steps, r.best, r.median, r.err)
}

// readRows reads what String writes, with or without the line of names.
func readRows(from io.Reader) ([]row, error) {
	in := csv.NewReader(from)
	in.FieldsPerRecord = len(header)
	records, err := in.ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, f := range records {
		if f[0] == header[0] {
			continue
		}
		r := row{peer: f[0], problem: f[1], method: f[2]}
		for i, to := range map[int]*float64{3: &r.rtol, 4: &r.atol, 8: &r.best, 9: &r.median, 10: &r.err} {
			if *to, err = strconv.ParseFloat(f[i], 64); err != nil {
				return nil, fmt.Errorf("bench: column %s: %w", header[i], err)
			}
		}
		for i, to := range map[int]*int{5: &r.nfev, 6: &r.njev, 7: &r.steps} {
			if *to, err = strconv.Atoi(f[i]); err != nil {
				return nil, fmt.Errorf("bench: column %s: %w", header[i], err)
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}
