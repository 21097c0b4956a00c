package cpu

import "zalgoscope/nn"

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
	layout  layout
	pair    int
	make    func() matrix
}

// packKey names the weights of a convolution, forward (together 0) or for a phase of
// its transpose, which depends on the padding only through its remainders.
type packKey struct {
	conv                       *nn.Conv
	together, padY, padX, y, x int
	winograd, half             bool
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

// taps is how many rows of weights an input channel has in a panel.
func (k packKey) taps(m matrix) int {
	if k.winograd {
		return 1
	}
	return m.taps
}

func newPacks(k *kernels) *packs { return &packs{k: k, made: map[packKey]*packed{}} }

func (p *packs) forward(o *nn.Conv, winograd, half bool) []panel {
	return p.get(packKey{conv: o, winograd: winograd, half: half && !isDepthwise(o)}, isDepthwise(o), func() matrix { return forwardMatrix(o) })
}

func (p *packs) backward(o *nn.Conv, together int, ys, xs nn.Span, y, x int, ty, tx []tap, winograd, half bool) []panel {
	key := packKey{
		conv: o, together: together, y: y, x: x, winograd: winograd, half: half && !isDepthwise(o),
		padY: ys.Pad % lcm(ys.Stride, together), padX: xs.Pad % lcm(xs.Stride, together),
	}
	return p.get(key, isDepthwise(o) && together == 1, func() matrix {
		if together == 2 {
			return pictureMatrix(o, ty, tx)
		}
		return backwardMatrix(o, ty, tx)
	})
}

func (p *packs) siblings(ops []*nn.Conv, half bool) []panel {
	key := packKey{conv: ops[0], half: half}
	copy(key.with[:], ops[1:])
	return p.get(key, false, func() matrix { return siblingMatrix(ops) })
}

func (p *packs) get(key packKey, single bool, make func() matrix) []panel {
	if made, ok := p.made[key]; ok {
		return made.panels
	}
	made := &packed{edition: key.edition(), layout: inOrder, pair: p.k.pair, make: make}
	switch {
	case key.winograd:
		made.layout = byPoint
	case single:
		made.layout = byChannel
	}
	if key.half {
		if p.k.half.products != nil {
			made.pair = productBlocks
		}
		made.layout = made.layout.halved(p.k.half, key.taps)
	}
	made.panels = make().pack(made.layout, made.pair)
	p.made[key] = made
	return made.panels
}

// refresh packs weights again that were changed since, where plans have them.
func (p *packs) refresh(ws *workers) {
	o := &p.stale
	o.pairs = o.pairs[:0]
	for key, made := range p.made {
		edition := key.edition()
		if made.edition == edition {
			continue
		}
		made.edition = edition
		m := made.make()
		for b := 0; b < blocks(m.out); b += made.pair {
			o.pairs = append(o.pairs, stalePair{made, m, b})
		}
	}
	ws.run(o, len(o.pairs), len(o.pairs) > 1)
}

// stale is weights to be packed again.
type stale struct{ pairs []stalePair }

// stalePair is those of the output blocks from b that kernels compute at once.
type stalePair struct {
	*packed
	matrix matrix
	b      int
}

func (o *stale) run(_ *worker, i int) {
	p := &o.pairs[i]
	p.layout.fill(p.matrix, p.pair, p.panels, p.b)
}

// keep drops the weights of all convolutions that are not a net's.
func (p *packs) keep(net *nn.Net) {
	own := map[*nn.Conv]bool{}
	for _, l := range net.Layers {
		if o := nn.Convolution(l.Op); o != nil {
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
