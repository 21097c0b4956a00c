package cpu

import (
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Convolutions by 1x1 taps of one input, as an inception module begins with, run as one
// whose output channels lie in several maps: the input is read once, and blocks of unlike
// layers share a kernel call.

const mostSiblings = 4

// spot is a block of some map.
type spot struct {
	view
	block int
}

// spot is where block b of a convolution's output lies.
func (o *conv) spot(b int) (v *view, block int) {
	if o.spots == nil {
		return &o.out, b
	}
	return &o.spots[b].view, o.spots[b].block
}

// siblings lists the rectified 1x1 convolutions of layer i's input, i's own first, that are
// alike but for their weights; it is nil where there is nothing to join.
func (c *compiler) siblings(i int) (convs []int) {
	first := c.node(i).takes
	if !c.pointwise(first) {
		return nil
	}
	for j := i; j < len(c.nodes) && len(convs) < mostSiblings; j++ {
		k := c.nodes[j].takes
		if c.nodes[j].needed && k >= 0 && c.pointwise(k) && c.Siblings(first, k) {
			convs = append(convs, k)
		}
	}
	if len(convs) < 2 {
		return nil
	}
	return convs
}

func (c *compiler) pointwise(i int) bool {
	o, ok := c.op(i).(*nn.Conv)
	if !ok || o.Groups != 1 || c.node(i).adds >= 0 {
		return false
	}
	at := c.node(c.net.Layers[i].In[0])
	ys, xs, err := o.Spans(at.h, at.w)
	return err == nil && ys.Kernel == 1 && xs.Kernel == 1 && ys.Stride == 1 && xs.Stride == 1 && ys.Pad == 0 && xs.Pad == 0 &&
		ys.Out == at.h && xs.Out == at.w
}

// forwardSiblings adds the task of convolutions that siblings found.
func (c *compiler) forwardSiblings(convs []int, b *bound) {
	at := c.node(c.net.Layers[convs[0]].In[0])
	level := c.level(c.net.Layers[convs[0]].In)
	x := c.reading(c.op(convs[0]).(*nn.Conv), at.out)
	var ops []*nn.Conv
	o := &conv{k: c.packs.k, bound: b}
	t := &task{level: level}
	c.tasks = append(c.tasks, t)
	c.live(level, x.buf)
	var names []string
	var own [][]float32 // each one's part of the bias
	for _, i := range convs {
		n, op := c.node(c.node(i).into), c.op(i).(*nn.Conv)
		n.level = level
		c.gate(n, level, b)
		c.keep(level, n.out.buf)
		c.lay(n.out.blob)
		t.add(siblingBorder{border{n.out}, len(o.spots)})
		for i := range n.out.n {
			o.spots = append(o.spots, spot{n.out, i})
			if n.gate != nil {
				o.gates = append(o.gates, gateRef{gate: n.gate, block: i})
			}
		}
		own = append(own, padded(biasOf(op)))
		ops = append(ops, op)
		t.macs += op.MACs([]tensor.Shape{{at.c, at.h, at.w}})
		names = append(names, c.name(i))
		c.joined[i] = true
	}
	o.bias = slices.Concat(own...)
	c.learning.keepBiases(o.bias, ops)
	o.out = newBlob(lanes*len(o.spots), at.h, at.w).all() // its shape alone
	o.phases = []phase{{sy: 1, sx: 1, parts: []part{{
		x: x, ys: []tap{{kernel: [2]int{0, -1}}}, xs: []tap{{kernel: [2]int{0, -1}}}, stepY: 1, stepX: 1, panels: c.packs.siblings(ops, x.isHalf()),
	}}}}
	t.layer, t.out = together(names), o.out
	t.pair, t.cost = o.pair(), c.packs.k.cost(t.macs, x.isHalf())
	c.addConv(t, o)
}

// together is one name for several layers: "a/1x1 + 3x3" for "a/1x1" and "a/3x3".
func together(names []string) string {
	parts := strings.Split(names[0], "/")
	for _, name := range names[1:] {
		more := strings.Split(name, "/")
		if len(more) != len(parts) {
			return strings.Join(names, " + ")
		}
		for i, part := range more {
			if part != parts[i] {
				parts[i] += " + " + part
			}
		}
	}
	return strings.Join(parts, "/")
}

// biasOf is a float for each output channel.
func biasOf(op *nn.Conv) []float32 {
	if op.Bias != nil {
		return op.Bias
	}
	return make([]float32, op.W.Shape()[0])
}

// siblingBorder is the border of one map of several that a task writes.
type siblingBorder struct {
	border
	first int // its first block among the task's
}

func (o siblingBorder) write(w *worker, r region) {
	r.b0, r.b1 = max(r.b0-o.first, 0), min(r.b1-o.first, o.out.n)
	if r.b0 < r.b1 {
		o.border.write(w, r)
	}
}

// siblingMatrix is 1x1 convolutions below each other, each from a whole block on.
func siblingMatrix(ops []*nn.Conv) matrix {
	var own []matrix // of each block
	var first []int  // block of the matrix of each block
	for _, op := range ops {
		m, at := forwardMatrix(op), len(own)
		for range blocks(m.out) {
			own, first = append(own, m), append(first, at)
		}
	}
	in := own[0].in
	return matrix{
		out: lanes * len(own), in: in, taps: 1,
		reads: func(k int) (int, int) {
			if b := k / lanes; k-lanes*first[b] < own[b].out {
				return 0, in
			}
			return 0, 0
		},
		kernel: func(k, i int) ([]float32, int, []int) {
			b := k / lanes
			return own[b].kernel(k-lanes*first[b], i)
		},
	}
}
