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
func (p *plan) forwardConvTranspose(i int, op *nn.ConvTranspose, x, y *view) {
	for _, g := range backwardOf(transposedSpans(op, x)) {
		p.convolve(convolving{
			layer: p.layout.net.Layers[i].Name, ops: []*nn.Conv{&op.Conv}, backward: true, bias: op.Bias, walk: g, src: x, dst: y,
			read: x.readAct(0), write: y.writeAct(), act: p.layout.activation(i),
		})
	}
}

// backwardConvTranspose emits the convolution itself.
func (p *plan) backwardConvTranspose(i int, op *nn.ConvTranspose, x, y *view) {
	layer := p.layout.net.Layers[i].Name
	p.mask(layer, y, p.layout.activation(i))
	p.convolve(p.sending(convolving{layer: layer, ops: []*nn.Conv{&op.Conv}, walk: forwardOf(transposedSpans(op, x)), src: y, dst: x}))
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
