package load

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Talking heads (Shazeer et al. 2020) mix an attention's products, or its shares, across its heads. No map of them is made for that, which
// would grow with the square of the picture: a sum of several heads' products is one product of all their queries, each
// times its weight, with all their keys, and what mixed shares make of values is the same mixture of what each head's shares make of them.
// Such an attention costs as many times the time of another as it has heads, and no more of its memory but for the queries, keys and values.

// talk mixes the heads of products or of shares, which are a dimension of the file's.
func (m *onnx) talk(l label, x value, by *mixture, dim int) (value, error) {
	as := slices.Clone(*x.as)
	as[dim] = view{{{0, 1, by.heads()}}}.normal()[0]
	p := *x.products
	var err error
	if p.shares {
		if p.mix != nil {
			if err := m.charge(by.heads() * by.from * p.mix.from); err != nil {
				return x, err
			}
			by = by.after(p.mix)
		}
		p.mix = by
	} else if p, err = m.spokenBefore(l, p, by); err != nil {
		return x, err
	}
	return value{layer: p.q.layer, products: &p, as: &as}, nil
}

// spokenBefore has products of mixed heads.
func (m *onnx) spokenBefore(l label, p products, by *mixture) (products, error) {
	channels, heads := m.shape(p.q)[0], by.heads()
	inner := channels / p.op.Heads
	var from []int
	var scale []float32
	each := by.diagonal() // needs no other's channels
	for g := range heads {
		for h := range by.from {
			if each && h != g {
				continue
			}
			for c := range inner {
				from = append(from, h*inner+c)
				scale = append(scale, float32(by.weights[g*by.from+h]))
			}
		}
		if len(from) > maxChannels {
			return p, fmt.Errorf("mixes heads of more than %d channels", maxChannels)
		}
	}
	if err := m.charge(2 * len(from)); err != nil {
		return p, err
	}
	q, err := m.permuted(label{name: l.name + "/queries of all"}, p.q, from)
	if err == nil {
		p.q, err = m.affine(label{name: l.name + "/queries"}, q, scale, repeat(0, len(scale)))
	}
	if err == nil {
		p.apart, err = m.permuted(label{name: l.name + "/keys"}, p.apart, from)
	}
	if err == nil {
		p.k, err = m.row(label{name: l.name + "/row"}, p.apart)
	}
	if err != nil {
		return p, err
	}
	if b := p.op.Bias; b != nil {
		s := b.Shape()
		n := s[2] * s[3]
		if err := m.charge(s[0] * heads * n); err != nil {
			return p, err
		}
		p.op.Bias = nn.NewTensor(tensor.Shape{s[0], heads, s[2], s[3]})
		for i := range nn.Floats(p.op.Bias) {
			sum := 0.0
			for h := range by.from {
				sum += by.weights[i/n%heads*by.from+h] * float64(nn.Floats(b)[((i/n/heads)*s[1]+h%s[1])*n+i%n])
			}
			nn.Floats(p.op.Bias)[i] = float32(sum)
		}
	}
	p.op.Heads, p.lifted = heads, p.lifted || by.shifts()
	return p, nil
}

// listened are the values that each head of an attention needs whose shares are mixed behind it: those of all that are made.
func (m *onnx) listened(l label, by *mixture, values value) (value, error) {
	channels := m.shape(values)[0]
	if channels*by.from > maxChannels {
		return values, fmt.Errorf("mixes heads of more than %d channels", maxChannels)
	}
	if err := m.charge(channels * by.from); err != nil {
		return values, err
	}
	return m.permuted(label{name: l.name + "/values of all"}, values, slices.Repeat(upTo(channels), by.from))
}

// heardOf is the sum of the values that each query of products meets: of the whole map, or of its window, of which a part counts as a whole one.
func (m *onnx) heardOf(l label, p *products, q, values value) (value, error) {
	if !p.op.Windowed() {
		return m.steps(l, values, reduce("", nn.Total, positions))
	}
	// Where the scale is nothing, all keys have one share.
	mean, err := m.add(label{name: l.name + "/mean"}, &nn.Attention{Heads: 1, Window: p.op.Window}, q, p.k, values)
	if err == nil && p.cell != [2]int{} {
		mean, err = m.firsts(label{name: l.name + "/mean of cells"}, mean, p.cell)
	}
	if err != nil {
		return mean, err
	}
	sum := nn.NewUnary(nn.Linear, float32(p.keys), 0)
	return m.add(l, &sum, mean)
}

// spokenAfter mixes what an attention's heads made of the values that each listened to. The queries are those of the attention.
func (m *onnx) spokenAfter(l label, p *products, made, q, values value) (value, error) {
	by := p.mix
	channels, heads := m.shape(values)[0], by.heads()
	inner := channels / heads
	if err := m.charge(channels * by.from); err != nil {
		return made, err
	}
	from := make([]int, 0, channels*by.from)
	for g := range heads {
		for h := range by.from {
			for c := range inner {
				from = append(from, h*channels+g*inner+c)
			}
		}
	}
	v, err := m.permuted(label{name: l.name + "/by head"}, made, from)
	if err != nil {
		return v, err
	}
	wide := by.from * inner
	w := weights{channels * wide, func(dst []float32) error {
		clear(dst)
		for g := range heads {
			for h := range by.from {
				for c := range inner {
					dst[(g*inner+c)*wide+h*inner+c] = float32(by.weights[g*by.from+h])
				}
			}
		}
		return nil
	}}
	if !by.shifts() {
		return m.conv(l, v, nn.Square(1, 1, 0), heads, channels, w, nil)
	}
	if v, err = m.conv(label{name: l.name + "/mixed"}, v, nn.Square(1, 1, 0), heads, channels, w, nil); err != nil {
		return v, err
	}
	all, err := m.heardOf(label{name: l.name + "/all values"}, p, q, values)
	if err != nil {
		return v, err
	}
	shift := make([]float32, channels)
	for c := range shift {
		shift[c] = float32(by.shift[c/inner])
	}
	if all, err = m.affine(label{name: l.name + "/share of all"}, all, shift, repeat(0, channels)); err != nil {
		return v, err
	}
	return m.add(l, &nn.Binary{Fn: nn.Plus}, v, all)
}
