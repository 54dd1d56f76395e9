package integrate

import "sync"

// mostStages is at least the number of stages, or of derivatives in a history, of
// every method of this package; a tableau of a user's may have more.
const mostStages = 32

// weightsPool lends memory for the weights of kept interpolants, which may be asked from
// several goroutines at a time and do not allocate.
var weightsPool = sync.Pool{New: func() any { return new([mostStages]float64) }}

// borrowWeights lends room for n weights, to be given back to weightsPool.
func borrowWeights(n int) (lent *[mostStages]float64, w []float64) {
	lent = weightsPool.Get().(*[mostStages]float64)
	if n > mostStages {
		return lent, make([]float64, n)
	}
	return lent, lent[:n]
}
