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

func init() { lowers((*plan).forwardMatMul, (*plan).backwardMatMul) }

func (p *plan) forwardMatMul(l placed, op *nn.MatMul) {
	a, b := l.x, p.layout.view(l.in[1])
	p.multiply(l.name, op, headerOf(l.y, a), a, b, l.y.writeAct(), a.readAct(0), b.readAct(1))
}

// backwardMatMul adds to the gradient of each factor, which may be the same map.
func (p *plan) backwardMatMul(l placed, op *nn.MatMul) {
	for side, j := range l.in {
		dx := p.layout.view(j)
		by, first, second := op.Back(side)
		of := [3]*view{l.x, p.layout.view(l.in[1]), l.y}
		read := func(which int, slot uint32) use {
			if which == 2 {
				return l.y.readGrad(slot)
			}
			return of[which].readAct(slot)
		}
		h := headerOf(dx, of[first])
		uses := append(p.add(dx, &h), read(first, 0), read(second, 1))
		p.multiply(l.name, by, h, of[first], of[second], uses...)
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
