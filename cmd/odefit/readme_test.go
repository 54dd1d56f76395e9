package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Every command of the README runs. The one that runs all tests is only looked for: it
// is what runs this test.
func TestCommandsOfTheReadme(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata", "lynxhare"), os.DirFS(filepath.Join(root, "testdata", "lynxhare"))); err != nil {
		t.Fatal(err)
	}
	ran, tests := 0, false
	for i, block := range strings.Split(string(text), "```") {
		commands, isShell := strings.CutPrefix(block, "sh\n")
		if i%2 == 0 || !isShell {
			continue
		}
		for line := range strings.Lines(commands) {
			line = strings.TrimSpace(line)
			args, ok := strings.CutPrefix(line, "go run ./cmd/odefit ")
			switch {
			case line == "go test ./...":
				tests = true
				continue
			case !ok:
				t.Errorf("the README has a command that no test runs: %s", line)
				continue
			}
			cmd := exec.Command(binary, strings.Fields(args)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", line, err, out)
			}
			ran++
		}
	}
	if ran < 5 || !tests {
		t.Errorf("%d commands ran, test command found: %v", ran, tests)
	}
	for _, file := range []string{"lynxhare.svg", "starter.ode", "course.csv"} {
		if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", file, err)
		}
	}
}
