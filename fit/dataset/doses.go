package dataset

// refuseDose returns an error where the row is a dose: its evid is 1, or there is no
// evid and its amount is positive.
func (rd *reader) refuseDose() error {
	amount, evid := rd.l.role[RoleAmount], rd.l.role[RoleEvid]
	if evid != none {
		v, ok, err := rd.t.Number(evid)
		switch {
		case err != nil:
			return err
		case ok && v == 1:
			return rd.dose(evid)
		case ok && v != 0:
			e := rd.t.errorAt(evid)
			e.Msg, e.Hint = quote(e.Text)+" is no evid that is known", "0 is an observation, 1 a dose"
			return e
		case ok:
			return nil
		}
	}
	if amount == none {
		return nil
	}
	v, ok, err := rd.t.Number(amount)
	switch {
	case err != nil || !ok || v == 0:
		return err
	case v < 0:
		e := rd.t.errorAt(amount)
		e.Msg, e.Hint = "a negative dose", "an amount is positive, and empty or 0 where nothing is given"
		return e
	}
	return rd.dose(amount)
}

func (rd *reader) dose(i int) *Error {
	e := rd.t.errorAt(i)
	e.Msg, e.Err = "dose rows are "+ErrUnsupported.Error(), ErrUnsupported
	e.Hint = "take the dose rows out, and give the dose as an initial value"
	return e
}
