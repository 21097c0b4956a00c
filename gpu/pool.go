package gpu

import "zalgoscope/nn"

func init() { lowers((*plan).forwardPool, (*plan).backwardPool) }

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

func (p *plan) forwardPool(l placed, op *nn.Pool) {
	if op.GlobalMean() {
		p.forwardReduce(l, &globalMean)
		return
	}
	d, params := poolOf(op, l.x)
	uses := []use{l.x.readAct(0), l.y.writeAct()}
	if won := p.layout.won[l.i]; won != nil {
		params.ArgBase, params.ArgRow, params.ArgPlane = int32(won.origin()), int32(won.row()), int32(won.plane())
		uses = append(uses, writes(5, p.wons[l.i]))
	}
	p.emit(l.name, "pool_forward", d, headerOf(l.y, l.x), params, uses...)
}

func (p *plan) backwardPool(l placed, op *nn.Pool) {
	if op.GlobalMean() {
		p.backwardReduce(l, &globalMean)
		return
	}
	x, y := l.x, l.y
	d, params := poolOf(op, x)
	d["STRIDE_X"], d["STRIDE_Y"] = int(params.Stride[0]), int(params.Stride[1])
	var more []use
	if op.Norm > 0 {
		more = append(more, x.readAct(1), y.readAct(2))
	}
	if won := p.layout.won[l.i]; won != nil {
		params.ArgBase, params.ArgRow, params.ArgPlane = int32(won.origin()), int32(won.row()), int32(won.plane())
		more = append(more, reads(1, p.wons[l.i]))
	}
	p.gradient(l.name, "pool_backward", d, x, y, params, more...)
}
