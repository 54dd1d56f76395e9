package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/odefit/odefit/dynsys/model"
)

// fmtCommand is odefit fmt.
type fmtCommand struct {
	Models []string `arg:"" optional:"" placeholder:"MODEL" help:"Models, text files (.ode). Default: standard input."`
	Write  bool     `short:"w" help:"Write the result to the file in place of standard output."`
	List   bool     `short:"l" help:"List the files that are not in the usual form, and write nothing else."`
	Check  bool     `help:"Change nothing; exit status 1 where a file is not in the usual form, which is listed."`
}

func (k *fmtCommand) run(c *console) error {
	if k.Write && k.Check {
		return usage("--write and --check ask for opposites").hint("give one of them")
	}
	models := k.Models
	if len(models) == 0 {
		models = []string{stdio}
	}
	if err := onceStdin(models...); err != nil {
		return err
	}
	changed := false
	for _, path := range models {
		before, err := c.readAll(path)
		if err != nil {
			return err
		}
		after, err := model.Format(path, before)
		if err != nil {
			return err
		}
		differs := !bytes.Equal(before, after)
		changed = changed || differs
		if err := k.result(c, path, after, differs); err != nil {
			return err
		}
	}
	if k.Check && changed {
		return errUnfinished
	}
	return nil
}

// result does with a formatted model what the flags say.
func (k *fmtCommand) result(c *console, path string, text []byte, differs bool) error {
	if differs && (k.List || k.Check) {
		if err := c.write(func(w io.Writer) error { _, err := fmt.Fprintln(w, path); return err }); err != nil {
			return err
		}
	}
	fill := func(w io.Writer) error { _, err := w.Write(text); return err }
	switch {
	case k.Write && differs && path != stdio:
		return c.writeFile(path, fill)
	case k.Write && path != stdio, k.List, k.Check:
		return nil
	}
	return c.write(fill)
}

// readAll returns the text of a model.
func (c *console) readAll(path string) ([]byte, error) {
	f, err := c.open(path)
	if err != nil {
		return nil, &fileError{path: path, status: wrongModel, err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 5<<20)) // beyond 4 MiB it is no model
	if err != nil {
		return nil, &fileError{path: path, status: wrongModel, err: err}
	}
	if len(text) == 5<<20 {
		return nil, &fileError{path: path, status: wrongModel, err: errors.New("this file is longer than any model")}
	}
	return text, nil
}
