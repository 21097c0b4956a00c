package gpu

import "zalgoscope/nn"

func init() { lowers((*plan).forwardLRN, (*plan).backwardLRN) }

type lrnParams struct{ Bias, Alpha, Beta float32 } // Alpha already divided by the window

func lrnOf(op *nn.LRN) (defines, lrnParams) {
	before, after := (op.Size-1)/2, op.Size/2
	d := defines{"BEFORE": before, "AFTER": after, "R": (after + 3) / 4, "BETA75": flag(op.Beta == 0.75)}
	return d, lrnParams{op.K, op.Alpha / float32(op.Size), op.Beta}
}

func (p *plan) forwardLRN(l placed, op *nn.LRN) {
	d, params := lrnOf(op)
	p.emit(l.name, "lrn_forward", d, headerOf(l.y, l.x), params, l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardLRN(l placed, op *nn.LRN) {
	d, params := lrnOf(op)
	p.gradient(l.name, "lrn_backward", d, l.x, l.y, params, l.x.readAct(1))
}
