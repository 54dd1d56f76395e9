// Package dynsys holds dynamical systems y' = f(t, y, p) with parameters p,
// together with their exact derivatives.
package dynsys
