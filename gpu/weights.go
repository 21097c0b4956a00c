package gpu

import (
	"fmt"

	"zalgoscope/nn"
)

// weights are packed for one direction, and phase, of convolutions that run
// as one: [out/16][tapY][tapX][in][16 out], then a bias for each block of outputs.
type weights struct {
	buf  *buffer
	bias int // where the bias begins, in vec4, or -1
}

func (w *weights) free() { w.buf.free() }

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

// weights packs what a walk needs: forward from the inputs of the convolutions
// to all their outputs, backward the other way about.
func (e *Engine) packed(layer string, ops []*nn.Conv, backward bool, g gather) *weights {
	key := fmt.Sprintf("%s %p %d %v %v %v", layer, ops[0], len(ops), backward, g.tap0, g.taps)
	if w := e.weights[key]; w != nil {
		return w
	}
	outs, ins := channelsOf(ops, outputs), channelsOf(ops[:1], inputs)
	w := &weights{bias: -1}
	var data []float32
	if backward {
		data = pack(ins, outs, ops[0].Groups, g, func(to, from channel, ky, kx int) float32 {
			return weight(from.op, from.c, to.c, ky, kx)
		})
	} else {
		data = pack(outs, ins, ops[0].Groups, g, func(to, from channel, ky, kx int) float32 {
			return weight(to.op, to.c, from.c, ky, kx)
		})
		w.bias = len(data) / 4
		for _, o := range outs {
			v := float32(0)
			if o.op != nil && o.op.Bias != nil {
				v = o.op.Bias[o.c]
			}
			data = append(data, v)
		}
	}
	data = append(data, make([]float32, 64)...) // what a kernel may read past the end
	w.buf = e.upload(layer, data)
	e.weights[key] = w
	return w
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
	size := (len(to) + 15) / 16 * g.taps[0] * g.taps[1] * in * 16
	data := make([]float32, size)
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
func (e *Engine) packedGroups(layer string, op *nn.Conv, backward bool, g gather) *weights {
	key := fmt.Sprintf("%s %p grouped %v %v %v", layer, op, backward, g.tap0, g.taps)
	if w := e.weights[key]; w != nil {
		return w
	}
	outs, groupIn := outputs(op), inputs(op)/op.Groups
	groupOut := outs / op.Groups
	if backward {
		outs, groupIn, groupOut = inputs(op), groupOut, groupIn
	}
	w := &weights{bias: -1}
	taps := g.taps[0] * g.taps[1]
	data := make([]float32, blocksOf(outs)*taps*groupIn*4)
	for o := range outs {
		for t := range taps {
			ky, kx := g.tap0[0]+t/g.taps[1]*g.tapEvery[0], g.tap0[1]+t%g.taps[1]*g.tapEvery[1]
			for i := range groupIn {
				other := o/groupOut*groupIn + i
				v := float32(0)
				if backward {
					v = weight(op, other, o, ky, kx)
				} else {
					v = weight(op, o, other, ky, kx)
				}
				data[((o/4*taps+t)*groupIn+i)*4+o%4] = v
			}
		}
	}
	if !backward && op.Bias != nil {
		w.bias = len(data) / 4
		data = append(data, op.Bias...)
	}
	data = append(data, make([]float32, 16)...)
	w.buf = e.upload(layer, data)
	e.weights[key] = w
	return w
}
