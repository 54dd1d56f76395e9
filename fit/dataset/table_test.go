package dataset

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// rows reads a whole table: the header and every row.
func rows(text string) ([][]string, error) {
	t, err := NewTable(strings.NewReader(text), "t.csv")
	if err != nil {
		return nil, err
	}
	all := [][]string{t.Columns}
	for t.Next() {
		row := make([]string, len(t.Columns))
		for i := range row {
			row[i] = t.Cell(i).Text
		}
		all = append(all, row)
	}
	return all, t.Err()
}

func TestTableForms(t *testing.T) {
	want := [][]string{{"time", "hare", "lynx"}, {"0", "30", "4"}, {"1", "", "6.1"}}
	for name, text := range map[string]string{
		"commas":              "time,hare,lynx\n0,30,4\n1,,6.1\n",
		"no last line end":    "time,hare,lynx\n0,30,4\n1,,6.1",
		"semicolons":          "time;hare;lynx\n0;30;4\n1;;6.1\n",
		"tabs":                "time\thare\tlynx\n0\t30\t4\n1\t\t6.1\n",
		"CRLF":                "time,hare,lynx\r\n0,30,4\r\n1,,6.1\r\n",
		"byte-order mark":     "\ufefftime,hare,lynx\n0,30,4\n1,,6.1\n",
		"mark and quote":      "\ufeff\"time\",hare,lynx\n0,30,4\n1,,6.1\n",
		"comments":            "# a comment, with a comma\n\ntime,hare,lynx\n  # one more\n0,30,4\n#\n1,,6.1\n",
		"blank lines":         "\n \n\ntime,hare,lynx\n\n0,30,4\n   \n1,,6.1\n\n\n",
		"empty rows":          "time,hare,lynx\n,,\n0,30,4\n,,,,,\n1,,6.1\n,,\n",
		"blanks around cells": " time , hare,\tlynx \n 0,30 ,\u00a04\n1, ,6.1\t\n",
		"quotes":              "\"time\", \"hare\" ,\"lynx\"\n0,\"30\",4\n1,\"\",6.1\n",
		"comma in comment":    "#,,,,\ntime,hare,lynx\n0,30,4\n1,,6.1\n",
	} {
		got, err := rows(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestSeparator: the header decides, outside quotes and by number.
func TestSeparator(t *testing.T) {
	for header, want := range map[string]byte{
		"a": ',', "a,b": ',', "a;b": ';', "a\tb": '\t', "a,\tb,\tc,d": ',', "a,b;c,d": ',', "a;b,c": ';', "a;b\tc": '\t', "a;b\tc;d": ';',
		"\"a;b;c\",d": ',', "\"a,b,c\";d": ';', "\"a\"\",,\"\tb": '\t',
	} {
		if got := separator([]byte(header)); got != want {
			t.Errorf("%q is separated by %q, want %q", header, got, want)
		}
	}
}

func TestTableQuoted(t *testing.T) {
	got, err := rows("name;note\na;\"one; \"\"two\"\"\n  three\"\nb;\" kept \"\nç;\"#\"\n")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"name", "note"}, {"a", "one; \"two\"\n  three"}, {"b", " kept "}, {"ç", "#"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTablePositions checks line and character of every cell, where lines hold
// characters of several bytes and quoted cells go over lines.
func TestTablePositions(t *testing.T) {
	table, err := NewTable(strings.NewReader("# x\nµ,β, c\n ä , 2,3\n\n\"é\nf\", \"g\",h\n1,,2\n"), "t.csv")
	if err != nil {
		t.Fatal(err)
	}
	if table.Line != 2 {
		t.Errorf("the header is on line %d, want 2", table.Line)
	}
	want := [][]Cell{
		{{"ä", 3, 2}, {"2", 3, 6}, {"3", 3, 8}},
		{{"é\nf", 5, 1}, {"g", 6, 5}, {"h", 6, 9}},
		{{"1", 7, 1}, {"", 7, 3}, {"2", 7, 4}},
	}
	for _, row := range want {
		if !table.Next() {
			t.Fatal(table.Err())
		}
		for i, w := range row {
			if got := table.Cell(i); got != w {
				t.Errorf("cell %+v, want %+v", got, w)
			}
		}
	}
	if table.Next() || table.Err() != nil {
		t.Errorf("a row after the last, or an error: %v", table.Err())
	}
}

// TestTableAgainstEncodingCSV compares with the standard library's reader on text
// that both accept.
func TestTableAgainstEncodingCSV(t *testing.T) {
	text := "a,b,c\n1,\"x, \"\"y\"\"\",3\n\"two\nlines\",é,\n,,z\n\"\",\" \",0\n"
	r := csv.NewReader(strings.NewReader(text))
	want, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got, err := rows(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTableErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "t.csv: the file is empty"},
		"comments only":   {"# nothing\n\n#\n", "t.csv: the file is empty"},
		"duplicate":       {"time,hare,time\n0,1,2\n", "t.csv:1:11: column time: this name is that of columns 1 and 3"},
		"no header":       {"0,30,4\n1,47.2,6.1\n", "t.csv:1: the first row holds numbers"},
		"short row":       {"a,b,c\n1,2,3\n4,5\n", "t.csv:3: the row has 2 cells, the header 3"},
		"long row":        {"a,b\n1,2\n4,5,6\n", "t.csv:3:5: the row has 3 cells, the header 2"},
		"one cell":        {"a,b\n1\n", "t.csv:2: the row has 1 cell, the header 2"},
		"NUL":             {"a,b\n1,2\n3,\x004\n", "t.csv:3:3: NUL byte"},
		"Latin-1":         {"a,b\nä,\xe9\n", "t.csv:2:3: a byte that is not UTF-8"},
		"UTF-16":          {"\xff\xfet\x00,\x00", "t.csv: the file is UTF-16"},
		"open quote":      {"a,b\n1,\"2\n3,4\n", "t.csv:2:3: this quote is never closed"},
		"bare quote":      {"a,b\n1,5\" pipe\n", "t.csv:2:4: a quote inside a cell"},
		"after the quote": {"a,b\n1,\"5\" pipe\n", "t.csv:2:7: text after a closing quote"},
		"old Mac":         {"a,b\r1,2\r3,4\r", "t.csv:1:4: a carriage return"},
		"CR and quote":    {"a,\"b\"\r1,2\n", "t.csv:1:6: text after a closing quote"},
		"CR in quoted":    {"a,b\n\"x\",3\r4\n", "t.csv:2:6: a carriage return"},
		"bad in a quote":  {"a,b\n\"x\n\xff\",3\n", "t.csv:3:1: a byte that is not UTF-8"},
	} {
		_, err := rows(c.text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v, want one that begins with %q", name, err, c.want)
			continue
		}
		if !strings.HasPrefix(e.Error(), c.want) {
			t.Errorf("%s: %q, want it to begin with %q", name, e.Error(), c.want)
		}
		if e.Hint == "" {
			t.Errorf("%s: no hint in %q", name, e.Error())
		}
	}
}

// endless is a file without an end and without line ends.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) { return copy(p, e.text), nil }

func TestTableIsBounded(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"one line":  endless{"x"},
		"one quote": io.MultiReader(strings.NewReader("a,b\n1,\""), endless{"xy\n"}),
	} {
		table, err := NewTable(r, "t.csv")
		if err == nil {
			for table.Next() {
			}
			err = table.Err()
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTableReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	table, err := NewTable(io.MultiReader(strings.NewReader("a,b\n1,2\n"), iotest.ErrReader(broken)), "t.csv")
	if err != nil {
		t.Fatal(err)
	}
	for table.Next() {
	}
	if !errors.Is(table.Err(), broken) || !strings.HasPrefix(table.Err().Error(), "t.csv:3: cannot be read") {
		t.Errorf("error %v", table.Err())
	}
}

func TestTableLongLine(t *testing.T) {
	long := strings.Repeat("é", 200_000) // beyond the buffer of the reader
	got, err := rows("a,b\n" + long + ",1\n2,3\n")
	if err != nil {
		t.Fatal(err)
	}
	if got[1][0] != long || got[1][1] != "1" || got[2][0] != "2" {
		t.Error("a long line is cut")
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "-0.5": -0.5, "+3": 3, ".5": .5, "5.": 5, "1e-3": 1e-3, "1E+3": 1e3, "-1.5e+2": -150,
		"1,5": 1.5, "-0,25e1": -2.5, ",5": .5, "007": 7, "4.9406564584124654e-324": math.SmallestNonzeroFloat64,
		"1e-999": 0, "0,1000000000000000055511151231257827021181583404541015625": 0.1,
	} {
		if v, _, bad := parseNumber([]byte(text)); v != want || bad != fine {
			t.Errorf("%q is %v (%d), want %v", text, v, bad, want)
		}
	}
	for text, want := range map[string]trouble{
		"": notNumber, "-": notNumber, ".": notNumber, "e5": notNumber, "1e": notNumber, "1e+": notNumber,
		"0x1p3": notNumber, "1_000": notNumber, "1.2.3": notNumber, "1,2.3": notNumber, "1 2": notNumber,
		"--1": notNumber, "1e5.5": notNumber, "١": notNumber, "1e999": overflow, "-1e999": overflow,
		"inf": infiniteNum, "-Inf": infiniteNum, "+INFINITY": infiniteNum, "infinite": notNumber,
		"nan": notNumber, "1d5": notNumber, "1%": notNumber,
	} {
		if _, _, bad := parseNumber([]byte(text)); bad != want {
			t.Errorf("%q: trouble %d, want %d", text, bad, want)
		}
	}
}

func TestMissing(t *testing.T) {
	for _, text := range []string{"", "NA", "NaN", "nan", "NAN", "."} {
		if !missing([]byte(text)) {
			t.Errorf("%q is not missing", text)
		}
	}
	for _, text := range []string{"na", "Na", "0", "-", "..", "N/A", "null", " "} {
		if missing([]byte(text)) {
			t.Errorf("%q is missing", text)
		}
	}
}

func TestDecimalMark(t *testing.T) {
	read := func(text string) (v float64, err error) {
		table, err := NewTable(strings.NewReader(text), "t.csv")
		if err != nil {
			return 0, err
		}
		for table.Next() {
			for i := range table.Columns {
				if v, _, err = table.Number(i); err != nil {
					return 0, err
				}
			}
		}
		return v, table.Err()
	}
	for _, text := range []string{"a;b\n1;2,5\n", "a\tb\n0,5\t2,5\n", "a,b\n1e3,2.5\n", "a;b\n1;2.5\n"} {
		if v, err := read(text); v != 2.5 || err != nil {
			t.Errorf("%q: %v, %v", text, v, err)
		}
	}
	for text, want := range map[string]string{
		"a,b\n1,\"2,5\"\n":      `t.csv:2:3: column b: "2,5" is not a number where commas separate`,
		"a;b\n0.5;1\n2;1,234\n": `t.csv:3:3: column b: "1,234" and, on line 2, "0.5": a decimal comma and a decimal point`,
		"a\tb\n1,234\t0.5\n":    `t.csv:2:7: column b: "0.5" and, on line 2, "1,234": a decimal comma and a decimal point`,
		"a;b\n1;1.234,5\n":      `t.csv:2:3: column b: "1.234,5" is not a number`,
	} {
		if _, err := read(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"hare", "lynx", "STAT5A", "scale", "", "estimate"}
	for name, want := range map[string]string{
		"Hare": "hare", "lnyx": "", "lynxs": "lynx", "stat5a": "STAT5A", "estimated": "estimate",
		"estmate": "estimate", "fox": "", "scales": "scale", "": "",
	} {
		if got := nearest(name, names); got != want {
			t.Errorf("nearest to %q is %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct {
		a, b string
		d    int
	}{{"", "", 0}, {"abc", "", 3}, {"", "é", 1}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}} {
		if got := distance(c.a, c.b); got != c.d {
			t.Errorf("distance of %q and %q is %d, want %d", c.a, c.b, got, c.d)
		}
	}
}
