package model

import (
	"strings"
	"unicode"
)

// maxCompared bounds the work of finding a similar name.
const maxCompared = 5000

// Nearest returns the candidate most similar to name, or "" where none is similar.
// The similarity is the number of characters to insert, remove, change or swap
// with a neighbour; a change between upper and lower case costs nothing but
// breaks ties, and so does a longer common beginning.
func Nearest(name string, candidates []string) string {
	a := []rune(name)
	best, bestCost := "", 2*max(1, (len(a)+1)/3)+1
	for _, c := range candidates[:min(len(candidates), maxCompared)] {
		if c == name {
			continue
		}
		b := []rune(c)
		if diff := len(a) - len(b); 2*max(diff, -diff) >= bestCost || len(a) > 2*maxName || len(b) > 2*maxName {
			continue
		}
		cost := 2 * editDistance(lower(a), lower(b))
		if cost >= 2*max(len(a), len(b)) {
			continue // nothing in common
		}
		if strings.EqualFold(name, c) || cost > 0 && editDistance(a, b)*2 > cost {
			cost++
		}
		if cost < bestCost || best != "" && cost == bestCost && commonPrefix(a, b) > commonPrefix(a, []rune(best)) {
			best, bestCost = c, cost
		}
	}
	return best
}

// didYouMean returns the hint that names the nearest candidate, or "".
func didYouMean(name string, candidates []string) string {
	if near := Nearest(name, candidates); near != "" {
		return "did you mean " + quote(near) + "?"
	}
	return ""
}

// inBrackets puts a hint that is not empty into brackets behind another.
func inBrackets(hint string) string {
	if hint == "" {
		return ""
	}
	return " (" + hint + ")"
}

func commonPrefix(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func lower(text []rune) []rune {
	l := make([]rune, len(text))
	for i, r := range text {
		l[i] = unicode.ToLower(r)
	}
	return l
}

// editDistance returns the optimal string alignment distance of a and b: the
// Levenshtein distance in which swapping two neighbours counts as one change.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
