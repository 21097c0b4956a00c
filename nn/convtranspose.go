package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() {
	operation(&ConvTranspose{Conv: Conv{Window: Square(4, 2, 1), Groups: 1, W: TensorOf(numbers(8*6*16), 8, 6, 4, 4)}}, 1)
}

// ConvTranspose is the way back of a convolution as a layer: Conv is the one that would lead from its output
// to its input, so that W has the shape inC, outC/Groups, KH, KW.
type ConvTranspose struct {
	Conv  Conv // without a bias and with its padding given
	Bias  []float32
	Extra [2]int // rows and columns more at the end (ONNX output_padding)
}

// Convolution is the one that holds an operation's weights, itself or that whose way back it is, or nil.
func Convolution(op Op) *Conv {
	switch o := op.(type) {
	case *Conv:
		return o
	case *ConvTranspose:
		return &o.Conv
	}
	return nil
}

func (*ConvTranspose) Kind() string { return "conv transpose" }

// Over lays Conv out for an input of this layer of h x w cells.
func (o *ConvTranspose) Over(h, w int) (y, x Span, err error) {
	var s [2]Span
	for a, n := range [2]int{h, w} {
		win := o.Conv.Window
		s[a] = Span{Out: n, Kernel: win.Kernel[a], Stride: win.Stride[a], Dilation: win.Dilation[a], Pad: win.Pad[a], PadEnd: win.Pad[a+2]}
		s[a].In = (n-1)*s[a].Stride + (s[a].Kernel-1)*s[a].Dilation + 1 - s[a].Pad - s[a].PadEnd + o.Extra[a]
		if s[a].In < 1 || s[a].Kernel < 1 || s[a].Stride < 1 || s[a].Dilation < 1 || win.Mode != PadExplicit {
			return y, x, fmt.Errorf("kernel %d, stride %d, dilation %d, pad %d+%d, %d more of a map of %d cells is not possible",
				s[a].Kernel, s[a].Stride, s[a].Dilation, s[a].Pad, s[a].PadEnd, o.Extra[a], n)
		}
	}
	return s[0], s[1], nil
}

func (o *ConvTranspose) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 1); err != nil {
		return nil, err
	}
	c, h, w := chw(in[0])
	y, x, err := o.Over(h, w)
	if err != nil {
		return nil, err
	}
	s := o.Conv.W.Shape()
	if len(s) != 4 || s[2] != o.Conv.Kernel[0] || s[3] != o.Conv.Kernel[1] {
		return nil, fmt.Errorf("kernel is %dx%d but the weights hold %v", o.Conv.Kernel[0], o.Conv.Kernel[1], s)
	}
	g := o.Conv.Groups
	if g < 1 || s[0]%g != 0 || s[0] != c {
		return nil, fmt.Errorf("weights %v in %d groups do not fit an input of %d channels", s, g, c)
	}
	if o.Bias != nil && len(o.Bias) != s[1]*g {
		return nil, fmt.Errorf("%d biases for %d channels", len(o.Bias), s[1]*g)
	}
	return tensor.Shape{s[1] * g, y.In, x.In}, nil
}

func (o *ConvTranspose) MACs(in []tensor.Shape) int64 {
	return int64(in[0][1]) * int64(in[0][2]) * int64(o.Conv.W.Shape().TotalSize())
}

func (o *ConvTranspose) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out, p := Floats(y), y.Shape()[1]*y.Shape()[2]
	clear(out)
	ys, xs, _ := o.Over(x[0].Shape()[1], x[0].Shape()[2])
	o.Conv.back(y, x[0], ys, xs)
	for c, b := range o.Bias {
		for i := range out[c*p : (c+1)*p] {
			out[c*p+i] += b
		}
	}
}

func (o *ConvTranspose) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	c, h, w := chw(x[0].Shape())
	ys, xs, _ := o.Over(h, w)
	perGroup := c / o.Conv.Groups * h * w
	for g := range o.Conv.Groups {
		accumulate(Floats(dx[0])[g*perGroup:], Floats(product(o.Conv.weights(g), o.Conv.columns(dy, g, ys, xs))))
	}
}
