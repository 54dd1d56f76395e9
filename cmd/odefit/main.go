// Command odefit calibrates models of ordinary differential equations against
// measured data. A model is one text file, the data are one CSV file:
//
//	odefit init  data.csv              writes a starter model
//	odefit check model.ode data.csv    says what was understood
//	odefit fit   model.ode data.csv    estimates the parameters
//
// The file of each subcommand has its name; run.go is what they share: how a run
// begins, ends and fails. All numerics are in the packages below.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
