// Package linalg has the small dense linear algebra of implicit solvers: row-major
// LU factors, computed and used in place without allocating.
package linalg
