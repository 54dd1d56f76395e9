//go:build !linux

package main

import "time"

var started = time.Now()

// cpuTime returns the time of day in milliseconds, which includes what other work takes.
func cpuTime() float64 { return float64(time.Since(started).Nanoseconds()) / 1e6 }
