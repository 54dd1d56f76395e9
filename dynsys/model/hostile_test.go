package model

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzParse: no text makes the parser panic or hang, mistakes lie inside the text,
// and the canonical form of a model reads as the same model.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	for _, c := range mistakes {
		f.Add(strings.ReplaceAll(c.src, mark, ""))
	}
	for _, src := range []string{
		"x' = ((((((((((1))))))))))", "x' = ----------1", "x' = 2^2^2^2^2^-2", "let a = not not not 1",
		"title \"\nlet a = \"", "a(0", "d/dt(", "row.", "param a = 1 in [", "experiment :", "columns a = , b", "\xff\xfe", "#\r#\n",
		"x' = 1\n)\ny' = 2", "observe \"a\x00b\" ~ normal(1)", "let a = if(if, if)", "observe F.1 ~ normal(row.1)",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		m, err := Parse("fuzz.ode", []byte(src))
		if err == nil {
			m.Warnings()
			readAgain(t, m)
			if c, err := m.Compile(); err == nil {
				c.Warnings()
				if _, err := c.Equations(); err != nil {
					t.Error(err)
				}
			}
			return
		}
		var list ErrorList
		if !errors.As(err, &list) || len(list) == 0 || len(list) > maxErrors+1 {
			t.Fatalf("not a list of mistakes: %v", err)
		}
		lines := newSource("", []byte(src))
		for i, e := range list {
			if e.Line < 1 || e.Line > len(lines.start) || e.Col < 1 || e.Col > len([]rune(lines.line(e.Line)))+1 {
				t.Errorf("the place %d:%d is outside the text", e.Line, e.Col)
			}
			if e.Msg == "" || i > 0 && (e.Line < list[i-1].Line || e.Line == list[i-1].Line && e.Col < list[i-1].Col) {
				t.Errorf("mistake %d is empty or out of order: %v", i, err)
			}
		}
		_ = list.Detail()
	})
}

// FuzzParseCell: the same for expressions from tables.
func FuzzParseCell(f *testing.F) {
	for _, src := range []string{"", "1", "-2.5e-3", "k1", "a*exp(-b) + 2^-x", "(", ")", "a b", "1 < 2 < 3", "\n", "a\nb", "row.x", "\"a\"", "a,b"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		e, err := ParseCell(src)
		if err != nil {
			return
		}
		again, err := ParseCell(e.String())
		if err != nil || again.String() != e.String() {
			t.Errorf("%q is written %s, which reads as %v, %v", src, e, again, err)
		}
	})
}

// TestHostile: texts made to be expensive are read or refused quickly. The time
// allowed is many times what they need, so that only a change of complexity can
// exceed it.
func TestHostile(t *testing.T) {
	lets := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
			b.WriteByte('\n')
		}
		return b.String()
	}
	for _, c := range []struct {
		name, src string
		want      string // in the message; "" where it is a model
	}{
		{"deep brackets", "let a = " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000), "nested too deeply"},
		{"deep minus", "let a = " + strings.Repeat("-", 200_000) + "1", "nested too deeply"},
		{"deep powers", "let a = " + strings.Repeat("2^", 100_000) + "1", "nested too deeply"},
		{"deep not", "let a = " + strings.Repeat("not ", 100_000) + "1", "nested too deeply"},
		{"deep functions", "let a = " + strings.Repeat("exp(", 100_000) + "1" + strings.Repeat(")", 100_000), "nested too deeply"},
		{"open brackets", strings.Repeat("(", 400_000), "unexpected"},
		{"long sum", "let a = 1" + strings.Repeat(" + 1", maxHeight-1), ""},
		{"too long a sum", "let a = 1" + strings.Repeat(" + 1", maxHeight), "too long"},
		{"many tokens", "let a = min(1" + strings.Repeat(",1", maxTokens/2) + ")", "this model is too long"},
		{"many arguments", "let a = min(1" + strings.Repeat(",1", maxTokens/4) + ")", ""},
		{"long text", strings.Repeat("# nothing\n", maxSource/10+1), "longer than 4 MiB"},
		{"long name", "param " + strings.Repeat("a", 1<<20) + " = 1", "too long"},
		{"long number", "const a = " + strings.Repeat("1", 1<<20), "too large"},
		{"long number after the point", "const a = 0." + strings.Repeat("1", 1<<20), ""},
		{"huge exponent", "const a = 1e999999999999999999999", "too large"},
		{"tiny exponent", "const a = 1e-999999999999999999999", "too small"},
		{"huge power", "const a = 2^1e9^1e9", "is infinite"},
		{"chain of lets", "let a0 = 1\n" + lets(60_000, func(i int) string { return fmt.Sprintf("let a%d = a%d", i+1, i) }), ""},
		{"chain of lets, backwards", lets(60_000, func(i int) string { return fmt.Sprintf("let a%d = a%d", i, i+1) }) + "let a60000 = t", ""},
		{"doubling lets", "param a0 = 1\n" + lets(10_000, func(i int) string { return fmt.Sprintf("let a%d = a%d*a%d", i+1, i, i) }), ""},
		{"many equations", lets(20_000, func(i int) string {
			return fmt.Sprintf("x%d' = x%d - x%d*step(x%d)", i, max(i-1, 0), i, min(i+1, 19_999))
		}), ""},
		{"many columns", lets(20_000, func(i int) string { return fmt.Sprintf("observe y%d ~ normal(row.a%d, row.b%d)", i, i, i) }), ""},
		{"many observables of one long let", "param k = 1\nlet a = k" + strings.Repeat(" + k*t", maxHeight-2) + "\n" +
			lets(2_000, func(i int) string { return fmt.Sprintf("observe y%d ~ normal(a + %d)", i, i) }), ""},
		{"circle of lets", lets(60_000, func(i int) string { return fmt.Sprintf("let a%d = a%d", i, (i+1)%60_000) }), "in a circle"},
		{"circles inside each other", lets(40_000, func(i int) string {
			return fmt.Sprintf("let a%d = a%d + a%d", i, min(i+1, 39_999), max(0, 20_000-i))
		}), "in a circle"},
		{"unknown names", lets(50_000, func(i int) string { return fmt.Sprintf("let a%d = unknown%d", i, i) }), "unknown name"},
		{"statements nobody knows", strings.Repeat("parm a = 1\n", 100_000), "unknown statement"},
		{"one long line of mistakes", strings.Repeat("$ ", 200_000), "unexpected character"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			m, err := Parse("m.ode", []byte(c.src))
			if c.want == "" {
				if err != nil {
					t.Fatal(err.(ErrorList)[0])
				}
				if len(m.String()) == 0 {
					t.Error("nothing is written")
				}
				if _, err := m.Compile(); err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.(ErrorList)[0].Error(), c.want) {
				t.Errorf("got %.200v, want %s", err, c.want)
			}
			if err != nil {
				if text := err.(ErrorList).Detail(); len(text) > 100_000 {
					t.Errorf("a message of %d bytes", len(text))
				}
			}
			if d := time.Since(began); d > 20*time.Second {
				t.Errorf("%v", d)
			} else {
				t.Log(d)
			}
		})
	}
}
