package main

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"

	"github.com/odefit/odefit/integrate"
)

// race is a problem that all solve.
type race struct {
	name    string // the peers' name for it
	title   string
	problem integrate.Problem[[]float64]
	stiff   bool
	abs     float64 // absolute tolerance in units of the relative one
}

// races returns the problems, with the constants, end times and tolerances of the
// peers.
func races() []race {
	type problem = integrate.Problem[[]float64]
	band, bandJacobian := brusselatorJacobian()
	r := problem{F: rober, Jacobian: roberJacobian, Y0: []float64{1, 0, 0}, T1: 4e4, Autonomous: true}
	far := r
	far.T1 = 1e11
	return []race{
		{"lotka_volterra", "Lotka-Volterra, n = 2", problem{F: lotkaVolterra, Y0: []float64{1, 1}, T1: 10}, false, 1},
		{"lorenz", "Lorenz, n = 3", problem{F: lorenz, Y0: []float64{1, 0, 0}, T1: 10}, false, 1},
		{"arenstorf", "Arenstorf orbit, n = 4", problem{F: arenstorf, Y0: []float64{0.994, 0, 0, -2.00158510637908252240537862224}, T1: 17.0652165601579625588917206249}, false, 1},
		{"pleiades", "Pleiades, n = 28", problem{F: pleiades, Y0: []float64{
			3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4,
			0, 0, 0, 0, 0, 1.75, -1.5, 0, 0, 0, -1.25, 1, 0, 0,
		}, T1: 3}, false, 1},
		{"rober_4e4", "Robertson to 4e4, n = 3", r, true, 1e-6},
		{"rober_1e11", "Robertson to 1e11, n = 3", far, true, 1e-6},
		{"hires", "HIRES, n = 8", problem{F: hires, Jacobian: hiresJacobian, Y0: []float64{1, 0, 0, 0, 0, 0, 0, 0.0057}, T1: 321.8122, Autonomous: true}, true, 1e-2},
		{"pollu", "POLLU, n = 20", problem{F: pollu, Jacobian: polluJacobian, Y0: []float64{
			0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0,
		}, T1: 60, Autonomous: true}, true, 1e-4},
		{"oregonator", "Oregonator, n = 3", problem{F: oregonator, Jacobian: oregonatorJacobian, Y0: []float64{1, 2, 3}, T1: 360, Autonomous: true}, true, 1},
		{"vanderpol", "Van der Pol, eps = 1e-6, n = 2", problem{F: vanDerPol, Jacobian: vanDerPolJacobian, Y0: []float64{2, 0}, T1: 2, Autonomous: true}, true, 1},
		{"brusselator", "Brusselator, 500 cells, n = 1000", problem{
			F: brusselator, Jacobian: bandJacobian, Pattern: band, Y0: brusselatorStart(), T1: 10, Autonomous: true,
		}, true, 1},
	}
}

// methods returns our solvers that take part.
func (r *race) methods() []integrate.Method {
	if r.stiff {
		return []integrate.Method{
			integrate.BDF{}, integrate.Rodas5P{}, integrate.RadauIIA5{}, integrate.Kvaerno5{},
			integrate.KenCarp4{}, integrate.Auto{},
		}
	}
	return []integrate.Method{
		integrate.Dopri5{}, integrate.Tsit5{}, integrate.Vern7{}, integrate.Dop853{}, integrate.Vern9{},
		integrate.Adams{}, integrate.Auto{},
	}
}

// tolerances returns the relative tolerances for a method: those of the peers, a tighter
// one for high order, and looser ones for methods whose error stays far below the
// tolerance, so that their curves reach the errors that others have.
func tolerances(m integrate.Method) []float64 {
	rtols := []float64{1e-4, 1e-6, 1e-8, 1e-10}
	switch m.(type) {
	case integrate.Vern7, integrate.Dop853, integrate.Vern9:
		rtols = append(rtols, 1e-12)
	case integrate.RadauIIA5:
		rtols = append(append([]float64{1e-2}, rtols...), 1e-12)
	case integrate.Rodas5P:
		rtols = append([]float64{1e-2, 1e-3}, rtols...)
	}
	return rtols
}

//go:embed reference/*.csv
var references embed.FS

// reference returns the solution at the end.
func (r *race) reference() ([]float64, error) {
	f, err := references.Open("reference/" + r.name + ".csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var y []float64
	for _, record := range records[1:] {
		v, err := strconv.ParseFloat(record[1], 64)
		if err != nil {
			return nil, err
		}
		y = append(y, v)
	}
	if len(y) != len(r.problem.Y0) {
		return nil, fmt.Errorf("bench: the reference of %s has %d components", r.name, len(y))
	}
	return y, nil
}

// relativeError is max_i |y_i - r_i| / max(|r_i|, 1e-6 max_j |r_j|).
func relativeError(y, ref []float64) float64 {
	var most, worst float64
	for _, x := range ref {
		most = max(most, math.Abs(x))
	}
	for i, x := range ref {
		worst = max(worst, math.Abs(y[i]-x)/max(math.Abs(x), 1e-6*most))
	}
	return worst
}
