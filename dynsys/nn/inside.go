package nn

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
)

// Inside is a model in whose right-hand side networks stand anywhere, not as added terms
// only:
//
//	y' = f(t, y, q, u),  u_k = N_k(x_k; w_k),  (x_1, x_2, ...) = g(t, y, q)
//
// Its parameters are q with the weights of every network in a block between them. The
// networks are evaluated as matrix kernels, f and g as what they are.
//
// Outer and Inputs are models of as many states as there are y and inputs of all
// networks, of which they read y alone. Outer computes f, and 0 for the others; Inputs
// computes 0 for y, and g. Both have parameters q without weights; behind them Outer has
// all u. Their initial values are y0, and 0. Both have all derivatives.
//
// The Jacobian is dense. The result is exact in every derivative that a [dynsys.System]
// has.
type Inside struct {
	Outer, Inputs dynsys.Model
	States        int // y
	Params        int // all of them
	Nets          []Placed
}

// Placed is a network of [Inside]: its weights are the parameters from First on.
type Placed struct {
	Net   MLP
	First int
}

var _ dynsys.Model = Inside{}

// Close closes both models.
func (m Inside) Close() error {
	err := m.Outer.Close()
	if e := m.Inputs.Close(); err == nil {
		err = e
	}
	return err
}

// System returns the system with scratch memory of its own.
func (m Inside) System() (*dynsys.System[[]float64], error) {
	f, err := m.Outer.System()
	if err != nil {
		return nil, err
	}
	g, err := m.Inputs.System()
	if err != nil {
		return nil, err
	}
	s := &inside{f: f, g: g, n: m.States, all: m.Params}
	for i := range m.Nets {
		net := &m.Nets[i].Net
		if err := net.Validate(); err != nil {
			return nil, err
		}
		s.nets = append(s.nets, inner{net: net, ws: net.NewWorkspace(), w: m.Nets[i].First, x: s.inputs, u: s.outputs})
		s.inputs += net.Inputs
		s.outputs += net.Outputs
	}
	for p := range m.Params {
		if !s.isWeight(p) {
			s.kept = append(s.kept, p)
		}
	}
	if f.Dim != s.n+s.inputs || g.Dim != f.Dim || g.NumParams != len(s.kept) || f.NumParams != g.NumParams+s.outputs {
		return nil, fmt.Errorf("nn: Inside has models of %d and %d states and %d and %d parameters; %d states and %d and %d parameters are needed",
			f.Dim, g.Dim, f.NumParams, g.NumParams, s.n+s.inputs, len(s.kept)+s.outputs, len(s.kept))
	}
	s.allocate()
	out := &dynsys.System[[]float64]{
		Dim: s.n, NumParams: s.all, Autonomous: f.Autonomous && g.Autonomous, Idle: s.idle(),
		RHS: s.rhs, JVP: s.jvp, VJP: s.vjp, JVPs: s.jvps, Jacobian: s.jacobian,
		TimeDerivative: s.timeDerivative, TimeVJP: s.timeVJP,
		SecondOrder: s.secondOrder, SecondDirectional: s.secondDirectional, SecondDirectionals: s.secondDirectionals,
		Initial: s.initial(), Breaks: s.breaks(),
	}
	return out, nil
}

// inner is a network and where its inputs, outputs and weights are.
type inner struct {
	net     *MLP
	ws      *Workspace
	x, u, w int
}

func (k *inner) weights(p []float64) []float64 {
	if p == nil {
		return nil
	}
	return p[k.w : k.w+k.ws.params]
}

// inside evaluates the model for one goroutine. Vectors of f and g have n + inputs
// states, and the parameters kept, behind which f has outputs.
type inside struct {
	f, g            *dynsys.System[[]float64]
	n, all          int
	nets            []inner
	inputs, outputs int
	kept            []int // parameters that are no weights

	y, x, out, vy, uy, vx, ux, cx, gx, wy []float64 // of states
	p, vp, up, gp                         []float64 // of parameters
	zero, bend                            []float64
	own                                   []float64 // y
	units, columns                        [][]float64
	none                                  [][]float64
}

func (s *inside) isWeight(p int) bool {
	for i := range s.nets {
		if k := &s.nets[i]; p >= k.w && p < k.w+k.ws.params {
			return true
		}
	}
	return false
}

func (s *inside) allocate() {
	d, np := s.f.Dim, s.f.NumParams
	for _, v := range []*[]float64{&s.y, &s.x, &s.out, &s.vy, &s.uy, &s.vx, &s.ux, &s.cx, &s.gx, &s.wy, &s.zero, &s.bend} {
		*v = make([]float64, d)
	}
	for _, v := range []*[]float64{&s.p, &s.vp, &s.up, &s.gp} {
		*v = make([]float64, np)
	}
	s.own = make([]float64, s.n)
	for j := range s.n {
		unit := make([]float64, s.n)
		unit[j] = 1
		s.units, s.columns = append(s.units, unit), append(s.columns, make([]float64, s.n))
	}
	s.none = make([][]float64, s.n)
}

func (s *inside) idle() []bool {
	idle := make([]bool, s.all)
	for i, p := range s.kept {
		idle[p] = s.f.Idle != nil && s.f.Idle[i] && s.g.Idle != nil && s.g.Idle[i]
	}
	return idle
}

// gather sets dst to the parameters that are no weights, zero where p is nil.
func (s *inside) gather(dst, p []float64) {
	for i, k := range s.kept {
		if dst[i] = 0; p != nil {
			dst[i] = p[k]
		}
	}
}

