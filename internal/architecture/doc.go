// Package architecture holds no code: its test keeps the imports between the
// rooms of the house in the one direction that docs/architecture.md draws.
package architecture
