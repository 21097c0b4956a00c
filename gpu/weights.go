package gpu

import (
	"fmt"

	"zalgoscope/nn"
)

// weights are packed for one direction, and phase, of convolutions that run
// as one: [out/16][tapY][tapX][in][16 out], then a bias for each block of outputs.
type weights struct {
	buf     *buffer
	bias    int // where the bias begins, in vec4, or -1
	ops     []*nn.Conv
	edition int // of the operations, when they were packed
	pack    func() []float32
}

func (w *weights) free() { w.buf.free() }

func (w *weights) read(slot uint32) use { return reads(slot, w.buf.whole()) }

// refresh packs again what was changed since.
func (w *weights) refresh() {
	if now := editions(w.ops); now != w.edition {
		w.edition = now
		w.buf.write(0, w.pack())
	}
}

func editions(ops []*nn.Conv) (sum int) {
	for _, o := range ops {
		sum += o.Edition
	}
	return sum
}

// keep gives the weights of that name and operations, packed at first use.
// Holding the operations keeps their addresses, which are part of the name, theirs.
func (e *Engine) keep(layer, name string, ops []*nn.Conv, pack func() []float32) *weights {
	key := layer + " " + name
	for _, o := range ops {
		key += fmt.Sprintf(" %p", o)
	}
	w := e.weights[key]
	if w == nil {
		w = &weights{bias: -1, ops: ops, edition: editions(ops), pack: pack}
		w.buf = e.upload(layer, pack())
		e.weights[key] = w
	}
	w.refresh()
	return w
}

// channel is one output or input channel of what runs as one: a channel of one
// of the convolutions, or nothing where a block is filled up.
type channel struct {
	op *nn.Conv // nil for nothing
	c  int
}

// channelsOf lists the given channels of convolutions, each filled up to whole blocks.
func channelsOf(ops []*nn.Conv, count func(*nn.Conv) int) (all []channel) {
	for _, op := range ops {
		n := count(op)
		for c := range blocksOf(n) * 4 {
			if c < n {
				all = append(all, channel{op, c})
			} else {
				all = append(all, channel{})
			}
		}
	}
	return all
}

func outputs(op *nn.Conv) int { return op.W.Shape()[0] }
func inputs(op *nn.Conv) int  { return op.W.Shape()[1] * op.Groups }

// packed gives what a walk needs: forward from the inputs of the convolutions
// to all their outputs, backward the other way about, with a bias for a transposed convolution.
func (e *Engine) packed(layer string, ops []*nn.Conv, backward bool, g gather, bias []float32) *weights {
	outs, ins := channelsOf(ops, outputs), channelsOf(ops[:1], inputs)
	weight := weight
	if g.folded {
		ins = channelsOf(ops[:1], func(*nn.Conv) int { return foldedChannels })
		weight = func(op *nn.Conv, o, i, ky, kx int) float32 { return foldedWeight(op, o, i, ky, kx, g.shift) }
	}
	w := e.keep(layer, fmt.Sprintln(backward, g.folded, g.tap0, g.taps), ops, func() []float32 {
		var data []float32
		if backward {
			data = pack(ins, outs, ops[0].Groups, g, func(to, from channel, ky, kx int) float32 {
				return weight(from.op, from.c, to.c, ky, kx)
			})
			data = append(data, bias...)
		} else {
			data = pack(outs, ins, ops[0].Groups, g, func(to, from channel, ky, kx int) float32 {
				return weight(to.op, to.c, from.c, ky, kx)
			})
			for _, o := range outs {
				data = append(data, o.bias())
			}
		}
		return append(data, make([]float32, 64)...) // what a kernel may read past the end
	})
	switch {
	case !backward:
		w.bias = packedSize(outs, len(ins)/ops[0].Groups, g) / 4
	case bias != nil:
		w.bias = packedSize(ins, len(outs)/ops[0].Groups, g) / 4
	}
	return w
}

// bias is the channel's, 0 for none.
func (c channel) bias() float32 {
	if c.op == nil || c.op.Bias == nil {
		return 0
	}
	return c.op.Bias[c.c]
}

// packedSize is how many values pack lays out.
func packedSize(to []channel, in int, g gather) int {
	return (len(to) + 15) / 16 * g.taps[0] * g.taps[1] * in * 16
}

// weight is the weight between output o and input i, counted over all groups.
func weight(op *nn.Conv, o, i, ky, kx int) float32 {
	s := op.W.Shape()
	i -= o / (s[0] / op.Groups) * s[1]
	if i < 0 || i >= s[1] {
		return 0
	}
	return nn.Floats(op.W)[((o*s[1]+i)*s[2]+ky)*s[3]+kx]
}

// pack lays the weights out for conv.comp. With groups, which fall on whole
// blocks, a block of outputs meets only the inputs of its group.
func pack(to, from []channel, groups int, g gather, at func(to, from channel, ky, kx int) float32) []float32 {
	in, perGroup := len(from)/groups, len(to)/groups
	data := make([]float32, packedSize(to, in, g))
	for o, t := range to {
		if t.op == nil {
			continue
		}
		i0 := o / perGroup * in
		for ty := range g.taps[0] {
			for tx := range g.taps[1] {
				ky, kx := g.tap0[0]+ty*g.tapEvery[0], g.tap0[1]+tx*g.tapEvery[1]
				row := ((o/16*g.taps[0]+ty)*g.taps[1] + tx) * in * 16
				for i, f := range from[i0 : i0+in] {
					if f.op != nil {
						data[row+i*16+o%16] = at(t, f, ky, kx)
					}
				}
			}
		}
	}
	return data
}

// packedGroups lays out for conv_grouped.comp: [out/4][tapY][tapX][in of a group][4 out].
func (e *Engine) packedGroups(layer string, op *nn.Conv, backward bool, g gather, bias []float32) *weights {
	if !backward {
		bias = op.Bias
	}
	outs, groupIn := outputs(op), inputs(op)/op.Groups
	groupOut := outs / op.Groups
	if backward {
		outs, groupIn, groupOut = inputs(op), groupOut, groupIn
	}
	taps := g.taps[0] * g.taps[1]
	size := blocksOf(outs) * taps * groupIn * 4
	w := e.keep(layer, fmt.Sprintln("grouped", backward, g.tap0, g.taps), []*nn.Conv{op}, func() []float32 {
		data := make([]float32, size)
		for o := range outs {
			for t := range taps {
				ky, kx := g.tap0[0]+t/g.taps[1]*g.tapEvery[0], g.tap0[1]+t%g.taps[1]*g.tapEvery[1]
				for i := range groupIn {
					other, at := o/groupOut*groupIn+i, ((o/4*taps+t)*groupIn+i)*4+o%4
					if backward {
						data[at] = weight(op, other, o, ky, kx)
					} else {
						data[at] = weight(op, o, other, ky, kx)
					}
				}
			}
		}
		return append(append(data, bias...), make([]float32, 16)...)
	})
	if bias != nil {
		w.bias = size / 4
	}
	return w
}
