package dataset

import (
	"bytes"
	"math"
	"slices"
)

// Dose is a dose row: an amount that enters a state at a time, at once or as an
// infusion, once or again and again.
type Dose struct {
	Time   float64
	Amount float64
	// Compartment is the cell that says which state: a name or a number; its Text is ""
	// where nothing is said.
	Compartment Cell
	// Rate or Duration is that of an infusion. Both are 0 for a dose at once.
	Rate, Duration float64
	// Additional doses follow, each Interval after the one before.
	Additional int
	Interval   float64
	// SteadyState says that the same dose was given every Interval for ever before, or,
	// with neither amount nor interval, as an infusion without end that ends at Time.
	SteadyState Steadiness
	Line        int
}

// Steadiness is what the steady state of a dose does to the states at its time. Its
// values are those of the column ss.
type Steadiness int

const (
	Unsteady Steadiness = iota // nothing: an ordinary dose
	Replaces                   // it takes their place; what was given before is forgotten
	Adds                       // it adds to them
)

// maxAdditional bounds the doses that one row stands for.
const maxAdditional = 100_000

// isDose says whether the row is a dose: its evid is 1, or there is no evid and its
// amount is positive, or 0 at steady state.
func (rd *reader) isDose() (bool, error) {
	amount, evid := rd.l.role[RoleAmount], rd.l.role[RoleEvid]
	if evid != none {
		v, ok, err := rd.t.Number(evid)
		switch {
		case err != nil:
			return false, err
		case ok && v != 1 && v != 0:
			e := rd.t.errorAt(evid)
			e.Msg, e.Hint = quote(e.Text)+" is no evid that is known", "0 is an observation, 1 a dose"
			return false, e
		case ok:
			return v == 1, nil
		}
	}
	if amount == none {
		return false, nil
	}
	v, ok, err := rd.t.Number(amount)
	if err != nil || !ok || v != 0 {
		return ok, err
	}
	steady, err := rd.notNegative(RoleSteadyState)
	return steady != 0, err
}

// dose takes in the row at hand as a dose.
func (rd *reader) dose() error {
	x, err := rd.experiment()
	if err != nil {
		return err
	}
	amount := rd.l.role[RoleAmount]
	if amount == none || rd.t.Missing(amount) {
		e := rd.t.errorAt(rd.l.role[RoleEvid])
		e.Msg, e.Hint = "a dose without an amount", "give it in a column amt, or make the row an observation"
		return e
	}
	d := Dose{Line: rd.t.cells[amount].line}
	if d.Time, err = rd.time(amount); err != nil {
		return err
	}
	if math.IsInf(d.Time, 0) {
		e := rd.t.errorAt(rd.l.role[RoleTime])
		e.Msg = "a dose at infinite time"
		return e
	}
	var additional, steady float64
	for _, f := range []struct {
		to   *float64
		role Role
	}{
		{&d.Amount, RoleAmount}, {&d.Rate, RoleRate}, {&d.Duration, RoleDuration},
		{&d.Interval, RoleInterval}, {&additional, RoleAdditional}, {&steady, RoleSteadyState},
	} {
		if *f.to, err = rd.notNegative(f.role); err != nil {
			return err
		}
	}
	d.Additional, d.SteadyState = int(min(additional, maxAdditional+1)), Steadiness(min(steady, 3))
	if i := rd.l.role[RoleCompartment]; i != none && !rd.t.Missing(i) {
		d.Compartment = rd.t.Cell(i)
		d.Compartment.Text = string(bytes.TrimSpace([]byte(d.Compartment.Text)))
	}
	if err := rd.checkDose(&d, additional, steady); err != nil {
		return err
	}
	if d.Amount > 0 || d.endless() {
		rd.d.Experiments[x].Doses = append(rd.d.Experiments[x].Doses, d)
	}
	return nil
}

// endless says that the dose is an infusion that has run for ever before.
func (d *Dose) endless() bool {
	return d.SteadyState != Unsteady && d.Amount == 0 && d.Interval == 0 && d.Rate > 0
}

// notNegative reads a number of a dose row; what is missing is 0.
func (rd *reader) notNegative(r Role) (float64, error) {
	i := rd.l.role[r]
	if i == none {
		return 0, nil
	}
	v, ok, err := rd.t.Number(i)
	if err != nil || !ok {
		return 0, err
	}
	if v < 0 {
		e := rd.t.errorAt(i)
		e.Msg, e.Hint = "a negative "+r.String(), "expected 0 or more"
		switch r {
		case RoleAmount:
			e.Msg, e.Hint = "a negative dose", "an amount is positive, and empty or 0 where nothing is given"
		case RoleRate:
			e.Hint = "a duration that is a parameter is written with a pulse in the model"
		}
		return 0, e
	}
	return v, nil
}

// checkDose refuses what contradicts itself.
func (rd *reader) checkDose(d *Dose, additional, steady float64) error {
	at := func(r Role, msg, hint string) error {
		e := rd.t.errorAt(rd.l.role[r])
		e.Msg, e.Hint = msg, hint
		return e
	}
	switch {
	case d.Rate > 0 && d.Duration > 0 && math.Abs(d.Rate*d.Duration-d.Amount) > 1e-6*d.Amount:
		return at(RoleRate, "an infusion whose rate and duration (tinf) do not make its amount", "give one of them")
	case additional != math.Trunc(additional) || additional > maxAdditional:
		return at(RoleAdditional, quote(rd.t.Cell(rd.l.role[RoleAdditional]).Text)+" is no number of doses", "expected a whole number, at most 100000")
	case additional > 0 && d.Interval == 0:
		return at(RoleAdditional, "additional doses without an interval", "give the time between doses in a column ii")
	case steady != 0 && steady != 1 && steady != 2:
		return at(RoleSteadyState, quote(rd.t.Cell(rd.l.role[RoleSteadyState]).Text)+" is no ss that is known", "expected 0, 1 for a dose at steady state, or 2 for one whose steady state adds to what is there")
	case d.SteadyState == Unsteady || d.endless():
	case d.Interval == 0:
		return at(RoleSteadyState, "a steady state of doses without an interval", "give the time between doses in a column ii; an infusion that has run for ever has a rate, and amt 0")
	case d.Amount == 0:
		return at(RoleSteadyState, "a steady state of doses without an amount", "give it in a column amt; an infusion that has run for ever has a rate, and ii 0")
	}
	if d.Duration > 0 {
		d.Rate = 0
	}
	return nil
}

// beforeDoses marks the observations that stand before a dose row of the same time.
func (d *Data) beforeDoses(x *Experiment) {
	for _, dose := range x.Doses {
		i, _ := slices.BinarySearchFunc(x.Observations, dose.Time, func(o Observation, t float64) int {
			switch {
			case o.Time < t:
				return -1
			case o.Time > t:
				return 1
			}
			return 0
		})
		for ; i < len(x.Observations) && x.Observations[i].Time == dose.Time; i++ {
			if o := &x.Observations[i]; d.Line(*o) < dose.Line {
				o.BeforeDose = true
			}
		}
	}
}
