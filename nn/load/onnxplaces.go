package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// maxPlaces is the most values of a map that are moved one by one.
const maxPlaces = 1 << 18

// relocated is an operator that moves values by constants: done to the numbers of the values it tells where each comes from. At other
// sizes than the net's own it does so within parts of the map that are as large.
func (m *onnx) relocated(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	if x.products != nil || x.parts != nil || product(dims) > maxPlaces || max(m.shape(x)[1], m.shape(x)[2]) > maxWindow {
		return x, unsupported(fmt.Sprintf("it moves single values of %v", dims))
	}
	arrays := slices.Clone(in)
	arrays[0] = operand{array: intArray(upTo(product(dims))...).shaped(dims)}
	var set *array // what Scatter puts in place of values
	if len(in) > 2 && (n.kind == "Scatter" || n.kind == "ScatterElements" || n.kind == "ScatterND") {
		if n.word("reduction") != "" && n.word("reduction") != "NONE" {
			return x, unsupported("it joins numbers of a map by " + oneLine(cut(n.word("reduction"))))
		}
		if set = in[2].array; set == nil || set.len() > maxPlaces {
			return x, unsupported("it sets something else than constants")
		}
		below := make([]int, set.len())
		for i := range below {
			below[i] = -1 - i
		}
		arrays[2] = operand{array: intArray(below...).shaped(set.dims)}
	}
	out, err := m.constant(n, arrays)
	if err != nil {
		return x, err
	}
	if out.known == nil || out.len() == 0 || out.len() > maxPlaces {
		return x, unsupported(fmt.Sprintf("it moves %d values", out.len()))
	}
	return m.fromPlaces(n.label, x, out.known.ints, out.dims, set)
}

// fromPlaces is a map of the given dimensions whose values are those of x with the given numbers, or, where a number is below zero, those of
// constants, the first of which is -1.
func (m *onnx) fromPlaces(l label, x value, numbers, dims []int, set *array) (value, error) {
	there, err := m.cellsOf(x)
	if err != nil {
		return x, err
	}
	if x, err = m.settle(x); err != nil {
		return x, err
	}
	own, s := m.shape(x), tensor.Shape{len(numbers), 1, 1}
	as, _ := view{{{0, 1, len(numbers)}}}.reshape(dims)
	if len(dims) == 4 && dims[0] == 1 {
		s = dims[1:]
		as = view{nil, {{0, 1, s[0]}}, {{1, 1, s[1]}}, {{2, 1, s[2]}}}.normal()
	}
	if as == nil || s[0] > maxChannels || max(s[1], s[2]) > maxWindow {
		return x, unsupported(fmt.Sprintf("it moves values of %v to %v", m.dims(x), dims))
	}
	if err := m.charge(2 * len(numbers)); err != nil {
		return x, err
	}
	op := &nn.Rearrange{In: [2]int{own[1], own[2]}, Out: [2]int{s[1], s[2]}, From: make([]int, len(numbers))}
	constant := nn.NewTensor(s)
	var v []float32
	if set != nil {
		if v, err = set.floats(set.len()); err != nil {
			return x, err
		}
	}
	for i, k := range numbers {
		c, place := i/(s[1]*s[2]), i%(s[1]*s[2])
		from := &op.From[place*s[0]+c]
		if *from = -1; k < 0 {
			nn.Floats(constant)[i] = v[-1-k]
		} else {
			*from = there[k]
		}
	}
	name := l
	if set != nil {
		name = label{name: l.name + "/kept"}
	}
	y, err := m.add(name, op, value{layer: x.layer})
	if err == nil && set != nil {
		y, err = m.withConstant(l, nn.Plus, constant, y)
	}
	if err != nil {
		return x, err
	}
	y, _ = m.seenAs(y, as)
	return y, nil
}

// cellsOf is where each value of a map, in the order of the file, stands in the order of Rearrange: by position, then channel.
func (m *onnx) cellsOf(x value) ([]int, error) {
	s := m.shape(x)
	step := [3]int{1, s[2] * s[0], s[0]}
	var sizes, by []int
	for _, dim := range m.viewOf(x) {
		for _, f := range dim {
			if sizes = append(sizes, f.size); f.axis == repeats {
				by = append(by, 0)
				continue
			}
			if f.axis > 2 {
				return nil, errProducts
			}
			by = append(by, f.stride*step[f.axis])
		}
	}
	var there []int
	walk(sizes, [][]int{by}, func(at []int) { there = append(there, at[0]) })
	return there, nil
}

