package sensitivity

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// Chunks of tangents give the gradient of all together: to rounding on a frozen grid,
// bitwise the same for any number of workers.
func TestChunksOfTangents(t *testing.T) {
	p, loss := everyPath()
	grid := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.2)}}
	want, err := Gradient(context.Background(), p, loss, Forward{}, grid)
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range []int{1, 2, 3, 4, 5, 100} {
		alone, err := Gradient(context.Background(), p, loss, Forward{Chunk: chunk}, grid)
		if err != nil {
			t.Fatal(err)
		}
		q := p
		q.More = func() (*dynsys.System[[]float64], error) {
			sys := *p.System
			return &sys, nil
		}
		many, err := Gradient(context.Background(), q, loss, Forward{Chunk: chunk}, grid)
		if err != nil {
			t.Fatal(err)
		}
		if d := max(apart(alone.P, want.P), apart(alone.Y0, want.Y0), math.Abs(alone.T0-want.T0), math.Abs(alone.Value-want.Value)); d > 1e-12 {
			t.Errorf("chunks of %d are %.1e off", chunk, d)
		}
		if !slices.Equal(many.P, alone.P) || !slices.Equal(many.Y0, alone.Y0) {
			t.Errorf("chunks of %d: several workers differ from one", chunk)
		}
	}
	skip, err := Gradient(context.Background(), p, loss, Forward{SkipY0: true, Chunk: 2}, grid)
	if err != nil {
		t.Fatal(err)
	}
	if apart(skip.P, want.P) > 1e-12 || math.Abs(skip.T0-want.T0) > 1e-11 {
		t.Errorf("without initial values: %v and %v, want %v and %v", skip.P, skip.T0, want.P, want.T0)
	}
}
