package load

import (
	"math"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// fuse recognises what exporters spell out, and has the last layer of it do all at once: SiLU, hard swish, Mish, both forms of
// GELU, normalisations, and maps that are rolled. The layers in between stay, for they may be asked for by name; nothing else reads them.
func fuse(layers []nn.Layer, shapes []tensor.Shape) {
	f := fuser{layers, shapes}
	for j := range layers {
		if op, in, ok := f.gated(j); ok {
			layers[j].Op, layers[j].In = &op, []int{in}
		} else if op, in, ok := f.normalised(j); ok {
			layers[j].Op, layers[j].In = op, []int{in}
		} else if op, in, ok := f.rolled(j); ok {
			layers[j].Op, layers[j].In = op, []int{in}
		}
	}
}

type fuser struct {
	layers []nn.Layer
	shapes []tensor.Shape
}

// op is a layer's operation, nil for the picture.
func (f *fuser) op(i int) nn.Op {
	if i == nn.Picture {
		return nil
	}
	return f.layers[i].Op
}

// in is the layer that layer i reads.
func (f *fuser) in(i int) int { return f.layers[i].In[0] }

// unary tells whether a layer is a function of single values, and of which.
func (f *fuser) unary(i int, fn nn.UnaryFn) (*nn.Unary, bool) {
	o, ok := f.op(i).(*nn.Unary)
	return o, ok && o.Fn == fn
}

// linear takes layer i as scale*x + shift with the same numbers for all values.
func (f *fuser) linear(i int) (scale, shift float64, ok bool) {
	switch o := f.op(i).(type) {
	case *nn.Unary:
		return float64(o.P), float64(o.Q), o.Fn == nn.Linear
	case *nn.Affine:
		for c := range o.Scale {
			if o.Scale[c] != o.Scale[0] || o.Shift[c] != o.Shift[0] {
				return 0, 0, false
			}
		}
		return float64(o.Scale[0]), float64(o.Shift[0]), true
	}
	return 0, 0, false
}

// scaled is a layer that another one is a multiple of, which may be itself.
type scaledBy struct {
	layer int
	by    float64
}

// multiples are the layers that layer i is a multiple of, itself first.
func (f *fuser) multiples(i int) []scaledBy {
	all := []scaledBy{{i, 1}}
	for {
		last := all[len(all)-1]
		scale, shift, ok := f.linear(last.layer)
		if !ok || shift != 0 || scale == 0 {
			return all
		}
		all = append(all, scaledBy{f.in(last.layer), last.by * scale})
	}
}

// gated takes layer j as a times a function of a, times a number.
func (f *fuser) gated(j int) (op nn.Unary, a int, ok bool) {
	for _, whole := range f.multiples(j) {
		o, product := f.op(whole.layer).(*nn.Binary)
		if !product || o.Fn != nn.Times || o.Other != nil {
			continue
		}
		in := f.layers[whole.layer].In
		for side := range in {
			for _, x := range f.multiples(in[side]) {
				for _, g := range f.multiples(in[1-side]) {
					if op, ok := f.gate(x.layer, g.layer, whole.by*x.by*g.by); ok {
						return op, x.layer, true
					}
				}
			}
		}
	}
	return op, 0, false
}

// gate is the function of a that k*a*g is, g being a layer too.
func (f *fuser) gate(a, g int, k float64) (op nn.Unary, ok bool) {
	if g == nn.Picture {
		return op, false
	}
	one := near64(k, 1)
	if _, is := f.unary(g, nn.Sigmoid); is && one {
		p, ok := f.multiple(f.in(g), a)
		return nn.NewUnary(nn.SiLU, float32(p), 0), ok
	}
	if o, is := f.unary(g, nn.HardSigmoid); is && one && f.in(g) == a {
		return nn.NewUnary(nn.HardSwish, o.P, o.Q), true
	}
	if o, is := f.op(g).(*nn.Clip); is && o.Min == 0 && o.Max == 6 && near64(k, 1./6) {
		scale, shift, ok := f.linear(f.in(g))
		return nn.NewUnary(nn.HardSwish, 1./6, 0.5), ok && scale == 1 && shift == 3 && f.in(f.in(g)) == a
	}
	if _, is := f.unary(g, nn.Tanh); is && one {
		if _, is := f.unary(f.in(g), nn.Softplus); is && f.in(f.in(g)) == a {
			return nn.NewUnary(nn.Mish, 1, 0), true
		}
	}
	scale, shift, ok := f.linear(g)
	if !ok || scale != 1 || shift != 1 || !near64(k, 0.5) {
		return op, false
	}
	g = f.in(g)
	if _, is := f.unary(g, nn.Erf); is {
		p, ok := f.multiple(f.in(g), a)
		return nn.NewUnary(nn.Gelu, 1, 0), ok && near64(p, math.Sqrt2/2)
	}
	if _, is := f.unary(g, nn.Tanh); is {
		p, ok := f.polynomial(f.in(g), a, 8)
		s := math.Sqrt(2 / math.Pi)
		return nn.NewUnary(nn.GeluTanh, 1, 0), ok && near64(p[1], s) && near64(p[3], 0.044715*s) && p[0] == 0 && p[2] == 0
	}
	return op, false
}

// near64 allows for what exporters round.
func near64(a, b float64) bool { return math.Abs(a-b) <= 1e-4*math.Abs(b) }

// multiple is how many times a layer i is.
func (f *fuser) multiple(i, a int) (by float64, ok bool) {
	for _, m := range f.multiples(i) {
		if m.layer == a {
			return m.by, true
		}
	}
	return 0, false
}

// polynomial takes layer i as one of layer a, up to its cube; most is how deep it looks.
func (f *fuser) polynomial(i, a, most int) (p [4]float64, ok bool) {
	if i == a {
		return [4]float64{0, 1}, true
	}
	if i == nn.Picture || most == 0 {
		return p, false
	}
	of := func(k int) ([4]float64, bool) { return f.polynomial(f.layers[i].In[k], a, most-1) }
	if scale, shift, is := f.linear(i); is {
		if p, ok = of(0); !ok {
			return p, false
		}
		for n := range p {
			p[n] *= scale
		}
		p[0] += shift
		return p, true
	}
	switch o := f.op(i).(type) {
	case *nn.Unary:
		p, ok = of(0)
		switch {
		case !ok:
		case o.Fn == nn.Squared:
			return timesPolynomial(p, p)
		case o.Fn == nn.Power && o.P == 3:
			if q, ok := timesPolynomial(p, p); ok {
				return timesPolynomial(p, q)
			}
		}
		return p, false
	case *nn.Add, *nn.Binary:
		b, binary := o.(*nn.Binary)
		if len(f.layers[i].In) != 2 || binary && (b.Other != nil || b.Fn != nn.Plus && b.Fn != nn.Times) {
			return p, false
		}
		p, ok = of(0)
		q, too := of(1)
		if !ok || !too {
			return p, false
		}
		if binary && b.Fn == nn.Times {
			return timesPolynomial(p, q)
		}
		for n := range p {
			p[n] += q[n]
		}
		return p, true
	}
	return p, false
}

// timesPolynomial is a product, if that is of no higher degree.
func timesPolynomial(p, q [4]float64) (out [4]float64, ok bool) {
	for i, a := range p {
		for j, b := range q {
			switch {
			case a == 0 || b == 0:
			case i+j < len(out):
				out[i+j] += a * b
			default:
				return out, false
			}
		}
	}
	return out, true
}

// normalised takes layer j as a normalisation: values less their mean, divided by the root of the mean of their squares and a
// small number.
func (f *fuser) normalised(j int) (op *nn.Norm, a int, ok bool) {
	o, is := f.op(j).(*nn.Binary)
	if !is || o.Other != nil || o.Fn != nn.Over && o.Fn != nn.Times {
		return nil, 0, false
	}
	less, root := f.layers[j].In[0], f.layers[j].In[1]
	if o.Fn == nn.Times {
		if _, is := f.unary(root, nn.Reciprocal); !is {
			less, root = root, less
		}
		if _, is := f.unary(root, nn.Reciprocal); !is {
			return nil, 0, false
		}
		root = f.in(root)
	}
	if _, is := f.unary(root, nn.Sqrt); !is {
		return nil, 0, false
	}
	scale, eps, is := f.linear(f.in(root))
	if !is || scale != 1 || eps < 0 {
		return nil, 0, false
	}
	mean := f.in(f.in(root))
	over, is := f.mean(mean)
	if !is {
		return nil, 0, false
	}
	of, is := f.squared(f.in(mean))
	if !is {
		return nil, 0, false
	}
	x, own, centred := f.centred(less)
	y, other, too := f.centred(of)
	switch {
	case centred && too && x == y && own == over && other == over:
	case of == less: // without a mean
		x, centred = less, false
	default:
		return nil, 0, false
	}
	c := f.shapes[j][0]
	op = &nn.Norm{Groups: 1, Positions: over[1], Centred: centred, Eps: float32(eps)}
	op.Scale, op.Shift = nn.Unscaled(c)
	switch over {
	case channels, everything:
	case positions:
		op.Groups = c
	default:
		return nil, 0, false
	}
	return op, x, true
}

// mean tells whether layer i is a mean, and over what.
func (f *fuser) mean(i int) (over [3]bool, ok bool) {
	switch o := f.op(i).(type) {
	case *nn.Reduce:
		return o.Axes, o.Fn == nn.Average
	case *nn.Pool:
		return positions, o.GlobalMean()
	}
	return over, false
}

// squared tells whether layer i is the square of another, and of which.
func (f *fuser) squared(i int) (of int, ok bool) {
	if _, is := f.unary(i, nn.Squared); is {
		return f.in(i), true
	}
	o, is := f.op(i).(*nn.Binary)
	if is && o.Fn == nn.Times && o.Other == nil && f.layers[i].In[0] == f.layers[i].In[1] {
		return f.in(i), true
	}
	return 0, false
}

// centred tells whether layer i is another less its mean, of which and over what.
func (f *fuser) centred(i int) (of int, over [3]bool, ok bool) {
	o, is := f.op(i).(*nn.Binary)
	if !is || o.Fn != nn.Minus || o.Other != nil {
		return 0, over, false
	}
	of = f.layers[i].In[0]
	mean := f.layers[i].In[1]
	over, ok = f.mean(mean)
	return of, over, ok && f.in(mean) == of
}
