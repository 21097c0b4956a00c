package cpu

import (
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// bendConv is a linear bend as a depthwise convolution, whose weights say what is wet
// and what is clean at once. They are set before each run.
type bendConv struct {
	win    nn.Window
	ys, xs axis
	back   bool
	panels []panel
	bias   []float32 // nil on the way back
}

var square1, square3 = nn.Square(1, 1, 0), nn.Square(3, 1, 1)

// conv makes the bend's convolution over maps of a node's size.
func (b *bent) conv(win nn.Window, n *node, back bool) *bendConv {
	ys, xs, err := win.Spans(n.h, n.w)
	if err != nil {
		panic("cpu: " + err.Error()) // windows are ours, maps are not empty
	}
	o := &bendConv{win: win, back: back}
	if back {
		o.ys, o.xs = backwardAxis(ys, 1), backwardAxis(xs, 1)
	} else {
		o.ys, o.xs = forwardAxis(ys), forwardAxis(xs)
		o.bias = make([]float32, len(b.wet))
	}
	o.panels = make([]panel, blocks(n.c))
	for i := range o.panels {
		w := make([]float32, len(o.ys.phases[0])*len(o.xs.phases[0])*lanes)
		o.panels[i] = panel{w: w, first: i, n: 1, last: lanes, depthwise: true}
	}
	b.convs = append(b.convs, o)
	return o
}

// prepare sets the weights wet*k + clean*identity.
func (o *bendConv) prepare(b *bent) {
	var k [9]float32
	shift := float32(0)
	switch e := b.op.Effect.(type) {
	case bend.Stencil:
		k = e.K
	case bend.GradientStencil:
		// Backward turns a stencil round; that of the gradient is meant as it stands.
		k = e.Transposed().K
	case bend.Pointwise:
		k[0], shift = e.P, e.Q
	default:
		panic(missing(e))
	}
	middle := o.win.Kernel[0] * o.win.Kernel[1] / 2
	for i := range o.panels {
		wet, clean := b.wets(i)
		tap := 0
		for _, y := range o.ys.phases[0] {
			for _, x := range o.xs.phases[0] {
				at := y.kernel[0]*o.win.Kernel[1] + x.kernel[0]
				w := (*block)(o.panels[i].w[tap*lanes:])
				for c := range w {
					w[c] = wet[c] * k[at]
					if at == middle {
						w[c] += clean[c]
					}
				}
				tap++
			}
		}
	}
	for i := range o.bias {
		o.bias[i] = b.wet[i] * shift
	}
}

// part is the convolution as a summand that reads x.
func (o *bendConv) part(x view, n *node) phase {
	kernelReads(x, o.ys, o.xs, n.h, n.w)
	return phase{sy: 1, sx: 1, parts: []part{{
		x: x, ys: o.ys.phases[0], xs: o.xs.phases[0], stepY: o.ys.step, stepX: o.xs.step, panels: o.panels,
	}}}
}

// forwardDepthwise adds the task of layer i, a linear bend.
func (c *compiler) forwardDepthwise(i int, x view, o *bendConv) {
	n := c.node(i)
	t := c.simple(i, 2*float64(len(o.panels[0].w)/lanes), x.buf)
	c.addConv(t, &conv{k: c.packs.k, out: n.out, bias: o.bias, phases: []phase{o.part(x, n)}})
}

// addDepthwise adds the gradient of a linear bend.
func (g *gradientTask) addDepthwise(dy view, o *bendConv) {
	g.cost += 2 * g.cells() * float64(len(o.panels[0].w)/lanes)
	g.addConv(o.part(dy, g.n))
}
