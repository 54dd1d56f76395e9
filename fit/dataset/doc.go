// Package dataset reads and writes the tables that a fit meets: measurements,
// conditions and parameters, as CSV. It works with names only and knows nothing
// of models.
//
// # Tables
//
// [NewTable] reads any CSV row by row: comma, semicolon or tab, found by itself;
// `#` comment lines; quoted cells; a byte-order mark; LF or CRLF. Every cell knows
// the line and the column of the file in which it stands. [Writer] is the other
// direction: what it writes reads back cell by cell, and number by number, as it
// was. [ReplaceFile] puts a whole file in place of an old one at once, or not at
// all.
//
// # Measurements
//
// [Read] sorts a table into experiments and observations, given the [Roles] that
// its columns play. A table is wide (a column for each observable)
//
//	time,hare,lynx
//	0,30,4
//	1,47.2,6.1
//
// or long (a row for each value), which is recognised by its columns observable
// and value (or measurement):
//
//	time,experiment,observable,value,sigma
//	0,dose_10,pX,0.12,0.03
//	5,dose_10,pX,<0.05,sd_pX
//
// Rules that hold in every file:
//
//   - Missing is an empty cell, NA (in capitals), NaN (in any case) or a lone
//     point. Missing values are skipped and counted. Any other cell that is not a
//     number is an error, which says where.
//   - A number is written with a decimal point, or with a decimal comma where the
//     separator is a semicolon or a tab. One file uses one of the two: 1,234 in a
//     file that also has 0.5 is far too likely to be a thousand.
//   - A value <0.05 or >9 is censored: only a limit of it is known.
//   - inf is a time (the steady state) and nothing else.
//   - Blanks around a cell do not count, nor do rows in which every cell is empty.
//
// # Conditions and parameters
//
// [ReadConditions] reads what each experiment sets, [ReadParameters] guesses,
// bounds and scales. Both keep positions, so that whoever knows the model can
// point at a name that is not in it.
//
// # Errors
//
// Everything that is wrong with a file is an [*Error]: file, line, column, the
// offending text, what is wrong and what to do. Reading stops at the first.
package dataset
