package model

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// mark stands in the sources of these tests right before the place that the message
// must point at.
const mark = "«"

// marked removes the mark from a source and returns its place.
func marked(t *testing.T, src string) (string, Pos) {
	t.Helper()
	before, after, ok := strings.Cut(src, mark)
	if !ok {
		t.Fatalf("no mark in %q", src)
	}
	lineStart := strings.LastIndex(before, "\n") + 1
	return before + after, Pos{strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[lineStart:]) + 1}
}

// mistakes are models with one mistake each, its place marked, and what the message
// must say.
var mistakes = []struct {
	name, src string
	want      []string
}{
	// Characters and numbers.
	{"foreign character", "let a = 2 «$ 3", []string{`unexpected character '$' (U+0024)`}},
	{"semicolon", "const a = 1«;\nlet b = a", []string{`unexpected ";"`, "remove the semicolon"}},
	{"typographic minus", "param a = 1\nlet b = a «− 1", []string{"−", "write the minus sign"}},
	{"typographic prime", "x«’ = -x", []string{"write the plain apostrophe"}},
	{"superscript", "x' = -x«²", []string{"write ^2"}},
	{"double ampersand", "x' = if(x > 1 «&& x < 2, 1, 0)", []string{`unexpected "&&"`, "write and"}},
	{"exclamation mark", "x' = if(«!x, 1, 0)", []string{`unexpected "!"`, "write not"}},
	{"C comment", "x' = -x «// decay", []string{`unexpected "//"`, "a comment begins with #"}},
	{"zero-width space", "x' = «\u200b-x", []string{"U+200B", "remove it"}},
	{"number and name", "x' = -«2x", []string{`malformed number "2x"`, "a product is written with *"}},
	{"two points", "x' = -«1.2.3", []string{`malformed number "1.2."`}},
	{"exponent without digits", "const a = «1e+", []string{`malformed number "1e"`, "1e-3"}},
	{"huge number", "const a = «1e400", []string{`"1e400" is too large`}},
	{"number too small", "const a = «1e-400", []string{`"1e-400" is too small`, "write 0"}},
	{"text without end", "observe «\"OD 600 ~ normal(1)", []string{"this text has no end", "quotation mark"}},
	{"empty text", "observe «\"\" ~ normal(1)", []string{"empty text"}},

	// What a statement is.
	{"unknown statement", "«parm a = 1", []string{`unknown statement "parm"`, `did you mean "param"?`}},
	{"statement without word", "«y = 3", []string{`"y" is given a value`, "let y", "y' = ..."}},
	{"distribution without word", "«y ~ normal(1)", []string{`what "y" is`, "observe y ~"}},
	{"function form", "x«(t) = 3", []string{`unexpected "("`, "x(0) = ..."}},
	{"second derivative", "x«'' = -x", []string{"second derivative", "two equations of first order"}},
	{"prime without equation", "x' «* 3", []string{`unexpected "*"`, `expected "="`}},
	{"no statement at all", "«+ 3", []string{`unexpected "+"`, "beginning of a statement"}},
	{"two statements in a line", "const a = 1 «const b = 2", []string{`unexpected "const"`, "line of its own"}},
	{"product without sign", "param a = 1\nlet b = a «a", []string{`unexpected "a"`, "an operator or the end of the line", "written with *"}},
	{"assignment inside", "let b = 1 «= 2", []string{`unexpected "="`, "write =="}},
	{"empty title", "title«   # nothing", []string{"line ends too early", "text of the title"}},
	{"second title", "title A\n«title B", []string{"second title", "line 1"}},
	{"name missing", "param «= 1", []string{`unexpected "="`, "expected the name of a parameter"}},
	{"number as name", "let «3 = 1", []string{`the number "3"`, "the name of an expression"}},
	{"quoted name", "let «\"a\" = 1", []string{"without quotation marks"}},
	{"line ends early", "param a«\nlet b = a", []string{"line ends too early", `expected "="`}},
	{"file ends early", "let a = 1 «+", []string{`ends in "+"`, "operand behind"}},

	// Statements that are not there yet.
	{"an event of no kind", "x' = 1\nevent «x > 5: x = 0", []string{"expected at, every or when", "event at TIME"}},
	{"an event that does nothing", "x' = 1\nevent at 5«", []string{`expected an operator or ":"`, "event at 5: x = 0"}},
	{"an event of a parameter", "param k = 1\nx' = k\nevent at 5: «k = 0", []string{`"k" is a parameter`, "k' = 0"}},
	{"an event of nothing", "x' = 1\nevent at 5: «y = 0", []string{`"y" is no state`}},
	{"an event of a thing twice", "x' = 1\nevent at 5: x = 0, «x += 1", []string{"set a second time"}},
	{"an event at a state", "x' = 1\nevent at «x: x = 0", []string{`the state "x" cannot stand in the time of an event`}},
	{"an event without a condition", "x' = 1\nevent when «x: x = 0", []string{"no comparison"}},
	{"an event with a direction twice", "x' = 1\nevent when «x > 1 rising: x = 0", []string{"== only"}},
	{"an event never", "x' = 1\nevent every «0: x = 0", []string{"above 0"}},
	{"an equality in company", "x' = 1\nevent when x > 1 and t «== 2: x = 0", []string{"expected < or >"}},
	{"require an equality", "x' = 1\nrequire x «== 2", []string{"expected < or >"}},
	{"a dose of nothing", "x' = 1\ndose «y lag 2", []string{`"y" is no state`}},
	{"a dose twice", "x' = 1\ndose x lag 2\ndose «x fraction 0.5", []string{"second dose line"}},
	{"a dose of no kind", "x' = 1\ndose x «late 2", []string{"lag EXPR or fraction EXPR"}},
	{"an input from nowhere", "input T «temp\nx' = T", []string{`expected "from"`}},
	{"an input of no kind", "input T from temp «spline\nx' = T", []string{"linear, step or cubic"}},
	{"an input in an initial value", "input T from temp\nx' = T\ninit x = «T", []string{"the input \"T\" changes with time"}},
	{"an input that is set", "input T from temp\nx' = T\nexperiment e: «T = 1", []string{"which the data give"}},
	{"an input twice", "input T from temp\ninput «T from t2\nx' = T", []string{"already declared, as an input"}},
	{"a net of no kind", "net F(x) -> 1: «tan 8\nx' = F", []string{"unknown activation", "tanh"}},
	{"a net without outputs", "net F(x) -> «0: tanh 8\nx' = F", []string{"whole number above 0"}},
	{"a net of nothing", "net F(«z) -> 1: tanh 8\nx' = F", []string{`unknown name "z"`}},
	{"a net as a whole", "net F(x) -> 2: tanh 8\nx' = «F", []string{"several outputs", "F.1"}},
	{"an output too many", "net F(x) -> 2: tanh 8\nx' = «F.3", []string{`unknown name "F.3"`}},
	{"algebraic without an equation", "«algebraic z\nx' = z", []string{`"z" has no equation`, "0 = EXPRESSION"}},
	{"an equation of nothing", "x' = 1\n«0 = x - 1", []string{"without an algebraic state"}},
	{"an algebraic state with a derivative", "algebraic z\n0 = z - 1\n«z' = 1", []string{"second equation"}},
	{"two preequilibrations", "x' = 1\nexperiment e: preequilibration = b, «preequilibration = c", []string{"second preequilibration", "one start"}},
	{"chained comparison", "x' = if(0 < x «< 1, 1, 0)", []string{"comparisons cannot be chained", "0 < x and x < 1"}},
	{"chained equality", "x' = x == 1 «== 2", []string{"comparisons cannot be chained"}},
	{"not behind an operator", "x' = 1 + «not x", []string{`"not" binds more loosely`, "in brackets"}},
	{"operand missing", "x' = 2 * «/ 3", []string{`unexpected "/"`, `expected an operand behind "*"`}},
	{"bracket never closed", "x' = exp«(x\ny' = 1", []string{`this "(" is never closed`}},
	{"bracket never closed at the end", "x' = 2*«(x", []string{`this "(" is never closed`}},
	{"bracket closes nothing", "x' = 2*x«)", []string{`this ")" closes nothing`}},
	{"wrong bracket", "x' = (2*x«]", []string{`unexpected "]"`, `expected an operator or ")"`}},
	{"line goes on into a statement", "x' = x «+\ny' = 1", []string{`ends in "+"`, "goes on with the next line"}},
	{"comma too many", "x' = min(x, «)", []string{`unexpected ")"`, `an argument of "min"`}},
	{"if without bracket", "x' = «if x", []string{`"if" is a function`, "if(CONDITION, A, B)"}},
	{"row without column", "observe y ~ normal(«row)", []string{"row.COLUMN"}},
	{"equals sign in condition", "x' = if(x «= 1, 1, 0)", []string{`unexpected "="`, "write =="}},
	{"derivative in expression", "x' = 1\nlet v = x«' + 1", []string{"a derivative cannot be used"}},
	{"unknown function", "x' = «sqrr(x)", []string{`unknown function "sqrr"`, `did you mean "sqrt"?`}},
	{"function of other languages", "x' = «ln(x)", []string{`unknown function "ln"`, "write log(x)"}},
	{"parameter as function", "param k = 1\nx' = «k(x)", []string{`"k" is a parameter, not a function`, "k*(...)"}},
	{"initial value as function", "x' = x/«x(0)", []string{`"x" is a state, not a function`, "initial value"}},
	{"arity of exp", "x' = «exp(x, 2)", []string{"exp has 2 arguments; expected 1 argument", "exp(x)"}},
	{"arity of hill", "x' = «hill(x, 2)", []string{"hill has 2 arguments; expected 3", "hill(x, K, n)"}},
	{"arity of max", "x' = «max(x)", []string{"max has 1 argument; expected at least 2"}},
	{"no arguments", "x' = «exp()", []string{"exp has 0 arguments"}},

	// Names.
	{"unknown name", "param beta = 1\nx' = -«bata*x", []string{`unknown name "bata"`, `(did you mean "beta"?)`}},
	{"unknown name, none similar", "x' = «omega*x", []string{`unknown name "omega"`, "declare it with param, const or let"}},
	{"unknown name used twice", "x' = «omega*x\ny' = omega", []string{`"omega"`}},
	{"wrong case", "param Beta = 1\nx' = «beta", []string{`did you mean "Beta"?`}},
	{"Greek name", "param λ = 1\nx' = λ*«μ2", []string{`unknown name "μ2"`}},
	{"column in place of time", "time day\nx' = «day", []string{"time is called t"}},
	{"function without arguments", "x' = «exp", []string{`unknown name "exp"`, "exp(x)"}},
	{"report in expression", "report R = 1\nlet a = «R", []string{"a report stands in results only"}},
	{"name with a dot", "x' = «a.b", []string{`unknown name "a.b"`, "letters, digits and _"}},
	{"inf in expression", "x' = «inf", []string{"inf stands in bounds only"}},
	{"reserved t", "param «t = 1", []string{`"t" is reserved`, "time"}},
	{"reserved pi", "const «pi = 3", []string{`"pi" is reserved`}},
	{"reserved row", "let «row = 3", []string{`"row" is reserved`}},
	{"reserved if", "«if' = 3", []string{`"if" is reserved`}},
	{"reserved and", "param «and = 1", []string{`unexpected "and"`}},
	{"two params", "param a = 1\nparam «a = 2", []string{`"a" is already declared`, "parameter in line 1"}},
	{"let shadows param", "param a = 1\nlet «a = 2", []string{`"a" is already declared`}},
	{"let shadows state", "a' = 1\nlet «a = 2", []string{`"a" is already declared, as a state`}},
	{"two equations", "a' = 1\n«a' = 2", []string{`second equation`, "line 1"}},
	{"let uses itself", "let «a = a + 1", []string{`the let "a" uses itself`}},
	{"lets in a circle", "let «a = b\nlet b = c\nlet c = 1/a", []string{"a -> b -> c -> a"}},

	// Parameters and constants.
	{"guess below bounds", "param a = «0 in [1, 2]", []string{`guess 0 of "a" lies outside its bounds [1, 2]`}},
	{"guess above bounds", "param a = «5 in [1, 2] log", []string{`guess 5 of "a" lies outside its bounds [1, 2]`}},
	{"log scale at zero", "param a = 1 in [«0, 2] log", []string{`lower bound of "a" is 0`, "above 0"}},
	{"log10 scale below zero", "param a = 1 in [«-1, 2] log10", []string{`lower bound of "a" is -1`, "log10"}},
	{"log scale without bounds", "param a = «-1 log", []string{"the guess -1", "log scale"}},
	{"logit scale without end", "param a = 1 in [«0, inf] logit", []string{"infinite", "logit"}},
	{"logit guess at a bound", "param a = «0 in [0, 1] logit", []string{"the guess 0", "logit scale"}},
	{"bounds reversed", "param a = 1 in [«2, 0]", []string{"reversed", "in [0, 2]"}},
	{"bounds equal", "param a = 1 in [«1, 1]", []string{"both bounds", "const a = 1"}},
	{"bounds in round brackets", "param a = 1 in «(0, 1)", []string{`expected "["`, "in [LO, HI]"}},
	{"one bound", "param a = 1 in [0«]", []string{`expected ","`}},
	{"unknown scale", "param a = 1 «lg", []string{`unexpected "lg"`, "log10"}},
	{"two scales", "param a = 1 log «log10", []string{`unexpected "log10"`, "once each"}},
	{"guess from a parameter", "param a = 1\nparam b = 2*«a", []string{`uses the name "a"`, "let NAME"}},
	{"guess not a number", "param a = «log(-1)", []string{"is not a number"}},
	{"infinite guess", "param a = «1/0", []string{"is infinite"}},
	{"const from a const", "const a = 1\nconst b = 2*«a", []string{`uses the name "a"`}},
	{"const from time", "const a = «step(3)", []string{"depends on time"}},
	{"const with bounds", "const a = 1 «in [0, 1]", []string{`unexpected "in"`}},

	// States and initial values.
	{"init of no state", "init «x = 1", []string{`"x" is no state`, "no equation"}},
	{"init of a similar state", "hare' = 1\ninit «haer = 1", []string{`did you mean "hare"?`}},
	{"init of a parameter", "param a = 1\ninit «a = 1", []string{`"a" is a parameter, not a state`}},
	{"two inits", "x' = 1\ninit x = 1\n«x(0) = 2", []string{"second initial value", "line 2"}},
	{"init from a state", "x' = 1\ny' = 1\ninit x = «y", []string{`the state "y"`, "parameters and constants only"}},
	{"init from time", "x' = 1\ninit x = «t", []string{`depends on time`}},
	{"init from a varying let", "x' = 1\nlet a = 2*x\nlet b = a\ninit x = «b", []string{`the let "b"`, `through the state "x"`}},
	{"two start times", "x' = 1\ny' = 1\ninit x = 1 at 5\ninit y = 1 at «6", []string{"6 differs from the 5 of line 3"}},
	{"start time from a parameter", "param a = 1\nx' = a\ninit x = 1 at «a", []string{"the start time uses the name"}},
	{"init at another time", "x' = 1\ninit x«(5) = 1", []string{`expected "="`, "at 1900"}},

	// Observations, priors, reports.
	{"unknown distribution", "observe y ~ «nromal(1)", []string{`unknown distribution "nromal"`, `did you mean "normal"?`}},
	{"prior's distribution in observe", "observe y ~ «gamma(1, 2)", []string{`unknown distribution "gamma"`, "cannot stand"}},
	{"no distribution", "observe y ~ «3", []string{"expected a distribution"}},
	{"equals in observe", "observe y «= normal(3)", []string{`expected "~"`}},
	{"column missing", "observe «~ normal(1)", []string{"the name of a data column"}},
	{"normal without arguments", "observe y ~ normal(«)", []string{`an argument of normal`}},
	{"normal with three", "observe y ~ «normal(1, 2, 3)", []string{"3 arguments", "normal(EXPR[, SCALE])"}},
	{"student with two", "observe y ~ «student(1, 2)", []string{"2 arguments", "student(EXPR, SCALE, DF)"}},
	{"poisson with scale", "observe y ~ «poisson(1, 2)", []string{"2 arguments", "poisson(EXPR)"}},
	{"negbinomial without size", "observe y ~ «negbinomial(1)", []string{"1 argument", "negbinomial(EXPR, SIZE)"}},
	{"scale zero", "observe y ~ normal(1, «0)", []string{`the scale of "y" is 0`, "above 0"}},
	{"column observed twice", "observe y ~ normal(1)\nobserve «y ~ normal(2)", []string{"observed a second time", "line 1"}},
	{"row in an equation", "x' = «row.s", []string{"row.s", `the equation of "x"`, "observe lines only"}},
	{"row in a let", "let a = «row.s", []string{"row.s", `the let "a"`}},
	{"prior of a const", "const a = 1\nprior «a ~ normal(0, 1)", []string{`"a" is a constant`, "expected a parameter"}},
	{"prior of nothing", "param alpha = 1\nprior «alhpa ~ normal(0, 1)", []string{"unknown parameter", `did you mean "alpha"?`}},
	{"two priors", "param a = 1\nprior a ~ normal(0, 1)\nprior «a ~ normal(0, 1)", []string{"second prior", "line 2"}},
	{"prior from a state", "param a = 1\nx' = 1\nprior a ~ normal(«x, 1)", []string{`the state "x"`, `the prior of "a"`}},
	{"prior with one argument", "param a = 1\nprior a ~ «normal(0)", []string{"1 argument", "normal(m, s)"}},
	{"prior's sd negative", "param a = 1\nprior a ~ normal(0, «-1)", []string{"is -1", "above 0"}},
	{"empty uniform", "param a = 1\nprior a ~ uniform(«2, 1)", []string{"interval from 2 to 1 is empty"}},
	{"report from a state", "x' = 1\nreport r = «x", []string{`the state "x"`, `the report "r"`}},
	{"report from time", "report r = «t", []string{"depends on time"}},
	{"two reports", "report r = 1\nreport «r = 2", []string{"reported a second time"}},

	// Columns, experiments, settings.
	{"unknown role", "columns «experimant = id", []string{`unknown role "experimant"`, `did you mean "experiment"?`}},
	{"role twice", "columns amt = A, «amt = B", []string{"the column of amt", "second time"}},
	{"time twice", "time a\ncolumns «time = b", []string{"the column of time", "line 1"}},
	{"column with spaces", "time OD «600", []string{`the number "600"`, "expected"}},
	{"experiment without colon", "const a = 1\nexperiment e «a = 1", []string{`expected ":"`}},
	{"experiment sets nothing known", "const dose = 1\nexperiment e: «dosis = 2", []string{`unknown name "dosis"`, `did you mean "dose"?`}},
	{"experiment sets a let", "let a = 1\nexperiment e: «a = 2", []string{`"a" is a let`, "set what it depends on"}},
	{"experiment sets init of a parameter", "param a = 1\nexperiment e: «a(0) = 2", []string{"not a state"}},
	{"experiment sets twice", "x' = 1\nexperiment e: x = 2, «x(0) = 3", []string{"set a second time"}},
	{"experiment from a state", "x' = 1\nconst a = 1\nexperiment e: a = «x", []string{`the state "x"`, "parameters and constants only"}},
	{"experiment from a let", "let b = 1\nconst a = 1\nexperiment e: a = «b", []string{`the let "b"`}},
	{"experiment adds", "const a = 1\nexperiment e: a «+= 1", []string{`expected "="`, "sets values"}},
	{"experiment twice", "const a = 1\nexperiment e: a = 1\nexperiment «e: a = 2", []string{"described a second time"}},
	{"rtol with equals", "rtol «= 1e-8", []string{`unexpected "="`, "rtol 1e-8"}},
	{"rtol negative", "rtol «-1", []string{"rtol is -1", "above 0"}},
	{"rtol twice", "rtol 1e-8\n«rtol 1e-9", []string{"second rtol"}},
	{"solver missing", "solver«", []string{"the name of a solver"}},
}

func TestMistakes(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			if seen[c.src] {
				t.Fatal("the same source twice")
			}
			seen[c.src] = true
			src, at := marked(t, c.src)
			_, err := Parse("m.ode", []byte(src))
			var list ErrorList
			if !errors.As(err, &list) || len(list) != 1 {
				t.Fatalf("want one mistake, got %d:\n%v", len(list), err)
			}
			e := list[0]
			if got := (Pos{e.Line, e.Col}); got != at {
				t.Errorf("at %v, want %v: %v", got, at, e)
			}
			for _, part := range c.want {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("the message\n%v\ndoes not say\n%s", e, part)
				}
			}
			if want := strings.Split(src, "\n")[e.Line-1]; e.SourceLine != want {
				t.Errorf("source line %q, want %q", e.SourceLine, want)
			}
		})
	}
	if len(mistakes) < 60 {
		t.Errorf("only %d mistakes", len(mistakes))
	}
}
