package gpu

import (
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

type matMulParams struct {
	Rows, Inner, Columns               int32 // of a head's product; Inner is what is summed up for each value
	InWidth, BesideWidth               int32
	BesideBase, BesideRow, BesidePlane int32
}

func (p *plan) forwardMatMul(layer string, op *nn.MatMul, in []int, y *view) {
	a, b := p.layout.view(in[0]), p.layout.view(in[1])
	p.multiply(layer, op, headerOf(y, a), a, b, y.writeAct(), a.readAct(0), b.readAct(1))
}

// backwardMatMul adds to the gradient of each factor, which may be the same map.
func (p *plan) backwardMatMul(layer string, op *nn.MatMul, in []int, y *view) {
	for side, j := range in {
		dx := p.layout.view(j)
		by, first, second := op.Back(side)
		of := [3]*view{p.layout.view(in[0]), p.layout.view(in[1]), y}
		read := func(which int, slot uint32) use {
			if which == 2 {
				return y.readGrad(slot)
			}
			return of[which].readAct(slot)
		}
		h := headerOf(dx, of[first])
		uses := append(p.add(dx, &h), read(first, 0), read(second, 1))
		p.multiply(layer, by, h, of[first], of[second], uses...)
	}
}

// multiply emits the product of a and b.
func (p *plan) multiply(layer string, op *nn.MatMul, h header, a, b *view, uses ...use) {
	rows, inner, columns := op.Sides(tensor.Shape{a.channels, a.h, a.w}, tensor.Shape{b.channels, b.h, b.w})
	params := matMulParams{
		Rows: int32(rows), Inner: int32(inner), Columns: int32(columns), InWidth: int32(a.w), BesideWidth: int32(b.w),
		BesideBase: int32(b.origin()), BesideRow: int32(b.row()), BesidePlane: int32(b.plane()),
	}
	q := p.emit(layer, "matmul", defines{"TURN_A": flag(op.TurnA), "TURN_B": flag(op.TurnB), "ALIGNED": flag(rows%4 == 0)}, h, params, uses...)
	q.flops = 2 * float64(op.Heads*rows*inner) * float64(columns)
}
