package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// products are those of the queries with the keys of an attention, of which no layer is made: files spell attention out as a product,
// what scales it and is added to it, a softmax and another product. They are seen as a map of heads at the queries' positions
// whose fourth axis, keysAxis, is the keys.
type products struct {
	q, k   value // maps whose channels are those of head after head; k in a row
	apart  value // k before it was laid in a row
	op     nn.Attention
	tokens []factor // a dimension of the queries that meet the same keys
	keys   int      // that a query meets
	order  []factor // in which the file has a window's keys, where that is not row by row; else nil
	cell   [2]int   // rows and columns of keys to each position of a coarser map of queries in windows; 0,0 where both are of one map
	lifted bool     // by numbers that all keys of a query share and that are left out, as they change no share
	shares bool
	mix    *mixture // of the shares of op's heads; nil for none

	stage stage     // how far they are on the way to shares, where those are spelt out
	of    *products // those that the largest or the totals are of; nil for others
}

const keysAxis = 3

const errProducts = unsupported("it reads the products of an attention's queries and keys")

// keysIn tells whether a dimension is all keys and nothing else.
func (p *products) keysIn(dim []factor) bool {
	return slices.Equal(dim, view{{{keysAxis, 1, p.keys}}}.normal()[0])
}

// looking are the operators that look at values in another way.
var looking = []string{"Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"}

// ofProducts does what an operator does with products.
func (m *onnx) ofProducts(n *node, in []operand) (value, error) {
	at := slices.IndexFunc(in, func(o operand) bool { return o.mapped && o.products != nil })
	x := in[at].value
	refused := errProducts
	if v, ok, err := m.sharesSpelt(n, in); ok {
		return v, err
	}
	switch {
	case n.kind == "MatMul" && at == 1 && in[0].mapped && in[0].products == nil && len(*x.as) > 1:
		// The same with all matrices transposed.
		v, err := m.attend(n.label, m.turnedLast(x), m.turnedLast(in[0].value))
		if err != nil {
			return x, err
		}
		return m.looks(label{}, v, *m.turnedLast(v).as)
	case n.kind == "Where" && len(in) == 3 && at > 0 && in[0].array != nil && in[3-at].array != nil:
		return m.maskedProducts(n, in, at)
	case at > 1 || slices.ContainsFunc(in[at+1:], func(o operand) bool { return o.mapped && o.products != nil }):
		return x, refused
	case n.kind == "Einsum" && len(in) == 2 && !in[1-at].mapped:
		return m.talkingEinsum(n, x, in, at)
	case slices.Contains(looking, n.kind) || n.kind == "Einsum":
		return onnxOps[n.kind](m, n, in)
	case n.kind == "MatMul" && at == 0 && in[1].mapped:
		return m.attend(n.label, x, in[1].value)
	}
	if len(in) == 2 && in[1-at].mapped && (n.kind == "Add" || n.kind == "Sub" && at == 0) {
		return m.biasedByMap(n.label, x, in[1-at].value, 1-2*float32(number01(n.kind == "Sub")))
	}
	if by, dim, err := m.talking(n, x, in, at); err != nil || by != nil {
		if err != nil {
			return x, err
		}
		return m.talk(n.label, x, by, dim)
	}
	switch {
	case x.products.shares || len(in) > 2:
		return x, refused
	case n.kind == "Softmax" && len(in) == 1:
		if axis, err := n.axis(-1, len(*x.as), len(*x.as)-1); err != nil || axis != len(*x.as)-1 || m.opset < 13 && n.integer("axis", 1) == 1 {
			return x, unsupported("it makes shares of something else than keys")
		}
		if !x.products.keysIn((*x.as)[len(*x.as)-1]) {
			return x, refused
		}
		return x.with(func(p *products) { p.shares = true }), nil
	case len(in) == 2 && in[1-at].array != nil:
		return m.scaledProducts(n, x, in[1-at].array, at == 1)
	}
	return x, refused
}

