// Package space says what a type must offer to be the state of a differential
// equation, and brings the spaces of the toolkit.
//
// A [Space] is four methods: make a zero state of the same shape, copy one, add
// scaled ones, measure an error. They are all that an explicit method needs, so a
// type of your own becomes a state with some twenty lines. Two extras can be offered
// by the same value: [InnerProduct], which adjoints ask for, and [Coordinates], the
// state as a row of real numbers, which implicit methods ask for.
//
// The toolkit's own spaces have both extras:
//
//	[]float64               Floats{}, the default
//	[]float32, []complex64  Slice[float32]{}, Complexes[complex64]{}
//	[]complex128            Complexes[complex128]{}
//	*T, a struct of floats  Struct[T]()
//	*mat.Dense of gonum     Dense{}
//	Pair[A, B]              Pairs(spaceOfA, spaceOfB), if the parts have them
//
// and [Bundles] carries a state together with its tangents and with integrals.
//
// A space holds no numbers, only the knowledge of how to work on them; except where
// a comment says otherwise it may be shared by goroutines.
package space
