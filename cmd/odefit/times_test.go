package main

import (
	"slices"
	"testing"
)

func TestParseTimes(t *testing.T) {
	for _, c := range []struct {
		text string
		want []float64
	}{
		{"3", []float64{3}},
		{"3,1,2,1", []float64{1, 2, 3}},
		{"0:0.1:0.5", []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5}},
		{"0:0.3:1", []float64{0, 0.3, 0.6, 0.9}},
		{"0:1:2, 10", []float64{0, 1, 2, 10}},
		{"-1:0.5:0", []float64{-1, -0.5, 0}},
		{"5:1:5", []float64{5}},
		{"1900:0.25:1901", []float64{1900, 1900.25, 1900.5, 1900.75, 1901}},
	} {
		got, err := parseTimes(c.text)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "a", "1:2", "1:2:3:4", "0:-1:5", "5:1:0", "0:0:1", "nan", "inf", "0:1:inf", "1,,2"} {
		if got, err := parseTimes(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

func TestEvenly(t *testing.T) {
	got := evenly(1900, 1920, 401)
	if len(got) != 401 || got[0] != 1900 || got[400] != 1920 || !slices.IsSorted(got) {
		t.Errorf("%d times from %v to %v", len(got), got[0], got[400])
	}
}
