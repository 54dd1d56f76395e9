package expr

import (
	"math"

	"github.com/odefit/odefit/dynsys/expr/elementary"
)

// op is an operation of the graph. Its value is fixed by [op.value], which
// constant folding and the interpreter share.
type op uint8

const (
	opConst op = iota
	opInput

	opAdd
	opSub
	opMul
	opDiv
	opNeg
	opPowInt // a^k for a small constant integer k
	opPow    // a^b
	opPowLog // a^b (log a)^k, k >= 1: derivatives of a^b in b

	opExp
	opLog
	opLog10
	opLog2
	opSqrt
	opAbs
	opSin
	opCos
	opTan
	opAsin
	opAcos
	opAtan
	opAtan2
	opSinh
	opCosh
	opTanh
	opMin
	opMax
	opFloor
	opCeil
	opSign
	opErf
	opLgamma
	opPolygamma // of order k: digamma for k = 0

	opMulAdd // a*b + c, and so on: in programs, see [fused]
	opMulSub
	opSubMul // c - a*b
	opMulMul
	opAddAdd
	opAddSub
	opSubAdd
	opSubSub
	opPowLogEdge // c where a^b (log a)^k = c is no limit: in programs, for opPowLog

	opLt // k = 1 in a comparison whose two outcomes agree where they meet
	opLe
	opEq
	opNe
	opAnd
	opOr
	opNot
	opIf

	numOps
)

// arity and name of every operation.
var ops = [numOps]struct {
	arity int
	name  string
}{
	opConst: {0, ""}, opInput: {0, ""},
	opAdd: {2, "+"}, opSub: {2, "-"}, opMul: {2, "*"}, opDiv: {2, "/"}, opNeg: {1, "-"},
	opPowInt: {1, "^"}, opPow: {2, "^"}, opPowLog: {2, "powlog"},
	opExp: {1, "exp"}, opLog: {1, "log"}, opLog10: {1, "log10"}, opLog2: {1, "log2"},
	opSqrt: {1, "sqrt"}, opAbs: {1, "abs"},
	opSin: {1, "sin"}, opCos: {1, "cos"}, opTan: {1, "tan"},
	opAsin: {1, "asin"}, opAcos: {1, "acos"}, opAtan: {1, "atan"}, opAtan2: {2, "atan2"},
	opSinh: {1, "sinh"}, opCosh: {1, "cosh"}, opTanh: {1, "tanh"},
	opMin: {2, "min"}, opMax: {2, "max"},
	opFloor: {1, "floor"}, opCeil: {1, "ceil"}, opSign: {1, "sign"},
	opErf: {1, "erf"}, opLgamma: {1, "lgamma"}, opPolygamma: {1, "polygamma"},
	opMulAdd: {3, "muladd"}, opMulSub: {3, "mulsub"}, opSubMul: {3, "submul"}, opMulMul: {3, "mulmul"},
	opAddAdd: {3, "addadd"}, opAddSub: {3, "addsub"}, opSubAdd: {3, "subadd"}, opSubSub: {3, "subsub"},
	opPowLogEdge: {3, "powlogedge"},
	opLt:         {2, "<"}, opLe: {2, "<="}, opEq: {2, "=="}, opNe: {2, "!="},
	opAnd: {2, "and"}, opOr: {2, "or"}, opNot: {1, "not"}, opIf: {3, "if"},
}

// value returns the value of the operation. NaN in gives NaN out, also through
// comparisons, except where the rest decides: x^0, the branch of an if that is
// not taken, and and or (see [and3]).
func (o op) value(k int32, x, y, z float64) float64 {
	switch o {
	case opAdd:
		return x + y
	case opSub:
		return x - y
	case opMul:
		return x * y
	case opDiv:
		return x / y
	case opNeg:
		return -x
	case opPowInt:
		return powInt(x, int(k))
	case opPow:
		return elementary.Pow(x, y)
	case opPowLog:
		return powLog(x, y, int(k))
	case opExp:
		return elementary.Exp(x)
	case opLog:
		return elementary.Log(x)
	case opLog10:
		return elementary.Log10(x)
	case opLog2:
		return elementary.Log2(x)
	case opSqrt:
		return math.Sqrt(x)
	case opAbs:
		return math.Abs(x)
	case opSin:
		return elementary.Sin(x)
	case opCos:
		return elementary.Cos(x)
	case opTan:
		return elementary.Tan(x)
	case opAsin:
		return elementary.Asin(x)
	case opAcos:
		return elementary.Acos(x)
	case opAtan:
		return elementary.Atan(x)
	case opAtan2:
		return elementary.Atan2(x, y)
	case opSinh:
		return elementary.Sinh(x)
	case opCosh:
		return elementary.Cosh(x)
	case opTanh:
		return elementary.Tanh(x)
	case opMin:
		return min(x, y)
	case opMax:
		return max(x, y)
	case opFloor:
		return math.Floor(x)
	case opCeil:
		return math.Ceil(x)
	case opSign:
		return sign(x)
	case opErf:
		return math.Erf(x)
	case opLgamma:
		return lgamma(x)
	case opPolygamma:
		return polygamma(int(k), x)
	case opMulAdd:
		return float64(x*y) + z
	case opMulSub:
		return float64(x*y) - z
	case opSubMul:
		return z - float64(x*y)
	case opMulMul:
		return x * y * z
	case opAddAdd:
		return (x + y) + z
	case opAddSub:
		return (x + y) - z
	case opSubAdd:
		return (x - y) + z
	case opSubSub:
		return (x - y) - z
	case opPowLogEdge:
		return powLogEdge(x, y, z)
	case opLt:
		return truth(x < y, x, y)
	case opLe:
		return truth(x <= y, x, y)
	case opEq:
		return truth(x == y, x, y)
	case opNe:
		return truth(x != y, x, y)
	case opAnd:
		return and3(x, y)
	case opOr:
		return or3(x, y)
	case opNot:
		return not3(x)
	case opIf:
		return choose(x, y, z)
	}
	panic("expr: no value for operation " + ops[o].name)
}

// powLog returns x^y (log x)^k, the limit from the right for x = 0, which is 0 for y > 0
// and infinite otherwise.
func powLog(x, y float64, k int) float64 {
	return powLogEdge(x, y, elementary.Pow(x, y)*powInt(elementary.Log(x), k))
}
