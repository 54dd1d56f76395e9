package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/wrong.txt anew")

// wrongInputs are the ways in which a run can go wrong by its inputs: files beside
// the good model.ode and data.csv (or in their place), and a command line.
var wrongInputs = []struct {
	name  string
	files map[string]string
	line  string // @ stands for a blank inside an argument
	want  int
}{
	// the command line
	{"no command", nil, "", wrongUse},
	{"unknown command", nil, "fitt model.ode data.csv", wrongUse},
	{"unknown flag", nil, "fit model.ode data.csv --start 5", wrongUse},
	{"missing data argument", nil, "fit model.ode", wrongUse},
	{"one argument too many", nil, "fit model.ode data.csv more.csv", wrongUse},
	{"a number that is none", nil, "fit model.ode data.csv --starts many", wrongUse},
	{"a negative number of starts", nil, "fit model.ode data.csv --starts -1", wrongUse},
	{"an optimiser that is not there yet", nil, "fit model.ode data.csv --method cmaes", wrongUse},
	{"a gradient that is none", nil, "fit model.ode data.csv --gradient exact", wrongUse},
	{"a gradient that the optimiser cannot use", nil, "fit model.ode data.csv --method lm --gradient discrete", wrongUse},
	{"unknown solver", nil, "fit model.ode data.csv --solver lsoda", wrongUse},
	{"a tolerance of two", nil, "fit model.ode data.csv --rtol 2", wrongUse},
	{"negative iterations", nil, "fit model.ode data.csv --max-iterations=-1", wrongUse},
	{"negative jobs", nil, "fit model.ode data.csv --jobs=-2", wrongUse},
	{"unknown picture format", nil, "fit model.ode data.csv --plot fit.bmp", wrongUse},
	{"two files from stdin", nil, "fit - -", wrongUse},
	{"simulate without times", nil, "simulate model.ode", wrongUse},
	{"a grid with two numbers", nil, "simulate model.ode --times 0:1", wrongUse},
	{"a grid without a step", nil, "simulate model.ode --times 0:0:1", wrongUse},
	{"a grid that never ends", nil, "simulate model.ode --times 0:1e-12:1", wrongUse},
	{"times that are no numbers", nil, "simulate model.ode --times 0,one", wrongUse},
	{"times before the start", nil, "simulate model.ode --times=-1:1:5", wrongUse},
	{"negative times without =", nil, "simulate model.ode --times -1:1:5", wrongUse},
	{"set of an unknown name", nil, "simulate model.ode --times 0:1:5 --set K=3", wrongUse},
	{"set without a value", nil, "simulate model.ode --times 0:1:5 --set k", wrongUse},
	{"set of a word", nil, "simulate model.ode --times 0:1:5 --set k=fast", wrongUse},
	{"unknown experiment", nil, "simulate model.ode --times 0:1:5 --experiment low", wrongUse},

	// the model
	{"model missing", nil, "fit none.ode data.csv", wrongModel},
	{"model is a folder", map[string]string{"folder/x": ""}, "check folder", wrongModel},
	{"model is binary", map[string]string{"model.ode": "\x7fELF\x02\x01\x01\x00\x00\xff\xfe"}, "check model.ode", wrongModel},
	{"model and data exchanged", nil, "fit data.csv model.ode", wrongModel},
	{"empty model", map[string]string{"model.ode": ""}, "fit model.ode data.csv", wrongModel},
	{"nothing observed", map[string]string{"model.ode": "param k = 1\ninit x = 1 at 0\nx' = -k*x\n"}, "fit model.ode data.csv", wrongModel},
	{"unbalanced bracket", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "-k*(x", 1)}, "check model.ode", wrongModel},
	{"unknown name", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "-kk*x", 1)}, "check model.ode", wrongModel},
	{"several mistakes", map[string]string{"model.ode": "param k = 5 in [0, 1]\nparam k = 2\nx' = -k*y\ninit z = 1\nobserve x ~ gaussian(x)\n"}, "check model.ode", wrongModel},
	{"guess outside its bounds", map[string]string{"model.ode": strings.Replace(decay, "= 0.5", "= 50", 1)}, "check model.ode data.csv", wrongModel},
	{"reversed bounds", map[string]string{"model.ode": strings.Replace(decay, "[0.01, 10]", "[10, 0.01]", 1)}, "check model.ode", wrongModel},
	{"log scale down to zero", map[string]string{"model.ode": strings.Replace(decay, "[0.01, 10]", "[0, 10]", 1)}, "check model.ode", wrongModel},
	{"two equations for one state", map[string]string{"model.ode": decay + "x' = 1\n"}, "check model.ode", wrongModel},
	{"an algebraic state without an equation", map[string]string{"model.ode": decay + "algebraic z\n"}, "check model.ode", wrongModel},
	{"a solver that is none", map[string]string{"model.ode": decay + "solver lsoda\n"}, "check model.ode", wrongModel},
	{"row columns in an equation", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "-k*row.x", 1)}, "check model.ode", wrongModel},

	// the data
	{"data missing", nil, "fit model.ode none.csv", wrongData},
	{"data is a folder", map[string]string{"folder/x": ""}, "fit model.ode folder", wrongData},
	{"empty data", map[string]string{"data.csv": ""}, "fit model.ode data.csv", wrongData},
	{"a header alone", map[string]string{"data.csv": "time,x\n"}, "fit model.ode data.csv", wrongData},
	{"binary data", map[string]string{"data.csv": "PK\x03\x04\x14\x00\x06\x00"}, "fit model.ode data.csv", wrongData},
	{"missing column", map[string]string{"data.csv": "time,X,y\n0,1,2\n"}, "fit model.ode data.csv", wrongData},
	{"a word among numbers", map[string]string{"data.csv": "time,x\n0,10.1\n1,six\n"}, "fit model.ode data.csv", wrongData},
	{"a decimal comma", map[string]string{"data.csv": "time,x\n0,10.1\n1,6,2\n"}, "fit model.ode data.csv", wrongData},
	{"a value without a time", map[string]string{"data.csv": "time,x\n0,10.1\n,6.2\n"}, "fit model.ode data.csv", wrongData},
	{"data before the start", map[string]string{"data.csv": "time,x\n-3,10.1\n1,6.2\n"}, "fit model.ode data.csv", wrongData},
	{"all values missing", map[string]string{"data.csv": "time,x\n0,NA\n1,\n"}, "fit model.ode data.csv", wrongData},
	{"a negative value of lognormal data", map[string]string{"model.ode": strings.Replace(decay, "~ normal", "~ lognormal", 1), "data.csv": "time,x\n0,10.1\n1,-6.2\n2,3\n3,2\n"}, "fit model.ode data.csv", wrongData},
	{"an unknown name in a row column", map[string]string{"model.ode": strings.Replace(decay, "normal(x)", "normal(x, row.sd)", 1), "data.csv": "time,x,sd\n0,10.1,0.1\n1,6.2,sigma\n"}, "fit model.ode data.csv", wrongData},
	{"a dose before the start", map[string]string{"data.csv": "time,x,amt\n-1,,100\n1,6.2,\n"}, "fit model.ode data.csv", wrongData},
	{"a dose into nothing", map[string]string{"data.csv": "time,x,amt,cmt\n0,,100,gut\n1,6.2,,\n"}, "fit model.ode data.csv", wrongData},
	{"a dose into a number too high", map[string]string{"data.csv": "time,x,amt,cmt\n0,,100,2\n1,6.2,,\n"}, "fit model.ode data.csv", wrongData},
	{"doses without an interval", map[string]string{"data.csv": "time,x,amt,addl\n0,,100,3\n1,6.2,,\n"}, "fit model.ode data.csv", wrongData},
	{"an input without its column", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "-k*x*T", 1) + "input T from temp\n"}, "fit model.ode data.csv", wrongData},
	{"the steady state of nothing", map[string]string{"c.csv": "experiment,k,preequilibration\na,1,basl\nbasal,2,\n"}, "simulate model.ode --times 0:1:5 --conditions c.csv", wrongData},
	{"an observable that the model lacks", map[string]string{"data.csv": "time,observable,value\n0,X,10\n1,X,6\n"}, "fit model.ode data.csv", wrongData},
	{"conditions of an unknown name", map[string]string{"c.csv": "experiment,q\na,1\n"}, "simulate model.ode --times 0:1:5 --conditions c.csv", wrongData},
	{"conditions without experiments", map[string]string{"c.csv": "k\n1\n"}, "simulate model.ode --times 0:1:5 --conditions c.csv", wrongData},
	{"parameters of an unknown name", map[string]string{"p.csv": "name,guess\nkk,1\n"}, "fit model.ode data.csv --parameters p.csv", wrongData},
	{"parameters outside the bounds", map[string]string{"p.csv": "name,guess\nk,100\n"}, "fit model.ode data.csv --parameters p.csv", wrongData},
	{"parameters with a word", map[string]string{"p.csv": "name,guess\nk,fast\n"}, "fit model.ode data.csv --parameters p.csv", wrongData},
	{"init of a table without numbers", map[string]string{"data.csv": "time,x\n0,a\n1,b\n"}, "init data.csv", wrongData},

	// the numbers
	{"growth without limit", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "k*x^2", 1)}, "fit model.ode data.csv --starts 1", notIntegrable},
	{"growth without limit, checked", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "k*x^2", 1)}, "check model.ode data.csv", notIntegrable},
	{"an initial value that is none", map[string]string{"model.ode": strings.Replace(decay, "x0 at 0", "log(-x0) at 0", 1)}, "fit model.ode data.csv --starts 1", notIntegrable},
	{"a steady state that is none", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "k", 1), "data.csv": "time,x\n0,10\ninf,6.2\n"}, "check model.ode data.csv", notIntegrable},
	{"an input that ends too early", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "-k*x*T", 1) + "input T from temp\n", "data.csv": "time,x,temp\n0,10,1\n1,6,2\n3,2,\n"}, "check model.ode data.csv", notIntegrable},
	{"a prediction that is none", map[string]string{"model.ode": strings.Replace(decay, "normal(x)", "lognormal(x - 100, 1)", 1)}, "fit model.ode data.csv --max-iterations 0", notIntegrable},
	{"simulation beyond all numbers", map[string]string{"model.ode": strings.Replace(decay, "-k*x", "k*x^2", 1)}, "simulate model.ode --times 0:1:5", notIntegrable},

	// the search
	{"too few iterations", nil, "fit model.ode data.csv --starts 1 --max-iterations 1", notConverged},

	// the outputs
	{"folder below a file", nil, "fit model.ode data.csv --out data.csv/out", cannotWrite},
	{"picture into no folder", nil, "fit model.ode data.csv --plot none/fit.svg", cannotWrite},
	{"table onto a folder", map[string]string{"folder/x": ""}, "simulate model.ode --times 0:1:5 --out folder", cannotWrite},
	{"init over a file", nil, "init data.csv --out model.ode", cannotWrite},
}

