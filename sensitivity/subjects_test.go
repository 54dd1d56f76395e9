package sensitivity

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/cmplx"
	"os"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	language "github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/problems"
)

// subject is a problem of the table of agreement, with losses whose gradients are known.
type subject struct {
	name  string
	prob  Problem[[]float64]
	abs   float64 // absolute tolerance over the relative one
	stiff bool
	asked []question
}

// question is a loss and what is known of its gradient; nil is not compared.
type question struct {
	loss         *Loss[[]float64]
	value, size  float64 // size: of the terms that make up the value
	p, y0, times []float64
}

// off returns the worst relative error of a gradient: of the value, of the derivatives
// in the parameters, each weighed by its parameter's size, in the initial values and
// in the times.
func (s *subject) off(q *question, value float64, p, y0, times []float64) float64 {
	sizes := make([]float64, len(s.prob.P))
	for i, v := range s.prob.P {
		sizes[i] = math.Abs(v)
	}
	worst := max(math.Abs(value-q.value)/q.size, scaledApart(p, q.p, sizes))
	if q.y0 != nil {
		worst = max(worst, apart(y0, q.y0))
	}
	if q.times != nil {
		worst = max(worst, apart(times, q.times))
	}
	return worst
}

// subjects are the problems of the table.
func subjects(t testing.TB) []subject {
	list := []subject{
		standard(t, problems.ExponentialDecay(), 1e-3, "y0' = -k*y0"),
		standard(t, problems.HarmonicOscillator(), 1e-3, "y0' = y1", "y1' = -omega^2*y0"),
		standard(t, problems.ModulatedGrowth(), 1e-3, "y0' = a*cos(omega*t)*y0"),
		standard(t, problems.Linear(), 1e-3, "y0' = A00*y0 + A01*y1", "y1' = A10*y0 + A11*y1"),
		standard(t, problems.LotkaVolterra(), 1e-3, "y0' = a*y0 - b*y0*y1", "y1' = -c*y1 + d*y0*y1"),
		standard(t, problems.SIR(), 1e-3, "y0' = -beta*y0*y1/763", "y1' = beta*y0*y1/763 - gamma*y1", "y2' = gamma*y1"),
		standard(t, problems.DampedPendulum(), 1e-3, "y0' = y1", "y1' = -c*y1 - g/len*sin(y0)"),
		standard(t, problems.PK1(), 1e-3, "y0' = -ka*y0", "y1' = ka*y0 - CL/V*y1"),
		trap(t), halves(t), network(t), bounces(t), doses(t),
		standard(t, problems.Rober(), 1e-6, "y0' = -k1*y0 + k3*y1*y2", "y1' = k1*y0 - k2*y1^2 - k3*y1*y2", "y2' = k2*y1^2"),
		conserved(t),
		standard(t, problems.Hires(), 1e-3,
			"y0' = -k1*y0 + k2*y1 + k3*y2 + k4", "y1' = k1*y0 - k5*y1", "y2' = -k6*y2 + k2*y3 + k7*y4",
			"y3' = k3*y1 + k1*y2 - k8*y3", "y4' = -k9*y4 + k2*(y5 + y6)",
			"y5' = -k10*y5*y7 + k11*y3 + k1*y4 - k2*y5 + k11*y6", "y6' = k10*y5*y7 - k12*y6", "y7' = -k10*y5*y7 + k12*y6"),
	}
	return list
}

// standard is a problem with references, its equations written as a text: so that
// second derivatives are exact, and the text's way to a system is part of the test.
func standard(t testing.TB, q *problems.Problem, abs float64, equations ...string) subject {
	t.Helper()
	var b strings.Builder
	for i, name := range q.Params {
		fmt.Fprintf(&b, "param %s = %v\n", name, q.P[i])
	}
	s := subject{name: q.Name, abs: abs, stiff: q.Stiff, prob: problemOf(q)}
	s.prob.System = written(t, b.String()+strings.Join(equations, "\n")+"\n")
	points, err := q.Sensitivities()
	if err != nil {
		t.Fatal(err)
	}
	s.prob.T1 = points[len(points)-1].T
	s.asked = append(s.asked, alongPoints(points))
	if ref, err := q.Loss(); err == nil {
		s.prob.T1 = max(s.prob.T1, ref.T[len(ref.T)-1])
		s.asked = append(s.asked, question{loss: SumOfSquares(ref.T, ref.Data, nil),
			value: ref.Value, size: ref.Value, p: ref.DP, y0: ref.DY0, times: ref.DT})
	}
	return s
}

