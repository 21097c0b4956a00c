package cpu

import (
	"slices"

	"zalgoscope/nn"
)

// panel is the weights of one or two blocks of output channels, in the order
// in which a kernel reads them, and the input blocks that they read.
type panel struct {
	w         []float32
	first, n  int // input blocks
	last      int // channels of the last of them
	depthwise bool
}

// matrix is the weights of a convolution's one direction and phase.
type matrix struct {
	out, in int                         // channels
	taps    int                         //
	reads   func(o int) (from, to int)  // input channels that output channel o reads
	weight  func(o, i, tap int) float32 // of an input channel within reads(o)
}

// pack lays the weights out for kernels that compute pair blocks at once, in the room of
// those that it laid out before, if any.
func (m matrix) pack(pair int, old []panel) []panel {
	var panels []panel
	if m.taps == 0 {
		return make([]panel, (blocks(m.out)+pair-1)/pair)
	}
	for b := 0; b < blocks(m.out); b += pair {
		width := lanes * min(pair, blocks(m.out)-b)
		from, to := m.in, 0
		for o := lanes * b; o < min(lanes*b+width, m.out); o++ {
			f, t := m.reads(o)
			from, to = min(from, f), max(to, t)
		}
		p := panel{first: from / lanes, n: blocks(to) - from/lanes}
		p.last = min(lanes, m.in-lanes*(p.first+p.n-1))
		p.w = roomOf(old, len(panels), ((p.n-1)*lanes+p.last)*m.taps*width)
		for ib := p.first; ib < p.first+p.n; ib++ {
			for tap := range m.taps {
				for i := lanes * ib; i < min(lanes*(ib+1), m.in); i++ {
					p.w = m.row(p.w, lanes*b, width, i, tap)
				}
			}
		}
		panels = append(panels, p)
	}
	return panels
}

// roomOf is that of the i-th panel for n weights, empty.
func roomOf(old []panel, i, n int) []float32 {
	if old == nil {
		return make([]float32, 0, n)
	}
	return old[i].w[:0]
}

// row appends the weights of one input value to width output channels from o.
func (m matrix) row(w []float32, o, width, i, tap int) []float32 {
	for k := o; k < o+width; k++ {
		v := float32(0)
		if k < m.out {
			if from, to := m.reads(k); from <= i && i < to {
				v = m.weight(k, i, tap)
			}
		}
		w = append(w, v)
	}
	return w
}

// packDepthwise lays out weights [block][tap][channel].
func (m matrix) packDepthwise(old []panel) []panel {
	panels := make([]panel, blocks(m.out))
	if m.taps == 0 {
		return panels
	}
	for b := range panels {
		panels[b] = panel{w: roomOf(old, b, m.taps*lanes), first: b, n: 1, last: lanes, depthwise: true}
		for tap := range m.taps {
			for o := lanes * b; o < lanes*(b+1); o++ {
				v := float32(0)
				if o < m.out {
					v = m.weight(o, o, tap)
				}
				panels[b].w = append(panels[b].w, v)
			}
		}
	}
	return panels
}

// isDepthwise tells whether each channel is a group of its own.
func isDepthwise(o *nn.Conv) bool {
	s := o.W.Shape()
	return o.Groups > 1 && o.Groups == s[0] && s[1] == 1
}

// forwardMatrix is the convolution itself.
func forwardMatrix(o *nn.Conv) matrix {
	s, w := o.W.Shape(), nn.Floats(o.W)
	out, in := s[0]/o.Groups, s[1]
	area := s[2] * s[3]
	return matrix{
		out: s[0], in: in * o.Groups, taps: area,
		reads: func(k int) (int, int) { return k / out * in, (k/out + 1) * in },
		weight: func(k, i, tap int) float32 {
			if i >= in {
				i %= in
			}
			return w[(k*in+i)*area+tap]
		},
	}
}

// backwardMatrix is its transpose for one phase of each axis.
func backwardMatrix(o *nn.Conv, ys, xs []tap) matrix {
	s, w := o.W.Shape(), nn.Floats(o.W)
	out, in := s[0]/o.Groups, s[1]
	var cells []int // of the kernel under each tap
	for _, y := range ys {
		for _, x := range xs {
			cells = append(cells, y.kernel[0]*s[3]+x.kernel[0])
		}
	}
	area := s[2] * s[3]
	return matrix{
		out: in * o.Groups, in: s[0], taps: len(cells),
		reads: func(k int) (int, int) { return k / in * out, (k/in + 1) * out },
		weight: func(k, i, tap int) float32 {
			if k >= in {
				k %= in
			}
			return w[(i*in+k)*area+cells[tap]]
		},
	}
}