// scatter adds a gradient in the parameters of f or g to gp, which may be nil.
func (s *inside) scatter(gp, own []float64) {
	if gp != nil {
		for i, k := range s.kept {
			gp[k] += own[i]
		}
	}
}

func (s *inside) q() []float64 { return s.p[:len(s.kept)] }
func (s *inside) u() []float64 { return s.p[len(s.kept):] }

// at evaluates inputs and networks at a point: x, and the u that belong to it.
func (s *inside) at(t float64, y, p []float64) error {
	copy(s.y, y)
	s.gather(s.p, p)
	if err := s.g.RHS(s.x, t, s.y, s.q()); err != nil {
		return err
	}
	for i := range s.nets {
		k := &s.nets[i]
		k.net.Forward(k.of(s.u()), k.in(s.x, s.n), k.weights(p), k.ws)
	}
	return nil
}

func (k *inner) in(x []float64, n int) []float64 { return x[n+k.x : n+k.x+k.net.Inputs] }
func (k *inner) of(u []float64) []float64        { return u[k.u : k.u+k.net.Outputs] }

// push sets the u part of vp to N_x vx + N_w vw. vw may be nil.
func (s *inside) push(vp, vx, p, vw []float64) {
	for i := range s.nets {
		k := &s.nets[i]
		k.net.Push(k.of(vp[len(s.kept):]), k.weights(p), k.in(vx, s.n), k.weights(vw), k.ws)
	}
}

// pull sets the x part of gx to N_x^T of the u part of gp, and adds N_w^T of it to gw,
// which may be nil.
func (s *inside) pull(gx, gw, p, gp []float64) {
	clear(gx)
	for i := range s.nets {
		k := &s.nets[i]
		k.net.Pull(k.in(gx, s.n), k.weights(gw), k.weights(p), k.of(gp[len(s.kept):]), k.ws)
	}
}

func (s *inside) rhs(dy []float64, t float64, y, p []float64) error {
	if err := s.at(t, y, p); err != nil {
		return err
	}
	err := s.f.RHS(s.out, t, s.y, s.p)
	copy(dy, s.out)
	return err
}

// tangent sets vy and vp to a direction, with vx and the u part that follow from it.
func (s *inside) tangent(dy, dp, dx []float64, t float64, p, vy, vp []float64) error {
	copy(dy, vy)
	s.gather(dp, vp)
	if err := s.g.JVP(dx, t, s.y, s.q(), dy, dp[:len(s.kept)]); err != nil {
		return err
	}
	s.push(dp, dx, p, vp)
	return nil
}

func (s *inside) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	if err := s.at(t, y, p); err != nil {
		return err
	}
	return s.direct(out, t, p, vy, vp)
}

// direct is jvp at the point at hand.
func (s *inside) direct(out []float64, t float64, p, vy, vp []float64) error {
	if err := s.tangent(s.vy, s.vp, s.vx, t, p, vy, vp); err != nil {
		return err
	}
	err := s.f.JVP(s.out, t, s.y, s.p, s.vy, s.vp)
	copy(out, s.out)
	return err
}

func (s *inside) jvps(dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	if err := s.rhs(dy, t, y, p); err != nil {
		return err
	}
	for i := range out {
		if err := s.direct(out[i], t, p, vy[i], vp[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *inside) jacobian(jac []float64, t float64, y, p []float64) error {
	if err := s.jvps(s.own, s.columns, t, y, p, s.units, s.none); err != nil {
		return err
	}
	for j, column := range s.columns {
		for i, v := range column {
			jac[i*s.n+j] = v
		}
	}
	return nil
}

func (s *inside) vjp(gy, gp []float64, t float64, y, p, w []float64) error {
	if err := s.at(t, y, p); err != nil {
		return err
	}
	clear(s.gp)
	copy(s.wy, w)
	if err := s.f.VJP(s.out, s.gp, t, s.y, s.p, s.wy); err != nil {
		return err
	}
	s.pull(s.gx, gp, p, s.gp)
	return s.collect(gy, gp, t, s.gx)
}

// collect sets gy to s.out, and adds to it g_y^T cx; it adds s.gp and g_q^T cx to gp.
func (s *inside) collect(gy, gp []float64, t float64, cx []float64) error {
	if err := s.g.VJP(s.uy, s.gp[:len(s.kept)], t, s.y, s.q(), cx); err != nil {
		return err
	}
	for i := range s.n {
		gy[i] = s.out[i] + s.uy[i]
	}
	s.scatter(gp, s.gp)
	return nil
}

// inTime sets vx to g_t, and the u part of vp to what follows from it.
func (s *inside) inTime(t float64, p []float64) error {
	clear(s.vy)
	clear(s.vp)
	if err := s.g.TimeDerivative(s.vx, t, s.y, s.q()); err != nil {
		return err
	}
	s.push(s.vp, s.vx, p, nil)
	return nil
}

func (s *inside) timeDerivative(ft []float64, t float64, y, p []float64) error {
	err := s.at(t, y, p)
	if err == nil {
		err = s.inTime(t, p)
	}
	if err == nil {
		err = s.f.TimeDerivative(s.bend, t, s.y, s.p)
	}
	if err == nil {
		err = s.f.JVP(s.out, t, s.y, s.p, s.vy, s.vp)
	}
	for i := range ft {
		ft[i] = s.bend[i] + s.out[i]
	}
	return err
}
