package cpu

import (
	"math"

	"zalgoscope/nn"
)

// lrn is local response normalisation across channels. It works on whole
// columns of blocks: a pixel's channels are laid in a row with zeros at both ends.
type lrn struct {
	op     *nn.LRN
	out, x view
}

// lrnGradient is its backward pass; s is computed again from x.
type lrnGradient struct {
	op         *nn.LRN
	out, dy, x view
	add        bool
}

// scratch is n zeroed floats of the worker's own.
func (w *worker) zeros(n int) []float32 {
	if len(w.scratch) < n {
		w.scratch = make([]float32, n)
	}
	clear(w.scratch[:n])
	return w.scratch[:n]
}

// reach is how many channels before and after its own a channel sees.
func reach(o *nn.LRN) (lead, tail int) { return (o.Size - 1) / 2, o.Size / 2 }

// power is s^-beta.
func power(s float32, beta float32) float32 {
	if beta == 0.75 {
		r := float32(math.Sqrt(float64(s)))
		return 1 / float32(math.Sqrt(float64(s*r)))
	}
	return float32(math.Pow(float64(s), -float64(beta)))
}

// scales sets s[c] = K + Alpha/Size * the sum of squares around channel c, for channels
// squares[lead:].
func scales(o *nn.LRN, s, squares []float32) {
	for c := range s {
		sum := float32(0)
		for _, v := range squares[c : c+o.Size] {
			sum += v
		}
		s[c] = o.K + o.Alpha/float32(o.Size)*sum
	}
}

func (o *lrn) write(w *worker, r region) {
	n := blocks(o.x.c) * lanes
	lead, _ := reach(o.op)
	row := w.zeros(2*n + o.op.Size)
	squares, s := row[:n+o.op.Size], row[n+o.op.Size:]
	for y := r.y0; y < r.y1; y++ {
		for x := range o.out.w {
			o.x.channels(w, y, x, func(c int, v float32) { squares[lead+c] = v * v })
			scales(o.op, s, squares)
			for b := range o.out.n {
				in, out := w.cell(o.x.at(b, y, x)), w.cell(o.out.at(b, y, x))
				for c, v := range in {
					out[c] = v * power(s[b*lanes+c], o.op.Beta)
				}
			}
		}
	}
}

// channels visits the values of a pixel.
func (v view) channels(w *worker, y, x int, visit func(c int, v float32)) {
	for b := range v.n {
		cell := w.cell(v.at(b, y, x))
		for i := range min(lanes, v.c-b*lanes) {
			visit(b*lanes+i, cell[i])
		}
	}
}

// write uses dx_i = dy_i s_i^-Beta - 2 Alpha Beta / Size * x_i * sum over
// the channels j that see i of dy_j x_j s_j^(-Beta-1).
func (o *lrnGradient) write(w *worker, r region) {
	n, size := blocks(o.x.c)*lanes, o.op.Size
	lead, tail := reach(o.op)
	row := w.zeros(4*n + 2*size)
	squares, terms := row[:n+size], row[n+size:2*n+2*size]
	s, p := row[2*n+2*size:3*n+2*size], row[3*n+2*size:]
	factor := 2 * o.op.Alpha * o.op.Beta / float32(size)
	for y := r.y0; y < r.y1; y++ {
		for x := range o.out.w {
			o.x.channels(w, y, x, func(c int, v float32) { squares[lead+c] = v * v })
			scales(o.op, s, squares)
			for b := range o.x.n {
				in, dy := w.cell(o.x.at(b, y, x)), w.cell(o.dy.at(b, y, x))
				for i := range min(lanes, o.x.c-b*lanes) {
					c := b*lanes + i
					p[c] = power(s[c], o.op.Beta)
					terms[tail+c] = dy[i] * in[i] * p[c] / s[c]
				}
			}
			for b := range o.x.n {
				in, dy, out := w.cell(o.x.at(b, y, x)), w.cell(o.dy.at(b, y, x)), w.cell(o.out.at(b, y, x))
				for i := range out {
					c, sum := b*lanes+i, float32(0)
					for _, v := range terms[c : c+size] {
						sum += v
					}
					v := dy[i]*p[c] - factor*in[i]*sum
					if o.add {
						v += out[i]
					}
					out[i] = v
				}
			}
		}
	}
}
