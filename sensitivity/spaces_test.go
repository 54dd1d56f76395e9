package sensitivity

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
	"gonum.org/v1/gonum/mat"
)

// inSpace is a kind of state that holds the coordinates of a subject.
type inSpace struct {
	name    string
	tols    []float64
	measure func(t *testing.T, s *subject, c column, m Method, tols []float64) cell
}

func within[S any](name string, sp space.Space[S], like S, tols ...float64) inSpace {
	return inSpace{name, tols, func(t *testing.T, s *subject, c column, m Method, tols []float64) cell {
		if tols[0] == single {
			return measure(t, s, sp, like, c, m, tols, ErrQuadrature)
		}
		return measure(t, s, sp, like, c, m, tols)
	}}
}

// single is the loose tolerance of single precision.
const single = 1e-3

// spacesOf returns states of n coordinates, which is 2 or 8.
func spacesOf(n int) []inSpace {
	type (
		two   struct{ X, Y float64 }
		eight struct {
			First  [5]float64
			Second struct{ A, B, C float64 }
		}
		pair = space.Pair[[]float64, []float64]
	)
	floats := space.Space[[]float64](space.Floats{})
	list := []inSpace{
		within("[]float64", floats, make([]float64, n), 1e-6, 1e-9, 1e-12),
		within("[]float32", space.Space[[]float32](space.Slice[float32]{}), make([]float32, n), single, 1e-4),
		within("[]complex128", space.Space[[]complex128](space.Complexes[complex128]{}), make([]complex128, n/2), 1e-6, 1e-9, 1e-12),
		within("pair", space.Pairs(floats, floats), pair{First: make([]float64, n/2-1), Second: make([]float64, n/2+1)}, 1e-6, 1e-9, 1e-12),
		within("mat.Dense", space.Space[*mat.Dense](space.Dense{}), mat.NewDense(n/2, 2, nil), 1e-6, 1e-9, 1e-12),
	}
	if n == 2 {
		list[3] = within("pair", space.Pairs(floats, floats), pair{First: make([]float64, 1), Second: make([]float64, 1)}, 1e-6, 1e-9, 1e-12)
		return append(list, within("struct", space.Space[*two](space.Struct[two]()), new(two), 1e-6, 1e-9, 1e-12))
	}
	return append(list, within("struct", space.Space[*eight](space.Struct[eight]()), new(eight), 1e-6, 1e-9, 1e-12))
}

// The references are met on every kind of state: Lotka and Volterra's model by an
// explicit method, HIRES by an implicit one. Single precision is asked for what it can
// give: some hundred roundings of 6e-8, which the problems amplify. The integral of dL/dp
// with an error control of its own finds its rounding too rough, and says so.
func TestAgreementOnSpaces(t *testing.T) {
	all := subjects(t)
	named := func(name string) *subject {
		return &all[slices.IndexFunc(all, func(s subject) bool { return s.name == name })]
	}
	methods := compared()[:5] // Backsolve is for problems that are not stiff
	var b strings.Builder
	b.WriteString("\n| problem, solver | state | relative tolerance |")
	for _, m := range methods {
		fmt.Fprintf(&b, " %v |", m)
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(methods)) + "\n")
	for _, x := range []struct {
		s      *subject
		solver integrate.Method
	}{{named("lotka_volterra"), integrate.Tsit5{}}, {named("hires"), integrate.Rodas5P{}}} {
		list := columns()
		c := list[slices.IndexFunc(list, func(c column) bool { return c.solver == x.solver })]
		for _, in := range spacesOf(x.s.prob.System.Dim) {
			tols := in.tols
			if !*full {
				tols = tols[:1]
			}
			fmt.Fprintf(&b, "| %s, %v | %s | %s |", x.s.name, x.solver, in.name, short(in.tols[len(in.tols)-1]))
			for _, m := range methods {
				got := in.measure(t, x.s, c, m, tols)
				t.Logf("%s, %s, %v: %v %s", x.s.name, in.name, m, got.off, got.refused)
				if in.tols[0] == single && got.refused != "" {
					b.WriteString(" refused |")
					continue
				}
				if got.refused != "" {
					t.Errorf("%s on %s, %v: %s", x.s.name, in.name, m, got.refused)
					continue
				}
				for i, off := range got.off {
					bound := c.bound(tols[i])
					if in.tols[0] == single {
						bound = 100 * tols[i]
					}
					if !(off <= bound) {
						t.Errorf("%s on %s, %v: %.1e off at tolerance %.0e", x.s.name, in.name, m, off, tols[i])
					}
				}
				fmt.Fprintf(&b, " %s |", short(got.off[len(got.off)-1]))
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n")
	rows := func(text string) (list []string) {
		for line := range strings.Lines(text) {
			if cells := strings.Split(line, "|"); len(cells) > 4 {
				list = append(list, strings.Join(cells[:4], "|"))
			}
		}
		return list
	}
	switch {
	case t.Failed():
	case *full && *write:
		writePage(t, "spaces", b.String())
	case !slices.Equal(rows(readPage(t, "spaces")), rows(b.String())):
		t.Errorf("docs/sensitivity.md has other rows than\n%s\nwrite it again, with -full -write", b.String())
	}
}
