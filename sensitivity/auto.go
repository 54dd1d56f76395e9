package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// Auto chooses a method by the numbers of states and parameters, by the solver, and by
// what derivatives there are, and says in Result.Choice which and why:
//
//   - [Forward] where n initial values and p parameters make up to 50 tangents, where
//     System.VJP is nil, and for multistep solvers up to 200 tangents: all tangents are
//     under error control;
//   - [Discrete] with one probe beyond, where the steps of the solver can be transposed,
//     in Bytes of memory;
//   - [Continuous] in the variant Gauss where they cannot.
//
// The bound of 50 is where the measured costs cross on systems of a few states: a
// tangent costs about a third of an evaluation once the Jacobian is shared, the
// transpose about four evaluations and a second pass. It is fixed, never measured at
// run time, so that equal problems are treated equally.
type Auto struct {
	// SkipY0 leaves out the initial state where Forward is chosen, and does not count
	// its tangents.
	SkipY0 bool
	// Bytes is the memory for the steps of Discrete. Zero means 1 GiB.
	Bytes int64
}

var _ Method = Auto{}

func (Auto) String() string { return "auto" }

const (
	fewTangents  = 50
	someTangents = 200
)

// choose returns the method and the reason.
func (c Auto) choose(n, p int, hasVJP, mass bool, solver integrate.Method) (Method, string) {
	tangents := p
	if !c.SkipY0 {
		tangents += n
	}
	bytes := c.Bytes
	if bytes == 0 {
		bytes = 1 << 30
	}
	forward := Forward{SkipY0: c.SkipY0}
	switch {
	case !hasVJP:
		return forward, "the system has no VJP, which adjoints need"
	case tangents <= fewTangents:
		return forward, fmt.Sprintf("%d tangents are few, and each is under error control", tangents)
	case !multistep(solver):
		return Discrete{Probes: 1, Checkpoints: Checkpoints{Bytes: bytes}},
			fmt.Sprintf("%d tangents are many; the adjoint costs the same for any number", tangents)
	case tangents <= someTangents:
		return forward, fmt.Sprintf("the steps of %v cannot be transposed, and %d tangents are not too many", solver, tangents)
	case mass:
		return forward, fmt.Sprintf("neither the steps of %v can be transposed nor the adjoint equation of M y' = f solved; a one-step method would do with less than %d tangents", solver, tangents)
	}
	return Continuous{Variant: Gauss}, fmt.Sprintf("%d tangents are many, and the steps of %v cannot be transposed", tangents, solver)
}
