package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A command gives back the memory of its machine code when it is done: the garbage
// collector finds the evaluators gone, and next the code, which it unmaps. Code that was
// not closed would have to be found gone in between, and be there for a third time.
func TestMachineCodeIsReleased(t *testing.T) {
	chain := "param k = 0.5\nconst N = 40\nx[1]' = 1 - k*x[1]\nfor i in 2..N: x[i]' = k*(x[i-1] - x[i])\nobserve y ~ normal(x[N])\n"
	folder(t, map[string]string{"m.ode": chain, "d.csv": "time,y\n10,0.1\n400,2\n"})
	fit := func() {
		if status, _, msg := call(t, "", "fit", "m.ode", "d.csv", "--max-iterations", "3", "--solver", "tsit5", "-q"); status > notConverged {
			t.Fatal(msg)
		}
	}
	fit()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	collect(4)
	before := executable(t)
	const times = 5
	for range times {
		fit()
	}
	made := executable(t) - before
	if made <= 0 {
		t.Skip("no machine code was made here")
	}
	collect(2)
	if left := executable(t) - before; left > made/4 {
		t.Errorf("%d of %d bytes of machine code are left after %d fits", left, made, times)
	}
}

// collect collects garbage, each time with what runs in the background afterwards.
func collect(times int) {
	for range times {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
}

// executable returns the size of the executable memory that belongs to no file.
func executable(t *testing.T) (size int64) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(maps)) {
		if f := strings.Fields(line); len(f) == 5 && strings.Contains(f[1], "x") {
			from, to, _ := strings.Cut(f[0], "-")
			first, _ := strconv.ParseInt(from, 16, 64)
			last, _ := strconv.ParseInt(to, 16, 64)
			size += last - first
		}
	}
	return size
}
