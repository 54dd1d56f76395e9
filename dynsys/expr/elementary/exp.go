package elementary

import "math"

const (
	ln2Hi      = 0x1.62e42fefa0000p-1  // 37 bits: times 128ths of 2^11 it is exact
	ln2Lo      = 0x1.cf79abc9e3b3ap-40 // ln 2 - ln2Hi
	roundShift = 0x1.8p52              // added and subtracted, it rounds to an integer
)

// Exp returns e^x.
//
// With k = round(128 x / ln 2) and r = x - k ln2/128, |r| <= 0.0028, the result is
// 2^(k/128) e^r: the power comes from a table of 128 values in two parts, e^r - 1 is
// its Taylor polynomial of degree 5, whose rest is below 2^-60.
func Exp(x float64) float64 {
	if x != x {
		return x
	}
	if x > 709.79 {
		return math.Float64frombits(infBits)
	}
	if x < -745.2 {
		return 0
	}
	kd := float64(x*(128/math.Ln2)) + roundShift
	k := math.Float64bits(kd)
	kd -= roundShift
	r := x - float64(kd*(ln2Hi/128)) - float64(kd*(ln2Lo/128))
	i := (k & 127) * 2
	tail := math.Float64frombits(exp2Table[i])
	bits := exp2Table[i+1] + k<<45
	r2 := float64(r * r)
	p := (tail + r) + (float64(r2*(0.5+float64(r*(1.0/6)))) + float64(r2*r2*(1.0/24+float64(r*(1.0/120)))))
	if x > 709 {
		s := math.Float64frombits(bits - 1<<52)
		return float64((s + float64(s*p)) * 2)
	}
	if x < -708 {
		s := math.Float64frombits(bits + 128<<52)
		return float64((s + float64(s*p)) * 0x1p-128)
	}
	s := math.Float64frombits(bits)
	return s + float64(s*p)
}

// expm1 returns e^x - 1 for |x| <= 100, as [Exp] computes e^x: the 1 is taken off the
// power of 2 before the small part is added.
func expm1(x float64) float64 {
	kd := float64(x*(128/math.Ln2)) + roundShift
	k := math.Float64bits(kd)
	kd -= roundShift
	r := x - float64(kd*(ln2Hi/128)) - float64(kd*(ln2Lo/128))
	i := (k & 127) * 2
	tail := math.Float64frombits(exp2Table[i])
	s := math.Float64frombits(exp2Table[i+1] + k<<45)
	r2 := float64(r * r)
	p := float64(r2*(0.5+float64(r*(1.0/6)))) + float64(r2*r2*(1.0/24+float64(r*(1.0/120))))
	if s == 1 {
		return r + p
	}
	return (s - 1) + float64(s*((tail+r)+p))
}
