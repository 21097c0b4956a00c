package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() { operation(Pick([]int{3, 1, 7, 7}), 1) }

// Rearrange moves whole channels, and positions into channels and back: it chooses, repeats, reverses and
// shuffles channels, and is DepthToSpace and SpaceToDepth. In and Out are the rows and columns of a cell of
// the input and of the output, 1,1 for a choice of channels. A cell's values stand in the order position
// in the cell, row by row, then channel; value k of an output cell is value From[k] of the input's at
// the same place, or Fill where that is negative. Beyond the map there are zeros.
type Rearrange struct {
	In, Out [2]int
	From    []int
	Fill    float32
}

// Pick chooses channels.
func Pick(from []int) *Rearrange {
	return &Rearrange{In: [2]int{1, 1}, Out: [2]int{1, 1}, From: from}
}

func (o *Rearrange) Kind() string {
	switch {
	case o.Out != [2]int{1, 1}:
		return "depth to space"
	case o.In != [2]int{1, 1}:
		return "space to depth"
	}
	return "channels"
}

// Slice tells whether the output is neighbouring channels of the input, and which is the first.
func (o *Rearrange) Slice() (first int, ok bool) {
	for k, from := range o.From {
		if from < 0 || from != o.From[0]+k {
			return 0, false
		}
	}
	return o.From[0], o.In == [2]int{1, 1} && o.Out == o.In
}

// Channels is how many the output has.
func (o *Rearrange) Channels() int { return len(o.From) / (o.Out[0] * o.Out[1]) }

func (o *Rearrange) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 1); err != nil {
		return nil, err
	}
	c, h, w := chw(in[0])
	if o.In[0] < 1 || o.In[1] < 1 || o.Out[0] < 1 || o.Out[1] < 1 {
		return nil, fmt.Errorf("rearranges cells of %v into cells of %v", o.In, o.Out)
	}
	if n := o.Out[0] * o.Out[1]; len(o.From) == 0 || len(o.From)%n != 0 {
		return nil, fmt.Errorf("cells of %v cannot have %d values", o.Out, len(o.From))
	}
	for _, from := range o.From {
		if from >= c*o.In[0]*o.In[1] {
			return nil, fmt.Errorf("takes value %d of cells of %v of %d channels", from, o.In, c)
		}
	}
	return tensor.Shape{o.Channels(), over(h, o.In[0]) * o.Out[0], over(w, o.In[1]) * o.Out[1]}, nil
}

// over divides and rounds up.
func over(n, by int) int { return (n + by - 1) / by }

func (*Rearrange) MACs([]tensor.Shape) int64 { return 0 }

func (o *Rearrange) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := Floats(x[0]), Floats(y)
	clear(out)
	o.each(y.Shape(), x[0].Shape(), func(to, from int) {
		if from < 0 {
			out[to] = o.Fill
		} else {
			out[to] = in[from]
		}
	})
}

func (o *Rearrange) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	d, out := Floats(dy), Floats(dx[0])
	o.each(dy.Shape(), x[0].Shape(), func(to, from int) {
		if from >= 0 {
			out[from] += d[to]
		}
	})
}

// each visits the values of the output that do not come from beyond the map, with the value that each of them
// takes or -1.
func (o *Rearrange) each(out, in tensor.Shape, visit func(to, from int)) {
	c, h, w := chw(in)
	for k := range out[0] {
		for i := range out[1] {
			for j := range out[2] {
				to := (k*out[1]+i)*out[2] + j
				from := o.From[(i%o.Out[0]*o.Out[1]+j%o.Out[1])*out[0]+k]
				if from < 0 {
					visit(to, -1)
					continue
				}
				y := i/o.Out[0]*o.In[0] + from/c/o.In[1]
				x := j/o.Out[1]*o.In[1] + from/c%o.In[1]
				if y < h && x < w {
					visit(to, (from%c*h+y)*w+x)
				}
			}
		}
	}
}
