package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/odefit/odefit/fit/dataset"
)

// fitResult is what the tests look at in the JSON of a fit.
type fitResult struct {
	Status        string
	Objective     *float64
	NObservations int `json:"n_observations"`
	Parameters    []struct {
		Name   string
		Value  float64
		StdErr *float64
	}
	Starts []struct{ Status string }
}

func decodeFit(t *testing.T, text string) *fitResult {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	var r fitResult
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if _, err := d.Token(); err == nil {
		t.Fatalf("more than one object:\n%s", text)
	}
	return &r
}

// The binary prints one object and nothing else, whatever else is asked for.
func TestFitJSON(t *testing.T) {
	decayFolder(t)
	status, stdout, stderr, err := execute(t.Context(), "", "fit", "model.ode", "data.csv", "--json", "--out", "out", "--plot", "fit.svg")
	if err != nil || status != success {
		t.Fatalf("status %d, %v\n%s", status, err, stderr)
	}
	r := decodeFit(t, stdout)
	if r.Status != "converged" || r.NObservations != 6 || len(r.Parameters) != 3 {
		t.Errorf("got %+v", r)
	}
	if stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	whole, err := os.ReadFile("out/result.json")
	if err != nil {
		t.Fatal(err)
	}
	seconds := regexp.MustCompile(`"seconds": [^,]*,`)
	if got := seconds.ReplaceAllString(string(whole), ""); got != seconds.ReplaceAllString(stdout, "") {
		t.Errorf("result.json differs from what was printed:\n%s", whole)
	}
}

