package cpu

import (
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// readsHalf tells whether a convolution reads a map in bfloat16: where the engine multiplies in that
// and kernels can take the map's channels by groups, or each by itself.
func (c *compiler) readsHalf(op *nn.Conv, x view) bool {
	if isDepthwise(op) {
		return c.halvesLayers()
	}
	half := c.packs.k.half
	return half != nil && (x.cell != cellSize || x.c%half.group == 0)
}

// halvesLayers tells whether layers that are no dense convolutions read and write bfloat16 too. A learner's do not.
func (c *compiler) halvesLayers() bool { return c.learning == nil && c.packs.k.halvesLayers() }

// halvable tells whether a layer has a net's layers that are no dense convolutions read and write bfloat16: not the mean of a
// map alone, for old recipes of nets that have nothing else are to give the same bytes.
func halvable(op nn.Op) bool {
	switch op := op.(type) {
	case *nn.Conv:
		return isDepthwise(op)
	case *nn.Unary, *nn.Binary, *nn.Norm:
		return true
	}
	return false
}

// values is the values of layer i, or the picture, as layers read them that are no convolutions.
func (c *compiler) values(i int) view {
	if c.halvesLayers() {
		return c.stored(i)
	}
	return c.node(i).out
}

// slope is the gradient at layer u as they read it on the way back.
func (c *compiler) slope(u int) view {
	if c.halvesLayers() {
		return c.storedGradient(u)
	}
	return c.node(u).grad
}

// halvesBack tells whether what layer u sends back to layer i comes from rows that can be rounded, of a gradient in either form.
func (c *compiler) halvesBack(i, u int) bool {
	n := c.node(i)
	switch op := c.op(u).(type) {
	case *nn.Unary:
		return !op.Straight()
	case *nn.Norm:
		return !op.Positions
	case *nn.Binary:
		return (op.Fn == nn.Times || op.Fn == nn.Over) && slices.Equal(n.shape(), c.node(u).shape())
	case *nn.Pool:
		ys, xs, _ := op.Over(n.h, n.w)
		return !op.Max && op.Norm == 0 && window{ys, xs}.wholeMap()
	case *nn.Reduce:
		return op.Fn == nn.Total || op.Fn == nn.Average
	}
	return false
}

// reading is what a convolution reads of a map.
func (c *compiler) reading(op *nn.Conv, x view) view {
	if c.readsHalf(op, x) {
		return x.half()
	}
	return x
}

// roundsItself tells whether layer i's values come from kernels that can round them.
func (c *compiler) roundsItself(i int) bool {
	if c.packs.k.half == nil || i == nn.Picture {
		return false
	}
	n, in := c.node(i), c.net.Layers[i].In
	switch op := c.op(i).(type) {
	case *nn.Conv, *nn.ConvTranspose:
		return true
	case *nn.ReLU, *nn.Clip, *nn.Add:
		return n.takes >= 0
	case *nn.LRN, *train.BatchNorm:
		return true
	case *nn.Unary:
		return c.halvesLayers()
	case *nn.Binary:
		return c.halvesLayers() && op.Fn <= nn.Over
	case *nn.Norm:
		return c.halvesLayers() && !op.Positions
	case *nn.Concat:
		return c.aligned(i) && !slices.ContainsFunc(in, func(j int) bool { return !c.roundsItself(j) })
	case *nn.Pool:
		o, ok := n.pool.(*maxPool)
		return ok && op.Max && o.x.isHalf()
	}
	return false
}

// gradientRoundsItself tells the same of the gradient at layer i.
func (c *compiler) gradientRoundsItself(i int) bool {
	n := c.node(i)
	if c.halvesLayers() && !n.target && len(n.uses) > 0 && !slices.ContainsFunc(n.uses, func(u int) bool { return !c.halvesBack(i, u) }) {
		return true
	}
	return c.packs.k.half != nil && !n.target && !slices.ContainsFunc(n.uses, func(u int) bool {
		if _, ok := c.node(u).pool.(*maxPool); ok {
			return false
		}
		if _, ok := c.op(u).(*train.BatchNorm); ok {
			return len(n.uses) > 1
		}
		op, ok := c.op(u).(*nn.Conv)
		return !ok || !c.readsHalf(op, c.node(u).grad)
	})
}

// stored is the values of layer i, or the picture, as whoever has kernels for both should read them.
func (c *compiler) stored(i int) view {
	if c.roundsItself(i) {
		return c.node(i).out.half()
	}
	return c.node(i).out
}

// storedGradient is the same of the gradient at layer i.
func (c *compiler) storedGradient(i int) view {
	own := i
	for c.node(own).gradOf >= 0 {
		own = c.node(own).gradOf
	}
	if c.gradientRoundsItself(own) {
		return c.node(i).grad.half()
	}
	return c.node(i).grad
}
