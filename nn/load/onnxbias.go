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
	case (n.kind == "Mul" || n.kind == "Div" && !swapped) && c.kind.width() != 0 && c.len() == 1:
		by, err := c.floats(1)
		if err != nil {
			return x, err
		}
		k := by[0]
		if n.kind == "Div" {
			k = 1 / k
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
		return x, unsupported("it reads the products of an attention's queries and keys")
	}
	return m.biased(x, c, sign)
}

// biased adds a constant to products. Of the windows only those in the last row and column may have one of their own.
func (m *onnx) biased(x value, c *array, sign float32) (value, error) {
	as, p, q := *x.as, *x.products, m.shape(x.products.q)
	dims := as.dims()
	refused := unsupported(fmt.Sprintf("it adds a constant of %v to products of %v", c.dims, dims))
	if len(c.dims) > len(dims) || c.kind.width() == 0 {
		return x, refused
	}
	own := append(slices.Repeat([]int{1}, len(dims)-len(c.dims)), c.dims...)
	by := stretched(own, dims)
	for i := range own {
		if own[i] != 1 && own[i] != dims[i] {
			return x, refused
		}
	}
	if !p.op.Windowed() {
		if p.q.parts != nil || p.k.parts != nil || !q.Eq(m.shape(p.k)) {
			return x, refused
		}
		p.op.Window = [2]int{q[1], q[2]}
	}
	v, err := c.floats(product(own))
	if err != nil {
		return x, err
	}
	// Where the number for a head, a query at row and column of the map and a key lies.
	at := func(head, row, column, key int) (place int) {
		of := [4]int{head, row, column, key}
		for i, dim := range as {
			inner := by[i]
			for k := len(dim) - 1; k >= 0; k-- {
				place += of[dim[k].axis] / dim[k].stride % dim[k].size * inner
				inner *= dim[k].size
			}
		}
		return place
	}
	size, heads, window := p.op.Window[0]*p.op.Window[1], p.op.Heads, p.op.Window
	high, wide := q[1]/window[0], q[2]/window[1]
	places := 1
	if slices.ContainsFunc(upTo(len(as)), func(i int) bool {
		return by[i] != 0 && slices.ContainsFunc(as[i], func(f factor) bool {
			return f.axis == 1 && f.stride == window[0] || f.axis == 2 && f.stride == window[1]
		})
	}) && high*wide > 1 {
		places = 4
	}
	if p.op.Bias != nil {
		places = max(places, p.op.Bias.Shape()[0])
	}
	if err := m.charge(places * heads * size * size); err != nil {
		return x, err
	}
	bias := nn.NewTensor(tensor.Shape{places, heads, size, size})
	each := func(place int, visit func(i, head, row, column, key int)) {
		i := place * heads * size * size
		for head := range heads {
			for query := range size {
				for key := range size {
					visit(i, head, query/window[1], query%window[1], key)
					i++
				}
			}
		}
	}
	set := make([]bool, places)
	for gy := range high {
		for gx := range wide {
			place := 0
			if places == 4 {
				place = int(number01(gx == wide-1) + 2*number01(gy == high-1))
			}
			same := true
			each(place, func(i, head, row, column, key int) {
				b := sign * v[at(head, gy*window[0]+row, gx*window[1]+column, key)]
				if !set[place] {
					nn.Floats(bias)[i] = b
				}
				same = same && nn.Floats(bias)[i] == b
			})
			if set[place] = true; !same {
				return x, unsupported("it adds a constant of its own to each window")
			}
		}
	}
	for place, is := range set { // no window is there at the net's own size
		for _, other := range []int{place ^ 1, place ^ 2, place ^ 3} {
			if !is && other < places && set[other] {
				n := heads * size * size
				copy(nn.Floats(bias)[place*n:(place+1)*n], nn.Floats(bias)[other*n:])
				is = true
			}
		}
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
