package gpu

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

type attentionParams struct {
	SharesBase, SharesRow, SharesPlane  int32
	Strips, Heads, Per                  int32 // channels of a head
	QueryRows, QueryColumns             int32
	KeyRows, KeyColumns                 int32
	WindowRows, WindowColumns, Windowed int32 // the keys' map where there are no windows
	Places, BiasHeads                   int32 // of the bias, 0 for none
	BesideBase, BesideRow, BesidePlane  int32 // a second map
	Changes                             int32 // 1 takes the changes for the shares
	Scale                               float32
}

// attention is what the passes of one layer need.
type attention struct {
	plan    *plan
	layer   string
	op      *nn.Attention
	in      [3]*view // queries, keys and values
	y       *view
	shares  *view
	region  region // of the shares
	strips  int    // of four keys
	windows [2]int
}

// sharesOf is the shape of the map of an attention's shares and their changes.
func sharesOf(op *nn.Attention, q, k tensor.Shape) (s tensor.Shape, strips int, window [2]int) {
	window = op.Window
	if !op.Windowed() {
		window = [2]int{k[1], k[2]}
	}
	strips = blocksOf(window[0] * window[1])
	return tensor.Shape{2 * op.Heads * strips * 4, q[1], q[2]}, strips, window
}

func (p *plan) attention(i int, op *nn.Attention) *attention {
	l := p.layout
	a := &attention{plan: p, layer: l.net.Layers[i].Name, op: op, y: l.views[i], shares: l.won[i], region: p.wons[i]}
	for k, j := range l.inputs(i) {
		a.in[k] = l.view(j)
	}
	in := l.net.Layers[i].In
	_, a.strips, a.windows = sharesOf(op, l.shape(in[0]), l.shape(in[1]))
	return a
}

// params are a pass's, of heads in the map x beside another.
func (a *attention) params(x, beside *view) attentionParams {
	q, k := a.in[0], a.in[1]
	p := attentionParams{
		SharesBase: int32(a.shares.origin()), SharesRow: int32(a.shares.row()), SharesPlane: int32(a.shares.plane()),
		Strips: int32(a.strips), Heads: int32(a.op.Heads), Per: int32(x.channels / a.op.Heads),
		QueryRows: int32(q.h), QueryColumns: int32(q.w), KeyRows: int32(k.h), KeyColumns: int32(k.w),
		WindowRows: int32(a.windows[0]), WindowColumns: int32(a.windows[1]), Windowed: int32(flag(a.op.Windowed())),
		BesideBase: int32(beside.origin()), BesideRow: int32(beside.row()), BesidePlane: int32(beside.plane()), Scale: a.op.Scale,
	}
	if a.op.Bias != nil {
		p.Places, p.BiasHeads = int32(a.op.Bias.Shape()[0]), int32(a.op.Bias.Shape()[1])
	}
	return p
}

// share emits the pass that makes shares, or their changes, of the products of two maps.
func (a *attention) share(d defines, x, beside *view, uses ...use) {
	h := headerOf(a.shares, x)
	h.Blocks = int32(a.op.Heads)
	q := a.plan.emit(a.layer, "attention_shares", d, h, a.params(x, beside), append(uses, writes(outSlot, a.region))...)
	a.plan.share(q, 4*a.strips*x.channels/a.op.Heads/4)
}

// again emits the pass that makes the shares. They are not kept, for all attentions of a net have one place for them.
func (a *attention) again() {
	uses := []use{a.in[0].readAct(0), a.in[1].readAct(1)}
	if a.op.Bias != nil {
		uses = append(uses, a.bias().read(2))
	}
	a.share(defines{"BACK": 0, "BIAS": flag(a.op.Bias != nil)}, a.in[0], a.in[1], uses...)
}

// bias lays the bias out with whole strips for each query.
func (a *attention) bias() *weights {
	return a.plan.engine.keep(a.layer, fmt.Sprintf("bias %p", a.op), nil, func() []float32 {
		s, from := a.op.Bias.Shape(), nn.Floats(a.op.Bias)
		out := make([]float32, s[0]*s[1]*s[2]*4*a.strips)
		for i := range s[0] * s[1] * s[2] {
			copy(out[4*a.strips*i:], from[s[3]*i:s[3]*(i+1)])
		}
		return out
	})
}

// aligned tells the shader whether heads of a map end with its blocks.
func (a *attention) defines(x *view, turned bool) defines {
	return defines{"TURNED": flag(turned), "ALIGNED": flag(x.channels/a.op.Heads%4 == 0)}
}

func init() { lowers((*plan).forwardAttention, (*plan).backwardAttention) }

func (p *plan) forwardAttention(l placed, op *nn.Attention) {
	a := p.attention(l.i, op)
	a.again()
	v := a.in[2]
	q := p.emit(a.layer, "attention_mix", a.defines(v, false), headerOf(a.y, v), a.params(v, v), v.readAct(0), reads(1, a.region), a.y.writeAct())
	q.flops = a.flops(v)
}

// flops are those of a product of shares with a map.
func (a *attention) flops(x *view) float64 {
	return 8 * float64(a.in[0].h*a.in[0].w*a.strips*x.channels)
}

func (p *plan) backwardAttention(l placed, op *nn.Attention) {
	a := p.attention(l.i, op)
	q, k, v := a.in[0], a.in[1], a.in[2]
	a.again()
	a.share(defines{"BACK": 1, "BIAS": 0}, a.y, v, a.y.readGrad(0), v.readAct(1))
	a.back(q, k, k.readAct(0), false, true)
	a.back(k, q, q.readAct(0), true, true)
	a.back(v, a.y, a.y.readGrad(0), true, false)
}

// back emits the pass that adds to the gradient of dx what shares, or their changes, make of x.
func (a *attention) back(dx, x *view, read use, turned, changes bool) {
	h, params := headerOf(dx, x), a.params(x, x)
	params.Changes = int32(flag(changes))
	uses := append(a.plan.add(dx, &h), read, reads(1, a.region))
	a.plan.emit(a.layer, "attention_mix", a.defines(x, turned), h, params, uses...).flops = a.flops(x)
}
