package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Talking heads (Shazeer et al. 2020) mix an attention's products, or its shares, across its heads. No map of them is made for that, which
// would grow with the square of the picture: a sum of several heads' products is one product of all their queries, each
// times its weight, with all their keys, and what mixed shares make of values is the same mixture of what each head's shares make of them.
// Such an attention costs as many times the time of another as it has heads, and no more of its memory but for the queries, keys and values.

// mixture makes heads of others: a row of weights for each that is made, and a number to add.
type mixture struct {
	from    int
	weights []float64 // of row after row
	shift   []float64
}

func (b *mixture) heads() int { return len(b.shift) }

// after is this mixture of what another one makes.
func (b *mixture) after(a *mixture) *mixture {
	c := &mixture{a.from, make([]float64, b.heads()*a.from), slices.Clone(b.shift)}
	for g := range b.heads() {
		for h, w := range b.weights[g*b.from : (g+1)*b.from] {
			c.shift[g] += w * a.shift[h]
			for i := range a.from {
				c.weights[g*a.from+i] += w * a.weights[h*a.from+i]
			}
		}
	}
	return c
}

// mixtureOf is one of constants: weights, of heads that they make x heads that they read, or turned, and what is added.
func (m *onnx) mixtureOf(w *array, turned bool, shift []float32) (*mixture, error) {
	to, from := w.dims[0], w.dims[1]
	if turned {
		to, from = from, to
	}
	if max(to, from) > maxWindow {
		return nil, fmt.Errorf("mixes %d heads, more than %d", max(to, from), maxWindow)
	}
	if err := m.charge(to * from); err != nil {
		return nil, err
	}
	v, err := w.floats(to * from)
	if err != nil {
		return nil, err
	}
	by := &mixture{from, make([]float64, to*from), make([]float64, to)}
	for g := range to {
		for h := range from {
			at := g*from + h
			if turned {
				at = h*to + g
			}
			by.weights[g*from+h] = float64(v[at])
		}
		if shift != nil {
			by.shift[g] = float64(shift[g])
		}
	}
	return by, nil
}

// talking is what an operator does that mixes the heads of products, which is a mixture and the dimension of the file's that is the heads; nil for
// another operator.
func (m *onnx) talking(n *node, x value, in []operand, at int) (by *mixture, dim int, err error) {
	as := *x.as
	last := len(as) - 1
	refused := unsupported("it mixes something else than the heads of an attention")
	if len(in) < 2 || in[1-min(at, 1)].array == nil || in[1-min(at, 1)].array.kind.width() == 0 {
		return nil, 0, nil
	}
	c, turned := in[1-min(at, 1)].array, false
	var shift []float32
	switch {
	case n.kind == "Conv" && at == 0:
		if len(c.dims) != 4 || c.len() != c.dims[0]*c.dims[1] || n.integer("group", 1) != 1 || last != 3 {
			return nil, 0, refused
		}
		for _, name := range []string{"strides", "pads"} {
			list, _, err := n.list(name)
			if err != nil {
				return nil, 0, err
			}
			if name == "strides" && slices.Max(append(list, 1)) > 1 || name == "pads" && slices.Max(append(list, 0)) > 0 {
				return nil, 0, refused
			}
		}
		if c, dim = c.shaped(c.dims[:2]), 1; len(in) > 2 && in[2].array != nil {
			if shift, err = in[2].array.floats(c.dims[0]); err != nil {
				return nil, 0, err
			}
		}
	case n.kind == "MatMul" && len(c.dims) == 2:
		if dim, turned = last, true; at == 1 {
			dim, turned = last-1, false
		}
	case c.len() > 1 || x.products.shares:
		return m.perHead(n, x, c, at)
	default:
		return nil, 0, nil
	}
	if dim < 0 || !x.products.headsIn(as[dim]) || c.dims[1-int(number01(turned))] != x.products.heads() {
		return nil, 0, refused
	}
	by, err = m.mixtureOf(c, turned, shift)
	return by, dim, err
}

// heads is how many the products, or shares, are of.
func (p *products) heads() int {
	if p.mix != nil {
		return p.mix.heads()
	}
	return p.op.Heads
}

// headsIn tells whether a dimension is all heads and nothing else.
func (p *products) headsIn(dim []factor) bool {
	return slices.Equal(dim, view{{{0, 1, p.heads()}}}.normal()[0])
}

