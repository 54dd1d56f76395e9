// Package sensitivity computes derivatives of solutions and of losses.
package sensitivity
