package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
)

// The exit statuses. Scripts rely on them.
const (
	success       = 0
	notConverged  = 1
	wrongUse      = 2
	wrongModel    = 3
	wrongData     = 4
	notIntegrable = 5
	cannotWrite   = 6
	internalError = 70
	interrupted   = 130
)

// errUnfinished: the result that was written says itself that it is not converged,
// or that methods disagree.
var errUnfinished = errors.New("finished, but not converged")

// usageError is a command line that asks for something impossible.
type usageError struct{ msg, todo string }

func usage(format string, args ...any) *usageError {
	return &usageError{msg: fmt.Sprintf(format, args...)}
}

// hint adds what to do.
func (e *usageError) hint(format string, args ...any) *usageError {
	e.todo = fmt.Sprintf(format, args...)
	return e
}

func (e *usageError) Error() string { return e.msg }

// wrongUsage rewords a mistake that the parser of the command line found.
func wrongUsage(err error) error {
	e := usage("%s", err)
	var parse *kong.ParseError
	at := "odefit"
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		at = "odefit " + parse.Context.Selected().Name
	}
	if argument, ok := strings.CutPrefix(err.Error(), "expected \"<"); ok {
		e.msg = "an argument is missing: <" + strings.TrimSuffix(argument, "\"")
	}
	return e.hint("see %s --help", at)
}

// fileError is a model or a data file that cannot serve as one, as a whole.
type fileError struct {
	path   string
	status int // wrongModel or wrongData
	err    error
	todo   string // what to do, where that is known
}

func (e *fileError) Error() string { return e.path + ": " + reason(e.err) }
func (e *fileError) Unwrap() error { return e.err }

// writeError is an output that cannot be written.
type writeError struct {
	path string
	err  error
}

func (e *writeError) Error() string { return "cannot write " + e.path + ": " + reason(e.err) }
func (e *writeError) Unwrap() error { return e.err }

// reason returns what the system says, without the operation and the path.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// exit tells an error to the user and returns the exit status.
func (c *console) exit(err error) int {
	var (
		use     *usageError
		file    *fileError
		write   *writeError
		mistake *model.Error
		data    *dataset.Error
	)
	switch {
	case err == nil:
		return success
	case errors.Is(err, errUnfinished):
		return notConverged
	case errors.As(err, &write):
		c.say("odefit: %v", write)
		return cannotWrite
	case c.ctx.Err() != nil && errors.Is(err, context.Canceled):
		c.say("odefit: interrupted")
		return interrupted
	case errors.As(err, &use):
		c.say("odefit: %s", use.msg)
		c.advice(use.todo)
		return wrongUse
	case errors.As(err, &file):
		c.say("%v", file)
		c.advice(file.todo)
		return file.status
	case errors.As(err, &mistake):
		c.tellModel(err)
		return wrongModel
	case errors.As(err, &data):
		c.tellData(data)
		return wrongData
	}
	c.tellNumbers(err)
	return notIntegrable
}

// internal tells of a panic: a mistake of the program, not of its user.
func (c *console) internal(cause any, stack []byte) int {
	c.say("odefit: internal error: %v", cause)
	c.say("        This is a mistake in odefit, not in your files. Please report it at")
	c.say("        https://github.com/odefit/odefit/issues, with your files if you can and these lines:")
	c.say("          version  %s", versionLine())
	c.say("          command  odefit %s", strings.Join(c.args, " "))
	c.say("          where    %s", panicPlace())
	if os.Getenv("ODEFIT_DEBUG") != "" {
		fmt.Fprintf(c.stderr, "%s", stack)
	} else {
		c.say("        ODEFIT_DEBUG=1 shows where the program was in full.")
	}
	return internalError
}

// panicPlace names the function of this project in which a panic began. It must be
// called while the panic is being recovered.
func panicPlace() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	panicked := false
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicked = true
		case panicked && !strings.HasPrefix(frame.Function, "runtime."):
			name := frame.Function[strings.LastIndexByte(frame.Function, '/')+1:]
			file := frame.File[strings.LastIndexByte(frame.File, '/')+1:]
			return fmt.Sprintf("%s, %s:%d", name, file, frame.Line)
		}
		if !more {
			return "unknown"
		}
	}
}
