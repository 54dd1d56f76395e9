//go:build race

package sensitivity

// underRace: the race detector makes pools forget what they are given.
const underRace = true
