package integrate

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

// I is the classical controller h_next/h = Safety * err^(-1/k). Zero fields mean
// Safety 0.9, MinFactor 0.2, MaxFactor 10. Source: Hairer, Norsett, Wanner,
// Solving ODEs I, eq. II.4.13.
type I struct {
	Safety, MinFactor, MaxFactor float64
}

// PI is the proportional-integral controller
//
//	h_next/h = Safety * err^(-Alpha/k) * prev^(Beta/k),
//
// kept between MinFactor and MaxFactor. Zero fields mean Alpha 0.7, Beta 0.4,
// Safety 0.9, MinFactor 0.2, MaxFactor 10. It takes smoother steps than [I] where
// stability and not accuracy limits the step. Source: Gustafsson, ACM TOMS 17 (1991)
// 533; Hairer, Wanner, Solving ODEs II, section IV.2.
type PI struct {
	Alpha, Beta, Safety, MinFactor, MaxFactor float64
}

// PID is the controller with proportional, integral and derivative terms
//
//	h_next/h = Safety * err^(-Alpha/k) * prev[0]^(Beta/k) * prev[1]^(-Gamma/k),
//
// kept between MinFactor and MaxFactor. Zero fields mean Alpha 0.58, Beta 0.21, Gamma
// 0.1, Safety 0.9, MinFactor 0.2, MaxFactor 10. Source: Kennedy, Carpenter, Appl.
// Numer. Math. 44 (2003) 139, section 5; Soderlind, ACM TOMS 29 (2003) 1.
type PID struct {
	Alpha, Beta, Gamma, Safety, MinFactor, MaxFactor float64
}

var (
	_ Controller = I{}
	_ Controller = PI{}
	_ Controller = PID{}
)

// Factor implements [Controller].
func (c I) Factor(err float64, _ [2]float64, k int, accepted bool) float64 {
	return bound(c.Safety, -log2(err)/float64(k), c.MinFactor, c.MaxFactor, accepted)
}

// Factor implements [Controller].
func (c PI) Factor(err float64, prev [2]float64, k int, accepted bool) float64 {
	e := -log2(err)
	if accepted && prev[0] > 0 {
		e = or(c.Alpha, 0.7)*e + or(c.Beta, 0.4)*log2(prev[0])
	} // else the plain controller: there is no history to trust
	return bound(c.Safety, e/float64(k), c.MinFactor, c.MaxFactor, accepted)
}

// Factor implements [Controller].
func (c PID) Factor(err float64, prev [2]float64, k int, accepted bool) float64 {
	e := -log2(err)
	if accepted && prev[0] > 0 {
		last := log2(prev[0])
		older := last // as if the error had stood still
		if prev[1] > 0 {
			older = log2(prev[1])
		}
		e = or(c.Alpha, 0.58)*e + or(c.Beta, 0.21)*last - or(c.Gamma, 0.1)*older
	}
	return bound(c.Safety, e/float64(k), c.MinFactor, c.MaxFactor, accepted)
}

// bound returns safety * 2^e, kept in [lo, hi], and below 1 after a rejection. Zero
// means the defaults.
func bound(safety, e, lo, hi float64, accepted bool) float64 {
	f := or(safety, 0.9) * exp2(e)
	hi = or(hi, 10)
	if !accepted {
		hi = min(hi, 0.9)
	}
	return min(max(f, or(lo, 0.2)), hi)
}

func or(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return v
}
