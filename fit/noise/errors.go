package noise

import (
	"fmt"
	"strings"
)

// ArgError is an argument for which a distribution has no density.
type ArgError struct {
	Distribution string
	Arg          int    // index of the argument
	Name         string // "prediction", "scale", ...
	Value        float64
	Need         string // what it must be
}

func (e *ArgError) Error() string {
	return fmt.Sprintf("%s: the %s is %v, and must be %s", e.Distribution, e.Name, e.Value, e.Need)
}

// SupportError is a value that a distribution cannot have.
type SupportError struct {
	Distribution string
	Value        float64
	Need         string // what values must be
}

func (e *SupportError) Error() string {
	return fmt.Sprintf("%s: there can be no value %v: values must be %s", e.Distribution, e.Value, e.Need)
}

// RangeError is a log density, or a derivative of it, that float64 cannot hold: the
// value lies absurdly far from the prediction.
type RangeError struct {
	Distribution string
	Value        float64
	Args         Args
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("%s: the density of %v is beyond the range of numbers (prediction %v)",
		e.Distribution, e.Value, e.Args[0])
}

// NameError is a name that no prior distribution has.
type NameError struct {
	Name  string
	Known []string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("there is no distribution %s here; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// ArityError is a wrong number of arguments.
type ArityError struct {
	Distribution string
	Got          int
	Want         []string // the names of the arguments
}

func (e *ArityError) Error() string {
	return fmt.Sprintf("%s has %d arguments (%s), not %d", e.Distribution, len(e.Want), strings.Join(e.Want, ", "), e.Got)
}
