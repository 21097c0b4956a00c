package load

import (
	"fmt"
	"slices"
)

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

// talkingEinsum mixes heads by the letters of an equation with a constant.
func (m *onnx) talkingEinsum(n *node, x value, in []operand, at int) (value, error) {
	refused := errEquation(n)
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
