package load

import (
	"fmt"
	"math"

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

// scale multiplies and adds by channel; a Bias layer only adds.
func (c *caffe) scale(l *prototxt.Layer, lab label, in []value) (value, error) {
	p, only := l.GetScaleParam(), l.GetType() == "Bias"
	if p.GetAxis() != 1 || p.GetNumAxes() != 1 {
		return value{}, unsupported("it scales along another axis than channels")
	}
	n := c.shape(in[0])[0]
	scale, shift := repeat(1, n), repeat(0, n)
	need := 1
	if p.GetBiasTerm() {
		need = 2
	}
	list, err := c.arrays(l, need)
	if err != nil {
		return value{}, err
	}
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
	return c.affine(lab, in[0], scale, shift)
}