// maskedProducts has a number so far below zero that nothing is left of its share in place of some products: it is added to them.
func (m *onnx) maskedProducts(n *node, in []operand, at int) (value, error) {
	const least = -1e4
	x, below := in[at].value, in[3-at].array
	if v, err := below.floats(1); x.products.shares || below.len() != 1 || err != nil || v[0] > least {
		return x, errProducts
	}
	zero := numbers{real: []float32{0}}.of([]int{})
	list := []*array{in[0].array, zero, below}
	if at == 2 {
		list = []*array{in[0].array, below, zero}
	}
	mask, err := onnxConstants[n.kind](m, n, list)
	if err != nil {
		return x, err
	}
	return m.biased(n.label, x, mask, 1)
}

// turnedLast is a value with its last two dimensions swapped.
func (m *onnx) turnedLast(v value) value {
	as := slices.Clone(m.viewOf(v))
	if last := len(as) - 1; last > 0 {
		as[last-1], as[last] = as[last], as[last-1]
	}
	v.as = &as
	return v
}

// with is the value with its products changed.
func (v value) with(change func(p *products)) value {
	p := *v.products
	change(&p)
	v.products = &p
	return v
}

func onlyChannels(dim []factor) bool {
	return !slices.ContainsFunc(dim, func(f factor) bool { return f.axis != 0 })
}

// withoutShares multiplies products that are no shares with values: the values' products with the keys, multiplied by the queries.
func (m *onnx) withoutShares(l label, p *products, values value) (value, error) {
	gram, err := m.add(label{name: l.name + "/keys and values"}, &nn.MatMul{Heads: p.op.Heads, TurnB: true}, value{layer: values.layer}, value{layer: p.k.layer})
	if err != nil {
		return values, err
	}
	scale := nn.NewUnary(nn.Linear, p.op.Scale, 0)
	if gram, err = m.add(label{name: l.name + "/scaled"}, &scale, gram); err != nil {
		return values, err
	}
	return m.add(l, &nn.MatMul{Heads: p.op.Heads}, gram, value{layer: p.q.layer, pad: p.q.pad, padder: p.q.padder})
}

// makes tells whether layers can make products: there are as many keys at any size.
func (m *onnx) makes(p *products) bool {
	return !p.shares && !p.lifted && p.stage == unspelt && p.op.Bias == nil && !p.op.Windowed() && !m.grows(p.k.layer)
}

// made has layers make products that are given as inputs; ok is false where nothing is made.
func (m *onnx) made(l label, in []operand) (out []operand, ok bool) {
	out = slices.Clone(in)
	for i, o := range in {
		if !o.mapped || o.products == nil {
			continue
		}
		p := o.products
		if !m.makes(p) {
			return nil, false
		}
		named := func(s string) label { return label{name: fmt.Sprintf("%s/%s%d", l.name, s, i)} }
		v := value{layer: p.q.layer}
		for _, j := range p.q.partsOf() {
			own := named("products")
			if j != p.q.layer {
				own = named(fmt.Sprintf("products/%d/", j))
			}
			part, err := m.add(own, &nn.MatMul{Heads: p.op.Heads, TurnA: true}, value{layer: p.k.layer}, value{layer: j, pad: p.q.pad, padder: p.q.padder})
			if err != nil {
				return nil, false
			}
			if p.q.parts != nil {
				v.parts = append(v.parts, part.layer)
			}
			if j == p.q.layer {
				v.layer = part.layer
			}
		}
		if p.op.Scale != 1 {
			var err error
			scale := nn.NewUnary(nn.Linear, p.op.Scale, 0)
			if v, err = m.add(named("scaled"), &scale, v); err != nil {
				return nil, false
			}
		}
		as := slices.Clone(*o.as)
		for k, dim := range as {
			as[k] = slices.Clone(dim)
			for j, f := range dim {
				switch f.axis {
				case 0:
					as[k][j].stride *= p.keys
				case keysAxis:
					as[k][j].axis = 0
				}
			}
		}
		v, _ = m.seenAs(v, as.normal())
		out[i], ok = mapOf(v), true
	}
	return out, ok
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
