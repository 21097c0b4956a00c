package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// scaledProducts is arithmetic of products with a constant.
func (m *onnx) scaledProducts(n *node, x value, c *array, swapped bool) (value, error) {
	sign := float32(1)
	switch {
	case (n.kind == "Mul" || n.kind == "Div" && !swapped) && c.kind.width() != 0 && c.len() == 1 && len(c.dims) <= len(*x.as):
		if p := x.products; p.op.Bias == nil && p.q.pad == [4]int{} {
			if by, ok, err := m.counted(n.label, p.q, c, p.k, p.q); err != nil || ok {
				return m.scaledQueries(n, x, by, err)
			}
		}
		by, err := c.floats(1)
		if err != nil {
			return x, err
		}
		k := by[0]
		if n.kind == "Div" {
			k = 1 / k
		}
		if x.products.op.Bias != nil {
			if err := m.charge(x.products.op.Bias.Shape().TotalSize()); err != nil {
				return x, err
			}
		}
		return x.with(func(p *products) {
			p.op.Scale *= k
			if p.op.Bias != nil {
				p.op.Bias = p.op.Bias.Clone().(*tensor.Dense)
				for i := range nn.Floats(p.op.Bias) {
					nn.Floats(p.op.Bias)[i] *= k
				}
			}
		}), nil
	case n.kind == "Sub" && !swapped:
		sign = -1
	case n.kind != "Add":
		return x, errProducts
	}
	return m.biased(n.label, x, c, sign)
}

// scaledQueries multiplies or divides products by a map of one number, by way of their queries.
func (m *onnx) scaledQueries(n *node, x, by value, err error) (value, error) {
	if err != nil {
		return x, err
	}
	q, err := m.binary(label{name: n.name + "/queries"}, binaryFns[n.kind], x.products.q, by)
	x = x.with(func(p *products) { p.q = q })
	x.layer = q.layer
	return x, err
}

// biased adds a constant to products. Of the windows only those in the last row and column may have one of their own.
func (m *onnx) biased(l label, x value, c *array, sign float32) (value, error) {
	as, p, q := *x.as, *x.products, m.shape(x.products.q)
	dims := as.dims()
	refused := unsupported(fmt.Sprintf("it adds a constant of %v to products of %v", c.dims, dims))
	if len(c.dims) > len(dims) || c.kind.width() == 0 || p.order != nil || p.cell != [2]int{} {
		return x, refused
	}
	own := append(slices.Repeat([]int{1}, len(dims)-len(c.dims)), c.dims...)
	for i := range own {
		if own[i] == 1 || own[i] == dims[i] {
			continue
		}
		if queries := (value{layer: p.q.layer}); slices.Equal(as[i], p.tokens) { // the constant is for so many positions
			s := m.shape(queries)
			m.fit(queries, s[0]*(own[i]-dims[i])+s.TotalSize())
		}
		return x, refused
	}
	var err error
	b := biasing{as: as, by: stretched(own, dims), sign: sign}
	if !b.varies(keysAxis, 1, p.keys) {
		return x.with(func(p *products) { p.lifted = true }), nil
	}
	if !p.op.Windowed() {
		if p.q.parts != nil || p.apart.parts != nil || !q.Eq(m.shape(p.k)) {
			if b.v, err = c.floats(product(own)); err != nil {
				return x, err
			}
			return m.biasedByChannels(l, x, b)
		}
		p.op.Window = [2]int{q[1], q[2]}
	}
	size, heads, window := p.op.Window[0]*p.op.Window[1], p.op.Heads, p.op.Window
	if heads*size > maxValues/size {
		return x, fmt.Errorf("adds numbers for %d heads of %d positions, which are too many", heads, size)
	}
	// What the constant has numbers of its own for: rows and columns of windows, heads, and rows and columns of queries in a window.
	high, wide := q[1]/window[0], q[2]/window[1]
	alone := func(axis, stride, n int) int {
		if b.varies(axis, stride, n) {
			return n
		}
		return 1
	}
	rows, columns := alone(1, window[0], high), alone(2, window[1], wide)
	of := [3]int{alone(0, 1, heads), alone(1, 1, window[0]), alone(2, 1, window[1])}
	places := 1
	if rows*columns > 1 {
		places = 4
	}
	if p.op.Bias != nil {
		places = max(places, p.op.Bias.Shape()[0])
	}
	if err := m.charge(places*heads*size*size + rows*columns*product(of[:])*size); err != nil {
		return x, err
	}
	if b.v, err = c.floats(product(own)); err != nil {
		return x, err
	}
	bias := nn.NewTensor(tensor.Shape{places, heads, size, size})
	each := func(place, gy, gx int, of [3]int, visit func(at *float32, b float32)) {
		for head := range of[0] {
			for row := range of[1] {
				for column := range of[2] {
					at := ((place*heads+head)*size + row*window[1] + column) * size
					for key := range size {
						visit(&nn.Floats(bias)[at+key], b.at(head, gy*window[0]+row, gx*window[1]+column, key))
					}
				}
			}
		}
	}
	for place := range places {
		each(place, place>>1*(high-1), place&1*(wide-1), [3]int{heads, window[0], window[1]}, func(at *float32, b float32) { *at = b })
	}
	same := true
	for gy := range rows {
		for gx := range columns {
			place := int(number01(gx == wide-1) + 2*number01(gy == high-1))
			each(place%places, gy, gx, of, func(at *float32, b float32) { same = same && *at == b })
		}
	}
	if !same {
		return x, unsupported("it adds a constant of its own to each window")
	}
	if old := p.op.Bias; old != nil {
		each := heads * size * size
		for i := range nn.Floats(bias) {
			nn.Floats(bias)[i] += nn.Floats(old)[i/each%old.Shape()[0]*each+i%each]
		}
	}
	p.op.Bias = bias
	x.products = &p
	return x, nil
}

