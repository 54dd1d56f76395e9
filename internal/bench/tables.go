package main

import (
	"fmt"
	"math"
	"strings"
)

// classes are the methods that are measured with the same yardstick.
var classes = map[string]string{
	"dopri5": "order 5", "tsit5": "order 5", "erk_cash_karp45": "order 5", "erk_dopri45": "order 5",
	"vern7": "order 8", "dop853": "order 8", "vern9": "order 8",
	"fehlberg78": "order 8", "erk_fehlberg78": "order 8", "rk8pd": "order 8",
	"adams": "Adams", "cvode_adams_fp": "Adams", "msadams": "Adams",
	"bdf": "BDF", "cvode_bdf_dense": "BDF", "cvode_bdf_band": "BDF", "msbdf": "BDF",
	"rodas5p": "one-step", "radau5": "one-step", "kvaerno5": "one-step", "kencarp4": "one-step",
	"rosenbrock4": "one-step", "bsimp": "one-step",
}

// equalErrors writes the table of times at equal error.
func equalErrors(b *strings.Builder, rows []row) {
	fmt.Fprintln(b, "| problem | error | odefit | µs | best peer | µs | CVODE µs | odefit / best peer | odefit / CVODE |")
	fmt.Fprintln(b, "|---|---|---|---|---|---|---|---|---|")
	isOurs := func(c *curve) bool { return c.peer == ours }
	isPeer := func(c *curve) bool { return c.peer != ours }
	isCVODE := func(c *curve) bool { return strings.HasPrefix(c.method, "cvode") }
	for _, r := range races() {
		all := curves(rows, r.name)
		for k := 6; k >= -12; k-- {
			x := math.Pow10(k)
			we, t := fastest(all, x, isOurs)
			peer, pt := fastest(all, x, isPeer)
			cvode, ct := fastest(all, x, isCVODE)
			if we == nil || peer == nil {
				continue
			}
			fmt.Fprintf(b, "| %s | 1e%d | %s | %.3g | %s %s | %.3g |", r.name, k, we.method, t, peer.peer, peer.method, pt)
			if cvode == nil {
				fmt.Fprintf(b, " | %.2f | |\n", t/pt)
			} else {
				fmt.Fprintf(b, " %.3g | %.2f | %.2f |\n", ct, t/pt, t/ct)
			}
		}
	}
}

// equalTolerances writes the table of errors at equal tolerance: ours in units of the
// least error among the peers of the class.
func equalTolerances(b *strings.Builder, rows []row) {
	fmt.Fprintln(b, "| problem | method | 1e-4 | 1e-6 | 1e-8 | 1e-10 |")
	fmt.Fprintln(b, "|---|---|---|---|---|---|")
	for _, r := range races() {
		for _, m := range r.methods() {
			class := classes[m.String()]
			var cells []string
			for _, rtol := range []float64{1e-4, 1e-6, 1e-8, 1e-10} {
				mine, least := math.NaN(), math.Inf(1)
				for _, x := range rows {
					switch {
					case x.problem != r.name || x.rtol != rtol:
					case x.peer == ours && x.method == m.String():
						mine = x.err
					case x.peer != ours && class != "" && classes[x.method] == class:
						least = min(least, x.err)
					}
				}
				cell := fmt.Sprintf("%.0e", mine)
				if !math.IsInf(least, 1) {
					cell = fmt.Sprintf("%.2g (%.0e)", mine/least, mine)
				}
				cells = append(cells, cell)
			}
			fmt.Fprintf(b, "| %s | %v | %s |\n", r.name, m, strings.Join(cells, " | "))
		}
	}
}

// measurements writes all of our rows and of the peers'.
func measurements(b *strings.Builder, rows []row) {
	fmt.Fprintln(b, "| problem | peer | method | rtol | steps | rhs | Jacobians | µs | error |")
	fmt.Fprintln(b, "|---|---|---|---|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %.0e | %d | %d | %d | %.4g | %.1e |\n",
			r.problem, r.peer, r.method, r.rtol, r.steps, r.nfev, r.njev, r.best, r.err)
	}
}
