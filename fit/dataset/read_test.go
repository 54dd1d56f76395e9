package dataset

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read reads text with roles.
func read(text string, roles Roles) (*Data, error) {
	return Read(strings.NewReader(text), "d.csv", roles)
}

// must reads text that is right.
func must(t *testing.T, text string, roles Roles) *Data {
	t.Helper()
	d, err := read(text, roles)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return d
}

// show writes the observations of data, one line each.
func show(d *Data) []string {
	var out []string
	for _, x := range d.Experiments {
		for _, o := range x.Observations {
			sign := [...]string{"", "<", ">"}[o.Censored]
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %g %s %s%g @%d:%d", x.Name, o.Time,
				d.Observables[o.Observable], sign, o.Value, d.Line(o), o.Col)))
		}
	}
	return out
}

func check(t *testing.T, d *Data, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, show(d)); diff != "" {
		t.Error(diff)
	}
}

func TestReadWide(t *testing.T) {
	d := must(t, "time,hare,note,lynx\n2,70.2,x,9.8\n0,30,,NA\n1,<47.2,y,> 6.1\n3,.,,NaN\n0,31,,4\n",
		Roles{Observables: []string{"lynx", "hare"}})
	check(t, d, "0 hare 30 @3:3", "0 lynx 4 @6:7", "0 hare 31 @6:3", "1 lynx >6.1 @4:11", "1 hare <47.2 @4:3",
		"2 lynx 9.8 @2:10", "2 hare 70.2 @2:3")
	if diff := cmp.Diff([]Count{{3, 1, 2}, {4, 1, 1}}, d.Counts); diff != "" {
		t.Error(diff)
	}
	if d.NumObservations() != 7 || d.First != 0 || d.Last != 3 || d.TimeColumn != "time" || d.Long {
		t.Errorf("%d observations from %g to %g by %q", d.NumObservations(), d.First, d.Last, d.TimeColumn)
	}
	if diff := cmp.Diff([]string{"note"}, d.Ignored); diff != "" {
		t.Error(diff)
	}
	if len(d.Experiments) != 1 || d.Experiments[0].Name != "" {
		t.Errorf("experiments %v", d.Experiments)
	}
}

func TestReadLong(t *testing.T) {
	for _, value := range []string{"value", "measurement"} {
		d := must(t, "time,experiment,observable,"+value+",sigma\n"+
			"5,b,pX,0.55,0.03\n0,a,pX,0.12,\n5,a,pX,<0.05,sd\n0,b,other,7,1\n0,b,pX,NA,1\n0,c,,,\n0,a,pY,1,sd\n",
			Roles{Observables: []string{"pX", "pY"}, RowColumns: []string{"sigma"}})
		check(t, d, "b 5 pX 0.55 @2:8", "a 0 pX 0.12 @3:8", "a 0 pY 1 @8:8", "a 5 pX <0.05 @4:8")
		if diff := cmp.Diff([]Count{{3, 1, 1}, {1, 0, 0}}, d.Counts); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]Undeclared{{"other", 1}}, d.Undeclared); diff != "" {
			t.Error(diff)
		}
		if !d.Long || len(d.Ignored) != 0 {
			t.Errorf("long %t, ignored %q", d.Long, d.Ignored)
		}
		a, b := d.Experiments[1].Observations, d.Experiments[0].Observations
		for _, c := range []struct {
			o    Observation
			want RowCell
		}{
			{b[0], RowCell{NumberCell, 0.03, "", 2, 13}}, {a[0], RowCell{Kind: MissingCell, Line: 3, Col: 13}},
			{a[1], RowCell{TextCell, 0, "sd", 8, 10}}, {a[2], RowCell{TextCell, 0, "sd", 4, 14}},
		} {
			if got := d.Cell(c.o, 0); got != c.want {
				t.Errorf("cell %+v, want %+v", got, c.want)
			}
		}
	}
}

// TestReadReplicatesKeepTheirOrder: many values at two times, which arrive in turn.
func TestReadReplicatesKeepTheirOrder(t *testing.T) {
	text := "t,y\n"
	for i := range 200 {
		text += fmt.Sprintf("%d,%d\n", 1-i%2, i)
	}
	d := must(t, text, Roles{Observables: []string{"y"}})
	obs := d.Experiments[0].Observations
	for k := range 100 {
		if a, b := obs[k], obs[100+k]; a.Time != 0 || a.Value != float64(2*k+1) || b.Time != 1 || b.Value != float64(2*k) {
			t.Fatalf("replicate %d is %+v and %+v", k, a, b)
		}
	}
}

