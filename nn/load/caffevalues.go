package load

import (
	"fmt"
	"math"

	"zalgoscope/nn"
	"zalgoscope/nn/load/prototxt"
)

// caffeFunctions are the functions of single values, as what they are made of one after the other.
var caffeFunctions = map[string]func(l *prototxt.Layer) []nn.Unary{
	"AbsVal": func(*prototxt.Layer) []nn.Unary { return []nn.Unary{nn.NewUnary(nn.Abs, 1, 0)} },
	"BNLL":   func(*prototxt.Layer) []nn.Unary { return []nn.Unary{nn.NewUnary(nn.Softplus, 1, 0)} },
	"ELU": func(l *prototxt.Layer) []nn.Unary {
		return []nn.Unary{nn.NewUnary(nn.Elu, l.GetEluParam().GetAlpha(), 1)}
	},
	"Exp": func(l *prototxt.Layer) []nn.Unary {
		p := l.GetExpParam()
		by := naturalLog(p.GetBase())
		return []nn.Unary{nn.NewUnary(nn.Linear, by*p.GetScale(), by*p.GetShift()), nn.NewUnary(nn.Exp, 1, 0)}
	},
	"Log": func(l *prototxt.Layer) []nn.Unary {
		p := l.GetLogParam()
		return []nn.Unary{nn.NewUnary(nn.Linear, p.GetScale(), p.GetShift()), nn.NewUnary(nn.Log, 1, 0), nn.NewUnary(nn.Linear, 1/naturalLog(p.GetBase()), 0)}
	},
	"Power": func(l *prototxt.Layer) []nn.Unary {
		p := l.GetPowerParam()
		return append([]nn.Unary{nn.NewUnary(nn.Linear, p.GetScale(), p.GetShift())}, powers(p.GetPower())...)
	},
	"Sigmoid": func(*prototxt.Layer) []nn.Unary { return []nn.Unary{nn.NewUnary(nn.Sigmoid, 1, 0)} },
	"Swish": func(l *prototxt.Layer) []nn.Unary {
		return []nn.Unary{nn.NewUnary(nn.SiLU, l.GetSwishParam().GetBeta(), 0)}
	},
	"TanH": func(*prototxt.Layer) []nn.Unary { return []nn.Unary{nn.NewUnary(nn.Tanh, 1, 0)} },
	"Threshold": func(l *prototxt.Layer) []nn.Unary {
		return []nn.Unary{nn.NewUnary(nn.Switch, l.GetThresholdParam().GetThreshold(), 1)}
	},
}

// naturalLog is that of a base, of which -1 stands for e.
func naturalLog(base float32) float32 {
	if base == -1 {
		return 1
	}
	return float32(math.Log(float64(base)))
}

// powers is a power as a function, none for the first.
func powers(p float32) []nn.Unary {
	switch p {
	case 1:
		return nil
	case 2:
		return []nn.Unary{nn.NewUnary(nn.Squared, 1, 0)}
	case 0.5:
		return []nn.Unary{nn.NewUnary(nn.Sqrt, 1, 0)}
	case -1:
		return []nn.Unary{nn.NewUnary(nn.Reciprocal, 1, 0)}
	}
	return []nn.Unary{nn.NewUnary(nn.Power, p, 0)}
}

// function adds a function of single values. A linear part that changes nothing is left out, but for the last.
func (c *caffe) function(l *prototxt.Layer, lab label, in []value) (value, error) {
	list := caffeFunctions[l.GetType()](l)
	if base := l.GetExpParam().GetBase(); base != -1 && !(base > 0) || l.GetLogParam().GetBase() != -1 && !(l.GetLogParam().GetBase() > 0) {
		return value{}, fmt.Errorf("has a base of %g", base)
	}
	if last := len(list) - 1; list[last].Fn == nn.Linear && last == 0 { // which merges into a convolution before
		n := c.shape(in[0])[0]
		return c.affine(lab, in[0], repeat(list[0].P, n), repeat(list[0].Q, n))
	}
	var ops []nn.Op
	for i := range list {
		if o := &list[i]; o.Fn != nn.Linear || o.P != 1 || o.Q != 0 {
			ops = append(ops, o)
		}
	}
	v, err := c.chain(lab, in[0], ops...)
	return v.like(in[0]), err
}

// chain adds operations one after the other; the last has the label.
func (c *caffe) chain(lab label, x value, ops ...nn.Op) (value, error) {
	var err error
	for i, op := range ops {
		name := lab
		if i+1 < len(ops) {
			name = label{name: fmt.Sprintf("%s/%d", lab.name, i+1)}
		}
		if x, err = c.add(name, op, x); err != nil {
			return x, err
		}
	}
	return x, nil
}

