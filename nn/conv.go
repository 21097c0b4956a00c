package nn

import (
	"fmt"

	"gorgonia.org/tensor"
)

func init() {
	operation(&Conv{Window: Square(3, 1, 1), Groups: 2, W: TensorOf(numbers(6*4*9), 6, 4, 3, 3), Bias: numbers(6)}, 1)
}

// Conv is a cross-correlation with weights W of shape outC, inC/Groups, KH, KW
// and an optional bias of outC values. Cells outside the map are zero.
type Conv struct {
	Window
	Groups  int
	W       Weights
	Bias    []float32 // nil for none
	Edition int       // goes up when W is changed, so that an engine that laid it out its own way does so again
}

func (*Conv) Kind() string { return "conv" }

func (o *Conv) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 1); err != nil {
		return nil, err
	}
	c, h, w := chw(in[0])
	s := o.W.Shape()
	if len(s) != 4 || s[2] != o.Kernel[0] || s[3] != o.Kernel[1] {
		return nil, fmt.Errorf("kernel is %dx%d but the weights hold %v", o.Kernel[0], o.Kernel[1], s)
	}
	if o.Groups < 1 || s[0]%o.Groups != 0 || s[1]*o.Groups != c {
		return nil, fmt.Errorf("weights %v in %d groups do not fit an input of %d channels", s, o.Groups, c)
	}
	if o.Bias != nil && len(o.Bias) != s[0] {
		return nil, fmt.Errorf("%d biases for %d channels", len(o.Bias), s[0])
	}
	y, x, err := o.Spans(h, w)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{s[0], y.Out, x.Out}, nil
}

func (o *Conv) MACs(in []tensor.Shape) int64 {
	out, err := o.Shape(in)
	if err != nil {
		return 0
	}
	s := o.W.Shape()
	return int64(out[0]) * int64(out[1]) * int64(out[2]) * int64(s[1]) * int64(s[2]) * int64(s[3])
}

func (o *Conv) Forward(y *tensor.Dense, x []*tensor.Dense) {
	outC, p, out := y.Shape()[0], y.Shape()[1]*y.Shape()[2], Floats(y)
	perGroup := outC / o.Groups
	_, h, w := chw(x[0].Shape())
	ys, xs, _ := o.Spans(h, w)
	for g := range o.Groups {
		prod := product(o.weights(g), o.columns(x[0], g, ys, xs))
		copy(out[g*perGroup*p:], Floats(prod))
	}
	for c, b := range o.Bias {
		for i := range out[c*p : (c+1)*p] {
			out[c*p+i] += b
		}
	}
}

func (o *Conv) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	_, h, w := chw(x[0].Shape())
	ys, xs, _ := o.Spans(h, w)
	o.back(dx[0], dy, ys, xs)
}

// back adds to dx what dy, at the positions of the spans, sends back.
func (o *Conv) back(dx, dy *tensor.Dense, ys, xs Span) {
	outC, p := dy.Shape()[0], dy.Shape()[1]*dy.Shape()[2]
	perGroup := outC / o.Groups
	for g := range o.Groups {
		w := o.weights(g).Clone().(*tensor.Dense)
		if err := w.T(); err != nil {
			panic(err)
		}
		d := TensorOf(Floats(dy)[g*perGroup*p:(g+1)*perGroup*p], perGroup, p)
		o.scatter(dx, product(w, d), g, ys, xs)
	}
}

// weights is the matrix outC/Groups x inC/Groups*KH*KW of one group.
func (o *Conv) weights(g int) *tensor.Dense {
	s := o.W.Shape()
	rows, cols := s[0]/o.Groups, s[1]*s[2]*s[3]
	return TensorOf(Floats(o.W)[g*rows*cols:(g+1)*rows*cols], rows, cols)
}

// columns unrolls the group's part of the map into a matrix of one row for
// each weight and one column for each output position (im2col).
func (o *Conv) columns(x *tensor.Dense, g int, ys, xs Span) *tensor.Dense {
	s := o.W.Shape()
	cols := NewTensor(tensor.Shape{s[1] * s[2] * s[3], ys.Out * xs.Out})
	in, out := Floats(x), Floats(cols)
	o.eachCell(g, ys, xs, func(row, pos, cell int) { out[row*ys.Out*xs.Out+pos] = in[cell] })
	return cols
}

// scatter adds the columns back to where columns took them from.
func (o *Conv) scatter(dx, cols *tensor.Dense, g int, ys, xs Span) {
	n := cols.Shape()[1]
	in, out := Floats(cols), Floats(dx)
	o.eachCell(g, ys, xs, func(row, pos, cell int) { out[cell] += in[row*n+pos] })
}

// eachCell visits every pair of a weight (its row in the group's matrix) and an
// output position for which the weight meets a cell of the map.
func (o *Conv) eachCell(g int, ys, xs Span, visit func(row, pos, cell int)) {
	s, h, w := o.W.Shape(), ys.In, xs.In
	for c := range s[1] {
		plane := (g*s[1] + c) * h * w
		for ky := range s[2] {
			for kx := range s[3] {
				row := (c*s[2]+ky)*s[3] + kx
				for i := range ys.Out {
					y := ys.Start(i) + ky*ys.Dilation
					if y < 0 || y >= h {
						continue
					}
					for j := range xs.Out {
						if x := xs.Start(j) + kx*xs.Dilation; x >= 0 && x < w {
							visit(row, i*xs.Out+j, plane+y*w+x)
						}
					}
				}
			}
		}
	}
}

// product is the matrix product; a failure is a bug of ours.
func product(a, b *tensor.Dense) *tensor.Dense {
	t, err := a.MatMul(b)
	if err != nil {
		panic(err)
	}
	return t
}

// arity checks the number of inputs and that they are maps.
func arity(in []tensor.Shape, n int) error {
	if len(in) != n {
		return fmt.Errorf("reads %d inputs, not %d", len(in), n)
	}
	for _, s := range in {
		if len(s) != 3 {
			return fmt.Errorf("reads a shape %v, not C,H,W", s)
		}
	}
	return nil
}