// perHead is arithmetic with one number for each head, as a mixture of each with nothing else; nil for other numbers, and for what is divided by
// products.
func (m *onnx) perHead(n *node, x value, c *array, at int) (by *mixture, dim int, err error) {
	p, as := x.products, *x.as
	own, sign := float64(1), float64(1) // of the head and of the number
	switch {
	case n.kind == "Sub" && at == 0:
		sign = -1
	case n.kind == "Sub":
		own = -1
	case n.kind == "Add" || n.kind == "Mul" || n.kind == "Div" && at == 0:
	default:
		return nil, 0, nil
	}
	dim = slices.IndexFunc(as, p.headsIn)
	heads := p.heads()
	if axis := dim - len(as) + len(c.dims); len(c.dims) > len(as) || c.len() != 1 && (axis < 0 || c.dims[axis] != heads || c.len() != heads) || dim < 0 || heads > maxWindow {
		return nil, 0, nil
	}
	if err := m.charge(heads * heads); err != nil {
		return nil, 0, err
	}
	v, err := c.floats(c.len())
	if err != nil {
		return nil, 0, err
	}
	by = &mixture{heads, make([]float64, heads*heads), make([]float64, heads)}
	for h := range heads {
		k := float64(v[h%len(v)])
		by.weights[h*heads+h] = own
		switch n.kind {
		case "Mul":
			by.weights[h*heads+h] = k
		case "Div":
			by.weights[h*heads+h] = 1 / k
		default:
			by.shift[h] = sign * k
		}
	}
	return by, dim, nil
}

// talk mixes the heads of products or of shares, which are a dimension of the file's.
func (m *onnx) talk(l label, x value, by *mixture, dim int) (value, error) {
	as := slices.Clone(*x.as)
	as[dim] = view{{{0, 1, by.heads()}}}.normal()[0]
	p := *x.products
	var err error
	if p.shares {
		if p.mix != nil {
			if err := m.charge(by.heads() * by.from * p.mix.from); err != nil {
				return x, err
			}
			by = by.after(p.mix)
		}
		p.mix = by
	} else if p, err = m.spokenBefore(l, p, by); err != nil {
		return x, err
	}
	return value{layer: p.q.layer, products: &p, as: &as}, nil
}

// spokenBefore has products of mixed heads.
func (m *onnx) spokenBefore(l label, p products, by *mixture) (products, error) {
	channels, heads := m.shape(p.q)[0], by.heads()
	inner := channels / p.op.Heads
	var from []int
	var scale []float32
	each := by.diagonal() // needs no other's channels
	for g := range heads {
		for h := range by.from {
			if each && h != g {
				continue
			}
			for c := range inner {
				from = append(from, h*inner+c)
				scale = append(scale, float32(by.weights[g*by.from+h]))
			}
		}
		if len(from) > maxChannels {
			return p, fmt.Errorf("mixes heads of more than %d channels", maxChannels)
		}
	}
	if err := m.charge(2 * len(from)); err != nil {
		return p, err
	}
	q, err := m.permuted(label{name: l.name + "/queries of all"}, p.q, from)
	if err == nil {
		p.q, err = m.affine(label{name: l.name + "/queries"}, q, scale, repeat(0, len(scale)))
	}
	if err == nil {
		p.apart, err = m.permuted(label{name: l.name + "/keys"}, p.apart, from)
	}
	if err == nil {
		p.k, err = m.row(label{name: l.name + "/row"}, p.apart)
	}
	if err != nil {
		return p, err
	}
	if b := p.op.Bias; b != nil {
		s := b.Shape()
		n := s[2] * s[3]
		if err := m.charge(s[0] * heads * n); err != nil {
			return p, err
		}
		p.op.Bias = nn.NewTensor(tensor.Shape{s[0], heads, s[2], s[3]})
		for i := range nn.Floats(p.op.Bias) {
			sum := 0.0
			for h := range by.from {
				sum += by.weights[i/n%heads*by.from+h] * float64(nn.Floats(b)[((i/n/heads)*s[1]+h%s[1])*n+i%n])
			}
			nn.Floats(p.op.Bias)[i] = float32(sum)
		}
	}
	p.op.Heads, p.lifted = heads, p.lifted || by.shifts()
	return p, nil
}

// shifts tells whether a number is added to any head.
func (b *mixture) shifts() bool {
	return slices.ContainsFunc(b.shift, func(s float64) bool { return s != 0 })
}

// diagonal tells whether each head is made of itself alone.
func (b *mixture) diagonal() bool {
	for i, w := range b.weights {
		if w != 0 && i/b.from != i%b.from {
			return false
		}
	}
	return b.heads() == b.from
}

