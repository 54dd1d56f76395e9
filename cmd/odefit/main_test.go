package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is the command as users run it; exit statuses and signals need a process of
// its own.
var binary string

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "odefit-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "odefit.exe")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// decay is a model that can be fitted to decayData in a moment.
const (
	decay = `title Decay
param k = 0.5 in [0.01, 10] log
param x0 = 8 in [1, 100] log
init x = x0 at 0
x' = -k*x
observe x ~ normal(x)
report half_life = log(2)/k
`
	decayData = "time,x\n0,10.1\n1,6.0\n2,3.8\n3,2.1\n4,1.4\n5,0.7\n"
)

// folder makes a temporary folder with files, and makes it the working one.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// decayFolder is a folder with decay and its data.
func decayFolder(t *testing.T) string {
	t.Helper()
	return folder(t, map[string]string{"model.ode": decay, "data.csv": decayData})
}

// call runs the command in this process.
func call(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, msg bytes.Buffer
	status = run(t.Context(), args, strings.NewReader(stdin), &out, &msg)
	return status, out.String(), msg.String()
}

// must runs the command in this process and expects success.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := call(t, "", args...)
	if status != success {
		t.Fatalf("odefit %s: status %d\n%s", strings.Join(args, " "), status, stderr)
	}
	return stdout
}

// execute runs the binary.
func execute(ctx context.Context, stdin string, args ...string) (status int, stdout, stderr string, err error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	var out, msg bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &msg
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	if cmd.ProcessState != nil {
		status = cmd.ProcessState.ExitCode()
	}
	return status, out.String(), msg.String(), err
}
