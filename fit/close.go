package fit

import (
	"errors"
	"slices"

	"github.com/odefit/odefit/dynsys"
)

// Close closes the models of all experiments, whose machine code the garbage collector
// then unmaps; a problem of [FromModel] owns its models. What is not closed is, when the
// collector finds it gone. The problem must not be used afterwards.
func (p *Problem) Close() error {
	seen := make(map[dynsys.Model]bool)
	var errs []error
	models := slices.Clone(p.own)
	for i := range p.Experiments {
		models = append(models, p.Experiments[i].Model)
	}
	for _, m := range models {
		if m != nil && !seen[m] {
			seen[m] = true
			errs = append(errs, m.Close())
		}
	}
	return errors.Join(errs...)
}