// biasedByChannels adds a constant to products of queries and keys that are not of one map, as those with a class token or of fewer queries: by
// channels that either side has for each place of the smaller one, of which that has its own as one and the other the constant. At
// other sizes both are stretched as what is added to a map is, so that the constant is between its own numbers.
func (m *onnx) biasedByChannels(l label, x value, b biasing) (value, error) {
	p := *x.products
	q, k := m.shape(p.q), m.shape(p.apart)
	queries, heads, inner := q[1]*q[2], p.op.Heads, q[0]/p.op.Heads
	more := min(queries, p.keys)
	if p.op.Scale == 0 || heads*(inner+more) > maxChannels || heads*(inner+more) > maxValues/max(queries, p.keys) {
		return x, unsupported(fmt.Sprintf("it adds numbers to %d products of each of %d queries", p.keys, queries))
	}
	const most = 1e9 // in place of infinity, of which nothing is no number
	sides := [2]*tensor.Dense{}
	for i, s := range []tensor.Shape{q, k} {
		if err := m.charge(heads * (inner + more) * s[1] * s[2]); err != nil {
			return x, err
		}
		sides[i] = nn.NewTensor(tensor.Shape{heads * (inner + more), s[1], s[2]})
	}
	for head := range heads {
		for i := range queries {
			for j := range p.keys {
				own, there := i, j
				side, other := nn.Floats(sides[0]), nn.Floats(sides[1])
				n, wide := queries, p.keys
				if p.keys < queries {
					own, there, side, other, n, wide = j, i, other, side, p.keys, queries
				}
				c := head*(inner+more) + inner + own
				side[c*n+own] = 1
				other[c*wide+there] = min(max(b.at(head, i/q[2], i%q[2], j), -most), most) / p.op.Scale
			}
		}
	}
	from := make([]int, 0, heads*(inner+more))
	for head := range heads {
		for c := range inner {
			from = append(from, head*inner+c)
		}
		from = append(from, slices.Repeat([]int{-1}, more)...)
	}
	for i, v := range []*value{&p.q, &p.apart} {
		own := label{name: l.name + []string{"/queries", "/keys"}[i]}
		wide, err := m.add(label{name: own.name + "/widened"}, nn.Pick(from), *v)
		if err == nil {
			*v, err = m.withConstant(own, nn.Plus, sides[i], wide)
		}
		if err != nil {
			return x, err
		}
	}
	var err error
	if p.k, err = m.row(label{name: l.name + "/row"}, p.apart); err != nil {
		return x, err
	}
	x.layer, x.products = p.q.layer, &p
	return x, nil
}

// biasing is a constant that is added to products seen as a view.
type biasing struct {
	as   view
	by   []int // steps of the constant along each dimension
	v    []float32
	sign float32
}

// varies tells whether the constant has numbers of their own for n steps of a stride along an axis.
func (b *biasing) varies(axis, stride, n int) bool {
	for i, dim := range b.as {
		if b.by[i] != 0 && slices.ContainsFunc(dim, func(f factor) bool {
			return f.axis == axis && f.stride < stride*n && f.stride*f.size > stride
		}) {
			return true
		}
	}
	return false
}

// at is the number for a head, a query at row and column of the map and a key.
func (b *biasing) at(head, row, column, key int) float32 {
	place, of := 0, [4]int{head, row, column, key}
	for i, dim := range b.as {
		inner := b.by[i]
		for k := len(dim) - 1; k >= 0; k-- {
			place += of[dim[k].axis] / dim[k].stride % dim[k].size * inner
			inner *= dim[k].size
		}
	}
	return b.sign * b.v[place]
}