var stackTrace = regexp.MustCompile(`(?m)^goroutine |\.go:\d+|panic:|runtime error`)

// Every wrong input ends with its exit status and one message that a user can act
// upon. The messages are in testdata/wrong.txt, to be read as a whole.
func TestWrongInputs(t *testing.T) {
	if len(wrongInputs) < 40 {
		t.Fatalf("only %d inputs", len(wrongInputs))
	}
	var all strings.Builder
	for _, c := range wrongInputs {
		files := map[string]string{"model.ode": decay, "data.csv": decayData}
		for name, text := range c.files {
			files[name] = text
		}
		t.Run(c.name, func(t *testing.T) {
			folder(t, files)
			status, stdout, stderr, err := execute(t.Context(), "", arguments(c.line)...)
			if err != nil {
				t.Fatal(err)
			}
			if status != c.want {
				t.Errorf("odefit %s: status %d, want %d\n%s", c.line, status, c.want, stderr)
			}
			if stackTrace.MatchString(stderr) || stderr == "" && status != notConverged {
				t.Errorf("odefit %s: no message, or a trace:\n%s", c.line, stderr)
			}
			if status == wrongUse && strings.Count(stderr, "\n") > 4 {
				t.Errorf("odefit %s: more than a message:\n%s", c.line, stderr)
			}
			if stdout != "" && c.want != notConverged && !strings.HasPrefix(c.line, "check") && c.line != "" {
				t.Errorf("odefit %s: wrote to stdout:\n%s", c.line, stdout)
			}
			list := strings.NewReplacer(solverNames(), "(the solvers)") // there will be more
			fmt.Fprintf(&all, "== %s\n$ odefit %s\n%sstatus %d\n\n", c.name, c.line, list.Replace(stderr), status)
		})
	}
	golden(t, "wrong.txt", all.String())
}

// golden compares got with a file of testdata. t may have changed the directory.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := testdata + "/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Errorf("%s differs in line %d (go test -update writes it anew):\n got %s\nwant %s", path, i+1, g[i], strings.Join(w[min(i, len(w)):min(i+1, len(w))], ""))
			return
		}
	}
	t.Errorf("%s has %d lines, got %d", path, len(w), len(g))
}

// testdata is the folder of golden files, wherever the working directory is.
var testdata = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir + "/testdata"
}()

// arguments splits a command line at blanks.
func arguments(line string) []string {
	args := strings.Fields(line)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "@", " ")
	}
	return args
}
