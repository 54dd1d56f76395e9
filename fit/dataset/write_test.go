package dataset

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWriteWide(t *testing.T) {
	var b bytes.Buffer
	row := make([]float64, 3)
	err := WriteWide(&b, []string{"time", "a,b", `5" "`}, func(yield func([]float64) bool) {
		for i := range 2 {
			row[0], row[1], row[2] = float64(i), 0.1, math.NaN()
			if i == 1 {
				row[1], row[2] = math.Inf(1), -1e-300
			}
			if !yield(row) {
				return
			}
		}
	})
	want := "time,\"a,b\",\"5\"\" \"\"\"\n0,0.1,NaN\n1,inf,-1e-300\n"
	if err != nil || b.String() != want {
		t.Errorf("%q (%v), want %q", b.String(), err, want)
	}
}

// TestNumbersReadBack: every float64 is read back bit by bit.
func TestNumbersReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		var b bytes.Buffer
		w := NewWriter(&b)
		w.Number(v)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		got, _, bad := parseNumber(b.Bytes())
		if bad == infiniteNum {
			got, bad = math.Inf(1), fine
			v = math.Abs(v)
		}
		if bad != fine || math.Float64bits(got) != math.Float64bits(v) {
			t.Fatalf("%v is written %q and read %v (%d)", v, b.String(), got, bad)
		}
	})
}

func TestWriterAllocates(t *testing.T) {
	w := NewWriter(io.Discard)
	n := testing.AllocsPerRun(100, func() {
		w.Text("hare")
		w.Number(math.Pi)
		w.End()
	})
	if n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}

// failing is a disk that is full.
type failing struct{}

var errFull = errors.New("the disk is full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestWriterError(t *testing.T) {
	rows := slices.Values([][]float64{{1}})
	if err := WriteWide(failing{}, []string{"a"}, rows); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	has := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("the file has %q (%v), want %q", got, err, want)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.Contains(e.Name(), ".part") {
				t.Errorf("%s is left behind", e.Name())
			}
		}
	}
	if err := ReplaceFile(path, text("one")); err != nil {
		t.Fatal(err)
	}
	has("one")
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o604); err != nil {
			t.Fatal(err)
		}
	}
	if err := ReplaceFile(path, text("two")); err != nil {
		t.Fatal(err)
	}
	has("two")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o604 {
		t.Errorf("mode %v (%v), want 0604", info.Mode(), err)
	}
	err := ReplaceFile(path, func(w io.Writer) error {
		if err := text("half of thr")(w); err != nil {
			return err
		}
		return errFull
	})
	if !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	has("two")
	if err := ReplaceFile(dir, text("x")); err == nil {
		t.Error("a folder is replaced")
	}
	if err := ReplaceFile(filepath.Join(dir, "none", "x.csv"), text("x")); err == nil {
		t.Error("a file in no folder is written")
	}
	if err := ReplaceFile(os.DevNull, text("x")); err != nil {
		t.Error(err)
	}
	link := filepath.Join(dir, "link.csv")
	if err := os.Symlink(path, link); err == nil {
		if err := ReplaceFile(link, text("three")); err != nil {
			t.Error(err)
		}
		has("three")
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Error("the link is replaced, not the file")
		}
	}
}

// FuzzRead: no text makes a reader panic or hang, every error is an Error, and what
// is read, written and read again is the same.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "#\n", "time,hare\n0,30\n1,<4\n", "t;x\n0,5;1\n", "a\tb\n\"1\n2\"\t3\n", "\ufeffa\r\n1\r\n", "\"#a\",\" b\"\n#\n1,.\n",
		"time,experiment,observable,value,s\n0,a,x,1,sd\ninf,b,x,>2,\n", "experiment,k,preequilibration\na,exp(b),c\n",
		"name,guess,lower,upper,scale,estimate\nk[a],1,-inf,inf,log,no\n", "time,amt,evid\n0,1,1\n", "a,\"\"\"\"\n\"\r\",\"\t\"\n",
		"\"\",\"\"\nx,y\n", ",\n,a\n", "\"\ufeffa\"\nb\n", "a\u00a0,b\n\u2003c,d\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		isError := func(err error) {
			var e *Error
			if err != nil && (!errors.As(err, &e) || e.Msg == "") {
				t.Fatalf("error %#v", err)
			}
		}
		roles := Roles{}
		if table, err := NewTable(bytes.NewReader(text), "f.csv"); err == nil {
			for _, c := range table.Columns {
				switch {
				case c == "" || c == "time" || c == "t" || c == "experiment":
				case len(roles.Observables) < 2:
					roles.Observables = append(roles.Observables, c)
				default:
					roles.RowColumns = append(roles.RowColumns, c)
				}
			}
		}
		d, err := Read(bytes.NewReader(text), "f.csv", roles)
		isError(err)
		if err == nil {
			for _, x := range d.Experiments {
				for i, o := range x.Observations {
					if math.IsNaN(o.Time) || math.IsNaN(o.Value) || math.IsInf(o.Value, 0) || i > 0 && x.Observations[i-1].Time > o.Time {
						t.Fatalf("observation %+v", o)
					}
					for k := range d.RowColumns {
						d.Cell(o, k)
					}
				}
			}
		}
		_, err = ReadConditions(bytes.NewReader(text), "f.csv")
		isError(err)
		_, err = ReadParameters(bytes.NewReader(text), "f.csv")
		isError(err)

		once, err := rows(string(text))
		isError(err)
		if err != nil {
			return
		}
		var b bytes.Buffer
		w := NewWriter(&b)
		for _, row := range once {
			w.Texts(row...)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		twice, err := rows(b.String())
		if err != nil {
			t.Fatalf("%q was written as %q: %v", once, b.String(), err)
		}
		if diff := cmp.Diff(once, twice); diff != "" {
			t.Fatalf("written as %q: %s", b.String(), diff)
		}
	})
}
