package fit

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
)

// unknowing is a model that does not tell which of its parameters are idle.
type unknowing struct{ dynsys.Model }

func (m unknowing) System() (*dynsys.System[[]float64], error) {
	sys, err := m.Model.System()
	if err == nil {
		sys.Idle = nil
	}
	return sys, err
}

// Parameters act through a rate, an initial value, the time of a jump, the time and the
// size of an event, the steady state of another experiment, a condition; three act on
// predictions alone, and have no tangents. The Jacobian is the one with all tangents.
func TestIdleParameters(t *testing.T) {
	m, err := model.Parse("model.ode", []byte(`
param k = 0.7
param x0 = 2
param tau = 1.2
param when = 2.3
param size = 0.6
param inflow = 0.4
param level = 1.5
param gain = 2
param offset = 0.1
param sd = 0.3
const low = 0
init x = x0
init z = 0
x' = inflow + low - k*x*(1 + step(tau))
z' = x - z
event at when: z = z + size
observe x ~ normal(gain*x + offset, sd)
observe z ~ normal(z, row.noise)
experiment still: low = 0.3
experiment late: low = 0.1*level, preequilibration = still
`))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Read(strings.NewReader("time,experiment,x,z,noise\n0,first,3,0.1,sd\n1,first,2,1,sd\n3,first,1,2,0.2\n1,late,2,1,sd\n4,late,1,1,sd\n"),
		"data.csv", Roles(m))
	if err != nil {
		t.Fatal(err)
	}
	var jacs [2][]float64
	for i := range jacs {
		p, err := FromModel(m, Tables{Data: data})
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			for x := range p.Experiments {
				p.Experiments[x].Model = unknowing{p.Experiments[x].Model}
			}
		}
		e, err := newEvaluator(p, p.settings(100))
		if err != nil {
			t.Fatal(err)
		}
		s := newSearchSpace(p)
		jacs[i] = make([]float64, e.rows*e.estimated)
		if _, err := e.linearize(t.Context(), make([]float64, e.rows), jacs[i], s.guess); err != nil {
			t.Fatal(err)
		}
		for x, want := range []string{"k x0 tau when size inflow", "k x0 tau when size inflow level"} {
			var names []string
			for _, k := range e.sims[x].moving {
				names = append(names, p.Parameters[k].Name)
			}
			if i == 0 && strings.Join(names, " ") != want {
				t.Errorf("experiment %s carries tangents along %v, want %s", p.Experiments[x].Name, names, want)
			}
			if i == 1 && !slices.Contains(names, "sd") {
				t.Errorf("experiment %s carries %v without knowing what is idle", p.Experiments[x].Name, names)
			}
		}
	}
	for i, v := range jacs[0] {
		// Tolerances are 1e-10: the steps of the two differ, no more.
		if w := jacs[1][i]; !(math.Abs(v-w) <= 1e-8*(1+math.Abs(w))) {
			t.Errorf("entry %d of the Jacobian: %.12g, and %.12g with all tangents", i, v, w)
		}
	}
}
