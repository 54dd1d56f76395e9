package model

// Model is a model as its text declares it. It is immutable: the same Model may be
// read and compiled by many goroutines.
type Model struct {
	File       string
	Statements []Statement // all of them, in the order of the text

	Title   string
	Columns map[Role]string // the data columns that have other names than their roles

	Params      []*Param // in the order of the text, as are all lists
	Consts      []*Const
	Lets        []*Let
	States      []*State // compartments are numbered in this order, from 1
	Experiments []*Experiment
	Observes    []*Observe
	Priors      []*Prior
	Reports     []*Report
	Doses       []*Dose
	Events      []*Event
	Inputs      []*Input
	Nets        []*Net
	Zeros       []*Zero
	Requires    []*Require

	// RowColumns are the names that stand behind row. in observe lines, each once.
	RowColumns []string

	Start          *Constant // the start time; nil where no init says at TIME
	Solver         string    // "" where nothing is said
	RelTol, AbsTol float64   // 0 where nothing is said

	names    map[string]*symbol
	letOrder []int           // indices into Lets: each after those that it uses
	varies   []string        // of every let: through what it depends on states or time; "" where it does not
	rowIndex map[string]int  // into RowColumns
	sizes    map[string]bool // constants that ranges and indices use
	src      *source
}

// Parse reads a model. The file name is used in messages only. The error is an
// [ErrorList], which holds as many of the mistakes as can be told apart; there is
// no model then.
//
// Time and memory are bounded for any input, hostile ones included, in proportion
// to its size: texts beyond 4 MiB, more than 500,000 words and signs, expressions
// nested more than some hundred levels or with more than 10,000 operators in a row
// are refused.
func Parse(file string, text []byte) (*Model, error) {
	r := &reporter{src: newSource(file, text)}
	if pos, msg, hint, ok := r.src.defect(); !ok {
		r.add(pos, msg, hint)
		return nil, r.err()
	}
	p := newParser(r)
	if pos, msg, hint, ok := p.defect(); !ok {
		r.add(pos, msg, hint)
		return nil, r.err()
	}
	m := &Model{
		File: file, Columns: map[Role]string{},
		names: map[string]*symbol{}, rowIndex: map[string]int{}, src: r.src,
	}
	m.Statements = p.statements()
	m.sizes = p.sizes
	if !r.full() { // names of statements that were not reached are not unknown
		newChecker(r, m, p.broken).statements()
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return m, nil
}

// StartTime returns the start time and true where an init says at TIME.
func (m *Model) StartTime() (float64, bool) {
	if m.Start == nil {
		return 0, false
	}
	return m.Start.Value, true
}

// Column returns the name of the data column that plays a role: the one that a
// columns or time statement gives, or "" where the model gives none.
func (m *Model) Column(r Role) string { return m.Columns[r] }
