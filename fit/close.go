package fit

import (
	"errors"

	"github.com/odefit/odefit/dynsys"
)

// Close closes the models of all experiments, which frees their machine code at once; a
// problem of [FromModel] owns its models. What it has not closed, the garbage collector
// frees when it finds the problem gone. The problem must not be used afterwards.
func (p *Problem) Close() error {
	seen := make(map[dynsys.Model]bool)
	var errs []error
	for i := range p.Experiments {
		if m := p.Experiments[i].Model; m != nil && !seen[m] {
			seen[m] = true
			errs = append(errs, m.Close())
		}
	}
	return errors.Join(errs...)
}
