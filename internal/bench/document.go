package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// document draws a picture of every problem and renews the tables of benchmarks.md,
// each between a line <!-- NAME --> and the next <!-- end -->.
func (c *config) document(rows []row) error {
	pictures := filepath.Join(c.docs, "work-precision")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		return err
	}
	for _, r := range races() {
		if all := curves(rows, r.name); len(all) > 0 {
			if err := drawPicture(filepath.Join(pictures, r.name+".svg"), r.title, all); err != nil {
				return err
			}
		}
	}
	page := filepath.Join(c.docs, "benchmarks.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	out := string(text)
	for _, part := range []struct {
		name  string
		write func(*strings.Builder, []row)
	}{
		{"machine", c.machine}, {"equal error", equalErrors}, {"equal tolerance", equalTolerances}, {"measurements", measurements},
	} {
		var b strings.Builder
		part.write(&b, rows)
		if out, err = replace(out, part.name, b.String()); err != nil {
			return err
		}
	}
	return os.WriteFile(page, []byte(out), 0o644)
}

// replace puts text between the line <!-- name --> and the next <!-- end -->.
func replace(page, name, text string) (string, error) {
	before, rest, ok := strings.Cut(page, "<!-- "+name+" -->\n")
	_, after, found := strings.Cut(rest, "<!-- end -->")
	if !ok || !found {
		return "", fmt.Errorf("bench: benchmarks.md has no place for %q", name)
	}
	return before + "<!-- " + name + " -->\n" + text + "<!-- end -->" + after, nil
}

func (c *config) machine(b *strings.Builder, _ []row) {
	fmt.Fprintf(b, "%s, %d threads, %s/%s; %s. %s\n", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), c.note)
}

// processor names the CPU where the system says it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, ok := strings.CutPrefix(s.Text(), "model name"); ok {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return "unknown processor"
}
