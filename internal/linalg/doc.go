// Package linalg has the linear algebra of implicit solvers: LU factors of dense,
// banded and sparse matrices, real and complex, that are made and used without
// allocating once they have their room; a Krylov method for operators without a
// matrix; patterns of sparse matrices and the groups of columns that one difference
// can tell apart.
package linalg
