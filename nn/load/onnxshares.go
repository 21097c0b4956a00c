package load

import "slices"

// Converters of JAX's nets spell the softmax of an attention: its products less the largest of each query's, their exponentials, and those over their
// sum. Nothing of it is made until the shares are.

// stage is how far the products are on that way.
type stage int

const (
	unspelt      stage = iota
	largests           // the largest product of each query
	lessLargest        // the products less those
	exponentials       // the exponentials of products, less the largest or not
	totals             // the totals of those over each query's keys
	noNumbers          // whether shares are no numbers, which none is
)

// at is the value at a point of the way, of the products given.
func (v value) at(as stage, of *products) value {
	return v.with(func(p *products) { p.stage, p.of = as, of })
}

// sharesSpelt takes products a step further on the way to their shares; ok is false for what is no step of it.
func (m *onnx) sharesSpelt(n *node, in []operand) (v value, ok bool, err error) {
	at := slices.IndexFunc(in, func(o operand) bool { return o.mapped && o.products != nil })
	x := in[at].value
	p := x.products
	if at > 0 {
		return x, p.stage != unspelt, errProducts
	}
	second := func(as stage, of *products) bool { // one for each query, beside its own products
		return len(in) == 2 && in[1].mapped && in[1].products != nil && in[1].products.stage == as && in[1].products.of == of && x.besideKeys(*in[1].as)
	}
	switch {
	case n.kind == "ReduceMax" && p.stage == unspelt && !p.shares && !m.makes(p):
		v, ok = m.overKeys(n, in, largests)
	case n.kind == "Sub" && p.stage == unspelt && second(largests, p):
		v, ok = x.at(lessLargest, nil), true
	case n.kind == "Exp" && (p.stage == lessLargest || p.stage == unspelt && !m.makes(p)) && !p.shares:
		v, ok = x.at(exponentials, nil), true
	case n.kind == "ReduceSum" && p.stage == exponentials:
		v, ok = m.overKeys(n, in, totals)
	case n.kind == "Div" && p.stage == exponentials && second(totals, p):
		v, ok = x.with(func(p *products) { p.stage, p.of, p.shares = unspelt, nil, true }), true
	case n.kind == "Expand" && (p.stage == largests || p.stage == totals):
		v, ok = x, true
	case n.kind == "IsNaN" && p.shares:
		v, ok = x.at(noNumbers, nil), true
	case n.kind == "Where" && p.stage == noNumbers && len(in) == 3 && in[2].mapped && in[2].products != nil && in[2].products.shares:
		v, ok = in[2].value, true
	case p.stage != unspelt && !slices.Contains(looking, n.kind):
		return x, true, errProducts
	}
	return v, ok, nil
}

// besideKeys tells whether what has a number for each query, seen in those dimensions, is broadcast over the products' keys.
func (v value) besideKeys(as view) bool {
	own := slices.Clone(*v.as)
	own[len(own)-1] = nil
	return slices.EqualFunc(own.normal(), as.normal(), slices.Equal)
}

// overKeys takes the products of each query together, if that is what a reduction does.
func (m *onnx) overKeys(n *node, in []operand, as stage) (v value, ok bool) {
	x := in[0].value
	dims := slices.Clone(*x.as)
	last := len(dims) - 1
	axes, err := m.axes(n, in, len(dims))
	if err != nil || !slices.Equal(axes, []int{last}) || !x.products.keysIn(dims[last]) {
		return x, false
	}
	if dims[last] = nil; n.integer("keepdims", 1) == 0 {
		dims = dims[:last]
	}
	v = x.at(as, x.products)
	v.as = &dims
	return v, true
}
