package gpu

import "zalgoscope/nn"

// convolution is one dispatch of a convolution kernel before the kernel is
// chosen: what it reads and writes, and how it walks.
type convolution struct {
	layer     string
	named     string // its shape, once it was asked for
	weights   *weights
	walk      gather
	src, dst  use  // the maps; dst is slot 4
	activated *use // what masks the gradient, or nil
	header    header
	params    convParams
	in4       int // blocks of input channels of a group
	groupOut4 int // blocks of output channels of a group
	act       *activation
	flops     float64
}

type convParams struct {
	StepInY, StepInX, StepOutY, StepOutX int32 // cells between positions
	Runs                                 int32 // of PX positions in a row
	TapsY, TapsX, TapRow, TapCol         int32 // the kernel and its steps through the input
	In4, GroupOut4                       int32 // blocks of channels of a group
	Bias                                 int32 // where the bias stands among the weights, or -1
	Act                                  int32 // 1 rectifies by a slope, 2 clips to bounds
	ActA, ActB                           float32
}

// convTold is what convolutions are told.
var convTold = numbers{header{}, convParams{}}

type groupedParams struct {
	StepInY, StepInX, StepOutY, StepOutX int32
	TapsY, TapsX, TapRow, TapCol         int32
	GroupIn, GroupOut, Bias, Act         int32 // channels of a group
	ActA, ActB                           float32
}

// walkOf aims a header and the walk's parameters: gradients and activations lie alike.
func walkOf(src, dst *view, g gather) (header, convParams) {
	h := headerOf(dst, src)
	h.Width, h.Height = int32(g.grid[1]), int32(g.grid[0])
	h.OutBase += int32(g.phase[0]*dst.row() + g.phase[1])
	h.InBase += int32(g.from[0]*src.row() + g.from[1])
	return h, convParams{
		StepInY: int32(g.stepIn[0]), StepInX: int32(g.stepIn[1]),
		StepOutY: int32(g.stepOut[0]), StepOutX: int32(g.stepOut[1]),
		TapsY: int32(g.taps[0]), TapsX: int32(g.taps[1]),
		TapRow: int32(g.tapStep[0] * src.row()), TapCol: int32(g.tapStep[1]),
	}
}

// pass makes the dispatch of the convolution by kernel k.
func (c *convolution) pass(p *plan, k kernel) *pass {
	e := p.engine
	h, params := c.header, c.params
	runs := (c.walk.grid[1] + k.PX - 1) / k.PX
	params.Runs = int32(runs)
	params.In4, params.GroupOut4 = int32(c.in4), int32(c.groupOut4)
	params.Bias = int32(c.weights.bias)
	if c.act != nil {
		params.Act, params.ActA, params.ActB = c.act.params()
	}
	items := runs * c.walk.grid[0]
	if k.Rows > 0 {
		items = c.walk.grid[0] * c.walk.grid[1]
	}
	q := &pass{
		layer: c.layer, kernel: k.String(), program: e.program(c.layer, e.shaderOf(c, k)), conv: c, flops: c.flops,
		items: items, across: (int(h.Blocks) + k.OC - 1) / k.OC,
		uses: []use{c.src, reads(1, c.weights.buf.whole()), c.dst},
	}
	q.unit = [2]int{q.program.local[0], q.program.local[1]}
	if k.Rows > 0 {
		q.across, q.unit = int(h.Blocks), [2]int{k.Rows, k.Cols}
	}
	if c.activated != nil {
		q.uses = append(q.uses, *c.activated)
	}
	h.End = int32(items)
	q.header, q.params = h, encode(params)
	p.bindTexels(q, k.Texel)
	return q
}

// shaderOf is the program by which kernel k computes the convolution.
func (e *Engine) shaderOf(c *convolution, k kernel) family {
	d := defines{"PX": k.PX, "OC": k.OC, "STEP": c.walk.stepIn[1], "TEXEL": flag(k.Texel), "MASK": flag(c.activated != nil)}
	if k.Rows == 0 {
		d["LX"], d["LY"] = e.workGroup()
		return family{"conv", d, convTold}
	}
	d["ROWS"], d["COLS"], d["DEPTH"] = k.Rows, k.Cols, k.Depth
	d["LX"], d["LY"] = k.Rows/k.PX, k.Cols/k.OC
	return family{"conv_tiled", d, convTold}
}

// workGroup is the shape of a register kernel's work group: along positions
// alone on llvmpipe, whose vectors run along x.
func (e *Engine) workGroup() (x, y int) {
	if e.device.Software {
		return 8, 1
	}
	return 16, 4
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// whole tells whether the groups of a convolution fall on blocks of channels.
func whole(op *nn.Conv) bool {
	return op.Groups == 1 || inputs(op)/op.Groups%4 == 0 && outputs(op)/op.Groups%4 == 0
}
