package model

// Statement is one statement of a model. Every kind has a file of its own, which
// holds its type, how it is read, what names it declares, what must be true of it
// and how it is written: a new kind is a new file and a line in statementParser.
type Statement interface {
	// Pos is where the statement begins.
	Pos() Pos

	// format writes the statement in its canonical form.
	format(w *writer)

	// declare enters the names that the statement gives into the model, and the
	// statement into the model's lists.
	declare(c *checker)

	// check reports what is wrong with the statement, once all names are known.
	check(c *checker)
}

// statementParser returns the function that reads the statement which begins with
// word, or nil. The word itself has been taken.
func statementParser(word string) func(*parser, Pos) Statement {
	switch word {
	case "title":
		return parseTitle
	case "time":
		return parseTime
	case "columns":
		return parseColumns
	case "param":
		return parseParam
	case "const":
		return parseConst
	case "let":
		return parseLet
	case "init":
		return parseInit
	case "experiment":
		return parseExperiment
	case "observe":
		return parseObserve
	case "prior":
		return parsePrior
	case "report":
		return parseReport
	case "solver", "rtol", "atol":
		return parseSetting
	case "dose":
		return parseDose
	case "event":
		return parseEvent
	case "require":
		return parseRequire
	case "input":
		return parseInput
	case "net":
		return parseNet
	case "algebraic":
		return parseAlgebraic
	}
	return nil
}

// statementWords returns every word that statementParser knows.
func statementWords() []string {
	return []string{
		"title", "time", "columns", "param", "const", "let", "init", "experiment",
		"observe", "prior", "report", "solver", "rtol", "atol",
		"event", "dose", "input", "net", "algebraic", "require",
	}
}

// Words returns the words that begin statements.
func Words() []string { return append(statementWords(), "for") }
