package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// console is where a run reads and writes.
type console struct {
	ctx            context.Context // ends when the user interrupts
	args           []string        // the command line, for reports
	stdin          io.Reader
	stdout, stderr io.Writer

	input []byte // what was read from stdin, once it was
}

// stdio is the file name that stands for stdin or stdout.
const stdio = "-"

// open opens a file for reading, or stdin, which can be opened again.
func (c *console) open(path string) (io.ReadCloser, error) {
	if path != stdio {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			f.Close()
			return nil, errors.New("is a folder, not a file")
		}
		return f, nil
	}
	if c.input == nil {
		text, err := io.ReadAll(c.stdin)
		if err != nil {
			return nil, err
		}
		c.input = text
	}
	return io.NopCloser(bytes.NewReader(c.input)), nil
}

// say writes a line to stderr.
func (c *console) say(format string, args ...any) { fmt.Fprintf(c.stderr, format+"\n", args...) }

// write writes to stdout what fill writes; an error there is a failure to write.
func (c *console) write(fill func(w io.Writer) error) error {
	if err := fill(c.stdout); err != nil {
		return &writeError{"standard output", err}
	}
	return nil
}

// terminal returns the width of the terminal that w is, or 0 where it is none.
func terminal(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return 0
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}
