package noise

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Poisson is the distribution of counts whose mean is the prediction:
//
//	f(k) = prediction^k exp(-prediction) / k!,   k = 0, 1, 2, ...
//
// with information 1/prediction about the prediction. A prediction of exactly 0 is
// allowed for a count of 0, which is then certain; its derivative is 1, and its row has
// weight 1 in place of the infinite information.
type Poisson struct{}

var _ Distribution = Poisson{}

// maxCount is the largest count: beyond it float64 does not hold every integer.
const maxCount = 1 << 53

// Name returns "poisson".
func (Poisson) Name() string { return "poisson" }

// ArgNames returns prediction.
func (Poisson) ArgNames() []string { return []string{"prediction"} }

// Support is every count from 0 to 2^53.
func (Poisson) Support(value float64) error { return countValue("poisson", value) }

// Check wants a prediction that is not negative.
func (Poisson) Check(args Args) error { return needMean("poisson", args[0]) }

// Score sets dst for a count.
func (d Poisson) Score(dst *Score, value float64, args Args) error {
	if err := d.Support(value); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	mu := args[0]
	if mu == 0 {
		return dst.certainZero("poisson", value, args)
	}
	*dst = Score{NLL: -logPoisson(value, mu)}
	dst.add(0, (mu-value)/mu, 1/mu)
	return dst.check("poisson", value, args)
}

// certainZero sets s for a count about a mean of 0.
func (s *Score) certainZero(name string, value float64, args Args) error {
	if value != 0 {
		return &ArgError{name, 0, "prediction", args[0], "positive where the count is"}
	}
	*s = Score{}
	s.add(0, 1, 1)
	return nil
}

// ScoreCensored sets dst for a count below or above limit, which need not be a count
// itself. Below a limit that is not positive there is nothing: a *SupportError; above
// a negative one lies everything, which says nothing.
func (d Poisson) ScoreCensored(dst *Score, side Side, limit float64, args Args) error {
	if err := d.Check(args); err != nil {
		return err
	}
	k, done, err := countLimit(dst, "poisson", side, limit, args)
	if done || err != nil {
		return err
	}
	mu := args[0]
	lower, upper := poissonTails(k, mu)
	// d/dmu P(Y <= k) = -f(k), and d ln f(k)/dmu = k/mu - 1.
	g := (k - mu) / mu
	if side == Below {
		h := math.Exp(logPoisson(k, mu) - lower)
		dst.event(-lower, h, h*(h+g), [3]float64{h})
	} else {
		h := math.Exp(logPoisson(k, mu) - upper)
		dst.event(-upper, h, h*(h-g), [3]float64{-h})
	}
	return dst.check("poisson", limit, args)
}

// countLimit returns the count k for which a count below limit is one of at most k, and
// one above it is one of more than k. It sets dst, and says that it is done, where the
// event is certain or the mean is 0.
func countLimit(dst *Score, name string, side Side, limit float64, args Args) (k float64, done bool, err error) {
	if !(math.Abs(limit) <= maxCount) {
		return 0, false, &SupportError{name, limit, "counts up to 2^53"}
	}
	k = math.Floor(limit)
	if side == Below {
		k = math.Ceil(limit) - 1
	}
	switch {
	case k < 0 && side == Below:
		return 0, false, &SupportError{name, limit, "counts, and none is below this limit"}
	case k < 0:
		*dst = Score{}
		return k, true, nil
	case args[0] == 0 && side == Below:
		if k == 0 { // no count at all
			return k, true, dst.certainZero(name, 0, args)
		}
		*dst = Score{} // certain, and as certain nearby
		return k, true, nil
	case args[0] == 0:
		return k, false, &ArgError{name, 0, "prediction", 0, "positive where the count is"}
	}
	return k, false, nil
}

// Residual returns value - prediction.
func (Poisson) Residual(value, prediction float64) float64 { return value - prediction }

// Standardized returns (value - prediction)/sqrt(prediction), Pearson's residual; 0 for
// a count of 0 about a prediction of 0.
func (Poisson) Standardized(value float64, args Args) float64 {
	if value == args[0] {
		return 0
	}
	return (value - args[0]) / math.Sqrt(args[0])
}

// Sample draws a count.
func (Poisson) Sample(rng *rand.Rand, args Args) float64 {
	if args[0] == 0 {
		return 0
	}
	return distuv.Poisson{Lambda: args[0], Src: rng}.Rand()
}

// countValue is the support of the distributions of counts.
func countValue(name string, value float64) error {
	if value >= 0 && value <= maxCount && value == math.Floor(value) {
		return nil
	}
	return &SupportError{name, value, "counts: 0, 1, 2, ... up to 2^53"}
}

// needMean checks the mean of counts.
func needMean(name string, mu float64) error {
	if mu >= 0 && finite(mu) {
		return nil
	}
	return &ArgError{name, 0, "prediction", mu, "finite and not negative"}
}

// poissonTails returns ln P(Y <= k) and ln P(Y > k) for a count k and mu > 0. The smaller
// of the two probabilities is an incomplete gamma function (gonum's, of which the
// relative error is small down to the end of the range of numbers), and beyond that
// range a series or continued fraction whose factor f(k) is kept as a logarithm.
func poissonTails(k, mu float64) (lower, upper float64) {
	const small = 1e-280
	if k+1 <= mu {
		if q := mathext.GammaIncRegComp(k+1, mu); q > small {
			return math.Log(q), math.Log1p(-q)
		}
		return logPoisson(k, mu) + math.Log(mu*gammaFraction(k+1, mu)), 0
	}
	if p := mathext.GammaIncReg(k+1, mu); p > small {
		return math.Log1p(-p), math.Log(p)
	}
	// P(Y > k) = f(k+1) (1 + mu/(k+2) + mu^2/((k+2)(k+3)) + ...)
	sum, term := 1.0, 1.0
	for j := k + 2; term > sum*0x1p-54; j++ {
		term *= mu / j
		sum += term
	}
	return 0, logPoisson(k+1, mu) + math.Log(sum)
}

// gammaFraction returns Gamma(a, x) exp(x) x^-a for x > a, by the continued fraction
//
//	1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...)))
//
// (Abramowitz and Stegun 6.5.31, even part; evaluated by the method of Lentz).
func gammaFraction(a, x float64) float64 {
	const tiny = 1e-300
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	f := d
	for i := 1.0; i < 1e6; i++ {
		n := -i * (i - a)
		b += 2
		d = n*d + b
		if d == 0 {
			d = tiny
		}
		d = 1 / d
		c = b + n/c
		if c == 0 {
			c = tiny
		}
		f *= d * c
		if math.Abs(d*c-1) < 0x1p-52 {
			return f
		}
	}
	return math.NaN() // told as a RangeError
}
