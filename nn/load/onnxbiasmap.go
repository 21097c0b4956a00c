package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// keyed is what is added to products of a map: numbers for each query, of which each key, by itself or with others of its row or column, takes one.
type keyed struct {
	heads []int // the map's channel at which each head's numbers begin
	part  []int // which number each key takes
	at    []int // where the numbers stand among a head's channels
}

// keyedBy matches a map with products: its positions are the queries', and its channels those of heads and, in dimensions of keys, of keys. Ok is
// false where they are anything else.
func (m *onnx) keyedBy(x, b value) (k keyed, ok bool) {
	p, as, own := x.products, *x.as, slices.Clone(m.viewOf(b))
	if len(own) > len(as) || b.parts != nil || p.q.parts != nil || !slices.Equal(m.shape(b)[1:], m.shape(p.q)[1:]) {
		return k, false
	}
	for len(own) < len(as) {
		own = slices.Insert(own, 0, nil)
	}
	k.heads, k.part = make([]int, p.op.Heads), make([]int, p.keys)
	offsets, used := make([]int, p.keys), 0
	for i, dim := range as {
		isKeys := !slices.ContainsFunc(dim, func(f factor) bool { return f.axis != keysAxis })
		switch {
		case len(own[i]) == 0 && isKeys:
		case isKeys && !slices.ContainsFunc(own[i], func(f factor) bool { return f.axis > 0 }) && product(view{dim}.dims()) == product(view{own[i]}.dims()):
			places := placesOf(own[i])
			for j := range offsets {
				n := 0
				for _, f := range dim {
					n = n*f.size + j/f.stride%f.size
				}
				offsets[j] += places[n]
			}
		case len(dim) != len(own[i]):
			return k, false
		default:
			for n, f := range dim {
				switch g := own[i][n]; {
				case f.axis == 0 && g.axis == 0 && f.size == g.size:
					for h := range k.heads {
						k.heads[h] += h / f.stride % f.size * g.stride
					}
				case (f.axis == 1 || f.axis == 2) && f == g:
				default:
					return k, false
				}
			}
		}
		for _, f := range own[i] {
			if f.axis == 0 {
				used += (f.size - 1) * f.stride
			}
		}
	}
	k.at = slices.Compact(slices.Sorted(slices.Values(offsets)))
	for j, o := range offsets {
		k.part[j], _ = slices.BinarySearch(k.at, o)
	}
	return k, used < m.shape(b)[0]
}

// biasedByMap adds a map of numbers for each query to products, as positions relative to it are that it is multiplied by (Shaw et al. 2018; in rows
// and columns Li et al. 2022): the queries have the numbers as more channels, and each key has one at its own.
func (m *onnx) biasedByMap(l label, x, b value, sign float32) (value, error) {
	p := *x.products
	refused := unsupported(fmt.Sprintf("it adds a map of %v to products of %v", m.dims(b), x.as.dims()))
	if p.shares || p.order != nil || p.cell != [2]int{} || p.apart.parts != nil || b.products != nil || p.op.Scale == 0 {
		return x, refused
	}
	k, ok := m.keyedBy(x, b)
	if !ok {
		return x, refused
	}
	b, err := m.settle(b)
	if err != nil {
		return x, err
	}
	q, keys := m.shape(p.q), m.shape(p.apart)
	if !p.op.Windowed() && q.Eq(keys) {
		p.op.Window = [2]int{q[1], q[2]}
	}
	window := p.op.Window
	if !p.op.Windowed() {
		window = [2]int{keys[1], keys[2]}
	}
	heads, inner, more := p.op.Heads, q[0]/p.op.Heads, len(k.at)
	if heads*(inner+more) > maxChannels || more > maxValues>>6/max(len(k.part), 1) || max(window[0], window[1]) > maxWindow {
		return x, unsupported(fmt.Sprintf("it adds %d numbers to the products of each query", more))
	}
	if err := m.charge(2*heads*(inner+more) + more*len(k.part)); err != nil {
		return x, err
	}
	named := func(s string) label { return label{name: l.name + "/" + s} }
	scale := nn.NewUnary(nn.Linear, sign/p.op.Scale, 0)
	numbers, err := m.add(named("numbers"), &scale, value{layer: b.layer})
	if err != nil {
		return x, err
	}
	first, err := m.add(named("first key channel"), nn.Pick([]int{0}), p.apart)
	full := nn.NewUnary(nn.Linear, 0, 1)
	if err == nil {
		first, err = m.add(named("one"), &full, first)
	}
	if err != nil {
		return x, err
	}
	one := &nn.Rearrange{In: window, Out: window, From: make([]int, 0, len(k.part)*more)}
	for _, own := range k.part {
		for i := range more {
			one.From = append(one.From, -int(number01(i != own)))
		}
	}
	ones, err := m.add(named("ones"), one, first)
	if err != nil {
		return x, err
	}
	wider := func(name string, own, other value, offset func(head, i int) int) (value, error) {
		joined, err := m.add(named(name+" and more"), &nn.Concat{}, own, other)
		if err != nil {
			return own, err
		}
		var from []int
		for head := range heads {
			for c := range inner {
				from = append(from, head*inner+c)
			}
			for i := range more {
				from = append(from, q[0]+offset(head, i))
			}
		}
		return m.add(named(name), nn.Pick(from), joined)
	}
	if p.q, err = wider("queries", p.q, numbers, func(head, i int) int { return k.heads[head] + k.at[i] }); err != nil {
		return x, err
	}
	if p.apart, err = wider("keys", p.apart, ones, func(_, i int) int { return i }); err != nil {
		return x, err
	}
	p.k = p.apart
	x.layer, x.products = p.q.layer, &p
	return x, nil
}
