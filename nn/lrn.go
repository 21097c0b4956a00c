package nn

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

func init() { operation(&LRN{Size: 5, Alpha: 0.1, Beta: 0.75, K: 1}, 1) }

// LRN is local response normalisation across channels (Krizhevsky et al. 2012,
// section 3.3): y = x / s^Beta with s = K + Alpha/Size * sum of x^2 over Size
// neighbouring channels.
type LRN struct {
	Size           int
	Alpha, Beta, K float32
}

func (*LRN) Kind() string { return "lrn" }

func (o *LRN) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if o.Size < 1 {
		return nil, fmt.Errorf("normalises over %d channels", o.Size)
	}
	return same(in)
}

func (o *LRN) MACs(in []tensor.Shape) int64 { return int64(o.Size) * int64(in[0].TotalSize()) }

func (o *LRN) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	for i, s := range o.scale(x[0]) {
		out[i] = float32(float64(in[i]) * math.Pow(s, -float64(o.Beta)))
	}
}

// Backward uses dx_i = dy_i s_i^-Beta - 2 Alpha Beta / Size * x_i * sum over
// the channels j that see i of dy_j y_j / s_j.
func (o *LRN) Backward(dx []*tensor.Dense, dy, y *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	c, h, w := chw(x[0].Shape())
	n := h * w
	s, in, out := o.scale(x[0]), Floats(x[0]), Floats(y)
	d, g := Floats(dy), Floats(dx[0])
	for i := range in {
		k := i / n
		sum := 0.0
		// Channel j sees k when k lies within j-lead..j+tail.
		lead, tail := o.reach()
		for j := max(k-tail, 0); j <= min(k+lead, c-1); j++ {
			at := j*n + i%n
			sum += float64(d[at]) * float64(out[at]) / s[at]
		}
		g[i] += float32(float64(d[i])*math.Pow(s[i], -float64(o.Beta)) -
			2*float64(o.Alpha)*float64(o.Beta)/float64(o.Size)*float64(in[i])*sum)
	}
}

// reach is how many channels before and after its own a channel sees.
func (o *LRN) reach() (lead, tail int) { return (o.Size - 1) / 2, o.Size / 2 }

// scale is s for every cell of the map.
func (o *LRN) scale(x *tensor.Dense) []float64 {
	c, h, w := chw(x.Shape())
	n, in := h*w, Floats(x)
	s := make([]float64, len(in))
	lead, tail := o.reach()
	for i := range in {
		sum := 0.0
		for j := max(i/n-lead, 0); j <= min(i/n+tail, c-1); j++ {
			v := float64(in[j*n+i%n])
			sum += v * v
		}
		s[i] = float64(o.K) + float64(o.Alpha)/float64(o.Size)*sum
	}
	return s
}
