package load

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/load/prototxt"
)

// batchNorm normalises by the running mean and variance, both stored as sums
// to be divided by the third array.
func (c *caffe) batchNorm(l *prototxt.Layer, lab label, in []value) (value, error) {
	n := c.shape(in[0])[0]
	scale, shift := repeat(1, n), repeat(0, n)
	list, err := c.arrays(l, 3)
	if err != nil {
		return value{}, err
	}
	if list != nil {
		var stats [3][]float32
		for i, want := range []int{n, n, 1} {
			if stats[i], err = list[i].floats(want); err != nil {
				return value{}, fmt.Errorf("array %d %w", i, err)
			}
		}
		by := 0.0
		if f := stats[2][0]; f != 0 {
			by = 1 / float64(f)
		}
		for i := range n {
			s := 1 / math.Sqrt(by*float64(stats[1][i])+float64(l.GetBatchNormParam().GetEps()))
			scale[i], shift[i] = float32(s), float32(-s*by*float64(stats[0][i]))
		}
		if err := finite(scale, shift); err != nil {
			return value{}, err
		}
	}
	return c.affine(lab, in[0], scale, shift)
}

// scale multiplies and adds constants, which stand along some axes of the map, or multiplies or adds another map that
// does; a Bias layer only adds.
func (c *caffe) scale(l *prototxt.Layer, lab label, in []value) (value, error) {
	p, only := l.GetScaleParam(), l.GetType() == "Bias"
	axis, count := p.GetAxis(), p.GetNumAxes()
	if only {
		axis, count = l.GetBiasParam().GetAxis(), l.GetBiasParam().GetNumAxes()
	}
	if len(in) == 2 {
		return c.scaledBy(l, lab, in, axis, only)
	}
	if len(in) != 1 {
		return value{}, fmt.Errorf("reads %d blobs, not 1 or 2", len(in))
	}
	shape, err := c.placed(in[0], axis, count)
	if err != nil {
		return value{}, err
	}
	need, n := 1, shape.TotalSize()
	if p.GetBiasTerm() && !only {
		need = 2
	}
	list, err := c.arrays(l, need)
	if err != nil {
		return value{}, err
	}
	scale, shift := repeat(1, n), repeat(0, n)
	if list != nil {
		dst := []*[]float32{&scale, &shift}
		if only {
			dst = dst[1:]
		}
		for i := range need {
			if *dst[i], err = list[i].floats(n); err != nil {
				return value{}, fmt.Errorf("array %d %w", i, err)
			}
		}
	}
	channels := c.shape(in[0])[0]
	if shape[1] == 1 && shape[2] == 1 {
		return c.affine(lab, in[0], append([]float32{}, spread(scale, channels)...), append([]float32{}, spread(shift, channels)...))
	}
	if err := c.charge(2 * n); err != nil {
		return value{}, err
	}
	var ops []nn.Op
	if !only {
		ops = append(ops, &nn.Binary{Fn: nn.Times, Other: nn.TensorOf(scale, shape...)})
	}
	if only || p.GetBiasTerm() {
		ops = append(ops, &nn.Binary{Fn: nn.Plus, Other: nn.TensorOf(shift, shape...)})
	}
	return c.chain(lab, in[0], ops...)
}

// placed is the shape C,H,W of constants that stand along axes of N,C,H,W, with one cell along all others.
func (c *caffe) placed(x value, axis, count int64) (tensor.Shape, error) {
	s, shape := c.shape(x), tensor.Shape{1, 1, 1}
	if axis < 0 {
		axis += 4
	}
	if count == -1 {
		count = 4 - axis
	}
	if axis < 0 || count < 0 || axis+count > 4 || axis == 0 && count > 0 || x.flat && !c.pixel(x) {
		return nil, unsupported(fmt.Sprintf("its constants stand along %d axes from %d on", count, axis))
	}
	for i := axis; i < axis+count; i++ {
		shape[i-1] = s[i-1]
	}
	return shape, nil
}

// scaledBy multiplies or adds another map, whose axes begin at one of the first's.
func (c *caffe) scaledBy(l *prototxt.Layer, lab label, in []value, axis int64, only bool) (value, error) {
	other := in[1]
	s := c.shape(other)
	if axis != 0 && !(axis == 1 && s[1] == 1 && s[2] == 1) && !s.Eq(c.shape(in[0])) {
		return value{}, unsupported(fmt.Sprintf("it combines maps of %v and %v from axis %d on", c.shape(in[0]), s, axis))
	}
	other.flat = other.flat && !c.pixel(other)
	fn := nn.Times
	if only {
		fn = nn.Plus
	}
	if p := l.GetScaleParam(); p.GetBiasTerm() && !only {
		n := c.shape(in[0])[0]
		v, err := c.add(label{name: lab.name + "/1"}, &nn.Binary{Fn: fn}, in[0], other)
		if err != nil {
			return v, err
		}
		list, err := c.arrays(l, 1)
		shift := repeat(0, n)
		if err == nil && list != nil {
			shift, err = list[0].floats(n)
		}
		if err != nil {
			return v, err
		}
		return c.affine(lab, v, repeat(1, n), shift)
	}
	return c.add(lab, &nn.Binary{Fn: fn}, in[0], other)
}