// prelu has slopes of its own for each channel, or one.
func (c *caffe) prelu(l *prototxt.Layer, lab label, in []value) (value, error) {
	n := c.shape(in[0])[0]
	slopes := repeat(0.25, n)
	list, err := c.arrays(l, 1)
	if err != nil {
		return value{}, err
	}
	if list != nil {
		want := n
		if l.GetPreluParam().GetChannelShared() {
			want = 1
		}
		v, err := list[0].floats(want)
		if err != nil {
			return value{}, fmt.Errorf("slopes: %w", err)
		}
		slopes = spread(v, n)
	}
	if err := c.charge(n); err != nil {
		return value{}, err
	}
	v, err := c.add(lab, &nn.Binary{Fn: nn.Leaking, Other: nn.TensorOf(slopes, n, 1, 1)}, in[0])
	return v.like(in[0]), err
}

// eltwise sums, with coefficients, multiplies or takes the largest.
func (c *caffe) eltwise(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetEltwiseParam()
	if len(in) < 2 {
		return value{}, fmt.Errorf("reads %d blobs, not 2", len(in))
	}
	switch p.GetOperation() {
	case prototxt.Eltwise_PROD:
		return c.folded(lab, nn.Times, in)
	case prototxt.Eltwise_MAX:
		return c.folded(lab, nn.Most, in)
	}
	by := p.GetCoeff()
	if len(by) > 0 && len(by) != len(in) {
		return value{}, fmt.Errorf("has %d coefficients for %d blobs", len(by), len(in))
	}
	list := append([]value{}, in...)
	for i, k := range by {
		if k == 1 {
			continue
		}
		op := nn.NewUnary(nn.Linear, k, 0)
		v, err := c.add(label{name: fmt.Sprintf("%s/%d", lab.name, i+1)}, &op, in[i])
		if err != nil {
			return v, err
		}
		list[i] = v
	}
	v, err := c.add(lab, &nn.Add{}, list...)
	v.flat = in[0].flat
	return v, err
}

// folded takes maps together two by two.
func (c *caffe) folded(lab label, fn nn.BinaryFn, in []value) (v value, err error) {
	acc := in[0]
	for i, next := range in[1:] {
		name := lab
		if i+2 < len(in) {
			name = label{name: fmt.Sprintf("%s/%d", lab.name, i+1)}
		}
		if acc, err = c.add(name, &nn.Binary{Fn: fn}, acc, next); err != nil {
			return acc, err
		}
	}
	acc.flat = in[0].flat
	return acc, nil
}

// axpy is a map times a gate for each channel and another map added, as nets of squeeze and excite have it.
func (c *caffe) axpy(_ *prototxt.Layer, lab label, in []value) (value, error) {
	if len(in) != 3 {
		return value{}, fmt.Errorf("reads %d blobs, not 3", len(in))
	}
	gate := in[0]
	gate.flat = false
	v, err := c.add(label{name: lab.name + "/1"}, &nn.Binary{Fn: nn.Times}, in[1], gate)
	if err != nil {
		return v, err
	}
	return c.add(lab, &nn.Add{}, v, in[2])
}

// slice gives neighbouring channels to each of the blobs that it makes.
func (c *caffe) slice(l *prototxt.Layer, lab label, in []value) ([]value, error) {
	p := l.GetSliceParam()
	if a := p.GetAxis(); a != 1 && a != -3 || p.GetSliceDim() != 1 || in[0].flat && !c.pixel(in[0]) {
		return nil, unsupported("it slices along another axis than channels")
	}
	n, tops := c.shape(in[0])[0], len(l.Top)
	ends := make([]int, 0, tops)
	for _, at := range p.GetSlicePoint() {
		ends = append(ends, bounded(at))
	}
	if len(ends) == 0 && tops > 0 && n%tops == 0 {
		for i := 1; i < tops; i++ {
			ends = append(ends, i*n/tops)
		}
	}
	if ends = append(ends, n); len(ends) != tops {
		return nil, fmt.Errorf("slices %d channels at %v for %d blobs", n, p.GetSlicePoint(), tops)
	}
	var out []value
	from := 0
	for i, end := range ends {
		if end <= from || end > n {
			return nil, fmt.Errorf("slices %d channels at %v", n, p.GetSlicePoint())
		}
		name := label{name: l.Top[i]}
		if i == 0 {
			name.aliases = []string{l.GetName()}
		}
		pick := make([]int, end-from)
		for k := range pick {
			pick[k] = from + k
		}
		v, err := c.add(name, nn.Pick(pick), in[0])
		if err != nil {
			return nil, err
		}
		out, from = append(out, v.like(in[0])), end
	}
	return out, nil
}

