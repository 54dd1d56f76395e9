package main

import (
	"context"
	"io"
	"runtime/debug"
	"slices"

	"github.com/alecthomas/kong"
)

// commandLine is the grammar of the command line.
type commandLine struct {
	Init      initCommand      `cmd:"" help:"Write a starter model for the columns of a data file."`
	Check     checkCommand     `cmd:"" help:"Say what was understood of a model and its data, and what is wrong with them."`
	Simulate  simulateCommand  `cmd:"" help:"Solve a model and write its course as CSV."`
	Fit       fitCommand       `cmd:"" help:"Estimate the parameters of a model from data."`
	Gradcheck gradcheckCommand `cmd:"" help:"Compare the gradients that independent methods find."`
	Fmt       fmtCommand       `cmd:"" help:"Write a model in its usual form: spacing, aligned columns, comments kept."`
	Gen       genCommand       `cmd:"" help:"Write a model as Go source: its right-hand side with exact derivatives."`
	Version   versionCommand   `cmd:"" help:"Say which version this is."`

	VersionFlag bool `name:"version" help:"Say which version this is."`
}

const description = `Fits models of ordinary differential equations to CSV data.

Exit status: 0 success; 1 finished, but not converged (gradcheck: the methods disagree); 2 wrong usage; 3 the model is wrong; 4 the data are wrong; 5 nothing could be integrated; 6 cannot write; 70 internal error; 130 interrupted.`

// run is the whole program: it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	c := &console{ctx: ctx, args: args, stdin: stdin, stdout: stdout, stderr: stderr}
	defer func() {
		if cause := recover(); cause != nil {
			status = c.internal(cause, debug.Stack())
		}
	}()
	command, err := c.parse(args)
	if command != nil && err == nil {
		err = command.run(c)
	}
	return c.exit(err)
}

// command is a subcommand with its flags filled in.
type command interface{ run(c *console) error }

// parse reads the command line. Both results are nil where nothing is left to do.
func (c *console) parse(args []string) (command, error) {
	var line commandLine
	type exited struct{}
	parser := kong.Must(&line, kong.Name("odefit"), kong.Description(description),
		kong.Writers(c.stdout, c.stderr), kong.Exit(func(int) { panic(exited{}) }),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Vars{"solvers": solverNames()})
	help := func(args ...string) {
		defer func() {
			if cause := recover(); cause != nil && cause != (exited{}) {
				panic(cause)
			}
		}()
		_, _ = parser.Parse(append(args, "--help"))
	}
	switch {
	case len(args) == 0:
		help()
		return nil, usage("a command is missing").hint("begin with odefit init DATA.csv, or see odefit --help")
	case wantsHelp(args):
		help(helpTopic(args)...)
		return nil, nil
	case slices.Contains(args, "--version"):
		return &versionCommand{}, nil
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return nil, wrongUsage(err)
	}
	return parsed.Selected().Target.Addr().Interface().(command), nil
}

// wantsHelp says whether help is asked for, wherever it stands.
func wantsHelp(args []string) bool {
	for _, a := range args {
		switch a {
		case "--":
			return false
		case "--help", "-h":
			return true
		}
	}
	return args[0] == "help"
}

// helpTopic returns the subcommand for which help is asked.
func helpTopic(args []string) []string {
	for _, a := range args {
		switch a {
		case "init", "check", "simulate", "fit", "gradcheck", "fmt", "version":
			return []string{a}
		}
	}
	return nil
}
