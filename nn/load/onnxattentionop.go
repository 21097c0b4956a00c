package load

import (
	"fmt"
	"math"
	"slices"
)

// attention is ONNX's operator (opset 23) on queries, keys and values of heads x tokens x channels, or tokens x channels of all heads.
// Heads in groups have one head of keys and values for each.
func (m *onnx) attention(n *node, in []operand) (value, error) {
	if len(in) < 3 || !in[0].mapped || !in[1].mapped || !in[2].mapped {
		return value{}, unsupported("it lacks queries, keys and values of the net")
	}
	x := in[0].value
	if n.integer("is_causal", 0) != 0 || n.number("softcap", 0) != 0 {
		return x, unsupported("it is causal or has a soft cap")
	}
	if slices.ContainsFunc(in[3:], func(o operand) bool { return o.mapped }) || slices.ContainsFunc(in[min(4, len(in)):], func(o operand) bool { return o.array != nil }) {
		return x, unsupported("it reads a mask or past keys of the net")
	}
	var seen [3]value
	flat := len(m.dims(x)) == 3
	for i := range seen {
		v := in[i].value
		as := m.viewOf(v)
		heads := n.integer("q_num_heads", 0)
		if i > 0 {
			heads = n.integer("kv_num_heads", 0)
		}
		if flat {
			dims := as.dims()
			if len(dims) != 3 || heads < 1 || dims[2]%heads != 0 {
				return x, unsupported(fmt.Sprintf("it has %d heads of maps of %v", heads, dims))
			}
			apart, ok := as.reshape([]int{dims[0], dims[1], heads, dims[2] / heads})
			if !ok {
				return x, unsupported(fmt.Sprintf("it has %d heads of maps of %v", heads, dims))
			}
			as = view{apart[0], apart[2], apart[1], apart[3]}
		}
		if len(as) != 4 {
			return x, unsupported(fmt.Sprintf("it reads maps of %v", as.dims()))
		}
		v.as = &as
		seen[i] = v
	}
	queries, keys := m.dims(seen[0]), m.dims(seen[1])
	if heads, of := queries[1], keys[1]; of > 1 && heads > of && heads%of == 0 { // of one alone all have the same anyway
		list := upTo(heads)
		for i := range list {
			list[i] /= heads / of
		}
		for i, name := range []string{"keys", "values"} {
			var err error
			if seen[1+i], err = m.chosen(label{name: n.label.name + "/" + name}, seen[1+i], 1, list, false); err != nil {
				return x, err
			}
		}
	}
	s, err := m.multiply(n.label, seen[0], m.turnedLast(seen[1]))
	if err != nil {
		return x, err
	}
	scale := n.number("scale", float32(1/math.Sqrt(float64(queries[3]))))
	s = s.with(func(p *products) { p.op.Scale = scale })
	if len(in) > 3 && in[3].array != nil {
		mask, err := m.mask(in[3].array, keys[2])
		if err != nil {
			return x, err
		}
		if s, err = m.biased(n.label, s, mask, 1); err != nil {
			return x, err
		}
	}
	v, err := m.attend(n.label, s.with(func(p *products) { p.shares = true }), seen[2])
	if err != nil || !flat {
		return v, err
	}
	as := m.viewOf(v)
	v, _ = m.seenAs(v, view{as[0], as[2], slices.Concat(as[1], as[3])}.normal())
	return v, nil
}

// mask is what an attention's mask adds for that many keys: of truth values so little where one is false that the key has no share,
// unless none has, and as little for the keys behind its end.
func (m *onnx) mask(a *array, keys int) (*array, error) {
	const least = -1e30
	last := len(a.dims) - 1
	short := last >= 0 && a.dims[last] > 1 && a.dims[last] < keys
	switch {
	case a.kind == bools || !a.kind.whole() && short:
	case a.kind.whole():
		return nil, unsupported("its mask is of whole numbers")
	default:
		return a, nil
	}
	if err := m.room(a.dims); err != nil {
		return nil, err
	}
	truths := a.kind == bools
	a, err := m.decoded(a)
	if err != nil {
		return nil, err
	}
	adds := numbers{real: make([]float32, a.len())}
	for i := range adds.real {
		switch {
		case !truths:
			adds.real[i] = float32(a.at(i))
		case a.at(i) == 0:
			adds.real[i] = least
		}
	}
	dims := slices.Clone(a.dims)
	if short {
		rows := slices.Collect(slices.Chunk(adds.real, dims[last]))
		dims[last] = keys
		if err := m.room(dims); err != nil {
			return nil, err
		}
		adds.real = make([]float32, 0, product(dims))
		for _, row := range rows {
			adds.real = append(append(adds.real, row...), slices.Repeat([]float32{least}, keys-len(row))...)
		}
	}
	return adds.of(dims), nil
}
