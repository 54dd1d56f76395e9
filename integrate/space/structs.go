package space

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Struct returns the space of pointers to a plain struct of numbers: T may hold
// fields of type float64, float32, complex128 and complex64 (and types made of
// them), arrays of these and structs of these, exported or not, to any depth. T may
// also be an array. So
//
//	type Body struct{ Pos, Vel [3]float64 }
//
// is a state of six coordinates through Struct[Body](), with no further code.
//
// Where the numbers lie in T is found once, here; Struct panics and names the field
// if there is anything else in T (an int, a slice, a pointer, a string), or no number
// at all: such a type cannot be the state of a differential equation, and no data can
// make it one.
//
// The coordinates are the numbers in the order of declaration, the real part of a
// complex number first. Sums of float32 fields are formed in float32; norms and inner
// products are accumulated in float64.
func Struct[T any]() Structs[T] {
	t := reflect.TypeFor[T]()
	runs, err := numbersOf(nil, t, 0, t.String())
	if err != nil {
		panic("space: Struct: " + err.Error())
	}
	s := Structs[T]{runs: runs}
	for _, r := range runs {
		s.dim += r.n
	}
	if s.dim == 0 {
		panic(fmt.Sprintf("space: Struct: %v holds no numbers", t))
	}
	return s
}

// Structs is the space of *T for a plain struct T. [Struct] makes it; the zero value
// cannot be used.
type Structs[T any] struct {
	runs []run
	dim  int
}

type vec3 struct{ X, Y, Z float64 }

var (
	_ Space[*vec3]        = Structs[vec3]{}
	_ InnerProduct[*vec3] = Structs[vec3]{}
	_ Coordinates[*vec3]  = Structs[vec3]{}
)

// run is a row of n neighbouring numbers of one type inside a struct.
type run struct {
	offset uintptr
	n      int
	single bool // float32, else float64
}

// at returns number i of the run in the struct at base.
func (r run) at(base unsafe.Pointer, i int) float64 {
	if r.single {
		return float64(*(*float32)(unsafe.Add(base, r.offset+4*uintptr(i))))
	}
	return *(*float64)(unsafe.Add(base, r.offset+8*uintptr(i)))
}

// set stores number i of the run in the struct at base, rounded to its type.
func (r run) set(base unsafe.Pointer, i int, v float64) {
	if r.single {
		*(*float32)(unsafe.Add(base, r.offset+4*uintptr(i))) = float32(v)
		return
	}
	*(*float64)(unsafe.Add(base, r.offset+8*uintptr(i))) = v
}

// end returns the offset behind the run.
func (r run) end() uintptr {
	if r.single {
		return r.offset + 4*uintptr(r.n)
	}
	return r.offset + 8*uintptr(r.n)
}

// numbersOf appends the runs of numbers of a t that lies at offset, and says which
// field, called name, is not a number.
func numbersOf(runs []run, t reflect.Type, offset uintptr, name string) ([]run, error) {
	switch t.Kind() {
	case reflect.Float64:
		runs = join(runs, run{offset, 1, false})
	case reflect.Complex128:
		runs = join(runs, run{offset, 2, false})
	case reflect.Float32:
		runs = join(runs, run{offset, 1, true})
	case reflect.Complex64:
		runs = join(runs, run{offset, 2, true})
	case reflect.Array:
		element, err := numbersOf(nil, t.Elem(), 0, name+"[i]")
		if err != nil {
			return nil, err
		}
		for i := range t.Len() {
			for _, r := range element {
				r.offset += offset + uintptr(i)*t.Elem().Size()
				runs = join(runs, r)
			}
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			var err error
			if runs, err = numbersOf(runs, f.Type, offset+f.Offset, name+"."+f.Name); err != nil {
				return nil, err
			}
		}
	default:
		return nil, fmt.Errorf("%s is of type %v; a state holds floating-point and complex numbers, "+
			"arrays of them and structs of them only", name, t)
	}
	return runs, nil
}

// join appends a run, or lengthens the last one that it continues.
func join(runs []run, r run) []run {
	if k := len(runs) - 1; k >= 0 && runs[k].single == r.single && runs[k].end() == r.offset {
		runs[k].n += r.n
		return runs
	}
	return append(runs, r)
}

// New returns a zero T.
func (Structs[T]) New(*T) *T { return new(T) }

// Copy sets *dst = *src.
func (Structs[T]) Copy(dst, src *T) { *dst = *src }

// AddScaled sets dst = x + sum_i c[i]*k[i], number by number.
func (s Structs[T]) AddScaled(dst, x *T, c []float64, k []*T) {
	to, from := unsafe.Pointer(dst), unsafe.Pointer(x)
	for _, r := range s.runs {
		for i := range r.n {
			if r.single {
				r.set(to, i, float64(addSingle(r, i, from, c, k)))
				continue
			}
			sum := r.at(from, i)
			for j, kj := range k {
				sum += c[j] * r.at(unsafe.Pointer(kj), i)
			}
			r.set(to, i, sum)
		}
	}
}

// addSingle sums number i of a run of float32 in float32, as a slice of them does.
func addSingle[T any](r run, i int, x unsafe.Pointer, c []float64, k []*T) float32 {
	sum := float32(r.at(x, i))
	for j, kj := range k {
		sum += float32(c[j]) * float32(r.at(unsafe.Pointer(kj), i))
	}
	return sum
}

// Norm returns the weighted root mean square over all numbers in e.
func (s Structs[T]) Norm(e, y0, y1 *T, tol Tolerance) float64 {
	checkTols(s.dim, tol)
	var sum float64
	at := 0
	for _, r := range s.runs {
		for i := range r.n {
			ei, a, b := r.at(unsafe.Pointer(e), i), r.at(unsafe.Pointer(y0), i), r.at(unsafe.Pointer(y1), i)
			sum += square(weigh(ei, a, b, tol, at))
			at++
		}
	}
	return rootMean(sum, s.dim)
}

// Dot returns the sum of the products of all numbers.
func (s Structs[T]) Dot(a, b *T) float64 {
	var sum float64
	for _, r := range s.runs {
		for i := range r.n {
			sum += r.at(unsafe.Pointer(a), i) * r.at(unsafe.Pointer(b), i)
		}
	}
	return sum
}

// Dim returns how many numbers T holds, complex ones counted twice.
func (s Structs[T]) Dim(*T) int { return s.dim }

// Flatten writes the numbers of y in the order of declaration.
func (s Structs[T]) Flatten(dst []float64, y *T) {
	checkLen(len(dst), s.dim)
	at := 0
	for _, r := range s.runs {
		for i := range r.n {
			dst[at] = r.at(unsafe.Pointer(y), i)
			at++
		}
	}
}

// Unflatten is the inverse of Flatten, rounding where a field is a float32.
func (s Structs[T]) Unflatten(y *T, src []float64) {
	checkLen(len(src), s.dim)
	at := 0
	for _, r := range s.runs {
		for i := range r.n {
			r.set(unsafe.Pointer(y), i, src[at])
			at++
		}
	}
}
