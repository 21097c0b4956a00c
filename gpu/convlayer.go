package gpu

import "zalgoscope/nn"

func init() {
	lowers((*plan).forwardConv, func(p *plan, l placed, op *nn.Conv) { p.backwardConv(l.i, []*nn.Conv{op}, l.y) })
	lowers((*plan).forwardConvTranspose, (*plan).backwardConvTranspose)
}

// forwardConv emits a convolution, or all its siblings at once.
func (p *plan) forwardConv(l placed, op *nn.Conv) {
	y, ops := l.y, []*nn.Conv{op}
	if group := p.layout.siblings[l.i]; group != nil {
		ops, y = p.group(group)
	}
	p.convolve(convolving{
		layer: l.name, ops: ops, walk: p.layout.forwardOf(op, l.x), src: l.x, dst: y,
		read: l.x.readAct(0), write: y.writeAct(), act: p.layout.activation(l.i),
	})
}

// group is the convolutions of siblings and the one view over their outputs.
func (p *plan) group(group []int) ([]*nn.Conv, *view) {
	l := p.layout
	ops := make([]*nn.Conv, len(group))
	y := &view{blob: l.views[group[0]].blob, first: l.views[group[0]].first}
	for k, j := range group {
		ops[k] = l.net.Layers[j].Op.(*nn.Conv)
		y.channels += 4 * l.views[j].count()
	}
	return ops, y
}

// backwardConv emits a convolution backward, one pass for each phase of its stride.
func (p *plan) backwardConv(i int, ops []*nn.Conv, y *view) {
	l := p.layout
	layer := l.net.Layers[i].Name
	x := l.view(l.inputs(i)[0])
	p.mask(layer, y, l.activation(i))
	c := p.sending(convolving{layer: layer, ops: ops, backward: true, src: y, dst: x})
	for _, g := range l.backwardOf(ops[0], x) {
		if c.walk = g; g.taps[0]*g.taps[1] > 0 || c.accumulate == 0 {
			p.convolve(c)
		}
	}
}
