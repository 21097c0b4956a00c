package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// view is how a file sees the values of a map that Reshape and Transpose have taken apart: its dimensions, the batch's
// first, each as factors of the map's axes. A map is {}, {C}, {H}, {W}.
type view [][]factor

// factor is a part of an axis: size steps of stride cells. Axis is 0 to 2 for C, H and W, or repeats for
// values that are there size times.
type factor struct{ axis, stride, size int }

const repeats = -1

// viewOf is how the file sees a value.
func (g *graph) viewOf(v value) view {
	if v.as != nil {
		return *v.as
	}
	var f [3][]factor
	for axis, n := range g.shape(v) {
		f[axis] = []factor{{axis, 1, n}}
	}
	switch {
	case v.flat && v.last:
		return view{nil, slices.Concat(f[1], f[2], f[0])}.normal()
	case v.flat:
		return view{nil, slices.Concat(f[0], f[1], f[2])}.normal()
	case v.plane:
		return view{nil, f[1], f[2]}.normal()
	case v.last:
		return view{nil, f[1], f[2], f[0]}.normal()
	}
	return view{nil, f[0], f[1], f[2]}.normal()
}

// normal joins neighbouring factors that are one and leaves out those of one step.
func (v view) normal() view {
	out := make(view, len(v))
	for i, dim := range v {
		for _, f := range dim {
			last := len(out[i]) - 1
			switch {
			case f.size == 1:
			case last >= 0 && out[i][last].axis == f.axis && (f.axis == repeats || out[i][last].stride == f.stride*f.size):
				out[i][last].stride, out[i][last].size = f.stride, out[i][last].size*f.size
			default:
				out[i] = append(out[i], f)
			}
		}
	}
	return out
}

// dims are the dimensions' sizes.
func (v view) dims() []int {
	dims := make([]int, len(v))
	for i, dim := range v {
		dims[i] = 1
		for _, f := range dim {
			dims[i] *= f.size
		}
	}
	return dims
}

// cells is how many values of the map there are.
func (v view) cells() int {
	n := 1
	for _, f := range slices.Concat(v...) {
		if f.axis != repeats {
			n *= f.size
		}
	}
	return n
}

// numbers are those of a map of shape s in the order of the dimensions.
func (v view) numbers(of []float32, s tensor.Shape) []float32 {
	places, by := []int{0}, []int{s[1] * s[2], s[2], 1}
	for _, f := range slices.Concat(v...) {
		next := make([]int, 0, len(places)*f.size)
		for _, at := range places {
			for i := range f.size {
				if f.axis != repeats {
					next = append(next, at+i*f.stride*by[f.axis])
				} else {
					next = append(next, at)
				}
			}
		}
		places = next
	}
	return picked(of, places)
}

// reshape sees the values in other dimensions of the same count, if their borders fall on those of factors or divide them.
func (v view) reshape(dims []int) (view, bool) {
	rest := slices.Concat(v...)
	out := make(view, len(dims))
	for i, n := range dims {
		for n > 1 {
			if len(rest) == 0 {
				return nil, false
			}
			f := rest[0]
			switch {
			case n%f.size == 0:
				n, rest = n/f.size, rest[1:]
			case f.size%n == 0:
				inner := f.size / n
				rest = append([]factor{{f.axis, f.stride, inner}}, rest[1:]...)
				f = factor{f.axis, f.stride * inner, n}
				n = 1
			default:
				return nil, false
			}
			out[i] = append(out[i], f)
		}
	}
	return out.normal(), len(rest) == 0
}

// seenAs is the value seen in another way, by the flags of value where these can tell; ok is false where only a
// rearrangement could make a map of it.
func (g *graph) seenAs(v value, as view) (seen value, ok bool) {
	if v.parts != nil || v.products != nil {
		v.as = &as
		return v, true
	}
	v.as = nil
	for _, flags := range []value{{}, {last: true}, {flat: true}, {flat: true, last: true}, {plane: true}} {
		seen := v.like(flags)
		if flags.plane && g.shape(v)[0] != 1 {
			continue
		}
		if own := g.viewOf(seen); slices.Equal(own.dims(), as.dims()) && slices.EqualFunc(own, as, slices.Equal) {
			return seen, true
		}
	}
	v.flat, v.last, v.plane = false, false, false
	v.as = &as
	return v, false
}

