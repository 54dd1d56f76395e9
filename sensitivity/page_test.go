package sensitivity

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// page is where the tables stand, each between two markers.
const page = "../docs/sensitivity.md"

func markers(name string) (begin, end string) {
	return "<!-- " + name + ": written by the tests -->\n", "<!-- end of " + name + " -->"
}

// readPage returns what stands between the markers of a name.
func readPage(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := markers(name)
	_, rest, ok := strings.Cut(string(text), begin)
	inside, _, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no markers of %s", page, name)
	}
	return inside
}

// writePage replaces what stands between the markers of a name.
func writePage(t testing.TB, name, inside string) {
	t.Helper()
	old := readPage(t, name)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := markers(name)
	out := strings.Replace(string(text), begin+old+end, begin+inside+end, 1)
	if err := os.WriteFile(page, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// agreementKey names a cell: method, subject, solver.
type agreementKey [3]string

type agreement map[agreementKey]cell

// tables writes a table for each method: a row for each subject, a column for each
// solver, and below what was refused, and why.
func (a agreement) tables(all []subject) string {
	var b strings.Builder
	var reasons []string
	note := func(reason string) string {
		for i, r := range reasons {
			if r == reason {
				return string(rune('a' + i))
			}
		}
		reasons = append(reasons, reason)
		return string(rune('a' + len(reasons) - 1))
	}
	for _, m := range compared() {
		fmt.Fprintf(&b, "\n**%v**\n\n| problem |", m)
		rule, tols := "|---|", "| *relative tolerance* |"
		for _, c := range columns() {
			fmt.Fprintf(&b, " %v |", c.solver)
			rule += "---|"
			tols += " *" + short(c.tols[len(c.tols)-1]) + "* |"
		}
		fmt.Fprintf(&b, "\n%s\n%s\n", rule, tols)
		for i := range all {
			fmt.Fprintf(&b, "| %s |", all[i].name)
			for _, c := range columns() {
				got, asked := a[agreementKey{m.String(), all[i].name, c.solver.String()}]
				switch {
				case !asked:
					b.WriteString(" |")
				case got.refused != "":
					fmt.Fprintf(&b, " (%s) |", note(got.reason(c)))
				default:
					fmt.Fprintf(&b, " %s |", short(got.off[len(got.off)-1]))
				}
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\nRefused:\n\n")
	for i, r := range reasons {
		fmt.Fprintf(&b, "- (%c) %s\n", 'a'+i, r)
	}
	return b.String()
}

// reason is that of a refusal, without what is special to one cell.
func (c *cell) reason(col column) string {
	text := c.refused
	if i := strings.LastIndex(text, ErrDrift.Error()); i >= 0 {
		text = ErrDrift.Error()
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "sensitivity: "), "integrate: ")
	return strings.ReplaceAll(text, col.solver.String(), "this method")
}

// readAgreement returns the cells that the page shows.
func readAgreement(t testing.TB) map[agreementKey]string {
	t.Helper()
	shown := map[agreementKey]string{}
	var method string
	var solvers []string
	for line := range strings.Lines(readPage(t, "agreement")) {
		line = strings.TrimSpace(line)
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case strings.HasPrefix(line, "**"):
			method = strings.Trim(line, "*")
		case strings.HasPrefix(line, "| problem |"):
			solvers = cells[1:]
		case strings.HasPrefix(line, "| *"), !strings.HasPrefix(line, "| "):
		default:
			for i, c := range cells[1:] {
				shown[agreementKey{method, cells[0], solvers[i]}] = c
			}
		}
	}
	return shown
}

// checkGaps compares the duality table of the page with what was computed, row by row
// and column by column, or writes it. Rounding differs from processor to processor, so
// that numbers are not compared.
func checkGaps(t *testing.T, spaces []string, all map[string]gaps) {
	t.Helper()
	shape := func(text string) (labels []string) {
		for line := range strings.Lines(text) {
			cells := strings.Split(line, "|")
			for i, c := range cells {
				if c = strings.TrimSpace(c); c != "" && (i == 1 || strings.Contains(line, "solver")) {
					labels = append(labels, c)
				}
			}
		}
		return labels
	}
	var b strings.Builder
	b.WriteString("\n| solver |")
	for _, s := range spaces {
		fmt.Fprintf(&b, " %s |", s)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(spaces)) + "\n")
	for _, solver := range slices.Sorted(maps.Keys(all[spaces[0]])) {
		fmt.Fprintf(&b, "| %s |", solver)
		for _, s := range spaces {
			if gap, ok := all[s][solver]; ok {
				fmt.Fprintf(&b, " %s", short(gap))
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	switch {
	case t.Failed():
	case *write:
		writePage(t, "duality", b.String())
	case !slices.Equal(shape(readPage(t, "duality")), shape(b.String())):
		t.Errorf("docs/sensitivity.md has other rows or columns than\n%s\nwrite it again, with -write", b.String())
	}
}

// short writes an error with one digit.
func short(v float64) string {
	if v == 0 {
		return "0"
	}
	return strings.Replace(fmt.Sprintf("%.0e", v), "e-0", "e-", 1)
}
