package dataset

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// missing reports whether a cell holds no value: empty, NA, NaN in any case, or a
// lone point.
func missing(cell []byte) bool {
	switch len(cell) {
	case 0:
		return true
	case 1:
		return cell[0] == '.'
	case 2:
		return cell[0] == 'N' && cell[1] == 'A'
	case 3:
		return cell[0]|0x20 == 'n' && cell[1]|0x20 == 'a' && cell[2]|0x20 == 'n'
	}
	return false
}

// trouble is what can be wrong with the text of a number.
type trouble uint8

const (
	fine        trouble = iota
	notNumber           // anything else
	overflow            // larger than any float64
	commaMark           // a decimal comma where commas separate
	mixedMarks          // decimal commas and decimal points in one file
	infiniteNum         // inf with or without a sign
)

// parseNumber reads a decimal number, and reports its decimal mark (',', '.' or 0
// where it has none). It takes what strconv does, but no hexadecimal, no
// underscores, no inf and no nan.
func parseNumber(cell []byte) (v float64, mark byte, bad trouble) {
	i := 0
	digits := func() bool {
		from := i
		for i < len(cell) && '0' <= cell[i] && cell[i] <= '9' {
			i++
		}
		return i > from
	}
	sign := func() {
		if i < len(cell) && (cell[i] == '+' || cell[i] == '-') {
			i++
		}
	}
	sign()
	if infinite(cell[i:]) {
		return math.Inf(1), 0, infiniteNum
	}
	some := digits()
	at := -1
	if i < len(cell) && (cell[i] == '.' || cell[i] == ',') {
		at, mark = i, cell[i]
		i++
		some = digits() || some
	}
	if !some {
		return 0, 0, notNumber
	}
	if i < len(cell) && cell[i]|0x20 == 'e' {
		i++
		sign()
		if !digits() {
			return 0, 0, notNumber
		}
	}
	if i != len(cell) {
		return 0, 0, notNumber
	}
	if mark == ',' {
		var short [32]byte
		dotted := append(short[:0], cell...)
		dotted[at] = '.'
		cell = dotted
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	if err != nil { // the syntax is right, so the size is not
		return 0, mark, overflow
	}
	return v, mark, fine
}

// infinite reports whether a cell, after its sign, is inf or infinity in any case.
func infinite(cell []byte) bool {
	return (len(cell) == 3 || len(cell) == 8) &&
		(bytes.EqualFold(cell, []byte("inf")) || bytes.EqualFold(cell, []byte("infinity")))
}

// explain says what is wrong with a cell that should be a number, and what to do.
func explain(text string, bad trouble) (msg, hint string) {
	switch bad {
	case overflow:
		return quote(text) + " is too large for a number", "the largest is about 1.8e308"
	case infiniteNum:
		return quote(text) + " is no value", "only a time may be inf"
	case commaMark:
		return quote(text) + " is not a number where commas separate the cells",
			"write a decimal point, or separate the cells by semicolons or tabs"
	}
	msg = quote(text) + " is not a number"
	trimmed := strings.TrimLeft(text, "<>= ≤≥")
	switch strings.ToLower(text) {
	case "na", "n/a", "#n/a", "n.a.", "null", "none", "nil", "nd", "n.d.", "missing", "-", "--", "?", "*":
		return msg, "for a missing value leave the cell empty or write NA"
	}
	switch {
	case trimmed != text && (text[0] == '<' || text[0] == '>') && !strings.HasPrefix(text[1:], "="):
		return msg, "after < or > stands the limit, as in <0.05"
	case trimmed != text:
		return msg, "a value below a limit is written <0.05, one above it >9"
	case strings.Contains(text, "#"):
		return msg, "a comment stands on a line of its own"
	case strings.ContainsAny(text, "0123456789") && strings.ContainsAny(text, ", '"):
		return msg, "write numbers without marks between thousands, like 12345.6"
	}
	return msg, "write a number like 0.5 or 1e-3, or leave the cell empty where it is missing"
}
