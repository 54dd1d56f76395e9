// Package integrate solves initial value problems y' = f(t, y), y(T0) = Y0, on any
// state type.
//
// # First steps
//
// Fill in a [Problem] and call [Solve] with a method, such as Tsit5{}:
//
//	sol, err := integrate.Solve(ctx, problem, integrate.Tsit5{}, nil)
//	err = sol.At(y, 0.7)
//
// [Start] and [Run.Steps] give the accepted steps one by one, in constant memory, and
// Settings.Times the solution at given times only. Nil settings mean tolerances of 1e-6
// (relative) and 1e-9 (absolute) a step; the error at the end is usually some ten times
// that. Results that matter deserve a second run with tighter tolerances.
//
// # States
//
// A state is any value that can be changed in place and for which there is a
// space.Space: add, scale, measure. []float64 needs nothing; see package space for
// structs, matrices, pairs and your own types.
//
// # Methods
//
// [Tsit5] is the one to try first, [Dopri5] its classical rival, [BS3] for low accuracy;
// [Vern7], [Dop853] and [Vern9] are for smooth problems and tight tolerances, [Adams]
// where evaluations cost much. [Euler], [Heun] and [RK4] take fixed steps. Stiff
// problems are for [Rodas5P] first, which costs a Jacobian a step; for [RadauIIA5] at
// tight tolerances; for [Kvaerno5], [KenCarp4] and [BDF] where Jacobians and factors are
// dear and have to last; and for [Rosenbrock23] and [TRBDF2] at low accuracy. [Auto]
// finds out which of the two kinds a problem is. A method is a plain value. Its stepper
// attempts single steps and never decides about them: a [Controller] accepts, rejects
// and proposes sizes, and the driver owns the end, breaks, events and limits.
//
// # Large and implicit
//
// Implicit methods solve linear systems with M - g f_y. Problem.Pattern says where f_y
// has entries ([DetectPattern] looks for them): differences then cost an evaluation for
// each group of columns that share no row, and the matrix is factored as dense, banded
// or sparse, whichever is cheapest. Problem.Linear brings a solver of your own;
// [Krylov] does without a matrix. With Problem.Mass the problem is M y' = f; where M is
// singular, a run begins with values that are [Consistent].
//
// # Mechanics
//
// Positions and momenta, q' = v(p), p' = f(q), are a [Separable] or a [Split] problem.
// [Verlet] and [Yoshida4] to [Yoshida8] keep its structure over long times with fixed
// steps; [Dprkn6] is the one for a second-order equation to a tolerance.
//
// # Breaks and events
//
// Where f jumps in time, say so in Problem.Breaks: steps end there, and f is never
// looked up beyond. An [Event] changes or stops the solution at a time, or where a
// function of it crosses zero: every accepted step is searched, the step is taken again
// to end at the crossing, to two floating-point numbers, and the method starts afresh
// from the state behind. Solution.Events lists what was met. A crossing that the error
// of the solution could undo is ErrGrazing, events that pile up at one time are
// ErrChattering. An interval may run backward.
//
// # Infinite time
//
// [FindSteadyState] follows a solution until Newton's method can take over, and returns
// the state in which it comes to rest, conserved totals kept, with its derivatives.
//
// # Errors
//
// An integration that ends early gives a [*StepError] with time, step, component and
// reason (see the Err variables), and what was solved until then. A NaN is a rejected
// step first, and an error where no smaller step helps. Nothing is extrapolated. A panic
// in a user's function is such an error too, a [*PanicError] with its stack.
//
// # Records
//
// [NewRecord] keeps the accepted grid with states or stages; [Record.Replay] repeats
// steps bit for bit. Discrete adjoints are built on them (package sensitivity).
package integrate