// written returns the system of a text.
func written(t testing.TB, text string) *dynsys.System[[]float64] {
	t.Helper()
	parsed, err := language.Parse("subject.ode", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := parsed.Compile()
	if err != nil {
		t.Fatal(err)
	}
	dynamics, err := compiled.Equations()
	if err != nil {
		t.Fatal(err)
	}
	sys, err := dynamics.System()
	if err != nil {
		t.Fatal(err)
	}
	sys.Initial = dynsys.Initial[[]float64]{} // the subject's own
	return sys
}

// alongPoints is the loss sum_k w_k . y(t_k), which has every number of a table of
// sensitivities in its gradient. Weights vary, and bring components to one size.
func alongPoints(points []problems.Point) question {
	n := len(points[0].Y)
	largest := make([]float64, n)
	for _, pt := range points {
		for i, v := range pt.Y {
			largest[i] = max(largest[i], math.Abs(v))
		}
	}
	var q question
	var times []float64
	var w [][]float64
	for k, pt := range points {
		times = append(times, pt.T)
		w = append(w, make([]float64, n))
		if q.p == nil {
			q.p, q.y0 = make([]float64, len(pt.DP[0])), make([]float64, n)
		}
		for i := range n {
			w[k][i] = (1 + 0.5*math.Cos(float64(3*k+2*i))) / largest[i]
			q.value += w[k][i] * pt.Y[i]
			q.size += math.Abs(w[k][i] * pt.Y[i])
			for j := range q.p {
				q.p[j] += w[k][i] * pt.DP[i][j]
			}
			for j := range n {
				if pt.DY0 != nil {
					q.y0[j] += w[k][i] * pt.DY0[i][j]
				}
			}
		}
	}
	if points[0].DY0 == nil {
		q.y0 = nil
	}
	q.loss = Product[[]float64](space.Floats{}, times, w)
	return q
}

// conserved is Robertson's reaction as a differential-algebraic system: what is left
// of the third species is what the others do not hold. Its solution is that of the
// differential equations, and so are its derivatives in the rates.
func conserved(t testing.TB) subject {
	t.Helper()
	s := standard(t, problems.Rober(), 1e-2, // y2, known to rounding alone, begins at 0
		"y0' = -k1*y0 + k3*y1*y2", "y1' = k1*y0 - k2*y1^2 - k3*y1*y2", "algebraic y2", "0 = y0 + y1 + y2 - 1")
	s.name = "rober_dae"
	for i := range s.asked {
		s.asked[i].y0 = nil // y2 follows from the others
	}
	return s
}

// trap is the constant solution whose derivatives oscillate.
func trap(t testing.TB) subject {
	t.Helper()
	s := standard(t, problems.ConstantSolution(), 1e-3, "y0' = a*y0 - y0*y1", "y1' = -a*y1 + y0*y1")
	times := make([]float64, 101)
	for k := range times {
		times[k] = float64(k) / 10
	}
	s.asked = append(s.asked, question{loss: SumOfStates(times), value: 202, size: 202, p: []float64{212.710425216819}})
	return s
}

// halves is x' = a(1-t) + b t + c t: the three derivatives of x(1) are one half.
func halves(t testing.TB) subject {
	t.Helper()
	return subject{
		name: "halves", abs: 1e-3,
		prob: Problem[[]float64]{
			System: written(t, "param a = 1\nparam b = 2\nparam c = 3\nx' = a*(1 - t) + b*t + c*t\n"),
			P:      []float64{1, 2, 3}, T1: 1, Y0: []float64{0},
		},
		asked: []question{{loss: SumOfStates([]float64{1}), value: 3, size: 3, p: []float64{0.5, 0.5, 0.5}, y0: []float64{1}}},
	}
}

// network is y' = N(y) with a tanh network 2-8-2. Its reference is a complex step
// through the ninth-order method of Verner on steps of 1/100, whose error is rounding,
// with the network written out once more.
func network(t testing.TB) subject {
	t.Helper()
	s := subject{name: "mlp", abs: 1e-3, prob: perceptron(t)}
	times := []float64{0.7, 1.5, 3}
	rates := func(dy []complex128, y, w []complex128) {
		copy(dy, w[8*3+2*8:]) // biases of the output
		for j := range 8 {
			a := cmplx.Tanh(w[2*j]*y[0] + w[2*j+1]*y[1] + w[16+j])
			dy[0] += w[24+j] * a
			dy[1] += w[32+j] * a
		}
	}
	along := func(j int) (value, derivative float64) {
		w, y := make([]complex128, len(s.prob.P)), make([]complex128, 2)
		for i, v := range s.prob.P {
			w[i] = complex(v, 0)
		}
		for i, v := range s.prob.Y0 {
			y[i] = complex(v, 0)
		}
		if j < len(w) {
			w[j] += complex(0, tiny)
		} else {
			y[j-len(w)] += complex(0, tiny)
		}
		sol, err := integrate.Solve(context.Background(), integrate.Problem[[]complex128]{
			F:  func(dy []complex128, _ float64, y []complex128) error { rates(dy, y, w); return nil },
			T1: s.prob.T1, Y0: y, Space: space.Complexes[complex128]{},
		}, integrate.Vern9{}, &integrate.Settings{FixedStep: 0.01, Times: times})
		if err != nil {
			t.Fatal(err)
		}
		for _, y := range sol.Y {
			value += real(y[0] + y[1])
			derivative += imag(y[0]+y[1]) / tiny
		}
		return value, derivative
	}
	q := question{loss: SumOfStates(times)}
	for j := range len(s.prob.P) + 2 {
		value, d := along(j)
		q.value, q.size = value, math.Abs(value)
		if j < len(s.prob.P) {
			q.p = append(q.p, d)
		} else {
			q.y0 = append(q.y0, d)
		}
	}
	s.asked = []question{q}
	return s
}

// bounces is the bouncing ball, six impacts of it.
func bounces(t testing.TB) subject {
	t.Helper()
	s := subject{name: "bouncing_ball", abs: 1e-1, prob: ball()}
	var ref struct {
		Loss struct {
			T  []string `json:"T"`
			D  []string `json:"d"`
			L  string   `json:"L"`
			G  string   `json:"dL_dg"`
			E  string   `json:"dL_de"`
			H0 string   `json:"dL_dh0"`
			DT []string `json:"dL_dT"`
		} `json:"loss"`
	}
	refs(t, "bouncing_ball.json", &ref)
	l := ref.Loss
	s.asked = []question{{
		loss: component(numbers(t, l.T), numbers(t, l.D), 0), value: number(t, l.L), size: number(t, l.L),
		p: []float64{number(t, l.G), number(t, l.E), number(t, l.H0)}, times: numbers(t, l.DT),
	}}
	var points []problems.Point
	for _, row := range table(t, "bouncing_ball_sens.csv") {
		v := func(name string) float64 { return number(t, row[name]) }
		points = append(points, problems.Point{
			T: v("T"), Y: []float64{v("x"), v("v")},
			DP: [][]float64{{v("dx_dg"), v("dx_de"), v("dx_dh0")}, {v("dv_dg"), v("dv_de"), v("dv_dh0")}},
		})
	}
	s.asked = append(s.asked, alongPoints(points))
	return s
}

// doses is a drug in two compartments, given four times with a lag that is a parameter.
func doses(t testing.TB) subject {
	t.Helper()
	prob, loss, value, p, times := lagged(t)
	s := subject{name: "doses_with_lag", abs: 1e-1, prob: prob}
	s.asked = []question{{loss: loss, value: value, size: value, p: p, times: times}}
	rows := table(t, "pk_multidose_sens.csv")
	at := make([]float64, len(rows))
	q := question{p: make([]float64, len(p)), times: make([]float64, len(rows))}
	for k, row := range rows {
		at[k] = number(t, row["t"])
		q.value += number(t, row["conc"])
		q.times[k] = number(t, row["dconc_dt"])
		for j, name := range []string{"ka", "CL", "V", "tlag", "amount0", "amount1", "amount2", "amount3"} {
			q.p[j] += number(t, row["dconc_d"+name])
		}
	}
	q.size = q.value
	q.loss = &Loss[[]float64]{ // the sum of concentrations
		Times: at,
		L:     func(_ int, y, p []float64) (float64, error) { return y[1] / p[2], nil },
		Ly:    func(out []float64, _ int, _, p []float64) error { out[0], out[1] = 0, 1/p[2]; return nil },
		Lp:    func(gp []float64, _ int, y, p []float64) error { gp[2] -= y[1] / (p[2] * p[2]); return nil },
	}
	s.asked = append(s.asked, q)
	return s
}

// table reads a CSV file of testdata/refs, each row by the names of its columns.
func table(t testing.TB, file string) []map[string]string {
	t.Helper()
	f, err := os.Open("../testdata/refs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for j, cell := range record {
			row[records[0][j]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}
