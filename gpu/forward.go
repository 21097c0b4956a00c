package gpu

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

type pointwise struct {
	OtherBase, OtherRow, OtherPlane int32
	A, B                            float32 // slope, or bounds
}

func besides(other *view, a, b float32) pointwise {
	return pointwise{int32(other.origin()), int32(other.row()), int32(other.plane()), a, b}
}

// headerOf is the geometry of a pass that writes all cells of dst and reads src.
func headerOf(dst, src *view) header {
	return header{
		Width: int32(dst.w), Height: int32(dst.h), Blocks: int32(dst.count()), Channels: int32(dst.channels),
		OutBase: int32(dst.origin()), OutRow: int32(dst.row()), OutPlane: int32(dst.plane()),
		InBase: int32(src.origin()), InRow: int32(src.row()), InPlane: int32(src.plane()),
	}
}

func (v *view) readAct(slot uint32) use {
	return use{slot: slot, region: v.in(v.act), body: v.body(v.act)}
}
func (v *view) readGrad(slot uint32) use {
	return use{slot: slot, region: v.in(v.grad), body: v.body(v.grad)}
}
func (v *view) writeAct() use {
	return use{slot: outSlot, region: v.in(v.act), body: v.body(v.act), write: true}
}

// forward emits the passes from the picture to the targets.
func (p *plan) forward() {
	l := p.layout
	merged := map[int]bool{}
	for _, group := range l.siblings {
		for _, i := range group {
			merged[i] = i != slices.Min(group)
		}
	}
	for i, layer := range l.net.Layers {
		if l.computes(i) && !merged[i] {
			p.forwardLayer(i, layer)
		}
	}
}

// forwardConv emits a convolution, or all its siblings at once.
func (p *plan) forwardConv(i int, op *nn.Conv, x, y *view) {
	l := p.layout
	ops := []*nn.Conv{op}
	if group := l.siblings[i]; group != nil {
		ops, y = p.group(group)
	}
	p.convolve(convolving{
		layer: l.net.Layers[i].Name, ops: ops, walk: l.forwardOf(op, x), src: x, dst: y,
		read: x.readAct(0), write: y.writeAct(), act: l.activation(i),
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

// forwardConcat copies the inputs that do not lie in place.
func (p *plan) forwardConcat(i int, op *nn.Concat, in []int) {
	l := p.layout
	y, at := l.views[i], 0
	for k, j := range in {
		x := l.view(j)
		if op.Axis != 0 {
			h, layer := headerOf(y, x), l.net.Layers[i].Name
			h.Accumulate = int32(flag(k > 0))
			table := p.table(layer, tapTable(along(op, x, y, at)))
			p.emit(layer, "sample", nil, h, sampleParams{}, x.readAct(0), table, y.writeAct())
			at += [...]int{1: x.h, 2: x.w}[op.Axis]
			continue
		}
		if !lies(x, y, at) {
			h := headerOf(y, x)
			h.Blocks = int32(y.channels)
			p.emit(l.net.Layers[i].Name, "concat", nil, h, concatParams{int32(-at), int32(x.channels)}, x.readAct(0), y.writeAct())
		}
		at += x.channels
	}
}

type concatParams struct{ Shift, Sources int32 } // Shift may be negative; Sources are channels

// lies tells whether x is the slice of y that begins at channel at.
func lies(x, y *view, at int) bool {
	return x.blob == y.blob && at%4 == 0 && x.first == y.first+at/4
}

func (p *plan) forwardAdd(layer string, in []int, y *view) {
	l := p.layout
	x := l.view(in[0])
	if len(in) == 1 {
		p.emit(layer, "pointwise", defines{"COPY": 1}, headerOf(y, x), besides(x, 0, 0), x.readAct(0), y.writeAct())
		return
	}
	other := l.view(in[1])
	p.emit(layer, "pointwise", defines{"ADD": 1}, headerOf(y, x), besides(other, 0, 0), x.readAct(0), other.readAct(1), y.writeAct())
	for _, j := range in[2:] {
		x := l.view(j)
		h := headerOf(y, x)
		h.Accumulate = 1
		p.emit(layer, "pointwise", defines{"COPY": 1}, h, besides(x, 0, 0), x.readAct(0), y.writeAct())
	}
}

type lrnParams struct{ Bias, Alpha, Beta float32 } // Alpha already divided by the window

func lrnOf(op *nn.LRN) (defines, lrnParams) {
	before, after := (op.Size-1)/2, op.Size/2
	d := defines{"BEFORE": before, "AFTER": after, "R": (after + 3) / 4, "BETA75": flag(op.Beta == 0.75)}
	return d, lrnParams{op.K, op.Alpha / float32(op.Size), op.Beta}
}

// channels are the scales and then the shifts of an affine layer.
func (e *Engine) channels(layer string, op *nn.Affine) *weights {
	return e.keep(layer, fmt.Sprintf("affine %p", op), nil, func() []float32 {
		n := blocksOf(len(op.Scale)) * 4
		data := make([]float32, 2*n)
		copy(data, op.Scale)
		copy(data[n:], op.Shift)
		return data
	})
}

// poolParams has pairs of x and y.
type poolParams struct {
	Stride, Pad, PadEnd, Kernel, Cells [2]int32 // cells of the map that is pooled
	IncludePad                         int32
	ArgBase, ArgRow, ArgPlane          int32
	Windows                            [2]int32 // how many there are
	Norm                               float32  // p of the norm
}

func poolOf(op *nn.Pool, x *view) (defines, poolParams) {
	ys, xs, err := op.Over(x.h, x.w)
	if err != nil {
		panic(err) // the shapes were checked
	}
	pair := func(x, y int) [2]int32 { return [2]int32{int32(x), int32(y)} }
	d := defines{"MAX": flag(op.Max), "NORM": flag(op.Norm > 0), "DILATION_X": xs.Dilation, "DILATION_Y": ys.Dilation}
	return d, poolParams{
		Stride: pair(xs.Stride, ys.Stride), Pad: pair(xs.Pad, ys.Pad), PadEnd: pair(xs.PadEnd, ys.PadEnd),
		Kernel: pair(xs.Kernel, ys.Kernel), Cells: pair(xs.In, ys.In), IncludePad: int32(flag(op.IncludePad)),
		Windows: pair(xs.Out, ys.Out), Norm: op.Norm,
	}
}

func (p *plan) pool(i int, op *nn.Pool, x, y *view) {
	if op.GlobalMean() {
		p.forwardReduce(p.layout.net.Layers[i].Name, &globalMean, x, y)
		return
	}
	d, params := poolOf(op, x)
	uses := []use{x.readAct(0), y.writeAct()}
	if won := p.layout.won[i]; won != nil {
		params.ArgBase, params.ArgRow, params.ArgPlane = int32(won.origin()), int32(won.row()), int32(won.plane())
		uses = append(uses, writes(5, p.wons[i]))
	}
	p.emit(p.layout.net.Layers[i].Name, "pool_forward", d, headerOf(y, x), params, uses...)
}
