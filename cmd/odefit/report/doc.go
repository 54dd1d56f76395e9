// Package report shows what a fit found: as a block of text for people
// ([WriteText]), as one JSON object for programs ([WriteJSON]), as CSV tables
// ([WriteParameters] and its siblings) and as a picture ([Figure]).
//
// It computes nothing: every number comes from a [fit.Result]. What is not finite
// is shown as "-" in the text, as null in JSON and as NaN in CSV.
package report
