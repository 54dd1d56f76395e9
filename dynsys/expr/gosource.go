package expr

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
)

//go:embed values.go
var valuesSource string

//go:embed special.go
var specialSource string

// GoSource is Go source that needs nothing but the standard library: functions, and what
// they call.
type GoSource struct {
	text            strings.Builder
	values, special bool // functions of those files are called
}

// Statements appends the statements that compute the program. input gives the expression
// of an input slot, output the left-hand side of an output, both as Go text.
//
// Elementary functions are those of package math, and a compiler may fuse products with
// sums, so that results differ from those of the program by rounding.
func (s *GoSource) Statements(p *Program, input func(slot int) string, output func(k int) string) {
	w := goWriter{source: s, w: newWasmWriter(p), input: input}
	for i := range w.w.instructions {
		fmt.Fprintf(&s.text, "\tv%d := %s\n", i, w.expression(i))
	}
	for k, v := range w.w.outs {
		fmt.Fprintf(&s.text, "\t%s = %s\n", output(k), w.operand(v))
	}
}

// Text appends text as it is.
func (s *GoSource) Text(format string, args ...any) { fmt.Fprintf(&s.text, format, args...) }

// File returns a file of package name that begins with the comment head.
func (s *GoSource) File(head, name string) string {
	body := s.text.String()
	if s.values {
		body += withoutHead(valuesSource)
	}
	if s.special {
		body += withoutHead(specialSource)
	}
	imports := ""
	if strings.Contains(body, "math.") {
		imports = "import \"math\"\n\n"
	}
	return head + "package " + name + "\n\n" + imports + body
}

// withoutHead takes off what stands before the first declaration behind the imports,
// and the comment that speaks of the file.
func withoutHead(source string) string {
	_, rest, _ := strings.Cut(source, "import \"math\"\n")
	if _, after, ok := strings.Cut(rest, "each other only.\n"); ok {
		rest = after
	}
	return rest
}

// goWriter writes the instructions of one program as Go.
type goWriter struct {
	source *GoSource
	w      *wasmWriter
	input  func(slot int) string
}

func (g *goWriter) operand(v operand) string {
	p := g.w.p
	switch {
	case v >= 0:
		return fmt.Sprintf("v%d", v)
	case int(^v) < p.inputs:
		return g.input(int(^v))
	}
	return goNumber(p.consts[int(^v)-p.inputs])
}

// goNumber writes a constant.
func goNumber(v float64) string {
	switch {
	case v != v:
		return "math.NaN()"
	case math.IsInf(v, 0):
		return fmt.Sprintf("math.Inf(%d)", int(math.Copysign(1, v)))
	case v == 0 && math.Signbit(v):
		return "math.Copysign(0, -1)"
	case v < 0:
		return "(" + strconv.FormatFloat(v, 'g', -1, 64) + ")"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// goFormats are the operations as Go; functions of values.go begin with "=".
var goFormats = [numOps]string{
	opAdd: "%s + %s", opSub: "%s - %s", opMul: "%s * %s", opDiv: "%s / %s", opNeg: "-%s",
	opMulAdd: "%s*%s + %s", opMulSub: "%s*%s - %s", opSubMul: "%[3]s - %[1]s*%[2]s", opMulMul: "%s * %s * %s",
	opAddAdd: "%s + %s + %s", opAddSub: "%s + %s - %s", opSubAdd: "%s - %s + %s", opSubSub: "%s - %s - %s",
	opPow: "math.Pow(%s, %s)", opExp: "math.Exp(%s)", opLog: "math.Log(%s)", opLog10: "math.Log10(%s)", opLog2: "math.Log2(%s)",
	opSqrt: "math.Sqrt(%s)", opAbs: "math.Abs(%s)", opSin: "math.Sin(%s)", opCos: "math.Cos(%s)", opTan: "math.Tan(%s)",
	opAsin: "math.Atan2(%[1]s, math.Sqrt((1-%[1]s)*(1+%[1]s)))", opAcos: "2 * math.Atan2(math.Sqrt(1-%[1]s), math.Sqrt(1+%[1]s))",
	opAtan: "math.Atan(%s)", opAtan2: "math.Atan2(%s, %s)", opSinh: "math.Sinh(%s)", opCosh: "math.Cosh(%s)", opTanh: "math.Tanh(%s)",
	opMin: "min(%s, %s)", opMax: "max(%s, %s)", opFloor: "math.Floor(%s)", opCeil: "math.Ceil(%s)", opErf: "math.Erf(%s)",
	opSign: "=sign(%s)", opLgamma: "=lgamma(%s)", opPowLogEdge: "=powLogEdge(%s, %s, %s)",
	opLt: "=truth(%[1]s < %[2]s, %[1]s, %[2]s)", opLe: "=truth(%[1]s <= %[2]s, %[1]s, %[2]s)",
	opEq: "=truth(%[1]s == %[2]s, %[1]s, %[2]s)", opNe: "=truth(%[1]s != %[2]s, %[1]s, %[2]s)",
	opAnd: "=and3(%s, %s)", opOr: "=or3(%s, %s)", opNot: "=not3(%s)", opIf: "=choose(%s, %s, %s)",
}

func (g *goWriter) expression(i int) string {
	c := &g.w.instructions[i]
	var args []any
	for _, v := range g.w.operands(i) {
		args = append(args, g.operand(v))
	}
	if c.op == opPolygamma {
		g.source.values, g.source.special = true, true
		return fmt.Sprintf("polygamma(%d, %s)", c.k, args[0])
	}
	format := goFormats[c.op]
	if f, ok := strings.CutPrefix(format, "="); ok {
		g.source.values, format = true, f
	}
	return fmt.Sprintf(format, args...)
}
