package expr_test

import (
	"github.com/odefit/odefit/dynsys/expr"
	"testing"
	"time"
)

func TestTmpProf(t *testing.T) {
	n := 1000
	for range 12 {
		g := expr.NewBuilder()
		f := chain(g, n)
		slots := make([]int, n+2)
		seeds := make([]expr.Node, n+2)
		for i := range slots {
			slots[i] = i
			seeds[i] = g.Input(n + 2 + i)
		}
		t0 := time.Now()
		j := g.JVP(f, slots, seeds)
		t1 := time.Now()
		v := g.VJP(f, seeds[:n], slots)
		t2 := time.Now()
		pj := compile(t, g, j...)
		t3 := time.Now()
		pv := compile(t, g, v...)
		t4 := time.Now()
		mj := machine(t, pj)
		t5 := time.Now()
		mv := machine(t, pv)
		t6 := time.Now()
		t.Log("jvp", t1.Sub(t0), "vjp", t2.Sub(t1), "lower", t3.Sub(t2), t4.Sub(t3), "machine", t5.Sub(t4), t6.Sub(t5), pj.Instructions(), pv.Instructions())
		mj.Close()
		mv.Close()
	}
}
