// Package nn makes right-hand sides out of neural networks.
//
// An [MLP] is a multilayer perceptron: the shape of a network, without its weights,
//
//	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{50, nn.Tanh}}, Outputs: 2}
//	w := make([]float64, net.NumParams())
//	net.Init(w, nn.Init{Seed: 1})
//
// It is evaluated with [MLP.Forward]. Its exact derivatives in inputs and weights are
// [MLP.JVP], which carries a direction forward, and [MLP.VJP], which carries a covector
// back: with W_l the weights of layer l, f_l its activation, z_l = W_l a_l + b_l,
//
//	forward   v_{l+1} = f_l'(z_l) (W_l v_l + V_l a_l + c_l)    (V_l, c_l) the direction in (W_l, b_l)
//	back      d_l     = f_l'(z_l) g_{l+1},  g_l = W_l^T d_l,  gW_l += d_l a_l^T,  gb_l += d_l
//
// and [MLP.SecondOrder] is the derivative of c . (N_x vx + N_w vw), a VJP of a JVP.
//
// A layer costs one matrix-vector product forward, two in each derivative, and none of
// them makes garbage. All that an evaluation leaves behind for its derivatives is in a
// [Workspace], one for each goroutine; [MLP.Push] and [MLP.Pull] use it again for
// further directions at the same point. A workspace made by [MLP.NewBatch] takes many
// points at a time, for which a layer costs one product of two matrices.
//
// There are two ways from a network to a [dynsys.System]. [ODE] is a network alone,
// y' = N(y). [Hybrid] adds one to a known model, for the part that is not known; a
// [Term] says which states it reads and which derivatives it adds to. Both are a
// [dynsys.Model], of one solution or of many trajectories. Weights are parameters like any
// others: solve, differentiate and fit as usual, with an adjoint, since there are many.
// docs/neural.md is a tutorial.
//
// Start at mlp.go for the shape and the order of the weights, then evaluate.go for the
// three passes and secondorder.go for what comes after. The activations are in
// activation.go, initial weights in initial.go, the products of matrices in matrix.go.
// term.go makes systems; first.go, trajectories.go and augmented.go change known ones.
package nn