// TestReadSubset: what the model does not observe is left out; a long table that has
// nothing strange may lack an observable.
func TestReadSubset(t *testing.T) {
	d := must(t, "time,observable,value\n0,x,1\n0,z,bad\n", Roles{Observables: []string{"x"}})
	check(t, d, "0 x 1 @2:5")
	d = must(t, "time,observable,value\n0,x,1\n", Roles{Observables: []string{"x", "y"}})
	check(t, d, "0 x 1 @2:5")
	d = must(t, "time,x,y\n0,1,bad\n", Roles{Observables: []string{"x"}})
	check(t, d, "0 x 1 @2:3")
	d = must(t, "time,x,y\n0,1,bad\n", Roles{})
	check(t, d)
}

// TestReadTimeColumn: which column is the time.
func TestReadTimeColumn(t *testing.T) {
	for _, c := range []struct{ header, given, want string }{
		{"y,time", "", "time"}, {"y,t", "", "t"}, {"t,time,y", "", "time"}, {"ID,TIME,y", "", "TIME"},
		{"hours,T,y", "", "hours"}, {"year,y", "", "year"}, {"t,x,y", "x", "x"}, {"TIME,t,y", "", "t"},
	} {
		roles := Roles{Observables: []string{"y"}}
		if c.given != "" {
			roles.Columns = map[Role]string{RoleTime: c.given}
		}
		row := strings.Repeat(",1", strings.Count(c.header, ",")+1)[1:]
		if d := must(t, c.header+"\n"+row+"\n", roles); d.TimeColumn != c.want {
			t.Errorf("%s: the time is %q, want %q", c.header, d.TimeColumn, c.want)
		}
	}
	for _, header := range []string{`"",y`, "y,x", "experiment,y"} {
		_, err := read(header+"\n1,1\n", Roles{Observables: []string{"y"}})
		if err == nil || !strings.Contains(err.Error(), "no column is named time or t") {
			t.Errorf("%s: error %v", header, err)
		}
	}
}

func TestReadNamedRoles(t *testing.T) {
	d := must(t, "h;subject;what;conc;value\n1,5;s1;c;2,5;9\n", Roles{Observables: []string{"c"},
		Columns: map[Role]string{RoleTime: "h", RoleExperiment: "subject", RoleObservable: "what", RoleValue: "conc"}})
	check(t, d, "s1 1.5 c 2.5 @2:10")
	if diff := cmp.Diff([]string{"value"}, d.Ignored); diff != "" {
		t.Error(diff)
	}
	for _, name := range append(RoleNames()[:numRoles], "measurement") {
		r, ok := ParseRole(name)
		if !ok || r.String() != name && name != "measurement" {
			t.Errorf("%s is role %v (%t)", name, r, ok)
		}
	}
	if _, ok := ParseRole("dose"); ok {
		t.Error("dose is a role")
	}
}

