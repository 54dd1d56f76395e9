package expr

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// ErrNoMachine is the error of [Program.Machine] where there is no machine code: for a
// processor or an operation that it does not know.
var ErrNoMachine = errors.New("expr: no machine code for this program here")

// Machine is a program as machine code: it is written as WebAssembly, which wazero
// compiles for the processor. It holds memory outside the garbage collector's reach
// until it is closed.
type Machine struct {
	p       *Program
	at      layout
	runtime wazero.Runtime
	module  wazero.CompiledModule
	forget  runtime.Cleanup

	mu     sync.Mutex
	free   []*instance // of evaluators that are gone
	made   int
	closed bool
}

var _ Code = (*Machine)(nil)

// Machine compiles the program to machine code, in about 2 microseconds an instruction.
// The error wraps [ErrNoMachine] where the program must be interpreted.
func (p *Program) Machine() (*Machine, error) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return nil, fmt.Errorf("%w: architecture %s", ErrNoMachine, runtime.GOARCH)
	}
	text, at, ok := wasmModule(p)
	if !ok {
		return nil, fmt.Errorf("%w: it has a function without such code", ErrNoMachine)
	}
	m := &Machine{p: p, at: at}
	ctx := context.Background()
	m.runtime = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithDebugInfoEnabled(false))
	var err error
	if m.module, err = m.runtime.CompileModule(ctx, text); err != nil {
		return nil, errors.Join(fmt.Errorf("expr: compiling machine code: %w", err), m.runtime.Close(ctx))
	}
	m.forget = runtime.AddCleanup(m, func(r wazero.Runtime) { _ = r.Close(ctx) }, m.runtime)
	return m, nil
}

// Close gives up the machine code: the garbage collector unmaps it once the evaluators
// are gone, too. A machine that nobody uses any more is closed by the garbage collector,
// at a time of its choosing.
func (m *Machine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	m.free = nil
	m.forget.Stop()
	err := m.runtime.Close(context.Background())
	m.runtime, m.module = nil, nil
	return err
}

// Evaluator returns an evaluator with a memory of its own of at least 64 kB.
func (m *Machine) Evaluator() (Evaluator, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errors.New("expr: evaluator of closed machine code")
	}
	var in *instance
	if n := len(m.free); n > 0 {
		in, m.free = m.free[n-1], m.free[:n-1]
	} else {
		var err error
		if in, err = m.instantiate(); err != nil {
			return nil, err
		}
	}
	e := &machineEvaluator{*in, m}
	runtime.AddCleanup(e, m.release, in)
	return e, nil
}

// Memories returns the number of memories made: at most one for each evaluator that has
// been in use at the same time, and for each that the garbage collector has not yet found
// to be gone.
func (m *Machine) Memories() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.made
}

// release keeps the instance of an evaluator that nobody uses any more.
func (m *Machine) release(in *instance) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.free = append(m.free, in)
	}
}

// instance is a module with its memory.
type instance struct {
	eval    api.Function
	ctx     context.Context
	in, out []float64 // in the memory
}

func (m *Machine) instantiate() (*instance, error) {
	ctx := context.Background()
	module, err := m.runtime.InstantiateModule(ctx, m.module, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("expr: memory for machine code: %w", err)
	}
	m.made++
	in := &instance{eval: module.ExportedFunction("eval"), ctx: ctx}
	if n := m.at.numbers(); n > 0 {
		bytes, ok := module.Memory().Read(uint32(m.at.base), uint32(8*n))
		if !ok {
			return nil, errors.New("expr: machine code without its memory")
		}
		// The memory never grows, hence never moves; it begins at an address that is a
		// multiple of 8, and both architectures keep the lower byte first, as
		// WebAssembly does.
		numbers := unsafe.Slice((*float64)(unsafe.Pointer(&bytes[0])), n)
		in.in = numbers[:m.at.inputs:m.at.inputs]
		in.out = numbers[m.at.inputs : m.at.inputs+m.at.outputs : m.at.inputs+m.at.outputs]
	}
	return in, nil
}

type machineEvaluator struct {
	instance
	m *Machine // kept, so that it is not closed
}

func (e *machineEvaluator) Inputs() []float64 { return e.in }

func (e *machineEvaluator) Run() ([]float64, error) {
	if err := e.eval.CallWithStack(e.ctx, nil); err != nil {
		return nil, fmt.Errorf("expr: machine code: %w", err)
	}
	return e.out, nil
}
