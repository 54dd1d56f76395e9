package fit

import (
	"errors"
	"reflect"
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
		switch {
		case m == nil:
		case !reflect.ValueOf(m).Comparable(): // a user's own: shared or not cannot be told
			errs = append(errs, m.Close())
		case !seen[m]:
			seen[m] = true
			errs = append(errs, m.Close())
		}
	}
	return errors.Join(errs...)
}
