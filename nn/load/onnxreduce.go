package load

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// onnxSets are the operators that look at sets of a map's values: reductions, normalisations and softmax.
var onnxSets = map[string]func(m *onnx, n *node, in []operand) (value, error){
	"ArgMax":                    (*onnx).argMax,
	"ArgMin":                    (*onnx).argMax,
	"GroupNormalization":        (*onnx).groupNorm,
	"Hardmax":                   (*onnx).softmax,
	"InstanceNormalization":     (*onnx).instanceNorm,
	"LayerNormalization":        (*onnx).layerNorm,
	"LogSoftmax":                (*onnx).softmax,
	"LpNormalization":           (*onnx).lpNorm,
	"MeanVarianceNormalization": (*onnx).meanVariance,
	"RMSNormalization":          (*onnx).layerNorm,
	"ReduceL1":                  (*onnx).reduction,
	"ReduceL2":                  (*onnx).reduction,
	"ReduceLogSum":              (*onnx).reduction,
	"ReduceLogSumExp":           (*onnx).reduction,
	"ReduceMax":                 (*onnx).reduction,
	"ReduceMean":                (*onnx).reduction,
	"ReduceMin":                 (*onnx).reduction,
	"ReduceProd":                (*onnx).reduction,
	"ReduceSum":                 (*onnx).reduction,
	"ReduceSumSquare":           (*onnx).reduction,
	"Softmax":                   (*onnx).softmax,
}

// over tells which axes of the map, of channels, rows and columns, the file's axes are.
func (m *onnx) over(x value, axes []int) (over [3]bool, err error) {
	where := [][]int{nil, {0}, {1}, {2}}
	switch {
	case x.as != nil:
		return m.wholeAxes(x, axes)
	case x.flat:
		where = [][]int{nil, {0, 1, 2}}
	case x.plane:
		where = [][]int{nil, {1}, {2}}
	case x.last:
		where = [][]int{nil, {1}, {2}, {0}}
	}
	for _, a := range axes {
		if a < 0 || a >= len(where) {
			return over, unsupported(fmt.Sprintf("it goes over axis %d of %v", a, m.dims(x)))
		}
		for _, i := range where[a] {
			over[i] = true
		}
	}
	return over, nil
}

// wholeAxes are the map's axes that dimensions of a map taken apart are made of.
func (m *onnx) wholeAxes(x value, axes []int) (over [3]bool, err error) {
	refused := unsupported(fmt.Sprintf("it goes over parts of axes, seen as %v", m.dims(x)))
	cells := [3]int{1, 1, 1}
	for _, a := range axes {
		if a < 0 || a >= len(*x.as) {
			return over, unsupported(fmt.Sprintf("it goes over axis %d of %v", a, m.dims(x)))
		}
		for _, f := range (*x.as)[a] {
			if f.axis == repeats {
				return over, refused
			}
			over[f.axis] = true
			cells[f.axis] *= f.size
		}
	}
	for axis, n := range m.shape(x) {
		if over[axis] && cells[axis] != n {
			return over, refused
		}
	}
	return over, nil
}

// positions are the axes of rows and columns, everything all three.
var (
	positions  = [3]bool{false, true, true}
	channels   = [3]bool{true, false, false}
	everything = [3]bool{true, true, true}
)

// step is an operation on the way to a node's result.
type step struct {
	suffix string // of the layer's name; "" for the result
	op     nn.Op
}

func valued(suffix string, fn nn.UnaryFn) step {
	op := nn.NewUnary(fn, 1, 0)
	return step{suffix, &op}
}

func negative(suffix string) step {
	op := nn.NewUnary(nn.Linear, -1, 0)
	return step{suffix, &op}
}

// reduce is a step that takes values together; what has a pool is one.
func reduce(suffix string, fn nn.ReduceFn, over [3]bool) step {
	if over == positions && (fn == nn.Average || fn == nn.Largest) {
		return step{suffix, &nn.Pool{Global: true, Max: fn == nn.Largest}}
	}
	return step{suffix, &nn.Reduce{Fn: fn, Axes: over}}
}

// steps adds operations of one map after the other, which see it as C,H,W.
func (m *onnx) steps(l label, x value, list ...step) (value, error) {
	seen := x
	x.plane, x.as = false, nil
	for _, s := range list {
		own := l
		if s.suffix != "" {
			own = label{name: l.name + "/" + s.suffix}
		}
		v, err := m.add(own, s.op, x)
		if err != nil {
			return v, err
		}
		x = v
	}
	return x.like(seen), nil
}

