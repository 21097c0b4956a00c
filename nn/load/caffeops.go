package load

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"zalgoscope/nn"
	"zalgoscope/nn/load/prototxt"
)

// operation adds the layers that a Caffe layer stands for.
func (c *caffe) operation(l *prototxt.Layer, lab label, in []value) (value, error) {
	kind := l.GetType()
	if !slices.Contains(joining, kind) && len(in) != 1 && caffeOps[kind] != nil {
		return value{}, fmt.Errorf("reads %d blobs, not 1", len(in))
	}
	op := caffeOps[kind]
	if op == nil {
		return value{}, unsupported("")
	}
	return op(c, l, lab, in)
}

// joining are the layers that read more than one blob.
var joining = []string{"Axpy", "Bias", "Concat", "Crop", "Eltwise", "Scale"}

var caffeOps map[string]func(c *caffe, l *prototxt.Layer, lab label, in []value) (value, error)

func init() {
	caffeOps = map[string]func(*caffe, *prototxt.Layer, label, []value) (value, error){
		"Axpy":          (*caffe).axpy,
		"BatchNorm":     (*caffe).batchNorm,
		"Bias":          (*caffe).scale,
		"Concat":        (*caffe).concat,
		"Convolution":   (*caffe).convolution,
		"Crop":          (*caffe).crop,
		"Deconvolution": (*caffe).deconvolution,
		"Dropout":       (*caffe).pass,
		"Eltwise":       (*caffe).eltwise,
		"Flatten":       (*caffe).flatten,
		"InnerProduct":  (*caffe).innerProduct,
		"LRN":           (*caffe).lrn,
		"MVN":           (*caffe).mvn,
		"PReLU":         (*caffe).prelu,
		"Pooling":       (*caffe).pooling,
		"ReLU":          (*caffe).relu,
		"ReLU6":         (*caffe).relu6,
		"Reduction":     (*caffe).reduction,
		"Reshape":       (*caffe).reshape,
		"Scale":         (*caffe).scale,
		"Softmax":       (*caffe).softmax,
		"Split":         (*caffe).pass,
	}
	for kind := range caffeFunctions {
		caffeOps[kind] = (*caffe).function
	}
}

// arrays are the layer's trained arrays, most to least: nil for random weights.
func (c *caffe) arrays(l *prototxt.Layer, n int) ([]*array, error) {
	if c.model == nil {
		return nil, nil
	}
	list := c.model[l.GetName()]
	if len(list) == 0 {
		return nil, errors.New("the .caffemodel has no weights for it")
	}
	if len(list) < n {
		return nil, fmt.Errorf("needs %d arrays of weights, but the .caffemodel has %d", n, len(list))
	}
	for _, a := range list {
		if a.bad != nil {
			return nil, a.bad
		}
	}
	return list, nil
}

func (c *caffe) innerProduct(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetInnerProductParam()
	if a := p.GetAxis(); a != 1 && a != -3 && !(a == -1 && in[0].flat) {
		return value{}, unsupported("it multiplies along another axis")
	}
	out, fanIn := bounded(p.GetNumOutput()), c.shape(in[0]).TotalSize()
	w, bias, err := c.trained(l, out, fanIn, p.GetBiasTerm())
	if err != nil {
		return value{}, err
	}
	if p.GetTranspose() && c.model != nil {
		if w.n != fanIn*out {
			return value{}, fmt.Errorf("needs %d weights, but the file has %d", fanIn*out, w.n)
		}
		w = c.model[l.GetName()][0].transposed(fanIn, out)
	}
	return c.dense(lab, in[0], out, w, bias)
}