func TestReadDoses(t *testing.T) {
	// The head of the theophylline table in the columns of pharmacometricians
	// (Boeckmann, Sheiner and Beal 1994; R's Theoph).
	nonmem := "ID,TIME,DV,AMT,EVID,CMT,WT\n1,0,.,4.02,1,1,79.6\n1,0,0.74,.,0,2,79.6\n"
	roles := Roles{Observables: []string{"DV"}, Columns: map[Role]string{RoleExperiment: "ID", RoleAmount: "AMT"}}
	for _, c := range []struct {
		text  string
		roles Roles
		want  string // "": no error
	}{
		{nonmem, roles, "1 0 4.02"},
		{"TIME,DV,AMT\n0,1,.\n1,.,5\n", Roles{Observables: []string{"DV"}}, "1 5"},
		{"time,amt,y\n0,,1\n1,0,2\n", Roles{Observables: []string{"y"}}, ""},
		{"time,amt,evid,y\n0,5,0,1\n", Roles{Observables: []string{"y"}}, ""},   // evid says observation
		{"time,amt,evid,y\n0,5,,1\n", Roles{Observables: []string{"y"}}, "0 5"}, // no evid
		{"time,amt,evid,y\n0,5,3,1\n", Roles{Observables: []string{"y"}}, `d.csv:2:5: column evid: "3" is no evid`},
		{"time,amt,y\n0,-5,1\n", Roles{Observables: []string{"y"}}, "d.csv:2:3: column amt: a negative dose"},
		{"time,amt,y\n0,x,1\n", Roles{Observables: []string{"y"}}, `d.csv:2:3: column amt: "x" is not a number`},
		{"time,amt\n0,5\n", Roles{Observables: []string{"amt"}}, ""},         // an amount is measured
		{"time,rate,ss,y\n0,5,1,1\n", Roles{Observables: []string{"y"}}, ""}, // no dose columns without amounts
		{"time,evid,y\n0,1,1\n", Roles{Observables: []string{"y"}}, "d.csv:2:3: column evid: a dose without an amount"},
		{"time,amt,rate,tinf,addl,ii,cmt,y\n1,6,2,3,2,24,gut,\n2,,,,,,,1\n", Roles{Observables: []string{"y"}}, "1 6 for 3 +2 every 24 in gut"},
		{"time,amt,rate,tinf,y\n1,6,2,4,\n", Roles{Observables: []string{"y"}}, "d.csv:2:5: column rate: an infusion whose rate"},
		{"time,amt,addl,ii,y\n1,6,1.5,1,\n", Roles{Observables: []string{"y"}}, `d.csv:2:5: column addl: "1.5" is no number of doses`},
		{"time,amt,addl,y\n1,6,1,\n", Roles{Observables: []string{"y"}}, "d.csv:2:5: column addl: additional doses without an interval"},
		{"time,amt,ss,y\n1,6,1,\n", Roles{Observables: []string{"y"}}, "d.csv:2:5: column ss: a steady state of doses without an interval"},
		{"time,amt,ss,ii,y\n1,6,3,1,\n", Roles{Observables: []string{"y"}}, `d.csv:2:5: column ss: "3" is no ss that is known`},
		{"time,amt,ss,ii,y\n1,0,1,1,\n", Roles{Observables: []string{"y"}}, "d.csv:2:5: column ss: a steady state of doses without an amount"},
		{"time,amt,rate,ss,y\n1,5,5,1,\n", Roles{Observables: []string{"y"}}, "d.csv:2:7: column ss: a steady state of doses without an interval"},
		{"time,amt,rate,y\n1,6,-2,\n", Roles{Observables: []string{"y"}}, "d.csv:2:5: column rate: a negative rate"},
		{"time,amt,y\ninf,6,\n", Roles{Observables: []string{"y"}}, "d.csv:2:1: column time: a dose at infinite time"},
		{"time,amt,y\n,6,\n", Roles{Observables: []string{"y"}}, `d.csv:2:1: column time: a value of amt ("6") without a time`},
	} {
		d, err := read(c.text, c.roles)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			for _, x := range d.Experiments {
				for _, dose := range x.Doses {
					got += x.Name + " " + describe(dose)
				}
			}
		}
		if got = strings.TrimSpace(got); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%q: %s, want %q", c.text, got, c.want)
		}
	}
}

func describe(d Dose) string {
	s := fmt.Sprintf("%v %v", d.Time, d.Amount)
	if d.Rate > 0 {
		s += fmt.Sprintf(" at %v", d.Rate)
	}
	if d.Duration > 0 {
		s += fmt.Sprintf(" for %v", d.Duration)
	}
	if d.Additional > 0 {
		s += fmt.Sprintf(" +%d every %v", d.Additional, d.Interval)
	}
	if d.Compartment.Text != "" {
		s += " in " + d.Compartment.Text
	}
	return s
}

// An observation in a row before a dose of its time was made before the dose.
func TestReadRowsBeforeDoses(t *testing.T) {
	d := must(t, "time,amt,y\n0,,1\n0,5,\n0,,2\n1,,3\n3,,4\n1,5,\n2,5,\n3,,5\n", Roles{Observables: []string{"y"}})
	var before []float64
	for _, o := range d.Experiments[0].Observations {
		if o.BeforeDose {
			before = append(before, o.Value)
		}
	}
	if !slices.Equal(before, []float64{1, 3}) {
		t.Errorf("before their doses: %v", before)
	}
}

