package dataset

import "strings"

// nearest returns the one of names that name was most likely meant to be, or "":
// one that differs in case only, or else the one with the fewest changed letters,
// at most a third of its length and at most three.
func nearest(name string, names []string) string {
	for _, n := range names {
		if n != "" && strings.EqualFold(n, name) {
			return n
		}
	}
	best, least := "", 4
	for _, n := range names {
		if max(len(n), len(name)) > 100 { // no name; and the distance costs the product of both
			continue
		}
		most := min(3, max(len(n), len(name))/3)
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d <= most && d < least {
			best, least = n, d
		}
	}
	return best
}

// didYouMean returns a hint that names the nearest of names, or "".
func didYouMean(name string, names []string) string {
	if n := nearest(name, names); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

// distance is the Levenshtein distance: the fewest insertions, deletions and
// substitutions of characters that make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range x {
		diagonal := row[0] // distance of x[:i] and y[:j]
		row[0] = i + 1
		for j, d := range y {
			above := row[j+1]
			cost := 1
			if c == d {
				cost = 0
			}
			row[j+1] = min(above+1, row[j]+1, diagonal+cost)
			diagonal = above
		}
	}
	return row[len(y)]
}
