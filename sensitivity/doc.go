// Package sensitivity computes derivatives of solutions of differential equations, and
// of losses of them, by independent roads that must meet.
//
// # The problem
//
// A [Problem] is a solution of y' = f(t, y, p), or M y' = f, from T0 to T1, of a
// [dynsys.System], which owns f and its derivatives, on any state type. A [Loss] is a sum
// of terms l_k(y(t_k), p) at observation times, in or between steps, and a running cost:
//
//	L = sum_k l_k(y(t_k), p) + integral of g(t, y, p) dt
//
// [Gradient] returns L and, in a [Result], its derivatives in the parameters, the initial
// state, T0, T1 and every observation time. [Gradients] does so for several losses in one
// pass, [Derivative] along one direction; [Trajectory] and [Tracer] return the tangents
// of the solution itself, as least squares needs them.
//
// # Three roads
//
//   - [Forward] carries a tangent for every parameter along with the state,
//     s' = f_y s + f_p v. Its cost grows with their number, all are under error control.
//   - [Discrete] goes back through the steps that were taken and transposes each: the
//     exact derivative of the computed loss, at a cost that does not depend on the number
//     of parameters. It keeps the steps, or [Checkpoints] of them.
//   - [Continuous] solves the adjoint equation a' = -f_y^T a - g_y backward, with steps of
//     its own. It is the derivative of the solution, as accurate as the tolerances say.
//
// [Auto] chooses by size and says why. [Compare] prints them side by side; [Certify]
// gives a gradient with a measure of its accuracy: the duality gap, which is rounding
// where everything is right, and the distance to the gradient on finer steps.
//
// # Where the adjoint starts
//
// a(T1) is dl_N/dy at y(T1), known as soon as the forward pass and the loss are. At an
// earlier t_k, dL/dy(t_k) is not that term's own derivative alone, because y(t_k) moves
// all later states too: the backward pass carries those, and jumps by dl_k/dy. See
// [Knot], and docs/adjoint.md for the whole story.
//
// # Jumps
//
// Breaks of the right-hand side and events may move with the parameters and the state.
// Tangents and adjoints jump there by the saltation matrix and its transpose, running
// costs and observation times included.
//
// # Further
//
// [Products] and [Hessian] are second derivatives; [Steady] differentiates a steady state
// by the implicit function theorem. Errors are of type [*Error] and say in which pass, at
// what time and why; nothing that is not finite is returned. Docs/sensitivity.md says
// which method when, what each costs, and all conventions.
package sensitivity