func TestReadSteadyStates(t *testing.T) {
	roles := Roles{Observables: []string{"y"}}
	d := must(t, "time,experiment,y,preequilibration\ninf,b,3,\n1,a,1,\n2,a,2,basal\n0,b,1,\n", roles)
	check(t, d, "b 0 y 1 @5:5", "b +Inf y 3 @2:7", "a 1 y 1 @3:5", "a 2 y 2 @4:5")
	if d.First != 0 || d.Last != 2 {
		t.Errorf("times from %g to %g", d.First, d.Last)
	}
	if p := d.Experiments[1].Preequilibration; p != "basal" {
		t.Errorf("pre-equilibration %q", p)
	}
	if c := d.PreequilibrationCell(1); c != (Cell{"basal", 4, 7}) {
		t.Errorf("its cell is %+v", c)
	}
	if c := d.PreequilibrationCell(0); c.Text != "" {
		t.Errorf("the cell of an experiment without one is %+v", c)
	}
}

func TestReadErrors(t *testing.T) {
	xy := Roles{Observables: []string{"x", "y"}}
	for _, c := range []struct {
		text  string
		roles Roles
		want  string
		hint  string
	}{
		{"time,x,y\n", xy, "d.csv:1: there is a header, but no row under it", ""},
		{"time,x,z\n0,1,2\n", xy, `d.csv:1: there is no column "y" (the model observes it); the columns are time, x, z`, ""},
		{"time,X,y\n0,1,2\n", xy, `d.csv:1: there is no column "x"`, "did you mean X?"},
		{"time x y\n0 1 2\n", xy, `d.csv:1: there is no column "x"`, "separate the columns by commas"},
		{"time,x,y\n0,1,2\n", Roles{Observables: []string{"x"}, RowColumns: []string{"sigma"}}, `d.csv:1: there is no column "sigma" (the model uses row.sigma)`, ""},
		{"time,x,y\n0,1,2\n", Roles{Columns: map[Role]string{RoleExperiment: "subject"}}, `d.csv:1: there is no column "subject" (it is to hold the experiment)`, ""},
		{"time,x,y\n0,1,2\n", Roles{Columns: map[Role]string{RoleValue: "x"}}, `d.csv:1: there is no column "observable"`, ""},
		{"time,x,y\n0,1,2\n", Roles{Columns: map[Role]string{RoleObservable: "x"}}, `d.csv:1: there is no column "value"`, ""},
		{"time,x,y\n0,1,2\n", Roles{Observables: []string{"time"}}, "d.csv:1: column time: this column is to be both time and an observable", ""},
		{"time,x,y\n0,1,2\n1,2,abc\n", xy, `d.csv:3:5: column y: "abc" is not a number`, "leave the cell empty"},
		{"time,x,y\n0,1,n/a\n", xy, `d.csv:2:5: column y: "n/a" is not a number`, "for a missing value"},
		{"time,x,y\n0,1,<=5\n", xy, `d.csv:2:5: column y: "<=5" is not a number`, "is written <0.05"},
		{"time,x,y\n0,1,<LOD\n", xy, `d.csv:2:5: column y: "<LOD" is not a number`, "stands the limit"},
		{"time,x,y\n0,1,<\n", xy, `d.csv:2:5: column y: "<" is not a number`, "stands the limit"},
		{"time,x,y\n0,1,2 # odd\n", xy, `d.csv:2:5: column y: "2 # odd" is not a number`, "a line of its own"},
		{"time,x,y\n0,1,\"1,234\"\n", xy, `d.csv:2:5: column y: "1,234" is not a number where commas separate`, "decimal point"},
		{"time,x,y\n0,1,1 234\n", xy, `d.csv:2:5: column y: "1 234" is not a number`, "thousands"},
		{"time,x,y\n0,inf,1\n", xy, `d.csv:2:3: column x: "inf" is no value`, "only a time"},
		{"time,x,y\n0,<inf,1\n", xy, `d.csv:2:3: column x: "<inf" is no value`, "only a time"},
		{"time,x,y\n0,1e999,1\n", xy, `d.csv:2:3: column x: "1e999" is too large`, "1.8e308"},
		{"time,x,y\n-inf,1,1\n", xy, "d.csv:2:1: column time: a time of minus infinity", "preequilibration"},
		{"time,x,y\n<5,1,1\n", xy, `d.csv:2:1: column time: "<5" is not a number`, "cannot be censored"},
		{"time,x,y\nnoon,,\n", xy, `d.csv:2:1: column time: "noon" is not a number`, ""},
		{"time,x,y\n,,1\n", xy, `d.csv:2:1: column time: a value of y ("1") without a time`, ""},
		{"time,experiment,x,y\n0,a,1,1\n1,,1,1\n", xy, "d.csv:3:3: column experiment: the row names no experiment", ""},
		{"time,observable,value\n0,,1\n", xy, "d.csv:2:3: column observable: a value without the name", ""},
		{"time,observable,value\n0,x,1\n0,why,1\n0,Y,1\n", xy, `d.csv: column observable: the model observes "y", of which there is no row; the table has why, Y,`, "did you mean Y?"},
		{"time,experiment,x,y,preequilibration\n0,a,1,1,b\n1,a,1,1,c\n", xy, `d.csv:3:9: column preequilibration: experiment "a" starts from the steady state of "c" here, and of "b" on line 2`, ""},
		{"time,x,y\n0,1," + strings.Repeat("z", 5000) + "\n", xy, `d.csv:2:5: column y: "` + strings.Repeat("z", 40) + `..." is not`, ""},
	} {
		_, err := read(c.text, c.roles)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), c.want) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%.60q: error %v\nwant %s; %s", c.text, err, c.want, c.hint)
		}
	}
}

