package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteAligned writes rows of as many cells in aligned columns, two blanks between
// them. The first row is a heading: columns that are empty below it, or hold nothing
// but "-", are left out.
func WriteAligned(w io.Writer, rows [][]string) error {
	wide := make([]int, len(rows[0]))
	for j := range wide {
		if empty(rows[1:], j) {
			continue
		}
		for _, row := range rows {
			wide[j] = max(wide[j], utf8.RuneCountInString(row[j]))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for j, cell := range row {
			if wide[j] > 0 {
				fmt.Fprintf(&b, "%-*s  ", wide[j], cell)
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

func empty(rows [][]string, column int) bool {
	for _, row := range rows {
		if row[column] != "" && row[column] != "-" {
			return false
		}
	}
	return true
}
