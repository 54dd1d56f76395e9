// Package integrate solves initial value problems y' = f(t, y) on any state type.
package integrate
