package gpu

import "zalgoscope/nn"

// convolving is what a plan knows of a convolution pass.
type convolving struct {
	layer      string
	ops        []*nn.Conv // siblings, in the order in which they lie
	backward   bool
	bias       []float32 // of a transposed convolution
	walk       gather
	src, dst   *view
	read       use
	write      use
	activated  *use
	act        *activation
	accumulate int32
	passes     activation // what the gradient passes on its way, where activated is not nil
}

// convolve emits a convolution by the kernel that the tuner holds best.
func (p *plan) convolve(c convolving) {
	h, params := walkOf(c.src, c.dst, c.walk)
	h.Accumulate = c.accumulate
	c.passes.mask(&h)
	if !whole(c.ops[0]) {
		p.convolveGroups(c, h, params)
		return
	}
	groups := c.ops[0].Groups
	conv := &convolution{
		layer: c.layer, weights: p.engine.packed(c.layer, c.ops, c.backward, c.walk, c.bias), walk: c.walk,
		src: c.read, dst: c.write, activated: c.activated, header: h, params: params,
		in4: c.src.count() / groups, groupOut4: c.dst.count() / groups, act: c.act,
	}
	p.weights = append(p.weights, conv.weights)
	positions := float64(c.walk.grid[0] * c.walk.grid[1])
	taps := float64(c.walk.taps[0] * c.walk.taps[1])
	if c.walk.folded { // what the net's own kernel has
		k := c.ops[0].Kernel
		taps = float64(k[0]*k[1]) * 3 / foldedChannels
	}
	conv.flops = 2 * positions * taps * float64(c.dst.channels*c.src.channels/groups)
	p.pending = append(p.pending, conv.pass(p, p.engine.tuner.choose(conv)))
}

// convolveGroups emits a convolution whose groups cut through blocks of channels.
func (p *plan) convolveGroups(c convolving, h header, params convParams) {
	op := c.ops[0]
	w := p.engine.packedGroups(c.layer, op, c.backward, c.walk, c.bias)
	p.weights = append(p.weights, w)
	in, out := inputs(op)/op.Groups, outputs(op)/op.Groups
	if c.backward {
		in, out = out, in
	}
	grouped := groupedParams{
		params.StepInY, params.StepInX, params.StepOutY, params.StepOutX,
		params.TapsY, params.TapsX, params.TapRow, params.TapCol,
		int32(in), int32(out), int32(w.bias), 0, 0, 0,
	}
	if c.act != nil {
		grouped.Act, grouped.ActA, grouped.ActB = c.act.params()
	}
	uses := []use{c.read, w.read(1), c.write}
	if c.activated != nil {
		uses = append(uses, *c.activated)
	}
	q := p.emit(c.layer, "conv_grouped", defines{"DEPTHWISE": flag(in == 1 && out == 1)}, h, grouped, uses...)
	q.flops = 2 * float64(q.items*c.dst.channels*in*c.walk.taps[0]*c.walk.taps[1])
}
