package gpu

import "zalgoscope/nn"

// transposedSpans lays out the convolution whose way back a layer that reads x is.
func transposedSpans(op *nn.ConvTranspose, x *view) (ys, xs nn.Span) {
	ys, xs, err := op.Over(x.h, x.w)
	if err != nil {
		panic(err) // the shapes were checked
	}
	return ys, xs
}

// forwardConvTranspose emits a pass for each phase of the stride.
func (p *plan) forwardConvTranspose(l placed, op *nn.ConvTranspose) {
	for _, g := range backwardOf(transposedSpans(op, l.x)) {
		p.convolve(convolving{
			layer: l.name, ops: []*nn.Conv{&op.Conv}, backward: true, bias: op.Bias, walk: g, src: l.x, dst: l.y,
			read: l.x.readAct(0), write: l.y.writeAct(), act: p.layout.activation(l.i),
		})
	}
}

// backwardConvTranspose emits the convolution itself.
func (p *plan) backwardConvTranspose(l placed, op *nn.ConvTranspose) {
	p.mask(l.name, l.y, p.layout.activation(l.i))
	p.convolve(p.sending(convolving{layer: l.name, ops: []*nn.Conv{&op.Conv}, walk: forwardOf(transposedSpans(op, l.x)), src: l.y, dst: l.x}))
}

// sending completes a convolution that sends the gradient of src to dst.
func (p *plan) sending(c convolving) convolving {
	var h header
	uses := p.add(c.dst, &h)
	c.read, c.write, c.accumulate, c.passes = c.src.readGrad(0), uses[0], h.Accumulate, c.dst.passes
	if len(uses) > 1 {
		c.activated = &uses[1]
	}
	return c
}