// rearranged is the operation that makes the view a map of its own, channels first or last.
func (v view) rearranged(s tensor.Shape, last bool) (op *nn.Rearrange, ok bool) {
	if len(v) != 4 || len(v[0]) > 0 {
		return nil, false
	}
	channels, rows, columns := v[1], v[2], v[3]
	if last {
		rows, columns, channels = v[1], v[2], v[3]
	}
	op = &nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{1, 1}}
	for axis, dim := range []*[]factor{1: &rows, 2: &columns} {
		if axis == 0 {
			continue
		}
		if s[axis] > 1 {
			if len(*dim) == 0 || (*dim)[0].axis != axis || (*dim)[0].stride*(*dim)[0].size != s[axis] {
				return nil, false
			}
			op.In[axis-1] = (*dim)[0].stride
			*dim = (*dim)[1:]
		}
		op.Out[axis-1] = product(view{*dim}.dims())
	}
	n := product(view{channels}.dims())
	if max(op.Out[0], op.Out[1], op.In[0], op.In[1]) > maxWindow || op.Out[0]*op.Out[1]*n > maxValues>>6 {
		return nil, false
	}
	inner := slices.Concat(rows, columns, channels)
	for _, f := range inner {
		if f.axis > 0 && f.stride*f.size > op.In[f.axis-1] {
			return nil, false // a whole axis stands among the channels
		}
	}
	for i := range op.Out[0] * op.Out[1] * n {
		var at [3]int
		for k := len(inner) - 1; k >= 0; k-- {
			f := inner[k]
			if f.axis != repeats {
				at[f.axis] += i % f.size * f.stride
			}
			i /= f.size
		}
		op.From = append(op.From, (at[1]*op.In[1]+at[2])*s[0]+at[0])
	}
	return op, true
}

// looks follows a node after which the file sees the values in another way. Where that is no longer the
// map behind them, but a map, a layer makes it.
func (g *graph) looks(l label, x value, as view) (value, error) {
	v, ok := g.seenAs(x, as)
	if ok && v.products != nil {
		return v, nil
	}
	if ok {
		g.alias(v, append(slices.Clone(l.aliases), l.name)...)
		return v, nil
	}
	x, err := g.settle(x)
	if err != nil {
		return x, err
	}
	v, _ = g.seenAs(x, as)
	for _, last := range []bool{false, true} {
		if op, ok := as.rearranged(g.shape(x), last); ok {
			if err := g.charge(len(op.From)); err != nil {
				return x, err
			}
			v, err := g.add(l, op, value{layer: x.layer})
			v.last = last
			return v, err
		}
	}
	g.alias(v, append(slices.Clone(l.aliases), l.name)...)
	return v, nil
}

// ordered is input i of a layer with the axes of its map in the order in which the file sees them, which takes a layer where that is
// another one.
func (g *graph) ordered(l label, i int, v value) (value, error) {
	if v.as == nil || len(*v.as) != 4 || len((*v.as)[0]) > 0 || v.parts != nil || v.products != nil {
		return v, nil
	}
	op, left, s := &nn.Transpose{}, []int{}, g.shape(v)
	for axis := range s {
		if s[axis] == 1 { // stands anywhere
			left = append(left, axis)
		}
	}
	for k, dim := range (*v.as)[1:] {
		switch {
		case len(dim) == 1 && dim[0].axis >= 0 && dim[0].axis < 3 && dim[0].stride == 1 && dim[0].size == s[dim[0].axis]:
			op.Axes[k] = dim[0].axis
		case len(dim) == 0 && len(left) > 0:
			op.Axes[k], left = left[0], left[1:]
		default:
			return v, nil
		}
	}
	v, err := g.settle(v)
	if err != nil {
		return v, err
	}
	return g.add(label{name: fmt.Sprintf("%s/order%d", l.name, i)}, op, value{layer: v.layer})
}

// inOrder refuses a value whose map was taken apart.
func (v value) inOrder() error {
	if v.as != nil {
		return unsupported(fmt.Sprintf("it reads values in an order of dimensions %v", v.as.dims()))
	}
	return nil
}
