package cpu

import (
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// fromConv adds the transpose of convolution u.
func (g *gradientTask) fromConv(i, u int, op *nn.Conv) {
	ys, xs, _ := op.Spans(g.n.h, g.n.w)
	together := 1
	if i == nn.Picture && g.plan.grad.direct {
		together = 2
	}
	phases, fast := g.transpose(op, g.node(u).grad, ys, xs, together, g.out.h, g.out.w)
	g.sumUp(phases, op.MACs([]tensor.Shape{{g.n.c, g.n.h, g.n.w}}), isDepthwise(op), fast)
}

// fromConvTranspose adds the convolution that transposed one u is the transpose of.
func (g *gradientTask) fromConvTranspose(_, u int, op *nn.ConvTranspose) {
	ys, xs, _ := op.Over(g.n.h, g.n.w)
	p, fast := g.ahead(&op.Conv, g.node(u).grad, ys, xs, g.out.h, g.out.w)
	g.sumUp([]phase{{sy: 1, sx: 1, parts: []part{p}}}, op.MACs([]tensor.Shape{{g.n.c, g.n.h, g.n.w}}), isDepthwise(&op.Conv), fast)
}

// transpose is the phases of the transpose of a convolution, which makes h x w cells of its output's gradient, or of what
// a transposed convolution reads; fast tells whether winograd can compute them.
func (c *compiler) transpose(op *nn.Conv, dy view, ys, xs nn.Span, together, h, w int) (phases []phase, fast bool) {
	ay, ax := backwardAxis(ys, together), backwardAxis(xs, together)
	dy = c.reading(op, dy)
	kernelReads(dy, ay, ax, h, w)
	for y, ty := range ay.phases {
		for x, tx := range ax.phases {
			phases = append(phases, phase{y: y, x: x, sy: len(ay.phases), sx: len(ax.phases), parts: []part{{
				x: dy, ys: ty, xs: tx, stepY: ay.step, stepX: ax.step,
			}}})
			p := &phases[len(phases)-1].parts[0]
			fast = len(ay.phases)*len(ax.phases) == 1 && !c.packs.k.tiles(dy) && p.fitsWinograd(op)
			p.panels = c.packs.backward(op, together, ys, xs, y, x, ty, tx, fast, dy.isHalf())
		}
	}
	return phases, fast
}

// sumUp adds a convolution, to the kernel that sums all such where it can.
func (g *gradientTask) sumUp(phases []phase, macs int64, depthwise, fast bool) {
	x := phases[0].parts[0].x
	g.live(g.n.gradLevel, x.buf)
	g.macs += macs
	cost := g.packs.k.cost(macs, x.isHalf())
	if fast {
		g.cost += winogradCost * cost
		g.fast = append(g.fast, phases[0].parts...)
		return
	}
	g.cost += cost
	if len(phases) == 1 && !depthwise {
		if x.isHalf() {
			g.mergedHalf = append(g.mergedHalf, phases[0].parts...)
		} else {
			g.merged = append(g.merged, phases[0].parts...)
		}
		return
	}
	g.addConv(phases...)
}

// addend is what a convolution adds to its sum: what others have written, or in its place the only map that they would have copied there.
func (g *gradientTask) addend() *view {
	if !g.started() {
		return nil
	}
	if s, ok := g.writers[1].(*sum); ok && len(g.writers) == 2 && len(s.in) == 1 && !s.add {
		g.writers = g.writers[:1]
		return &s.in[0]
	}
	return &g.out
}

// addConv adds what the phases sum up.
func (g *gradientTask) addConv(phases ...phase) {
	o := &conv{k: g.packs.k, out: g.out, phases: phases, addend: g.addend()}
	g.wholeBlocks(o.pair())
	g.compiler.addConv(g.task, o)
}
