package gpu

import "zalgoscope/nn"

type depthParams struct {
	CoarseW, CoarseH           int32 // of the next level
	Amount, CoarseAmount, Sign float32
}

// ready makes room for the levels of the canvas's gradient, a vec4 for each pixel, the finest first, where
// the step needs them: before it begins, so that what a step without room did is nothing.
func (c *Picture) ready(step nn.Step) {
	sizes := step.Depth.Sizes(c.w, c.h)
	if step.Depth.Idle(c.w, c.h) || len(c.levels) >= len(sizes) {
		return
	}
	for _, b := range c.detail {
		b.free()
	}
	c.levels, c.detail = nil, nil
	a := &arena{limit: c.engine.device.Limits.Block}
	for _, s := range sizes {
		a.reserve("picture", int64(s[0]*s[1])*texel)
	}
	c.levels = a.build(c.engine, func(b *buffer) { c.detail = append(c.detail, b) })
}

// even evens out the canvas's gradient, which is the finest level, over its levels, and leaves there
// the first stage of the sum of its absolute values: the pyramid is taken apart from the finest level
// on, and put together again from the coarsest on.
func (e *Engine) even(c *Picture, d nn.Depth) {
	levels, sizes := c.levels, d.Sizes(c.w, c.h)
	last := len(sizes) - 1
	params := func(i int, p depthParams) numbers {
		p.CoarseW, p.CoarseH = int32(sizes[i+1][0]), int32(sizes[i+1][1])
		return numbers{header{Width: int32(sizes[i][0]), Height: int32(sizes[i][1])}, p}
	}
	join := func(i, sum int, p depthParams) {
		e.paint("picture", "depth_join", defines{"PARTS": parts}, params(i, p), parts,
			reads(0, levels[i+1]), reads(1, e.sums.total(depthSlot+i)), reads(2, e.sums.total(depthSlot+i+1)),
			writes(outSlot, e.sums.parts(sum)), writes(asideSlot, levels[i]))
	}
	for i := range last {
		e.paint("picture", "depth_shrink", defines{"PARTS": parts}, params(i, depthParams{}), parts,
			reads(0, levels[i]), writes(outSlot, e.sums.parts(depthSlot+i+1)), writes(asideSlot, levels[i+1]))
		join(i, depthSlot+i, depthParams{Sign: -1})
	}
	e.sums.finish(depthSlot, len(sizes))
	for i := last - 1; i >= 0; i-- {
		p, sum := depthParams{Amount: d.Amount, Sign: 1}, depthSlot+i
		if i == last-1 {
			p.CoarseAmount = d.Amount
		}
		if i == 0 {
			sum = gradientSlot
		}
		join(i, sum, p)
	}
}
