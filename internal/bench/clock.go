package main

import (
	"os"
	"time"
)

var epoch = time.Now()

// clock returns microseconds: of the wall, or with PEERS_CLOCK=cpu those that the
// process has spent, garbage collection included.
func clock() float64 {
	if os.Getenv("PEERS_CLOCK") == "cpu" {
		return cpuTime()
	}
	return float64(time.Since(epoch).Nanoseconds()) / 1e3
}
