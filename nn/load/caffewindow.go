package load

import (
	"errors"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/load/prototxt"
)

// sliding is the window of a convolution in either direction.
func sliding(p *prototxt.Convolution) (win nn.Window, err error) {
	if p == nil {
		return win, errors.New("has no convolution_param")
	}
	if p.GetAxis() != 1 {
		return win, unsupported("it convolves along another axis")
	}
	win, err = window(p.KernelSize, p.Stride, p.Pad, sides(p.KernelH, p.KernelW), sides(p.StrideH, p.StrideW), sides(p.PadH, p.PadW))
	if err != nil {
		return win, err
	}
	if win.Dilation, err = pair("dilation", p.Dilation, nil, 1); err != nil {
		return win, err
	}
	return win, checkWindow(win)
}

// deconvolution is a transposed convolution.
func (c *caffe) deconvolution(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetConvolutionParam()
	win, err := sliding(p)
	if err != nil {
		return value{}, err
	}
	if in[0].flat && !c.pixel(in[0]) {
		return value{}, unsupported("it convolves a flattened map")
	}
	out, groups, cin := bounded(p.GetNumOutput()), bounded(p.GetGroup()), c.shape(in[0])[0]
	if out < 1 || out > maxChannels || groups < 1 || cin%groups != 0 || out%groups != 0 {
		return value{}, fmt.Errorf("has %d outputs of %d channels in %d groups", out, cin, groups)
	}
	area := win.Kernel[0] * win.Kernel[1]
	w, bias, err := c.trained(l, out, cin/groups*area, p.GetBiasTerm())
	if err != nil {
		return value{}, err
	}
	shape := tensor.Shape{cin, out / groups, win.Kernel[0], win.Kernel[1]}
	if n := shape.TotalSize(); n != w.n {
		return value{}, fmt.Errorf("needs weights of shape %v, which is %d numbers, but the file has %d", shape, n, w.n)
	}
	if err := c.charge(w.n + out); err != nil {
		return value{}, err
	}
	op := &nn.ConvTranspose{Bias: bias, Conv: nn.Conv{Window: win, Groups: groups, W: &later{shape: shape, read: w.read, transposed: true, groups: groups}}}
	return c.add(lab, op, value{layer: in[0].layer})
}

func (c *caffe) convolution(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetConvolutionParam()
	win, err := sliding(p)
	if err != nil {
		return value{}, err
	}
	out, groups := bounded(p.GetNumOutput()), bounded(p.GetGroup())
	cin := c.shape(in[0])[0]
	if out < 1 || groups < 1 {
		return value{}, fmt.Errorf("has %d outputs in %d groups", out, groups)
	}
	fanIn := cin / groups * win.Kernel[0] * win.Kernel[1]
	w, bias, err := c.trained(l, out, fanIn, p.GetBiasTerm())
	if err != nil {
		return value{}, err
	}
	if c.model != nil {
		if d := c.model[l.GetName()][0].dims; len(d) == 4 && (d[2] != win.Kernel[0] || d[3] != win.Kernel[1]) {
			return value{}, fmt.Errorf("kernel is %dx%d but the weights hold %dx%d", win.Kernel[0], win.Kernel[1], d[2], d[3])
		}
	}
	return c.conv(lab, in[0], win, groups, out, w, bias)
}

func (c *caffe) pooling(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetPoolingParam()
	if p == nil {
		return value{}, errors.New("has no pooling_param")
	}
	pool := nn.Pool{Global: p.GetGlobalPooling()}
	switch p.GetPool() {
	case prototxt.Pooling_MAX:
		pool.Max = true
	case prototxt.Pooling_AVE:
		pool.IncludePad = true
	default:
		return value{}, unsupported("it pools at random")
	}
	if pool.Global {
		return c.pool(lab, in[0], pool)
	}
	var err error
	pool.Window, err = window(p.KernelSize, p.Stride, p.Pad, sides(p.KernelH, p.KernelW), sides(p.StrideH, p.StrideW), sides(p.PadH, p.PadW))
	if err != nil {
		return value{}, err
	}
	pool.Ceil = p.GetCeilMode() && p.GetRoundMode() == prototxt.Pooling_CEIL
	return c.pool(lab, in[0], pool)
}

// window puts a Caffe window together: a field per direction, or _h and _w.
func window(kernel, stride, pad []uint64, kernelHW, strideHW, padHW *[2]uint64) (nn.Window, error) {
	w := nn.Square(1, 1, 0)
	var err error
	if w.Kernel, err = pair("kernel", kernel, kernelHW, 0); err != nil {
		return w, err
	}
	if w.Stride, err = pair("stride", stride, strideHW, 1); err != nil {
		return w, err
	}
	p, err := pair("pad", pad, padHW, 0)
	w.Pad = [4]int{p[0], p[1], p[0], p[1]}
	return w, err
}

func pair(what string, each []uint64, hw *[2]uint64, unset int) ([2]int, error) {
	switch {
	case hw != nil && len(each) == 0:
		return [2]int{bounded(hw[0]), bounded(hw[1])}, nil
	case hw != nil:
		return [2]int{}, fmt.Errorf("gives its %s twice", what)
	case len(each) == 0:
		return [2]int{unset, unset}, nil
	case len(each) == 1:
		return [2]int{bounded(each[0]), bounded(each[0])}, nil
	case len(each) == 2:
		return [2]int{bounded(each[0]), bounded(each[1])}, nil
	}
	return [2]int{}, unsupported(fmt.Sprintf("it has a %s of %d dimensions", what, len(each)))
}

// sides is nil where neither _h nor _w is given.
func sides(h, w *uint64) *[2]uint64 {
	if h == nil && w == nil {
		return nil
	}
	var s [2]uint64
	for i, v := range []*uint64{h, w} {
		if v != nil {
			s[i] = *v
		}
	}
	return &s
}

// bounded turns a count into an int that is still too large if it was.
func bounded(v uint64) int { return int(min(v, math.MaxInt32)) }
