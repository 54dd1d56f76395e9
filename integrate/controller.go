package integrate

import "math"

// Controller proposes step sizes. It is a stateless value: the driver keeps the
// history of errors.
type Controller interface {
	// Factor returns the ratio of the next step size to the present one.
	//
	// err is the norm of the error just estimated (1 is the tolerance), prev that of
	// the two accepted steps before, newest first (0: none), and k the power with
	// which the estimate falls, err ~ h^k. accepted says whether err passed; after a
	// rejection the factor must be below 1.
	Factor(err float64, prev [2]float64, k int, accepted bool) float64
}

// PI is the proportional-integral controller
//
//	h_next/h = Safety * err^(-Alpha/k) * prev^(Beta/k),
//
// kept between MinFactor and MaxFactor. Zero fields mean Alpha 0.7, Beta 0.4,
// Safety 0.9, MinFactor 0.2, MaxFactor 10. Source: Gustafsson, ACM TOMS 17 (1991)
// 533; Hairer, Wanner, Solving ODEs II, section IV.2.
type PI struct {
	Alpha, Beta, Safety, MinFactor, MaxFactor float64
}

// I is the classical controller h_next/h = Safety * err^(-1/k). Zero fields mean
// Safety 0.9, MinFactor 0.2, MaxFactor 10. Source: Hairer, Norsett, Wanner,
// Solving ODEs I, eq. II.4.13.
type I struct {
	Safety, MinFactor, MaxFactor float64
}

var (
	_ Controller = PI{}
	_ Controller = I{}
)

// Factor implements [Controller].
func (c PI) Factor(err float64, prev [2]float64, k int, accepted bool) float64 {
	alpha, beta := or(c.Alpha, 0.7), or(c.Beta, 0.4)
	if !accepted || prev[0] == 0 {
		alpha, beta = 1, 0 // the plain controller where there is no history to trust
	}
	f := or(c.Safety, 0.9) * math.Pow(err, -alpha/float64(k))
	if beta != 0 {
		f *= math.Pow(prev[0], beta/float64(k))
	}
	return bound(f, or(c.MinFactor, 0.2), or(c.MaxFactor, 10), accepted)
}

// Factor implements [Controller].
func (c I) Factor(err float64, _ [2]float64, k int, accepted bool) float64 {
	f := or(c.Safety, 0.9) * math.Pow(err, -1/float64(k))
	return bound(f, or(c.MinFactor, 0.2), or(c.MaxFactor, 10), accepted)
}

// bound keeps f in [lo, hi], and below 1 after a rejection.
func bound(f, lo, hi float64, accepted bool) float64 {
	if !accepted {
		hi = min(hi, 0.9)
	}
	return min(max(f, lo), hi)
}

func or(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return v
}