// reduction takes all values from an axis on together.
func (c *caffe) reduction(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetReductionParam()
	op := &nn.Reduce{Axes: [3]bool{false, true, true}}
	switch a := p.GetAxis(); {
	case a == 1 || a == -3:
		op.Axes[0] = true
	case a != 2 && a != -2 || in[0].flat:
		return value{}, unsupported(fmt.Sprintf("it reduces from axis %d on", a))
	}
	var ops []nn.Op
	unary := func(fn nn.UnaryFn, p float32) {
		o := nn.NewUnary(fn, p, 0)
		ops = append(ops, &o)
	}
	switch p.GetOperation() {
	case prototxt.Reduction_ASUM:
		unary(nn.Abs, 1)
	case prototxt.Reduction_SUMSQ:
		unary(nn.Squared, 1)
	case prototxt.Reduction_MEAN:
		op.Fn = nn.Average
	}
	ops = append(ops, op)
	if k := p.GetCoeff(); k != 1 {
		unary(nn.Linear, k)
	}
	v, err := c.chain(lab, in[0], ops...)
	v.flat = true
	return v, err
}

// crop cuts a map to the size of another, from an offset on. At other sizes it cuts as much off as at the net's own.
func (c *caffe) crop(l *prototxt.Layer, lab label, in []value) (value, error) {
	if len(in) != 2 {
		return value{}, fmt.Errorf("reads %d blobs, not 2", len(in))
	}
	p := l.GetCropParam()
	first := int(p.GetAxis())
	if first < 0 {
		first += 4
	}
	if offsets := p.GetOffset(); first < 1 || first > 3 || len(offsets) > 1 && len(offsets) != 4-first || in[0].flat {
		return value{}, unsupported(fmt.Sprintf("it crops from axis %d on at %v", p.GetAxis(), offsets))
	}
	from, to := c.shape(in[0]), c.shape(in[1])
	axes := [3]nn.Axis{nil, nn.Keep{}, nn.Keep{}}
	for axis := first; axis <= 3; axis++ {
		off, i := 0, axis-1
		switch list := p.GetOffset(); len(list) {
		case 0:
		case 1:
			off = bounded(list[0])
		default:
			off = bounded(list[axis-first])
		}
		rest := from[i] - off - to[i]
		if rest < 0 {
			return value{}, fmt.Errorf("cannot cut %v to %v at %d", from, to, off)
		}
		axes[i] = nn.Crop{From: off, To: math.MaxInt32, Step: 1}
		if rest > 0 {
			axes[i] = nn.Crop{From: off, To: -rest, Step: 1}
		}
	}
	x := in[0]
	if channels, ok := axes[0].(nn.Crop); ok {
		pick := make([]int, to[0])
		for k := range pick {
			pick[k] = channels.From + k
		}
		v, err := c.add(label{name: lab.name + "/channels"}, nn.Pick(pick), x)
		if err != nil {
			return v, err
		}
		x = v
	}
	return c.add(lab, &nn.Sample{Rows: axes[1], Columns: axes[2]}, x)
}

// mvn brings the values of each channel, or of the map, to mean 0 and, unless it is told not to, variance 1.
func (c *caffe) mvn(l *prototxt.Layer, lab label, in []value) (value, error) {
	p := l.GetMvnParam()
	n := c.shape(in[0])[0]
	groups := n
	if p.GetAcrossChannels() {
		groups = 1
	}
	if in[0].flat && !c.pixel(in[0]) {
		return value{}, unsupported("it normalises a flattened map")
	}
	if !p.GetNormalizeVariance() {
		mean := &nn.Reduce{Fn: nn.Average, Axes: [3]bool{p.GetAcrossChannels(), true, true}}
		v, err := c.add(label{name: lab.name + "/mean"}, mean, in[0])
		if err != nil {
			return v, err
		}
		return c.add(lab, &nn.Binary{Fn: nn.Minus}, in[0], v)
	}
	if err := c.charge(2 * n); err != nil {
		return value{}, err
	}
	scale, shift := nn.Unscaled(n)
	// Caffe adds eps to the deviation rather than to the variance.
	return c.add(lab, &nn.Norm{Groups: groups, Positions: true, Centred: true, Eps: p.GetEps() * p.GetEps(), Scale: scale, Shift: shift}, in[0])
}

// withinChannel is local response normalisation over a window of each channel: x*(1 + alpha*mean(x^2))^-beta.
func (c *caffe) withinChannel(p *prototxt.LRN, lab label, x value) (value, error) {
	size := bounded(p.GetLocalSize())
	pool := &nn.Pool{Window: nn.Square(size, 1, (size-1)/2), IncludePad: true}
	pool.Ceil = true
	square, base, power := nn.NewUnary(nn.Squared, 1, 0), nn.NewUnary(nn.Linear, p.GetAlpha(), 1), nn.NewUnary(nn.Power, -p.GetBeta(), 0)
	part := label{name: lab.name + "/scale"}
	scale, err := c.chain(part, x, &square, pool, &base, &power)
	if err != nil {
		return scale, err
	}
	return c.add(lab, &nn.Binary{Fn: nn.Times}, x, scale)
}
