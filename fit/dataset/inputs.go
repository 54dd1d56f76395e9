package dataset

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// inputs takes in the cells of inputs of the row at hand.
func (rd *reader) inputs() error {
	for k, i := range rd.l.inputs {
		v, ok, err := rd.t.Number(i)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		x, err := rd.experiment()
		if err != nil {
			return err
		}
		t, err := rd.time(i)
		if err != nil {
			return err
		}
		if math.IsInf(t, 0) {
			continue
		}
		e := &rd.d.Experiments[x]
		if e.Inputs == nil {
			e.Inputs = make([][]Sample, len(rd.l.inputs))
		}
		e.Inputs[k] = append(e.Inputs[k], Sample{Time: t, Value: v, Line: rd.t.cells[i].line, Col: rd.t.cells[i].col})
	}
	return nil
}

// sortInputs sorts the samples of an experiment and drops those that repeat.
func (rd *reader) sortInputs(x *Experiment) error {
	for k, samples := range x.Inputs {
		slices.SortStableFunc(samples, func(a, b Sample) int { return cmp.Compare(a.Time, b.Time) })
		for i := 1; i < len(samples); i++ {
			if a, b := samples[i-1], samples[i]; a.Time == b.Time && a.Value != b.Value {
				return &Error{File: rd.d.File, Line: b.Line, Col: b.Col, Column: rd.t.Columns[rd.l.inputs[k]],
					Msg:  fmt.Sprintf("the input is %v at the time %v here, and %v on line %d", b.Value, b.Time, a.Value, a.Line),
					Hint: "an input has one value at a time in an experiment"}
			}
		}
		x.Inputs[k] = slices.CompactFunc(samples, func(a, b Sample) bool { return a.Time == b.Time })
	}
	return nil
}
