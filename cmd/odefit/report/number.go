package report

import (
	"math"
	"strconv"
	"strings"
)

// Number writes v for people, with at most five significant digits.
func Number(v float64) string { return number(v, digits) }

// number writes v with so many significant digits, without trailing zeros, as
// 0.00012346, 12.346 or 1.2346e-7; what is not finite becomes "-" (NaN) or inf.
func number(v float64, digits int) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case v == 0:
		return "0"
	}
	exponent := int(math.Floor(math.Log10(math.Abs(v))))
	if exponent < -4 || exponent >= digits+2 {
		return scientific(v, digits-1)
	}
	return trimZeros(strconv.FormatFloat(v, 'f', max(0, digits-1-exponent), 64))
}

// scientific writes v as 1.5e6, with at most so many decimals.
func scientific(v float64, decimals int) string {
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', decimals, 64), "e")
	n, _ := strconv.Atoi(power)
	return trimZeros(mantissa) + "e" + strconv.Itoa(n)
}

// trimZeros removes zeros that end the decimals of s.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// percent writes the ratio v as a percentage of two or three digits.
func percent(v float64) string {
	v *= 100
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case v >= 1e4:
		return "> 10000 %"
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64) + " %"
	}
	return number(v, 2) + " %"
}

// count writes n with its noun: 1 start, 2 starts.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
