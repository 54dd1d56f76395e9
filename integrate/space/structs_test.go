package space

import (
	"strings"
	"testing"
)

func TestStructRefusesOtherFields(t *testing.T) {
	type deep struct {
		A float64
		B [2]struct{ Name string }
	}
	type empty struct{ _ struct{} }
	for _, c := range []struct {
		what string
		make func()
		says []string
	}{
		{"a slice", func() { Struct[body]() }, []string{"body.Heat", "[]struct {}"}},
		{"a string inside an array", func() { Struct[deep]() }, []string{"deep.B[i].Name", "string"}},
		{"a pointer", func() { Struct[struct{ P *float64 }]() }, []string{".P", "*float64"}},
		{"an int", func() { Struct[int]() }, []string{"int"}},
		{"nothing", func() { Struct[empty]() }, []string{"empty", "no numbers"}},
	} {
		func() {
			defer func() {
				said, _ := recover().(string)
				for _, want := range append(c.says, "space: Struct") {
					if !strings.Contains(said, want) {
						t.Errorf("%s: panic %q does not say %q", c.what, said, want)
					}
				}
			}()
			c.make()
		}()
	}
}

// Neighbouring numbers of one type are one run, so that loops are long.
func TestStructRuns(t *testing.T) {
	if s := Struct[struct{ Pos, Vel [3]float64 }](); len(s.runs) != 1 || s.dim != 6 {
		t.Errorf("two vectors of 3: %d runs, %d numbers", len(s.runs), s.dim)
	}
	if s := Struct[plain](); s.dim != 3+3+2+3+1+2 {
		t.Errorf("plain has %d numbers", s.dim)
	}
}

// Coordinates follow the declaration.
func TestStructOrder(t *testing.T) {
	s := Struct[plain]()
	var p plain
	x := make([]float64, s.dim)
	for i := range x {
		x[i] = float64(i)
	}
	s.Unflatten(&p, x)
	if p.Pos != [3]float64{0, 1, 2} || p.Vel[2] != 5 || p.spin.phase != complex(6, 7) ||
		p.spin.small != [3]float32{8, 9, 10} || p.spin.rest != 11 || p.Wave != complex(12, 13) {
		t.Errorf("fields are out of order: %+v", p)
	}
}
