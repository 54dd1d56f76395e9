package sensitivity

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/odefit/odefit/integrate/space"
)

// Comparison is one gradient by several methods, side by side.
type Comparison struct {
	Rows []Row
	// Names of the parameters, for printing. Nil prints p0, p1, ...
	Names []string
}

// Row is the gradient by one method.
type Row struct {
	Method Method
	Err    error // why there is none

	Value  float64
	P      []float64
	Y0     []float64 // in coordinates; nil where the space has none
	T0, T1 float64
	Times  []float64

	// Apart is the distance to the first row that succeeded: the largest difference
	// |P_i - Q_i|*s_i relative to the largest |Q_i|*s_i, with s_i the size of
	// parameter i, or the same for the initial values where that is larger.
	Apart float64
	// ValueApart is the relative difference of the values.
	ValueApart float64

	Stats    Stats
	Elapsed  time.Duration
	Warnings []string
}

// Compare computes one gradient by several methods; nil means Forward{},
// Discrete{Probes: 1} and both variants of Continuous. A method that fails has its
// error in its row. The first row is what the others are compared with.
func Compare[S any](ctx context.Context, p Problem[S], loss *Loss[S], methods []Method, set *Settings) (*Comparison, error) {
	a, err := newAccount(p, loss)
	if err != nil {
		return nil, err
	}
	if methods == nil {
		methods = []Method{Forward{}, Discrete{Probes: 1}, Continuous{}, Continuous{Variant: Backsolve}}
	}
	c := &Comparison{Rows: make([]Row, len(methods))}
	settings := orDefault(set)
	parameters := make([]float64, len(p.P)) // sizes
	for i, v := range p.P {
		parameters[i] = settings.scale(i, v)
	}
	initial := a.m.sizes()
	var first *Row
	for i, method := range methods {
		row := &c.Rows[i]
		row.Method = method
		began := time.Now()
		r, err := Gradient(ctx, p, loss, method, set)
		row.Elapsed = time.Since(began)
		if row.Err = err; err != nil {
			continue
		}
		row.Value, row.P, row.Times, row.T0, row.T1 = r.Value, r.P, r.Times, r.T0, r.T1
		row.Stats, row.Warnings = r.Stats, r.Warnings
		if flat, ok := a.m.sp.(space.Coordinates[S]); ok && !skipsY0(method) {
			row.Y0 = make([]float64, flat.Dim(r.Y0))
			flat.Flatten(row.Y0, r.Y0)
		}
		if first == nil {
			first = row
		}
		row.Apart = scaledApart(row.P, first.P, parameters)
		if row.Y0 != nil && first.Y0 != nil {
			row.Apart = max(row.Apart, scaledApart(row.Y0, first.Y0, initial))
		}
		row.ValueApart = relative(row.Value-first.Value, first.Value)
	}
	return c, nil
}

// skipsY0 says whether a method leaves out the initial values.
func skipsY0(m Method) bool {
	f, forward := m.(Forward)
	a, auto := m.(Auto)
	return forward && f.SkipY0 || auto && a.SkipY0
}

// sizes returns those of the initial values: their own, or for one that is zero
// that of all together.
func (m *model[S]) sizes() []float64 {
	flat, ok := m.sp.(space.Coordinates[S])
	if !ok {
		return nil
	}
	s := make([]float64, flat.Dim(m.y0))
	flat.Flatten(s, m.y0)
	all := m.size(m.y0)
	if all == 0 {
		all = 1
	}
	for i, v := range s {
		if s[i] = math.Abs(v); v == 0 {
			s[i] = all
		}
	}
	return s
}

// scaledApart returns max |a_i - b_i|*s_i / max |b_i|*s_i.
func scaledApart(a, b, s []float64) float64 {
	var d, size float64
	for i := range b {
		d = max(d, math.Abs(a[i]-b[i])*s[i])
		size = max(size, math.Abs(b[i])*s[i])
	}
	return relative(d, size)
}

// relative returns |d|/|size|, and 0 for 0/0.
func relative(d, size float64) float64 {
	if d == 0 {
		return 0
	}
	return math.Abs(d / size)
}

// Worst returns the largest distance of a row, and the first error.
func (c *Comparison) Worst() (apart float64, err error) {
	for _, r := range c.Rows {
		if r.Err != nil && err == nil {
			err = fmt.Errorf("%v: %w", r.Method, r.Err)
		}
		apart = max(apart, r.Apart)
	}
	return apart, err
}

// shown is the number of parameters that are printed one by one.
const shown = 30

// Fprint writes the table: a column for each method, a row for each parameter,
// then distances and work. Elapsed times that are zero are left out.
func (c *Comparison) Fprint(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(title string, cell func(r *Row) string) {
		fmt.Fprint(tw, title)
		for i := range c.Rows {
			text := "-"
			if c.Rows[i].Err == nil {
				text = cell(&c.Rows[i])
			}
			fmt.Fprint(tw, "\t", text)
		}
		fmt.Fprint(tw, "\t\n")
	}
	fmt.Fprint(tw, "")
	for i := range c.Rows {
		fmt.Fprint(tw, "\t", c.Rows[i].Method)
	}
	fmt.Fprint(tw, "\t\n")
	number := func(v float64) string { return fmt.Sprintf("%.10g", v) }
	count := func(n int) string { return fmt.Sprint(n) }
	line("loss", func(r *Row) string { return number(r.Value) })
	n, timed := 0, false
	for _, r := range c.Rows {
		n = max(n, len(r.P))
		timed = timed || r.Elapsed != 0
	}
	for i := range min(n, shown) {
		name := fmt.Sprintf("p%d", i)
		if i < len(c.Names) {
			name = c.Names[i]
		}
		line("d/d"+name, func(r *Row) string { return number(r.P[i]) })
	}
	line("apart", func(r *Row) string { return fmt.Sprintf("%.1e", r.Apart) })
	line("steps", func(r *Row) string { return count(r.Stats.Steps) })
	line("backward", func(r *Row) string { return count(r.Stats.Backward) })
	line("RHS", func(r *Row) string { return count(r.Stats.RHS) })
	line("JVP", func(r *Row) string { return count(r.Stats.JVP) })
	line("VJP", func(r *Row) string { return count(r.Stats.VJP) })
	if timed {
		line("time", func(r *Row) string { return r.Elapsed.Round(time.Microsecond).String() })
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return c.fprintNotes(w, n)
}

// fprintNotes writes what stands below the table.
func (c *Comparison) fprintNotes(w io.Writer, parameters int) error {
	var b strings.Builder
	if parameters > shown {
		fmt.Fprintf(&b, "%d more parameters are compared, not shown\n", parameters-shown)
	}
	for _, r := range c.Rows {
		if r.Err != nil {
			fmt.Fprintf(&b, "%v: %v\n", r.Method, r.Err)
		}
		for _, text := range r.Warnings {
			fmt.Fprintf(&b, "%v: %s\n", r.Method, text)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String returns the table.
func (c *Comparison) String() string {
	var b strings.Builder
	_ = c.Fprint(&b) // a Builder does not fail
	return b.String()
}
