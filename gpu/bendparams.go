package gpu

import (
	"math"

	"zalgoscope/nn/bend"
)

type bendParams struct {
	BesideBase, BesideRow, BesidePlane int32         // of the input on the way back, the winners, or what is remembered
	P, Q, R                            float32       // of the effect
	N                                  [4]uint32     // whole numbers of it
	K                                  [6][4]float32 // and rows of factors
}

// forward is the numbers by which the output is made.
func (b *bent) forward() (n bendParams) {
	switch e := b.op.Effect.(type) {
	case bend.Pointwise:
		n.P, n.Q, n.R = e.P, e.Q, e.R
	case bend.Noise:
		keys, weights := e.Patterns(b.at.Step)
		n.N[0], n.N[1] = keys[0], keys[1]
		n.P, n.Q = weights[0], weights[1]
	case bend.SampleHold:
		if n.P = 1; !e.Fresh(b.at) {
			n.P, n.Q = 0, 1
		}
		n.dense(b.x)
	case bend.Feedback:
		if n.P = 1; b.past != nil {
			n.Q = e.K
		}
		n.dense(b.x)
	case bend.Rewire:
		n.N[0] = uint32(b.x.count())
	case bend.Normalise:
		n.P, n.Q, n.R = e.Level, e.Count, bend.Floor*e.Level*e.Level
		n.lies(b.x)
	case bend.Stencil:
		n.stencil(e)
	case bend.Resample:
		n.resample(e, b.x.w, b.x.h)
	case bend.Morph:
		if n.P = -1; e.Max {
			n.P = 1
		}
		n.lies(b.won)
	case bend.GradientSign, bend.GradientQuantise, bend.GradientStencil, bend.GradientMirror, bend.GradientOrthogonal: // pass
	default:
		panic(missing(e))
	}
	return n
}

// backward is the numbers by which the gradient is bent.
func (b *bent) backward() (n bendParams) {
	cells := float32(b.x.h * b.x.w)
	switch e := b.op.Effect.(type) {
	case bend.Pointwise:
		n = b.forward()
		n.lies(b.x)
	case bend.Rewire:
		n.N[0] = uint32(b.x.count() + forwardWiring(b.x))
	case bend.Stencil:
		n.stencil(e.Transposed())
	case bend.GradientStencil:
		n.stencil(e.Stencil)
	case bend.GradientMirror:
		n.resample(bend.Resample{M: [4]float64{-1, 0, 0, 1}}, b.x.w, b.x.h)
	case bend.GradientSign:
		n.Q = float32(e.Count) * cells
	case bend.GradientQuantise:
		n.P, n.Q = e.Step, float32(e.Count)*cells
	case bend.GradientOrthogonal:
		n.P, n.Q = e.Amount, float32(flag(b.past != nil))
		n.dense(b.x)
	default:
		n = b.forward()
	}
	return n
}

// keeping is the numbers by which the next step's memory is made.
func (b *bent) keeping() (n bendParams) {
	n.P = 1
	switch e := b.op.Effect.(type) {
	case bend.Feedback:
		if b.past != nil {
			n.Q = e.K
		}
	case bend.GradientOrthogonal:
		n.R = 1
	}
	return n
}

// lies says where a view lies, dense where a map of its size without room between rows does.
func (n *bendParams) lies(v *view) {
	n.BesideBase, n.BesideRow, n.BesidePlane = int32(v.origin()), int32(v.row()), int32(v.plane())
}
func (n *bendParams) dense(v *view) {
	n.BesideBase, n.BesideRow, n.BesidePlane = 0, int32(v.w), int32(v.w*v.h)
}

func (n *bendParams) stencil(e bend.Stencil) {
	for i, k := range e.K {
		n.K[i/3][i%3] = k
	}
}

// resample sets the map's factors, their inverse, and how far from that a cell is shown.
func (n *bendParams) resample(e bend.Resample, w, h int) {
	m := e.Warp(w, h)
	var start [2]int32
	n.K[0], n.K[1], start[0] = factors(m.A, m.B, m.C)
	n.K[2], n.K[3], start[1] = factors(m.D, m.E, m.F)
	n.N[0], n.N[1] = uint32(start[0]), uint32(start[1])
	const slack = 0.01 // for what is rounded
	if det := m.A*m.E - m.B*m.D; det != 0 {
		a, b, d, e := m.E/det, -m.B/det, -m.D/det, m.A/det
		n.K[4] = [4]float32{float32(a), float32(b), float32(-a*m.C - b*m.F), float32(math.Abs(a)+math.Abs(b)) + slack}
		n.K[5] = [4]float32{float32(d), float32(e), float32(-d*m.C - e*m.F), float32(math.Abs(d)+math.Abs(e)) + slack}
	} else { // whatever is shown may be anywhere
		n.K[4][3], n.K[5][3] = float32(w), float32(h)
	}
}
