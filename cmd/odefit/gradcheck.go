package main

// gradcheckCommand is odefit gradcheck.
type gradcheckCommand struct {
	modelFile
	Data string `arg:"" help:"The measurements, a CSV file."`
	solverFlags
}

func (g *gradcheckCommand) run(c *console) error {
	return usage("gradcheck is being written")
}
