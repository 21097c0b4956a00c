package gpu

import "zalgoscope/nn"

type unaryParams struct {
	BesideBase, BesideRow, BesidePlane int32 // of the input on the way back
	P, Q, R                            float32
}

func unaryOf(op *nn.Unary, x *view) unaryParams {
	return unaryParams{int32(x.origin()), int32(x.row()), int32(x.plane()), op.P, op.Q, op.R}
}

func init() { lowers((*plan).forwardUnary, (*plan).backwardUnary) }

func (p *plan) forwardUnary(l placed, op *nn.Unary) {
	p.emit(l.name, "unary", unaryDefines(op.Fn, false), headerOf(l.y, l.x), unaryOf(op, l.x), l.x.readAct(0), l.y.writeAct())
}

func (p *plan) backwardUnary(l placed, op *nn.Unary) {
	p.gradient(l.name, "unary", unaryDefines(op.Fn, true), l.x, l.y, unaryOf(op, l.x), l.x.readAct(1))
}

// unaryDefines names a function to unary.glsl.
func unaryDefines(fn nn.UnaryFn, back bool) defines {
	return defines{nn.Unaries[fn].Macro(): 1, "BACK": flag(back)}
}