func TestErrorAt(t *testing.T) {
	d := must(t, "time,x,s\n0,-1,0\n1,<2,k9\n", Roles{Observables: []string{"x"}, RowColumns: []string{"s"}})
	o := d.Experiments[0].Observations
	for _, c := range []struct {
		e    *Error
		want string
	}{
		{d.ErrorAt(o[0], "must be positive", ""), "d.csv:2:3: column x: must be positive"},
		{d.ErrorAt(o[1], "m", "h"), "d.csv:3:3: column x: m; h"},
		{d.CellErrorAt(o[0], 0, "not positive", ""), "d.csv:2:6: column s: not positive"},
		{d.CellErrorAt(o[1], 0, "unknown", ""), "d.csv:3:6: column s: unknown"},
	} {
		if c.e.Error() != c.want {
			t.Errorf("%q, want %q", c.e, c.want)
		}
	}
	if a, b := d.ErrorAt(o[1], "", "").Text, d.CellErrorAt(o[1], 0, "", "").Text; a != "<2" || b != "k9" {
		t.Errorf("texts %q and %q", a, b)
	}
}

// TestReadHareLynx reads the pelts of Hudson Bay, and compares with figures counted
// in the source by other means: 21 years, and the sums of both columns.
func TestReadHareLynx(t *testing.T) {
	f, err := os.Open("../../testdata/lynxhare/data.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := Read(f, "data.csv", Roles{Observables: []string{"hare", "lynx"}})
	if err != nil {
		t.Fatal(err)
	}
	var sum [2]float64
	for _, o := range d.Experiments[0].Observations {
		sum[o.Observable] += o.Value
	}
	// the tolerance is the rounding of a sum of 21 numbers below 100
	if d.NumObservations() != 42 || math.Abs(sum[0]-715.7) > 1e-12 || math.Abs(sum[1]-423.5) > 1e-12 {
		t.Errorf("%d observations, sums %v", d.NumObservations(), sum)
	}
}

// manyRows is a long table made on the fly.
type manyRows struct {
	next, last int
	buf        []byte
}

func (m *manyRows) Read(p []byte) (int, error) {
	for len(m.buf) < len(p) && m.next < m.last {
		if m.next == 0 {
			m.buf = append(m.buf, "time,experiment,observable,value,sigma\n"...)
		}
		m.buf = fmt.Appendf(m.buf, "%d.5,dose_%d,pX,%d.25e-3,sd\n", m.next/10, m.next%10, m.next)
		m.next++
	}
	if len(m.buf) == 0 {
		return 0, io.EOF
	}
	n := copy(p, m.buf)
	m.buf = m.buf[:copy(m.buf, m.buf[n:])]
	return n, nil
}

// TestReadAllocates: what is kept grows by doubling, and a row itself costs nothing:
// far less than one allocation for ten rows.
func TestReadAllocates(t *testing.T) {
	text, err := io.ReadAll(&manyRows{last: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(2, func() {
		d, err := Read(strings.NewReader(string(text)), "d.csv", Roles{Observables: []string{"pX"}, RowColumns: []string{"sigma"}})
		if err != nil || d.NumObservations() != 20_000 {
			t.Fatal(d, err)
		}
	})
	if n > 2000 {
		t.Errorf("%v allocations for 20000 rows", n)
	}
}

func BenchmarkRead(b *testing.B) {
	text, err := io.ReadAll(&manyRows{last: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(strings.NewReader(string(text)), "d.csv", Roles{Observables: []string{"pX"}}); err != nil {
			b.Fatal(err)
		}
	}
}
