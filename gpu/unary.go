package gpu

import "zalgoscope/nn"

type unaryParams struct {
	BesideBase, BesideRow, BesidePlane int32 // of the input on the way back
	P, Q, R                            float32
}

func unaryOf(op *nn.Unary, x *view) unaryParams {
	return unaryParams{int32(x.origin()), int32(x.row()), int32(x.plane()), op.P, op.Q, op.R}
}

// unaryDefines names a function to unary.glsl.
func unaryDefines(fn nn.UnaryFn, back bool) defines {
	return defines{nn.Unaries[fn].Macro(): 1, "BACK": flag(back)}
}
