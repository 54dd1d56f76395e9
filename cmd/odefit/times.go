package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// mostTimes bounds the times of a simulation, so that a slip of the finger in the
// step does not fill the disk.
const mostTimes = 10_000_000

// parseTimes reads a list of times: numbers and grids START:STEP:STOP, separated by
// commas. The result is sorted, every time once. A grid holds its STOP where a step
// ends there.
func parseTimes(text string) ([]float64, error) {
	const form = "write START:STEP:STOP, as in --times 0:0.1:10, or a list, as in --times 0,1,5"
	var times []float64
	for part := range strings.SplitSeq(text, ",") {
		var v []float64
		for field := range strings.SplitSeq(part, ":") {
			x, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, usage("--times %s: %q is no number", text, strings.TrimSpace(field)).hint(form)
			}
			v = append(v, x)
		}
		switch len(v) {
		case 1:
			times = append(times, v[0])
		case 3:
			start, step, stop := v[0], v[1], v[2]
			if !(step > 0) || stop < start {
				return nil, usage("--times %s: a grid needs a step above 0 and STOP not before START", text).hint(form)
			}
			n := math.Floor((stop-start)/step + 1e-9)
			if n+float64(len(times)) > mostTimes {
				return nil, usage("--times %s: more than %d times", text, mostTimes).hint("take a larger step")
			}
			for i := range int(n) + 1 {
				times = append(times, min(stop, decimal(start+float64(i)*step)))
			}
		default:
			return nil, usage("--times %s: %q is neither a number nor START:STEP:STOP", text, part).hint(form)
		}
	}
	slices.Sort(times)
	return slices.Compact(times), nil
}

// decimal rounds v to 15 digits: the third step of 0.1 is 0.3, and not
// 0.30000000000000004.
func decimal(v float64) float64 {
	d, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		return v
	}
	return d
}

// evenly returns n times from start to stop.
func evenly(start, stop float64, n int) []float64 {
	times := make([]float64, n)
	for i := range times {
		f := float64(i) / float64(n-1)
		times[i] = (1-f)*start + f*stop
	}
	times[n-1] = stop
	return times
}
