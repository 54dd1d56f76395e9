//go:build !race

package sensitivity

const underRace = false
