package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/odefit/odefit/cmd/odefit/report"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
)

// fitCommand is odefit fit.
type fitCommand struct {
	modelFile
	Data string `arg:"" help:"The measurements, a CSV file."`

	Starts        int    `placeholder:"N" help:"How many starts to search from. Default: 20 where every bound is finite, else 1."`
	Seed          uint64 `default:"1" placeholder:"N" help:"What the starts are drawn with. Default: 1."`
	Method        string `default:"auto" enum:"auto,lm,lbfgs,adam" placeholder:"NAME" help:"The optimiser: auto, lm, lbfgs or adam. Default: auto."`
	Gradient      string `default:"auto" enum:"auto,forward,discrete,continuous" placeholder:"NAME" help:"How gradients are computed: auto, forward, discrete or continuous (lm: always forward). Default: auto."`
	MaxIterations *int   `placeholder:"N" help:"Most iterations of one start. 0 evaluates at the guesses and searches nothing."`
	Jobs          int    `placeholder:"N" help:"Starts searched at a time; the result does not depend on it. Default: one a processor."`
	solverFlags

	JSON    bool   `name:"json" help:"Write the result to standard output as one JSON object."`
	Out     string `placeholder:"DIR" help:"Write the result, the tables and the curves into this folder."`
	Weights string `placeholder:"FILE.csv" help:"Write the weights of networks here, for --parameters. Default: weights.csv in the folder of --out."`
	Plot    string `placeholder:"FILE" help:"Draw data, curves and residuals into a file .svg, .png or .pdf."`
	Quiet   bool   `short:"q" help:"Show no progress and no warnings."`
}

func (f *fitCommand) run(c *console) error {
	if err := f.check(); err != nil {
		return err
	}
	l, err := c.load(f.modelFile, f.Data)
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.checkObserved(); err != nil {
		return err
	}
	f.solverFlags.apply(l.problem)
	if err := f.prepare(); err != nil {
		return err
	}
	if !f.Quiet {
		c.warnModel(l.model.Warnings(fit.Used(l.model, l.tables)...))
	}
	r, err := f.search(c, l.problem)
	if r == nil {
		return err
	}
	if err != nil { // interrupted: what was found so far may not be the best
		r.Status, r.Converged = "interrupted", false
	}
	return errors.Join(f.write(c, l, r), unfinished(r, err))
}

// check finds mistakes of the command line before anything is read.
func (f *fitCommand) check() error {
	switch {
	case f.Starts < 0:
		return usage("--starts %d: a number of starts is needed", f.Starts).hint("write --starts 20")
	case f.Jobs < 0:
		return usage("--jobs %d: a number of workers is needed", f.Jobs).hint("write --jobs 4")
	case f.MaxIterations != nil && *f.MaxIterations < 0:
		return usage("--max-iterations %d: zero or more is needed", *f.MaxIterations).hint("0 evaluates at the guesses")
	case f.Method == "lm" && f.Gradient != "auto" && f.Gradient != "forward":
		return usage("--gradient %s: lm needs the derivative of every residual, which forward sensitivities give", f.Gradient).
			hint("leave --gradient out, or choose --method lbfgs")
	}
	if f.Plot != "" {
		if _, err := pictureFormat(f.Plot); err != nil {
			return err
		}
	}
	return f.solverFlags.check()
}

// prepare finds out before the search whether what is found can be written.
func (f *fitCommand) prepare() error {
	if f.Out != "" {
		if err := makeFolder(f.Out); err != nil {
			return err
		}
	}
	return errors.Join(canWrite(f.Plot), canWrite(f.Weights))
}

// weights returns the file of the networks' weights, "" for none.
func (f *fitCommand) weights() string {
	if f.Weights == "" && f.Out != "" {
		return filepath.Join(f.Out, "weights.csv")
	}
	return f.Weights
}

// search runs the fit with its progress shown.
func (f *fitCommand) search(c *console, p *fit.Problem) (*fit.Result, error) {
	opt := &fit.Options{
		Starts: f.Starts, Seed: f.Seed, Workers: f.Jobs,
		Method: optimiserOf(f.Method), Gradient: gradientOf(f.Gradient),
	}
	if f.MaxIterations != nil {
		opt.MaxIterations, opt.EvaluateOnly = *f.MaxIterations, *f.MaxIterations == 0
	}
	if !f.Quiet {
		line := newProgress(c.stderr, terminal(c.stderr), time.Now)
		opt.Progress = line.show
		defer line.done()
	}
	return fit.Run(c.ctx, p, opt)
}

// unfinished returns the error that becomes the exit status of a fit with a result.
func unfinished(r *fit.Result, err error) error {
	if err == nil && !r.Converged {
		return errUnfinished
	}
	return err
}

// write writes everything that was asked for.
func (f *fitCommand) write(c *console, l *loaded, r *fit.Result) error {
	err := c.write(func(w io.Writer) error {
		if f.JSON {
			return report.WriteJSON(w, r, build(), f.weights())
		}
		return report.WriteText(w, l.title(), r)
	})
	if len(l.model.Nets) > 0 {
		if path := f.weights(); path != "" {
			err = errors.Join(err, c.writeFile(path, func(w io.Writer) error { return report.WriteWeights(w, r) }))
		} else if !f.Quiet && r.Status != "evaluated" {
			c.say("warning: the weights that were found are written nowhere; give --weights FILE.csv or --out DIR to keep them")
		}
	}
	if f.Out == "" && f.Plot == "" {
		return err
	}
	// What was found is written in full, also after an interruption.
	courses, failed := fitted(context.WithoutCancel(c.ctx), l.problem, r)
	if failed != nil {
		c.say("warning: the curves are left out: %v", failed)
	}
	if f.Out != "" {
		err = errors.Join(err, c.writeFolder(f.Out, []output{
			{"result.json", func(w io.Writer) error { return report.WriteJSON(w, r, build(), f.weights()) }},
			{"params.csv", func(w io.Writer) error { return report.WriteParameters(w, r) }},
			{"covariance.csv", func(w io.Writer) error { return report.WriteCovariance(w, r) }},
			{"residuals.csv", func(w io.Writer) error { return report.WriteResiduals(w, r) }},
			{"starts.csv", func(w io.Writer) error { return report.WriteStarts(w, r) }},
			{"trajectories.csv", func(w io.Writer) error { return writeCourses(w, l.time(), courses) }},
		}))
	}
	if f.Plot != "" {
		err = errors.Join(err, c.picture(f.Plot, report.FitFigure(l.title(), l.time(), r, curves(courses), l.lognormal())))
	}
	return err
}

// title returns what the result is headed with.
func (l *loaded) title() string {
	if l.model.Title != "" {
		return l.model.Title
	}
	return l.model.File
}

// time returns the name of the time column.
func (l *loaded) time() string {
	switch {
	case l.tables.Data != nil:
		return l.tables.Data.TimeColumn
	case l.model.Column(model.RoleTime) != "":
		return l.model.Column(model.RoleTime)
	}
	return "time"
}

// lognormal lists the observables whose noise is relative.
func (l *loaded) lognormal() []string {
	var names []string
	for _, o := range l.model.Observes {
		if o.Dist == model.LogNormal || o.Dist == model.Log10Normal {
			names = append(names, o.Column)
		}
	}
	return names
}
