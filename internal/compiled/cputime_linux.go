package main

import (
	"syscall"
	"unsafe"
)

// cpuTime returns the processor time that this thread has used, in milliseconds: unlike
// the time of day it does not count what other work takes.
func cpuTime() float64 {
	const thread = 3 // CLOCK_THREAD_CPUTIME_ID
	var t syscall.Timespec
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, thread, uintptr(unsafe.Pointer(&t)), 0); failed != 0 {
		check(failed)
	}
	return float64(t.Nano()) / 1e6
}
