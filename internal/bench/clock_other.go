//go:build !unix

package main

import "time"

// cpuTime is the wall's time where the processor's is not to be had.
func cpuTime() float64 { return float64(time.Since(epoch).Nanoseconds()) / 1e3 }