// gatherND picks parts of a constant at the places that a list of indices gives.
func (m *onnx) gatherND(n *node, in []*array) (*array, error) {
	if len(in) != 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	data, list, err := m.indexed(in[0], in[1])
	if err != nil {
		return nil, err
	}
	refused := fmt.Errorf("its indices of %v do not fit %v", list.dims, data.dims)
	rank, batch := len(list.dims)-1, n.integer("batch_dims", 0)
	if rank < 0 || batch < 0 || batch > rank || batch+list.dims[rank] > len(data.dims) || !slices.Equal(list.dims[:batch], data.dims[:batch]) {
		return nil, refused
	}
	depth, by := list.dims[rank], steps(data.dims)
	inner := product(data.dims[batch+depth:])
	dims := slices.Concat(list.dims[:rank], data.dims[batch+depth:])
	if err := m.room(dims); err != nil {
		return nil, err
	}
	each, part := product(list.dims[batch:rank]), product(data.dims[batch:])
	if product(dims) == 0 {
		return data.pick(dims, nil), nil // the list may be huge all the same
	}
	at := make([]int, 0, product(dims))
	rest := &array{dims: data.dims[batch:]}
	for i := range product(list.dims[:rank]) {
		place, err := rest.placeOf(list.known.ints[i*depth:(i+1)*depth], by[batch:])
		if err != nil {
			return nil, err
		}
		for k := range inner {
			at = append(at, i/each*part+place+k)
		}
	}
	return data.pick(dims, at), nil
}

// compressArray picks the numbers of a constant, in one row or along an axis, for which a condition holds.
func (m *onnx) compressArray(n *node, in []*array) (*array, error) {
	if len(in) != 2 || in[1] == nil {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	data, err := m.decoded(in[0])
	if err == nil {
		err = m.room(data.dims)
	}
	if err != nil {
		return nil, err
	}
	holds, err := m.decoded(in[1])
	if err != nil {
		return nil, err
	}
	dims, axis := []int{data.len()}, 0
	if n.has("axis") {
		dims = data.dims
		if axis, err = n.axis(0, len(dims), len(dims)-1); err != nil {
			return nil, err
		}
	}
	if len(dims) == 0 || holds.len() > dims[axis] {
		return nil, fmt.Errorf("has a condition of %d numbers for %v", holds.len(), dims)
	}
	var list []int
	for i := range holds.len() {
		if holds.at(i) != 0 {
			list = append(list, i)
		}
	}
	by := steps(dims)
	to, own := slices.Clone(dims), by[axis]
	to[axis], by[axis] = len(list), 0
	at := make([]int, 0, product(to))
	count := steps(to)[axis]
	walk(to, [][]int{by}, func(k []int) { at = append(at, k[0]+list[len(at)/count%len(list)]*own) })
	return data.pick(to, at), nil
}

// reverseSequence turns the first numbers of each row of a constant round.
func (m *onnx) reverseSequence(n *node, in []*array) (*array, error) {
	if len(in) != 2 {
		return nil, fmt.Errorf("reads %d inputs, not 2", len(in))
	}
	data, list, err := m.indexed(in[0], in[1])
	if err != nil {
		return nil, err
	}
	time, batch := n.integer("time_axis", 0), n.integer("batch_axis", 1)
	if time == batch || min(time, batch) < 0 || max(time, batch) >= len(data.dims) || list.len() != data.dims[batch] {
		return nil, fmt.Errorf("turns %v along axis %d by %d lengths", data.dims, time, list.len())
	}
	by := steps(data.dims)
	at := make([]int, 0, data.len())
	for i := range data.len() {
		t, length := i/by[time]%data.dims[time], list.known.ints[i/by[batch]%data.dims[batch]]
		if t < length && length <= data.dims[time] {
			i += (length - 1 - 2*t) * by[time]
		}
		at = append(at, i)
	}
	return data.pick(data.dims, at), nil
}
