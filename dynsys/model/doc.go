// Package model reads the .ode language: a scientist's text becomes declarations,
// and those become nodes of an expression graph.
//
// # The way of a text
//
// [Parse] takes a text to a [Model] in three steps, each in files of its own.
//
//   - The lexer (lexer.go) cuts the text into tokens. It never fails: what cannot be
//     part of a model is a token that carries its message.
//   - The parser (parser.go, expression.go) reads statements. Every kind of
//     statement has its own file (param.go, state.go, observe.go, ...), which says
//     how it is read, what it declares, what must be true of it and how it is
//     written; statement.go lists them. After a mistake the parser goes on at the
//     next line that begins a statement.
//   - The checker (check.go, order.go) resolves names, once all are known, and
//     reports what does not fit together.
//
// Mistakes come as an [ErrorList], sorted by place; [Error.Detail] shows the line
// with a caret. [Model.Warnings] tells what is allowed but odd. [Model.String]
// writes the canonical form.
//
// # The way of a model
//
// [Model.Compile] lowers the declarations onto one graph of package expr over the
// inputs
//
//	t, the states y, the quantities q, the row columns
//
// where the quantities are all parameters and then all constants. Constants stay
// inputs, because an experiment may set them to numbers or to expressions of
// parameters: so all experiments share one compiled right-hand side, and the
// derivatives in q give those in any parameter by the chain rule. [Compiled] has
// the dynamics as a dynsys.Model over q, and the nodes of initial values,
// predictions, scales, reports and priors. What observe, prior and experiment mean
// for a fit is not decided here.
//
// Expressions from outside, such as the cells of a conditions table, are read with
// [ParseCell] and lowered with [Compiled.Cell].
package model