// reduction takes the values along some axes together; without any, all or none.
func (m *onnx) reduction(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	rank := len(m.dims(x))
	axes, err := m.axes(n, in, rank)
	if err != nil {
		return x, err
	}
	if len(axes) == 0 && n.integer("noop_with_empty_axes", 0) == 0 {
		for a := 1; a < rank; a++ {
			axes = append(axes, a)
		}
	}
	kept := n.integer("keepdims", 1) != 0
	if kept {
		axes = slices.DeleteFunc(axes, func(a int) bool { return a == 0 && m.dims(x)[0] == 1 }) // of one picture
	}
	as := m.less(x, axes, kept)
	x, over, set, everywhere, err := m.setsOf(n.label, x, axes)
	if err != nil {
		return x, err
	}
	if x.as != nil {
		as = m.less(x, axes, kept)
	}
	if set != nil {
		return m.reducedApart(n, x, set, everywhere, as)
	}
	if over == [3]bool{} && slices.Contains([]string{"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd"}, n.kind) {
		same := nn.NewUnary(nn.Linear, 1, 0)
		v, err := m.pointwise(n, &same, in)
		if err != nil {
			return v, err
		}
		return m.reduced(v, x, as, kept), nil
	}
	how, ok := reductions[n.kind]
	if !ok {
		v, _, err := m.logSum(n.label, "", x, over)
		if err != nil {
			return v, err
		}
		return m.reduced(v, x, as, kept), nil
	}
	v, err := m.steps(n.label, x, how.steps(over)...)
	if err != nil {
		return v, err
	}
	return m.reduced(v, x, as, kept), nil
}

// reducing is what a reduction does to values before they are taken together, and after.
type reducing struct {
	before []step
	fn     nn.ReduceFn
	after  []step
}

var reductions = map[string]reducing{
	"ReduceMean":      {nil, nn.Average, nil},
	"ReduceSum":       {nil, nn.Total, nil},
	"ReduceMax":       {nil, nn.Largest, nil},
	"ReduceMin":       {[]step{negative("negative")}, nn.Largest, []step{negative("")}},
	"ReduceProd":      {nil, nn.Product, nil},
	"ReduceL1":        {[]step{valued("size", nn.Abs)}, nn.Total, nil},
	"ReduceL2":        {[]step{valued("squares", nn.Squared)}, nn.Total, []step{valued("", nn.Sqrt)}},
	"ReduceSumSquare": {[]step{valued("squares", nn.Squared)}, nn.Total, nil},
	"ReduceLogSum":    {nil, nn.Total, []step{valued("", nn.Log)}},
}

// steps are the operations of a reduction over some axes.
func (r reducing) steps(over [3]bool) []step {
	suffix := ""
	if len(r.after) > 0 {
		suffix = "taken"
	}
	return slices.Concat(r.before, []step{reduce(suffix, r.fn, over)}, r.after)
}

// reducedApart takes parts of the channels together, and all positions where everywhere says so.
func (m *onnx) reducedApart(n *node, x value, set []factor, everywhere bool, as view) (value, error) {
	how, ok := reductions[n.kind]
	if !ok {
		return x, unsupported(fmt.Sprintf("it goes over parts of axes, seen as %v", m.dims(x)))
	}
	own := m.viewOf(x)
	left := as.without(set)
	v, err := m.steps(label{name: n.name + "/of"}, x, how.before...)
	if err == nil && everywhere {
		v, err = m.steps(label{name: n.name + "/positions"}, v, reduce("", how.fn, positions))
	}
	if err != nil {
		return v, err
	}
	v.as = &own
	l := n.label
	if len(how.after) > 0 {
		l = label{name: n.name + "/taken"}
	}
	if v, err = m.apart(l, v, set, func(l label, x value) (value, error) {
		return m.steps(l, x, reduce("", how.fn, channels))
	}); err != nil {
		return v, err
	}
	if v, err = m.steps(n.label, v, how.after...); err != nil {
		return v, err
	}
	v, _ = m.seenAs(v, left)
	return v, nil
}

// reduced is a reduction seen as the file does.
func (m *onnx) reduced(v, x value, as view, kept bool) value {
	if kept && x.as == nil {
		return v.like(x)
	}
	v, _ = m.seenAs(v, as)
	return v
}

// logSum is the logarithm of the sum of exponentials, and the values less the largest, by which it is made. The result has
// the given suffix.
func (m *onnx) logSum(l label, suffix string, x value, over [3]bool) (sum, less value, err error) {
	seen := x
	x.plane, x.as = false, nil
	named := func(s string) label { return label{name: l.name + "/" + s} }
	top, err := m.steps(named("largest"), x, step{"", &nn.Reduce{Fn: nn.Largest, Axes: over}})
	if err == nil {
		less, err = m.add(named("less"), &nn.Binary{Fn: nn.Minus}, x, top)
	}
	var log value
	if err == nil {
		log, err = m.steps(named("log"), less, valued("exp", nn.Exp), reduce("sum", nn.Total, over), valued("", nn.Log))
	}
	if suffix != "" {
		l = named(suffix)
	}
	if err == nil {
		sum, err = m.add(l, &nn.Binary{Fn: nn.Plus}, log, top)
	}
	return sum.like(seen), less, err
}
