package integrate_test

import (
	"fmt"
	"testing"

	"github.com/odefit/odefit/integrate"
)

// BenchmarkStart is what a solution costs before its first step.
func BenchmarkStart(b *testing.B) {
	p := lotkaVolterra(1e-9)
	for _, m := range []integrate.Method{integrate.Tsit5{}, integrate.Vern7{}, integrate.Vern9{}, integrate.BDF{}, integrate.Rodas5P{}} {
		b.Run(fmt.Sprintf("method=%v", m), func(b *testing.B) {
			set := &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6}
			b.ReportAllocs()
			for b.Loop() {
				steps(p, m, set)
			}
		})
	}
}