// listened are the values that each head of an attention needs whose shares are mixed behind it: those of all that are made.
func (m *onnx) listened(l label, by *mixture, values value) (value, error) {
	channels := m.shape(values)[0]
	if channels*by.from > maxChannels {
		return values, fmt.Errorf("mixes heads of more than %d channels", maxChannels)
	}
	if err := m.charge(channels * by.from); err != nil {
		return values, err
	}
	return m.permuted(label{name: l.name + "/values of all"}, values, slices.Repeat(upTo(channels), by.from))
}

// heardOf is the sum of the values that each query of products meets: of the whole map, or of its window, of which a part counts as a whole one.
func (m *onnx) heardOf(l label, p *products, q, values value) (value, error) {
	if !p.op.Windowed() {
		return m.steps(l, values, reduce("", nn.Total, positions))
	}
	// Where the scale is nothing, all keys have one share.
	mean, err := m.add(label{name: l.name + "/mean"}, &nn.Attention{Heads: 1, Window: p.op.Window}, q, p.k, values)
	if err == nil && p.cell != [2]int{} {
		mean, err = m.firsts(label{name: l.name + "/mean of cells"}, mean, p.cell)
	}
	if err != nil {
		return mean, err
	}
	sum := nn.NewUnary(nn.Linear, float32(p.keys), 0)
	return m.add(l, &sum, mean)
}

// spokenAfter mixes what an attention's heads made of the values that each listened to. The queries are those of the attention.
func (m *onnx) spokenAfter(l label, p *products, made, q, values value) (value, error) {
	by := p.mix
	channels, heads := m.shape(values)[0], by.heads()
	inner := channels / heads
	if err := m.charge(channels * by.from); err != nil {
		return made, err
	}
	from := make([]int, 0, channels*by.from)
	for g := range heads {
		for h := range by.from {
			for c := range inner {
				from = append(from, h*channels+g*inner+c)
			}
		}
	}
	v, err := m.permuted(label{name: l.name + "/by head"}, made, from)
	if err != nil {
		return v, err
	}
	wide := by.from * inner
	w := weights{channels * wide, func(dst []float32) error {
		clear(dst)
		for g := range heads {
			for h := range by.from {
				for c := range inner {
					dst[(g*inner+c)*wide+h*inner+c] = float32(by.weights[g*by.from+h])
				}
			}
		}
		return nil
	}}
	if !by.shifts() {
		return m.conv(l, v, nn.Square(1, 1, 0), heads, channels, w, nil)
	}
	if v, err = m.conv(label{name: l.name + "/mixed"}, v, nn.Square(1, 1, 0), heads, channels, w, nil); err != nil {
		return v, err
	}
	all, err := m.heardOf(label{name: l.name + "/all values"}, p, q, values)
	if err != nil {
		return v, err
	}
	shift := make([]float32, channels)
	for c := range shift {
		shift[c] = float32(by.shift[c/inner])
	}
	if all, err = m.affine(label{name: l.name + "/share of all"}, all, shift, repeat(0, channels)); err != nil {
		return v, err
	}
	return m.add(l, &nn.Binary{Fn: nn.Plus}, v, all)
}

// talkingEinsum mixes heads by the letters of an equation with a constant.
func (m *onnx) talkingEinsum(n *node, x value, in []operand, at int) (value, error) {
	refused := unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
	e, ok := m.equation(n, in)
	c := in[1-at].array
	if !ok || len(in) != 2 || c == nil || c.kind.width() == 0 || len(c.dims) != 2 || len(e.out) != len(*x.as) {
		return x, refused
	}
	seen, own := []byte(e.in[at]), e.in[1-at]
	turned := slices.Contains(seen, own[0])
	read, made := own[1], own[0]
	if turned {
		read, made = made, read
	}
	dim := slices.Index(seen, read)
	if dim < 0 || slices.Contains(seen, made) || !x.products.headsIn((*x.as)[dim]) || c.dims[1-int(number01(turned))] != x.products.heads() {
		return x, refused
	}
	by, err := m.mixtureOf(c, turned, nil)
	if err != nil {
		return x, err
	}
	v, err := m.talk(n.label, x, by, dim)
	if err != nil {
		return v, err
	}
	seen[dim] = made
	as := make(view, len(e.out))
	for i := range e.out {
		k := slices.Index(seen, e.out[i])
		if k < 0 {
			return v, refused
		}
		as[i] = (*v.as)[k]
	}
	v.as = &as
	return v, nil
}
