package expr_test

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/odefit/odefit/dynsys/expr"
)

// TestAdaptiveKeepsItsBits evaluates from several goroutines past the number of
// evaluations at which the code is compiled.
func TestAdaptiveKeepsItsBits(t *testing.T) {
	b := expr.NewBuilder()
	p := compile(t, b, chain(b, 30)...)
	a := p.Adaptive()
	defer a.Close()
	var group sync.WaitGroup
	for g := range 3 {
		group.Go(func() {
			e, err := a.Evaluator()
			if err != nil {
				t.Error(err)
				return
			}
			plain, _ := p.Evaluator()
			for i := range 1500 {
				in, also := e.Inputs(), plain.Inputs()
				for j := range in {
					in[j] = math.Sin(float64(i + j*g))
					also[j] = in[j]
				}
				got, err := e.Run()
				if err != nil {
					t.Error(err)
					return
				}
				want, _ := plain.Run()
				for k := range want {
					if !sameBits(got[k], want[k]) {
						t.Errorf("evaluation %d: %v, want %v", i, got[k], want[k])
						return
					}
				}
			}
		})
	}
	group.Wait()
}

// TestClosedCode holds that evaluation after Close is an error where machine code is
// gone, and that closing twice is not.
func TestClosedCode(t *testing.T) {
	noMachineHere(t)
	b := expr.NewBuilder()
	m := machine(t, compile(t, b, chain(b, 30)...))
	for range 2 {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := m.Evaluator(); err == nil {
		t.Error("closed machine code gave an evaluator")
	}
}

// TestEvaluationDoesNotAllocate holds it for both ways.
func TestEvaluationDoesNotAllocate(t *testing.T) {
	noMachineHere(t)
	b := expr.NewBuilder()
	p := compile(t, b, chain(b, 30)...)
	m := machine(t, p)
	defer m.Close()
	for _, c := range []expr.Code{p, m} {
		e, err := c.Evaluator()
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() {
			e.Inputs()[0] = 1
			_, _ = e.Run()
		}); n != 0 {
			t.Errorf("%T: %v allocations", c, n)
		}
	}
}

// TestMemoryIsReleased compiles, evaluates and closes many times over: what is left of
// it stays far below what one of them needs.
func TestMemoryIsReleased(t *testing.T) {
	noMachineHere(t)
	b := expr.NewBuilder()
	p := compile(t, b, chain(b, 300)...)
	once := func() {
		m := machine(t, p)
		for range 4 {
			e, err := m.Evaluator()
			if err != nil {
				t.Fatal(err)
			}
			e.Inputs()[0] = 1
			if _, err := e.Run(); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	held := func() uint64 {
		for range 3 {
			runtime.GC()
		}
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	once()
	before, codeBefore := held(), executable(t)
	const times = 20
	for range times {
		once()
	}
	// Four memories of 64 kB each time: 5 MB if they stayed.
	if grown := int64(held()) - int64(before); grown > 1<<20 {
		t.Errorf("%d bytes are left after %d programs were closed", grown, times)
	}
	// One such program is more than 20 kB of code.
	if grown := executable(t) - codeBefore; grown > times*10<<10 {
		t.Errorf("%d bytes of machine code are left after %d programs were closed", grown, times)
	}
}

// executable returns the size of the executable memory that belongs to no file, on Linux.
func executable(t *testing.T) (size int64) {
	if runtime.GOOS != "linux" {
		return 0
	}
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

// TestEvaluatorsShareMemories makes and drops many evaluators of one machine: their
// memories are used again.
func TestEvaluatorsShareMemories(t *testing.T) {
	noMachineHere(t)
	b := expr.NewBuilder()
	m := machine(t, compile(t, b, chain(b, 30)...))
	defer m.Close()
	for i := range 200 {
		e, err := m.Evaluator()
		if err != nil {
			t.Fatal(err)
		}
		e.Inputs()[0] = float64(i)
		if i%20 == 19 {
			runtime.GC()
		}
	}
	if n := m.Memories(); n > 100 {
		t.Errorf("%d memories for evaluators that are gone", n)
	}
}
