package elementary

// WasmFunction is a function of this package as WebAssembly. Its calls are numbered as
// in [WasmFunctions], which therefore are the first functions of a module, and its
// tables lie where [WasmTables] puts them, from address 0 of the memory on.
type WasmFunction struct {
	Name            string
	Params, Results string // one letter a value: d float64, l 64-bit integer, i bool
	Calls           []int  // the functions that it calls
	Body            string // locals and code
}

// WasmFunctions returns all functions. They must not be changed.
func WasmFunctions() []WasmFunction { return wasmFunctions[:] }

// WasmTables returns the words that the memory begins with. They must not be changed.
func WasmTables() []uint64 {
	var all []uint64
	for _, t := range wasmTables {
		all = append(all, t...)
	}
	return all
}