// trained gives a layer's weights and biases, or random ones. Random biases
// are small and positive, as Caffe's own start values for these nets are.
func (c *caffe) trained(l *prototxt.Layer, out, fanIn int, biased bool) (weights, []float32, error) {
	var bias []float32
	if c.model == nil {
		n := int64(out) * int64(fanIn)
		if out < 1 || out > maxChannels || fanIn < 1 || n > maxNumbers {
			return weights{}, nil, fmt.Errorf("would have %d x %d weights", out, fanIn)
		}
		if biased {
			bias = make([]float32, out)
			for i := range bias {
				bias[i] = 0.01
			}
		}
		return random(l.GetName(), c.seed, int(n), fanIn), bias, nil
	}
	need := 1
	if biased {
		need = 2
	}
	list, err := c.arrays(l, need)
	if err != nil {
		return weights{}, nil, err
	}
	if biased {
		if bias, err = list[1].floats(out); err != nil {
			return weights{}, nil, fmt.Errorf("bias %w", err)
		}
	}
	return list[0].weights(), bias, nil
}

func (c *caffe) lrn(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetLrnParam()
	size := bounded(p.GetLocalSize())
	if size < 1 || size%2 == 0 || size > maxWindow {
		return value{}, fmt.Errorf("local_size is %d; it must be odd and at most %d", size, maxWindow)
	}
	if p.GetNormRegion() == prototxt.LRN_WITHIN_CHANNEL {
		return c.withinChannel(p, lab, in[0])
	}
	return c.add(lab, &nn.LRN{Size: size, Alpha: p.GetAlpha(), Beta: p.GetBeta(), K: p.GetK()}, in...)
}

func (c *caffe) relu(l *prototxt.Layer, lab label, in []value) (value, error) {
	v, err := c.add(lab, &nn.ReLU{Slope: l.GetReluParam().GetNegativeSlope()}, in...)
	v.flat = in[0].flat
	return v, err
}

func (c *caffe) relu6(_ *prototxt.Layer, lab label, in []value) (value, error) {
	v, err := c.add(lab, &nn.Clip{Max: 6}, in...)
	v.flat = in[0].flat
	return v, err
}

func (c *caffe) concat(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetConcatParam()
	if a := p.GetAxis(); a != 1 && a != -3 || p.GetConcatDim() != 1 {
		return value{}, unsupported("it joins along another axis than channels")
	}
	return c.add(lab, &nn.Concat{}, in...)
}

func (c *caffe) softmax(l *prototxt.Layer, lab label, in []value) (value, error) {
	if a := l.GetSoftmaxParam().GetAxis(); a != 1 && a != -3 || in[0].flat && !c.pixel(in[0]) {
		return value{}, unsupported("its shares are not over channels")
	}
	return c.add(lab, &nn.Softmax{}, in...)
}

// pass lets the layer's names mean its input.
func (c *caffe) pass(_ *prototxt.Layer, lab label, in []value) (value, error) {
	c.alias(in[0], append(lab.aliases, lab.name)...)
	return in[0], nil
}

func (c *caffe) flatten(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetFlattenParam()
	if p.GetAxis() != 1 || p.GetEndAxis() != -1 && p.GetEndAxis() != 3 {
		return value{}, unsupported("it flattens other axes")
	}
	v, err := c.pass(l, lab, in)
	v.flat = true
	return v, err
}

func (c *caffe) reshape(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetReshapeParam()
	dims := make([]int, 0, maxDims)
	for _, d := range p.GetShape().GetDim() {
		if len(dims) < maxDims {
			dims = append(dims, int(d))
		}
	}
	if p.GetAxis() != 0 || p.GetNumAxes() != -1 {
		return value{}, unsupported("it reshapes some axes only")
	}
	as, err := c.graph.reshape(in[0], dims)
	if err != nil {
		return value{}, err
	}
	return c.looks(lab, in[0], as)
}

func repeat(v float32, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// finite refuses what a division by a zero variance leaves.
func finite(lists ...[]float32) error {
	for _, l := range lists {
		for i, v := range l {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("channel %d has a variance that is negative or zero", i)
			}
		}
	}
	return nil
}

// stem is a file's name without folder and extension.
func stem(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return name
}
