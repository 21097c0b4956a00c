package bend

// The bends of the gradient let the activation through as it is. The mean size of the
// gradient that two of them need is over the chosen channels, Count of them.

// GradientSign leaves of the gradient its sign, times the mean size.
type GradientSign struct{ Count int }

// GradientQuantise rounds the gradient to multiples of Step times the mean size.
type GradientQuantise struct {
	Count int
	Step  float32
}

// GradientStencil is a Stencil on the gradient.
type GradientStencil struct{ Stencil }

// GradientMirror is the gradient seen in a mirror, left for right.
type GradientMirror struct{}

// GradientOrthogonal takes from the gradient what it has in common with that of the step
// before at this size, Amount times: g - Amount*(g.p)/(p.p)*p. At 1 the two are at right angles.
type GradientOrthogonal struct{ Amount float32 }

// meanSize is the mean size of a gradient whose values in Count channels are not zero.
func meanSize(g Map, count int) float32 {
	sum := 0.0
	for _, v := range g.V {
		if v < 0 {
			v = -v
		}
		sum += float64(v)
	}
	return float32(sum / float64(count*g.H*g.W))
}

func (GradientSign) Forward(y, x Map, _ Moment)       { copy(y.V, x.V) }
func (GradientQuantise) Forward(y, x Map, _ Moment)   { copy(y.V, x.V) }
func (GradientStencil) Forward(y, x Map, _ Moment)    { copy(y.V, x.V) }
func (GradientMirror) Forward(y, x Map, _ Moment)     { copy(y.V, x.V) }
func (GradientOrthogonal) Forward(y, x Map, _ Moment) { copy(y.V, x.V) }

func (e GradientSign) Backward(dx, dy, _ Map, _ Moment) {
	mean := meanSize(dy, e.Count)
	for i, v := range dy.V {
		switch {
		case v > 0:
			dx.V[i] = mean
		case v < 0:
			dx.V[i] = -mean
		default:
			dx.V[i] = 0
		}
	}
}

func (e GradientQuantise) Backward(dx, dy, _ Map, _ Moment) {
	step := e.Step * meanSize(dy, e.Count)
	for i, v := range dy.V {
		dx.V[i] = 0
		if step > 0 {
			dx.V[i] = step * floor(v/step+0.5)
		}
	}
}

func (e GradientStencil) Backward(dx, dy, _ Map, _ Moment) { e.sum(dx, dy) }

func (GradientMirror) Backward(dx, dy, _ Map, _ Moment) {
	for i := range dy.V {
		x := i % dy.W
		dx.V[i] = dy.V[i-x+dy.W-1-x]
	}
}

func (e GradientOrthogonal) Backward(dx, dy, _ Map, at Moment) {
	copy(dx.V, dy.V)
	var dot, square float64
	for i, p := range at.Past {
		dot += float64(p) * float64(dy.V[i])
		square += float64(p) * float64(p)
	}
	if square == 0 {
		return
	}
	share := e.Amount * float32(dot/square)
	for i, p := range at.Past {
		dx.V[i] -= share * p
	}
}

func (GradientOrthogonal) Remember(_, dy Map, _ Moment) []float32 {
	return sound(append([]float32(nil), dy.V...))
}
