package model

// Layout numbers the inputs of the graph of a compiled model:
//
//	t, the states, the quantities, the row columns
//
// Behind the parameters and constants among the quantities stand the inputs, whose
// values are functions of time.
//
// The first 1 + States + Quantities of them are those of the dynamics.
type Layout struct {
	States     int
	Quantities int
	Rows       int
}

// Time is the input slot of t.
func (l Layout) Time() int { return 0 }

// State is the input slot of state i.
func (l Layout) State(i int) int { return 1 + i }

// Quantity is the input slot of quantity i.
func (l Layout) Quantity(i int) int { return 1 + l.States + i }

// Row is the input slot of row column i, in the order of Model.RowColumns.
func (l Layout) Row(i int) int { return 1 + l.States + l.Quantities + i }

// Len is the number of input slots.
func (l Layout) Len() int { return 1 + l.States + l.Quantities + l.Rows }

// Quantity is a parameter or a constant: something that an experiment may set. The
// quantities of a model are its parameters, then its constants, each in the order
// of the text.
type Quantity struct {
	Name  string
	Value float64 // the guess, or the number of the constant
	Param *Param  // its declaration; nil for a constant
}

// Quantities returns the parameters and then the constants of the model.
func (m *Model) Quantities() []Quantity {
	q := make([]Quantity, 0, len(m.Params)+len(m.Consts))
	for _, p := range m.Params {
		q = append(q, Quantity{Name: p.Name, Value: p.Guess.Value, Param: p})
	}
	for _, c := range m.Consts {
		q = append(q, Quantity{Name: c.Name, Value: c.Number.Value})
	}
	return q
}

// Quantity returns the index of the parameter or constant of this name in
// Quantities, and whether there is one.
func (m *Model) Quantity(name string) (int, bool) {
	switch s := m.names[name]; {
	case s == nil:
	case s.kind == kindParam:
		return s.index, true
	case s.kind == kindConst:
		return len(m.Params) + s.index, true
	}
	return 0, false
}

// IsSize says that a range or an index uses this constant, so that nothing outside the
// text can change it.
func (m *Model) IsSize(name string) bool { return m.sizes[name] }

// State returns the index of the state of this name, and whether there is one.
func (m *Model) State(name string) (int, bool) {
	if s := m.names[name]; s != nil && s.kind == kindState {
		return s.index, true
	}
	return 0, false
}