// The estimates agree with the least-squares line through the logarithms only
// roughly, but with the closed form of the objective at the optimum exactly: with the
// scale profiled out, -ln L = n/2 (ln(2 pi SSR/n) + 1).
func TestFitDecay(t *testing.T) {
	decayFolder(t)
	var r struct {
		Objective, SSR float64
		Parameters     []struct{ Value float64 }
	}
	if err := json.Unmarshal([]byte(must(t, "fit", "--json", "model.ode", "data.csv")), &r); err != nil {
		t.Fatal(err)
	}
	const n = 6
	if want := n / 2. * (math.Log(2*math.Pi*r.SSR/n) + 1); math.Abs(r.Objective-want) > 1e-9 {
		t.Errorf("objective %v, want %v from SSR %v", r.Objective, want, r.SSR)
	}
	ssr := func(k, x0 float64) (s float64) {
		for i, x := range []float64{10.1, 6.0, 3.8, 2.1, 1.4, 0.7} {
			d := x - x0*math.Exp(-k*float64(i))
			s += d * d
		}
		return s
	}
	k, x0 := r.Parameters[0].Value, r.Parameters[1].Value
	// The solver's tolerance is 1e-8 of states up to 10.
	if got := ssr(k, x0); math.Abs(got-r.SSR) > 1e-6 {
		t.Errorf("SSR %v, by the closed form %v", r.SSR, got)
	}
	for _, d := range []float64{-1e-3, 1e-3} {
		if ssr(k*(1+d), x0) <= ssr(k, x0) || ssr(k, x0*(1+d)) <= ssr(k, x0) {
			t.Errorf("k = %v, x0 = %v is no minimum", k, x0)
		}
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	decayFolder(t)
	var first string
	for i, line := range []string{
		"fit --json --seed 3 --starts 2 model.ode data.csv", "fit model.ode data.csv --json --seed 3 --starts 2",
		"fit model.ode --seed=3 data.csv --starts=2 --json",
	} {
		out := regexp.MustCompile(`"seconds": [^,]*`).ReplaceAllString(must(t, strings.Fields(line)...), "")
		if i == 0 {
			first = out
		} else if out != first {
			t.Errorf("odefit %s: differs from the first order of arguments", line)
		}
	}
}

func TestEvaluateOnly(t *testing.T) {
	decayFolder(t)
	status, stdout, stderr, err := execute(t.Context(), "", "fit", "model.ode", "data.csv", "--max-iterations", "0", "--json")
	if err != nil || status != success {
		t.Fatalf("status %d, %v\n%s", status, err, stderr)
	}
	r := decodeFit(t, stdout)
	if r.Status != "evaluated" || r.Parameters[0].Value != 0.5 || len(r.Starts) != 1 {
		t.Errorf("got %+v", r)
	}
	if out := must(t, "fit", "model.ode", "data.csv", "--max-iterations", "0"); !strings.Contains(out, "\nevaluated") {
		t.Errorf("the text does not say evaluated:\n%s", out)
	}
}

func TestJobsDoNotMatter(t *testing.T) {
	decayFolder(t)
	strip := regexp.MustCompile(`"seconds": [^,]*`)
	one := strip.ReplaceAllString(must(t, "fit", "model.ode", "data.csv", "--json", "--jobs", "1"), "")
	if three := strip.ReplaceAllString(must(t, "fit", "model.ode", "data.csv", "--json", "--jobs", "3"), ""); one != three {
		t.Error("the result depends on --jobs")
	}
}

func TestStdin(t *testing.T) {
	decayFolder(t)
	want := must(t, "fit", "model.ode", "data.csv")
	for _, c := range []struct{ stdin, line string }{{decayData, "fit model.ode -"}, {decay, "fit - data.csv"}} {
		status, stdout, stderr, err := execute(t.Context(), c.stdin, strings.Fields(c.line)...)
		if err != nil || status != success || stdout != want {
			t.Errorf("odefit %s: status %d, %v\n%s%s", c.line, status, err, stdout, stderr)
		}
	}
	status, _, stderr := call(t, "time,x\n0,ten\n", "fit", "model.ode", "-")
	if status != wrongData || !strings.Contains(stderr, "-:2:3:") || !strings.Contains(stderr, "    0,ten\n      ^\n") {
		t.Errorf("status %d: a mistake in stdin is not shown:\n%s", status, stderr)
	}
}

// Every file of the folder is there, is a table that reads back, and agrees with the
// others.
func TestFitFolder(t *testing.T) {
	decayFolder(t)
	must(t, "fit", "model.ode", "data.csv", "--out", "a/b", "--plot", "a/fit.png", "--quiet")
	for name, want := range map[string]int{"params.csv": 3, "covariance.csv": 2, "residuals.csv": 6, "starts.csv": 20, "trajectories.csv": 401} {
		f, err := os.Open(filepath.Join("a/b", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		table, err := dataset.NewTable(f, name)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for table.Next() {
			rows++
		}
		if table.Err() != nil || rows < want || rows > want+6 {
			t.Errorf("%s: %d rows of %v (%v), want %d", name, rows, table.Columns, table.Err(), want)
		}
	}
	entries, err := os.ReadDir("a/b")
	if err != nil || len(entries) != 6 {
		t.Errorf("%d files: %v (%v)", len(entries), entries, err)
	}
	if _, err := os.Stat("a/fit.png"); err != nil {
		t.Error(err)
	}
}

// What a fit wrote is where the next one can begin.
func TestFitBeginsWhereAnotherEnded(t *testing.T) {
	decayFolder(t)
	first := decodeFit(t, must(t, "fit", "model.ode", "data.csv", "--json", "--out", "out"))
	again := decodeFit(t, must(t, "fit", "model.ode", "data.csv", "--json", "--max-iterations", "0", "--parameters", "out/params.csv"))
	if d := *again.Objective - *first.Objective; math.Abs(d) > 1e-12 {
		t.Errorf("the objective at the written parameters differs by %v", d)
	}
}

func TestSimulate(t *testing.T) {
	decayFolder(t)
	out := must(t, "simulate", "model.ode", "--times", "0:0.5:2,1.25", "--set", "k=2", "--set", "x0=3")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if lines[0] != "time,x" || len(lines) != 7 {
		t.Fatalf("got\n%s", out)
	}
	for i, want := range []float64{0, 0.5, 1, 1.25, 1.5, 2} {
		at, x, _ := strings.Cut(lines[i+1], ",")
		v, err := strconv.ParseFloat(x, 64)
		// 1e-8 is the relative tolerance of a step; a handful of steps add up.
		if at != strconv.FormatFloat(want, 'g', -1, 64) || err != nil || math.Abs(v-3*math.Exp(-2*want)) > 1e-7 {
			t.Errorf("line %d: %s, want %v, %v", i+1, lines[i+1], want, 3*math.Exp(-2*want))
		}
	}
}

func TestSimulateExperiments(t *testing.T) {
	folder(t, map[string]string{
		"model.ode": "param k = 1\nconst dose = 1\nlet y = 2*x\ninit x = dose at 0\nx' = -k*x\nobserve x ~ normal(x)\nobserve twice ~ normal(y)\nobserve seen ~ normal(x, row.sd)\n",
		"c.csv":     "experiment,dose\nlow,1\nhigh,10\n",
	})
	out := must(t, "simulate", "model.ode", "--times", "0", "--conditions", "c.csv")
	if want := "experiment,time,x,twice,seen\nlow,0,1,2,1\nhigh,0,10,20,10\n"; out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	out = must(t, "simulate", "model.ode", "--times", "0", "--conditions", "c.csv", "--experiment", "high", "--plot", "x.svg", "--out", "x.csv")
	text, err := os.ReadFile("x.csv")
	if want := "experiment,time,x,twice,seen\nhigh,0,10,20,10\n"; err != nil || string(text) != want || out != "" {
		t.Errorf("got\n%s(%v), printed %q", text, err, out)
	}
}

func TestCheck(t *testing.T) {
	decayFolder(t)
	golden(t, "check.txt", must(t, "check", "model.ode", "data.csv"))
	status, _, stderr := call(t, "", "check", "model.ode", "data.csv", "--rtol", "1e-5")
	if status != success || stderr != "" {
		t.Errorf("status %d\n%s", status, stderr)
	}
}

func TestCheckWarns(t *testing.T) {
	folder(t, map[string]string{
		"model.ode": "param k = 1\nparam idle = 2\ninit x = 1\nx' = -k*x/1000\nobserve x ~ normal(x, 1)\n",
		"data.csv":  "year,x\n1900,1\n1910,0.5\n1920,0.3\n",
	})
	status, stdout, stderr := call(t, "", "check", "model.ode", "data.csv")
	if status != success || !strings.Contains(stderr, "idle") || !strings.Contains(stderr, "at 1900") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

// The path of a newcomer: a table, a starter model, a check, a fit, a picture.
func TestInitCheckFit(t *testing.T) {
	hares, err := os.ReadFile("../../testdata/lynxhare/data.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"hares":      string(hares),
		"decay":      decayData,
		"odd names":  "time,x y,2z,pi,if\n0,1,9,1,-2\n1,2,6.1,3,0.5\n2,2.9,4,4.1,1.4\n3,3.4,2.7,4.4,2.2\n4,3.6,2,4.7,2.4\n5,3.8,1.4,4.6,2.3\n",
		"three rows": "t,a\n1,2\n2,3\n3,5\n",
		"two rows":   "t;a\n1;2,5\n2;3,5\n",
		"long":       "time,observable,value\n0,a,1\n1,a,2\n2,a,2.5\n3,a,2.7\n4,a,2.6\n0,b,-5\n1,b,-1\n2,b,1.2\n3,b,2\n4,b,2.7\n",
		"groups":     "subject,time,dose,conc,note\nA,0,5,1,x\nA,1,5,2,y\nA,2,5,2.5,z\nB,0,7,2,x\nB,1,7,4,y\nB,2,7,5,z\n",
		"known sd":   "time,a,a_sd\n0,1,0.1\n1,2,0.1\n2,2.5,0.2\n3,2.7,0.2\n4,2.6,0.1\n",
		"missing":    "time,a,b\n0,1,\n1,NA,2\n2,2.5,3\n3,2.7,\n4,2.6,4\n5,.,5\n6,2.4,7\n",
		"decades":    "time,virus\n0,1000000\n1,300000\n2,40000\n3,7000\n4,1200\n5,200\n",
		"unsorted":   "time,a\n3,2.5\n0,1\n2,2.2\n1,1.7\n4,2.6\n",
	} {
		t.Run(name, func(t *testing.T) {
			folder(t, map[string]string{"data.csv": data})
			must(t, "init", "data.csv")
			must(t, "check", "model.ode", "data.csv")
			status, stdout, stderr := call(t, "", "fit", "model.ode", "data.csv", "--starts", "3", "--plot", "fit.svg")
			if status != success {
				text, _ := os.ReadFile("model.ode")
				t.Errorf("fit: status %d\n%s%s\n%s", status, stdout, stderr, text)
			}
		})
	}
}

func TestInitText(t *testing.T) {
	decayFolder(t)
	golden(t, "init.txt", must(t, "init", "data.csv", "--out", "-"))
	must(t, "init", "data.csv", "--force")
	if text, err := os.ReadFile("model.ode"); err != nil || string(text) == decay {
		t.Errorf("--force did not replace the model (%v)", err)
	}
}

func TestGradcheck(t *testing.T) {
	decayFolder(t)
	out := must(t, "gradcheck", "model.ode", "data.csv")
	for _, want := range []string{"forward", "discrete", "interpolating", "backsolve", "k ", "x0", "the methods agree"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	status, out, _, err := execute(t.Context(), "", "gradcheck", "model.ode", "data.csv", "--tolerance", "1e-15")
	if err != nil || status != notConverged || !strings.Contains(out, "DISAGREE") {
		t.Errorf("an impossible tolerance: status %d, %v\n%s", status, err, out)
	}
}

func TestVersion(t *testing.T) {
	for _, line := range []string{"version", "--version"} {
		if out := must(t, line); !strings.HasPrefix(out, "odefit "+version) || strings.Count(out, "\n") != 1 {
			t.Errorf("odefit %s: %q", line, out)
		}
	}
}

func TestHelp(t *testing.T) {
	for line, want := range map[string]string{"--help": "gradcheck", "help": "gradcheck", "help fit": "--max-iterations", "fit --help": "--max-iterations", "simulate -h": "--times", "fit x.ode --help": "--starts"} {
		out := must(t, strings.Fields(line)...)
		if !strings.Contains(out, want) {
			t.Errorf("odefit %s: no %s in\n%s", line, want, out)
		}
	}
}

// Both signals end a fit with status 130; what was found is told and written.
func TestInterrupt(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			decayFolder(t)
			for _, pause := range []time.Duration{300 * time.Millisecond, time.Second, 5 * time.Second} {
				if interruptAfter(t, sig, pause) {
					return
				}
			}
			t.Error("a fit of many starts had found nothing after five seconds")
		})
	}
}

// interruptAfter sends a signal to a fit that would take minutes. It returns false
// where nothing had been found by then.
func interruptAfter(t *testing.T, sig os.Signal, pause time.Duration) bool {
	cmd := exec.CommandContext(t.Context(), binary, "fit", "model.ode", "data.csv", "--starts", "200000", "--out", "out")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(pause)
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != interrupted {
		t.Errorf("ended with %v, want status %d\n%s", err, interrupted, stderr.String())
	}
	if !strings.Contains(stderr.String(), "odefit: interrupted\n") {
		t.Errorf("the interruption is not told:\n%s", stderr.String())
	}
	if stdout.Len() == 0 {
		return false
	}
	if !strings.Contains(stdout.String(), "interrupted") || !strings.Contains(stdout.String(), "x0") {
		t.Errorf("what was found is not told:\n%s", stdout.String())
	}
	if text, err := os.ReadFile("out/result.json"); err != nil || decodeFit(t, string(text)).Status != "interrupted" {
		t.Errorf("result.json: %v\n%.500s", err, text)
	}
	return true
}

func TestInterruptBeforeAnything(t *testing.T) {
	decayFolder(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, msg bytes.Buffer
	status := run(ctx, []string{"simulate", "model.ode", "--times", "0:1:5"}, strings.NewReader(""), &out, &msg)
	if status != interrupted || out.Len() > 0 {
		t.Errorf("status %d\n%s%s", status, out.String(), msg.String())
	}
}

// panicking stands for a mistake of the program.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { var list []int; return list[len(list)], nil }

func TestInternalError(t *testing.T) {
	for _, debug := range []string{"", "1"} {
		t.Setenv("ODEFIT_DEBUG", debug)
		var msg bytes.Buffer
		status := run(t.Context(), []string{"version"}, strings.NewReader(""), panicking{}, &msg)
		text := msg.String()
		if status != internalError {
			t.Errorf("status %d, want %d", status, internalError)
		}
		for _, want := range []string{"internal error: ", "report", "odefit " + version, "command  odefit version", "where    odefit.panicking.Write, cli_test.go:"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if got := strings.Contains(text, "goroutine "); got != (debug != "") {
			t.Errorf("ODEFIT_DEBUG=%q: trace shown: %v\n%s", debug, got, text)
		}
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	decayFolder(t)
	for _, line := range []string{"version", "fit model.ode data.csv", "simulate model.ode --times 0:1:5", "check model.ode", "init data.csv --out -", "gradcheck model.ode data.csv"} {
		var msg bytes.Buffer
		if status := run(t.Context(), strings.Fields(line), strings.NewReader(""), full, &msg); status != cannotWrite || !strings.Contains(msg.String(), "cannot write standard output: no space") {
			t.Errorf("odefit %s: status %d\n%s", line, status, msg.String())
		}
	}
}
