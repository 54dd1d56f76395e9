package main

import (
	"fmt"
	"go/format"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/odefit/odefit/dynsys"
)

// genCommand is odefit gen.
type genCommand struct {
	Model   string `arg:"" help:"The model, a text file; - is standard input."`
	Package string `placeholder:"NAME" help:"The name of the package. Default: made of the name of the model file."`
	Out     string `placeholder:"DIR" help:"The folder of the package, or - for standard output. Default: the name of the package."`
}

func (g *genCommand) run(c *console) error {
	m, err := c.readModel(g.Model)
	if err != nil {
		return err
	}
	from := filepath.Base(g.Model)
	if g.Model == stdio {
		from = "standard input"
	}
	name := g.Package
	if name == "" {
		name = dynsys.GoName(strings.TrimSuffix(from, filepath.Ext(from)))
	} else if dynsys.GoName(name) != name {
		return usage("--package %s: not a package name", name).hint("small letters and digits, a letter first: %s", dynsys.GoName(name))
	}
	compiled, err := m.Compile()
	if err != nil {
		return err
	}
	dynamics, err := compiled.Scalar()
	if err != nil {
		return err
	}
	defer dynamics.Close()
	graph, ok := dynamics.(*dynsys.GraphModel)
	if !ok {
		return &fileError{path: g.Model, status: wrongModel, err: fmt.Errorf("a model with algebraic equations has no Go source")}
	}
	p := dynsys.GoPackage{Name: name, From: from}
	for _, s := range m.States {
		p.States = append(p.States, s.Name)
	}
	for _, q := range m.Quantities() {
		p.Params, p.Values = append(p.Params, q.Name), append(p.Values, q.Value)
	}
	source, err := graph.GoSource(p)
	if err != nil {
		return err
	}
	text, err := format.Source([]byte(source))
	if err != nil {
		panic(fmt.Sprintf("the generated source is wrong: %v", err))
	}
	return g.write(c, name, text)
}

func (g *genCommand) write(c *console, name string, text []byte) error {
	fill := func(w io.Writer) error { _, err := w.Write(text); return err }
	if g.Out == stdio {
		return c.write(fill)
	}
	dir := g.Out
	if dir == "" {
		dir = name
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return &writeError{dir, err}
	}
	path := filepath.Join(dir, name+".go")
	if err := c.writeFile(path, fill); err != nil {
		return err
	}
	return c.write(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "wrote %s: F, JVP, VJP and Jacobian of package %s\n", path, name)
		return err
	})
}
