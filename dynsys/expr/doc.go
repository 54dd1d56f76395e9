// Package expr builds arithmetic expressions as a graph, differentiates them
// exactly and evaluates them fast.
package expr