// pictureMatrix is the transpose of a first layer for one phase of each axis,
// four pixels at once: output channel 8*row + 4*column + colour.
func pictureMatrix(o *nn.Conv, ys, xs []tap) matrix {
	s, w := o.W.Shape(), nn.Floats(o.W)
	return matrix{
		out: lanes, in: s[0], taps: len(ys) * len(xs),
		reads: func(int) (int, int) { return 0, s[0] },
		weight: func(k, i, tap int) float32 {
			ky, kx := ys[tap/len(xs)].kernel[k/8], xs[tap%len(xs)].kernel[k/4%2]
			if ky < 0 || kx < 0 || k%4 == 3 {
				return 0
			}
			return w[((i*s[1]+k%4)*s[2]+ky)*s[3]+kx]
		},
	}
}

// packs keeps weights as the kernels read them, made when a plan first asks.
type packs struct {
	k    *kernels
	made map[packKey]*packed

	stale stale // of the last refresh
}

// packed is one convolution's weights for one direction and phase.
type packed struct {
	panels  []panel
	edition int // of the weights
	pack    func(old []panel) []panel
}

// packKey names the weights of a convolution, forward (together 0) or for a phase of
// its transpose, which depends on the padding only through its remainders.
type packKey struct {
	conv                       *nn.Conv
	together, padY, padX, y, x int
	winograd                   bool
	with                       [mostSiblings - 1]*nn.Conv // that run as one with conv, forward
}

// each visits the convolutions.
func (k packKey) each(visit func(o *nn.Conv)) {
	visit(k.conv)
	for _, o := range k.with {
		if o != nil {
			visit(o)
		}
	}
}

// edition changes with the weights of any.
func (k packKey) edition() (sum int) {
	k.each(func(o *nn.Conv) { sum += o.Edition })
	return sum
}

func newPacks(k *kernels) *packs { return &packs{k: k, made: map[packKey]*packed{}} }

func (p *packs) forward(o *nn.Conv, winograd bool) []panel {
	return p.get(packKey{conv: o, winograd: winograd}, isDepthwise(o), func() matrix { return forwardMatrix(o) })
}

func (p *packs) backward(o *nn.Conv, together int, ys, xs nn.Span, y, x int, ty, tx []tap, winograd bool) []panel {
	key := packKey{
		conv: o, together: together, y: y, x: x, winograd: winograd,
		padY: ys.Pad % lcm(ys.Stride, together), padX: xs.Pad % lcm(xs.Stride, together),
	}
	return p.get(key, isDepthwise(o) && together == 1, func() matrix {
		if together == 2 {
			return pictureMatrix(o, ty, tx)
		}
		return backwardMatrix(o, ty, tx)
	})
}

func (p *packs) siblings(ops []*nn.Conv) []panel {
	key := packKey{conv: ops[0]}
	copy(key.with[:], ops[1:])
	return p.get(key, false, func() matrix { return siblingMatrix(ops) })
}

func (p *packs) get(key packKey, depthwise bool, make func() matrix) []panel {
	if made, ok := p.made[key]; ok {
		return made.panels
	}
	pack := func(old []panel) []panel { return make().pack(p.k.pair, old) }
	switch {
	case key.winograd:
		pack = func(old []panel) []panel { return make().packWinograd(p.k.pair, old) }
	case depthwise:
		pack = func(old []panel) []panel { return make().packDepthwise(old) }
	}
	p.made[key] = &packed{panels: pack(nil), edition: key.edition(), pack: pack}
	return p.made[key].panels
}

// refresh packs weights again that were changed since, where plans have them.
func (p *packs) refresh(c *crew) {
	p.stale.packs = p.stale.packs[:0]
	for key, made := range p.made {
		if edition := key.edition(); made.edition != edition {
			made.edition = edition
			p.stale.packs = append(p.stale.packs, made)
		}
	}
	// The largest first, so that workers end together.
	slices.SortFunc(p.stale.packs, func(a, b *packed) int { return len(b.panels)*len(b.panels[0].w) - len(a.panels)*len(a.panels[0].w) })
	c.run(&p.stale, len(p.stale.packs), len(p.stale.packs) > 1)
}

// stale is weights to be packed again.
type stale struct{ packs []*packed }

func (o *stale) run(_ *worker, i int) {
	o.packs[i].pack(o.packs[i].panels)
}

// keep drops the weights of all convolutions that are not a net's.
func (p *packs) keep(net *nn.Net) {
	own := map[*nn.Conv]bool{}
	for _, l := range net.Layers {
		if o, ok := l.Op.(*nn.Conv); ok {
			own[o] = true
		}
	}
	for key := range p.made {
		key.each(func(o *nn.Conv) {
			if !own[o] {
				delete(p.made, key)
			}
		})
	}
}
