package cpu

import (
	"math"

	"zalgoscope/nn"
)

// softmax turns a pixel's channels into shares.
type softmax struct{ out, x view }

func init() { lowers((*compiler).forwardSoftmax, (*gradientTask).fromSoftmax) }

func (c *compiler) forwardSoftmax(i int, _ *nn.Softmax) {
	x := c.first(i)
	t := c.simple(i, 100, x.buf)
	t.columns = true
	t.add(&softmax{out: c.node(i).out, x: x})
}

func (g *gradientTask) fromSoftmax(_, u int, _ *nn.Softmax) {
	dy, y := g.sent(u), g.node(u).out
	g.cost += 100 * g.cells()
	g.columns = true
	g.live(g.n.gradLevel, y.buf)
	g.add(&softmaxGradient{out: g.out, dy: dy, y: y, add: g.started()})
}

func (o *softmax) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for x := range o.out.w {
			top, sum := math.Inf(-1), 0.0
			o.x.channels(w, y, x, func(_ int, v float32) { top = max(top, float64(v)) })
			o.x.channels(w, y, x, func(_ int, v float32) { sum += math.Exp(float64(v) - top) })
			o.x.channels(w, y, x, func(c int, v float32) {
				w.cell(o.out.at(c/lanes, y, x))[c%lanes] = float32(math.Exp(float64(v)-top) / sum)
			})
		}
	}
}

// softmaxGradient is its backward pass, from its output.
type softmaxGradient struct {
	out, dy, y view
	add        bool
}

func (o *softmaxGradient) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		for x := range o.out.w {
			dot := 0.0
			o.y.channels(w, y, x, func(c int, v float32) {
				dot += float64(w.cell(o.dy.at(c/lanes, y, x))[c%lanes]) * float64(v)
			})
			o.y.channels(w, y, x, func(c int, v float32) {
				d := v * float32(float64(w.cell(o.dy.at(c/lanes, y, x))[c%lanes])-dot)
				out := w.cell(o.out.at(c/lanes, y, x))
				if o.add {
					d += out[c%lanes]
				}
				out[c%lanes] = d
			})
		}
	}
}
