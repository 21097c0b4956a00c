package nn

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

func init() {
	operation(&Norm{Groups: 2, Positions: true, Centred: true, Eps: 1e-3, Scale: numbers(8), Shift: numbers(8)}, 1)
}

// Norm brings sets of values to mean 0 and variance 1, and then scales and shifts each channel. A set is the channels at each position
// (layer normalisation over channels, Ba et al. 2016) or those of a group at all positions (group and, with a group for each
// channel, instance normalisation, Wu and He 2018).
type Norm struct {
	Groups    int  // a divisor of the channels, 1 where each position is for itself
	Positions bool // a set spans all positions
	Centred   bool // the mean is taken away; else values are divided by the root of their mean square (Zhang and Sennrich 2019)
	Eps       float32

	Scale, Shift []float32 // of each channel
}

func (o *Norm) Kind() string {
	switch {
	case o.Positions:
		return "group norm"
	case o.Centred:
		return "layer norm"
	}
	return "rms norm"
}

func (o *Norm) Shape(in []tensor.Shape) (tensor.Shape, error) {
	s, err := same(in)
	switch {
	case err != nil:
	case o.Groups < 1 || s[0]%o.Groups != 0:
		err = fmt.Errorf("%d groups do not divide %d channels", o.Groups, s[0])
	case o.Groups > 1 && !o.Positions:
		err = fmt.Errorf("%d groups at each position", o.Groups)
	case len(o.Scale) != s[0] || len(o.Shift) != s[0]:
		err = fmt.Errorf("%d scales and %d shifts for %d channels", len(o.Scale), len(o.Shift), s[0])
	case !(o.Eps >= 0):
		err = fmt.Errorf("adds %g to a variance", o.Eps)
	}
	return s, err
}

func (*Norm) MACs(in []tensor.Shape) int64 { return 3 * int64(in[0].TotalSize()) }

// Unscaled is a scale of one and a shift of zero for each channel.
func Unscaled(channels int) (scale, shift []float32) {
	scale = make([]float32, channels)
	for c := range scale {
		scale[c] = 1
	}
	return scale, make([]float32, channels)
}

// sets visits the sets of a map of c channels and n positions as the places of their values.
func (o *Norm) sets(c, n int, visit func(places []int)) {
	per := c / o.Groups
	var places []int
	for g := range o.Groups {
		for p := range n {
			for k := g * per; k < (g+1)*per; k++ {
				places = append(places, k*n+p)
			}
			if !o.Positions || p == n-1 {
				visit(places)
				places = places[:0]
			}
		}
	}
}

// moments are the mean and one over the deviation of a set.
func (o *Norm) moments(x []float32, places []int) (mean, inverse float64) {
	if o.Centred {
		for _, i := range places {
			mean += float64(x[i])
		}
		mean /= float64(len(places))
	}
	variance := 0.0
	for _, i := range places {
		d := float64(x[i]) - mean
		variance += d * d
	}
	return mean, 1 / math.Sqrt(variance/float64(len(places))+float64(o.Eps))
}

func (o *Norm) Forward(y *tensor.Dense, x []*tensor.Dense) {
	c, h, w := chw(x[0].Shape())
	in, out, n := Floats(x[0]), Floats(y), h*w
	o.sets(c, n, func(places []int) {
		mean, inverse := o.moments(in, places)
		for _, i := range places {
			out[i] = float32((float64(in[i])-mean)*inverse)*o.Scale[i/n] + o.Shift[i/n]
		}
	})
}

// Backward uses dx = inverse * (g - mean(g) - z*mean(g*z)) with g = dy*Scale and z the values before they are scaled; where no
// mean is taken away there is none of g.
func (o *Norm) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	c, h, w := chw(x[0].Shape())
	in, d, out, n := Floats(x[0]), Floats(dy), Floats(dx[0]), h*w
	o.sets(c, n, func(places []int) {
		mean, inverse := o.moments(in, places)
		sum, dot := 0.0, 0.0
		for _, i := range places {
			g := float64(d[i]) * float64(o.Scale[i/n])
			sum += g
			dot += g * (float64(in[i]) - mean) * inverse
		}
		sum /= float64(len(places))
		dot /= float64(len(places))
		if !o.Centred {
			sum = 0
		}
		for _, i := range places {
			g := float64(d[i]) * float64(o.Scale[i/n])
			out[i] += float32(inverse * (g - sum - (float64(in[i])-mean)*inverse*dot))
		}
	})
}
