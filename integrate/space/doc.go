// Package space says what a type must offer to be the state of a differential
// equation, and brings the spaces of the toolkit.
package space
