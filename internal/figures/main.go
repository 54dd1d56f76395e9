// Command figures draws the pictures of the documentation from computed numbers:
//
//	go run ./internal/figures
//
// writes docs/adjoint.svg, the jumping adjoint of docs/adjoint.md.
package main

import (
	"context"
	"fmt"
	"image/color"
	"math"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
	"github.com/odefit/odefit/sensitivity"
)

func main() {
	if err := adjoint("docs/adjoint.svg"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// adjoint draws the first component of the adjoint of the worked example, with five
// Euler steps, beside the direct parts of the observations.
func adjoint(file string) error {
	const n = 5
	q := problems.Linear()
	grid := make([]float64, n+1)
	var data, weights [][]float64
	for i := range grid {
		grid[i] = float64(i) / n
		if i > 0 {
			r := 2 * math.Exp(-0.1*grid[i])
			data = append(data, []float64{r * math.Cos(2*grid[i]), -r * math.Sin(2*grid[i])})
			weights = append(weights, []float64{1. / n, 1. / n})
		}
	}
	res, err := sensitivity.Gradient(context.Background(),
		sensitivity.Problem[[]float64]{System: q.System, P: q.P, T1: 1, Y0: q.Y0},
		sensitivity.SumOfSquares(grid[1:], data, weights), sensitivity.Discrete{KeepAdjoint: true},
		&sensitivity.Settings{Settings: integrate.Settings{Grid: grid}, Solver: integrate.Euler{}})
	if err != nil {
		return err
	}
	p := plot.New()
	p.Title.Text = "The adjoint jumps at every observation (second component, N = 5)"
	p.X.Label.Text, p.Y.Label.Text = "t", "dL/dz"
	p.Add(plotter.NewGrid())
	blue, orange := color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}
	var direct plotter.XYs
	for i := n; i > 0; i-- {
		k, earlier := res.Adjoint[i], res.Adjoint[i-1]
		flow, err := plotter.NewLine(plotter.XYs{{X: k.T, Y: k.After[1]}, {X: earlier.T, Y: earlier.Before[1]}})
		if err != nil {
			return err
		}
		flow.Color, flow.Width = blue, vg.Points(2)
		jump, err := plotter.NewLine(plotter.XYs{{X: k.T, Y: k.Before[1]}, {X: k.T, Y: k.After[1]}})
		if err != nil {
			return err
		}
		jump.Color, jump.Width, jump.Dashes = orange, vg.Points(2), []vg.Length{vg.Points(4), vg.Points(3)}
		p.Add(flow, jump)
		if i == n {
			p.Legend.Add("adjoint between observations", flow)
			p.Legend.Add("its jump: the direct part d", jump)
		}
		direct = append(direct, plotter.XY{X: k.T, Y: k.After[1] - k.Before[1]})
	}
	dots, err := plotter.NewScatter(direct)
	if err != nil {
		return err
	}
	dots.Color, dots.Shape, dots.Radius = orange, draw.CircleGlyph{}, vg.Points(4)
	p.Add(dots)
	p.Legend.Add("direct part alone", dots)
	p.Legend.Top, p.Legend.Left, p.Legend.YOffs = true, false, vg.Points(-4)
	p.X.Min, p.X.Max, p.Y.Max = -0.02, 1.05, 0.35
	return p.Save(7*vg.Inch, 4*vg.Inch, file)
}
