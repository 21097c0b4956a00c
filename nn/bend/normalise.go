package bend

import "math"

// Normalise scales the chosen channels at each place so that their root mean square there is
// Level: faint places speak as loud as strong ones. Chosen is 1 for these channels, else 0.
type Normalise struct {
	Level  float32
	Chosen []float32
	Count  float32 // of the chosen channels
}

// Floor is what is added to a place's mean square, as a share of Level squared, so that
// silence stays silent.
const Floor = 1e-4

func (e Normalise) Forward(y, x Map, _ Moment) {
	n := x.H * x.W
	for p := range n {
		r := e.rms(x, p)
		for c := range x.C {
			y.V[c*n+p] = float32(float64(x.V[c*n+p]) * float64(e.Level) / r)
		}
	}
}

// Backward uses dx_c = Level/r * (dy_c - chosen_c * x_c/(Count*r^2) * sum of dy*x).
func (e Normalise) Backward(dx, dy, x Map, _ Moment) {
	n := x.H * x.W
	for p := range n {
		r := e.rms(x, p)
		dot := 0.0
		for c := range x.C {
			dot += float64(dy.V[c*n+p]) * float64(x.V[c*n+p])
		}
		pull := dot / (float64(e.Count) * r * r)
		for c, chosen := range e.Chosen {
			i := c*n + p
			dx.V[i] = float32(float64(e.Level) / r * (float64(dy.V[i]) - float64(chosen)*pull*float64(x.V[i])))
		}
	}
}

// rms is the root mean square of the chosen channels at place p.
func (e Normalise) rms(x Map, p int) float64 {
	sum := 0.0
	for c, chosen := range e.Chosen {
		v := float64(x.V[c*x.H*x.W+p])
		sum += float64(chosen) * v * v
	}
	level := float64(e.Level)
	return math.Sqrt(sum/float64(e.Count) + Floor*level*level)
}
