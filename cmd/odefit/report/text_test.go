package report

import (
	"bytes"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit"
)

func TestText(t *testing.T) {
	r, _ := sample()
	var b bytes.Buffer
	if err := WriteText(&b, "Hare and lynx pelts", r); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/result.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if len([]rune(line)) > 100 {
			t.Errorf("a line of %d columns: %s", len(line), line)
		}
	}
}

func TestTextSentences(t *testing.T) {
	one := []fit.Start{{Objective: 3}}
	for _, c := range []struct {
		r    fit.Result
		want string
	}{
		{fit.Result{Status: "evaluated", Objective: 3, Starts: one}, "evaluated"},
		{fit.Result{Status: "converged", Objective: 3, Starts: one}, "converged, from 1 start"},
		{fit.Result{Status: "iteration limit reached", Objective: 3, Starts: append(one, fit.Start{Objective: 3.009}, fit.Start{Objective: 3.02})},
			"iteration limit reached: 2 of 3 starts reached the best"},
	} {
		if got := sentence(&c.r); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreTold(t *testing.T) {
	r, curves := sample()
	for name, err := range map[string]error{
		"text": WriteText(fullDisk{}, "", r), "json": WriteJSON(fullDisk{}, r, "", ""), "parameters": WriteParameters(fullDisk{}, r),
		"covariance": WriteCovariance(fullDisk{}, r), "residuals": WriteResiduals(fullDisk{}, r), "starts": WriteStarts(fullDisk{}, r),
		"picture": FitFigure("", "t", r, curves, nil).Write(fullDisk{}, "png"),
	} {
		if err == nil {
			t.Errorf("%s: an error of the writer was swallowed", name)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{
		{0, 5, "0"}, {math.Copysign(0, -1), 5, "0"}, {1, 5, "1"}, {-2.5, 5, "-2.5"}, {0.540014123, 5, "0.54001"}, {1234567, 5, "1234567"}, {12345678, 5, "1.2346e7"},
		{123456, 5, "123456"}, {99.99999, 5, "100"}, {0.00012345678, 5, "0.00012346"}, {0.000012345678, 5, "1.2346e-5"}, {1e-300, 3, "1e-300"},
		{-1.5e12, 3, "-1.5e12"}, {math.NaN(), 3, "-"}, {math.Inf(1), 3, "inf"}, {math.Inf(-1), 3, "-inf"}, {1000, 2, "1000"},
	} {
		if got := number(c.v, c.digits); got != c.want {
			t.Errorf("number(%v, %d) = %q, want %q", c.v, c.digits, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for v, want := range map[float64]string{0.1171: "12 %", 0.0021: "0.21 %", 3: "300 %", 5000: "> 10000 %", math.Inf(1): "-"} {
		if got := percent(v); got != want {
			t.Errorf("percent(%v) = %q, want %q", v, got, want)
		}
	}
}
