package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
)

// initCommand is odefit init.
type initCommand struct {
	Data  string `arg:"" help:"The measurements, a CSV file."`
	Out   string `default:"model.ode" placeholder:"FILE.ode" help:"Where to write the model; - is standard output. Default: model.ode."`
	Force bool   `help:"Replace an existing file."`
}

func (i *initCommand) run(c *console) error {
	s, err := readTable(c, i.Data, survey)
	if err != nil {
		return err
	}
	text, states, err := starter(s)
	if err != nil {
		return err
	}
	if err := i.prove(c, text); err != nil {
		return err
	}
	if _, err := os.Stat(i.Out); err == nil && i.Out != stdio && !i.Force {
		return &writeError{i.Out, errors.New("the file exists; --force replaces it, --out names another one")}
	}
	if err := c.writeFile(i.Out, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
		return err
	}
	if i.Out == stdio {
		return nil
	}
	return c.write(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "wrote %s with %s; next: odefit check %s %s\n", i.Out, plural(states, "state"), i.Out, i.Data)
		return err
	})
}

// prove finds out whether the model that was written can be fitted to the data: it
// tells what is wrong with them, cell by cell, before a model file is left behind.
func (i *initCommand) prove(c *console, text string) error {
	m, err := model.Parse(i.Out, []byte(text))
	if err != nil {
		panic(fmt.Sprintf("the starter model is wrong: %v", err))
	}
	data, err := readTable(c, i.Data, func(r io.Reader, name string) (*dataset.Data, error) {
		return dataset.Read(r, name, fit.Roles(m))
	})
	if err != nil {
		return err
	}
	_, err = fit.FromModel(m, fit.Tables{Data: data})
	return err
}
