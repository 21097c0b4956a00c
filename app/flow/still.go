package flow

// still ends motion that nothing shows: where both pictures fit as well without it, but for noise. On a plain wall noise
// would else be followed.
func (s *scratch) still(g *grid, b plane, f *Field, lift float32) {
	w := g.w
	for y := range g.h {
		at, target := y*w, float32(y*g.step)
		here, there, luma := s.p[at:][:w], s.q[at:][:w], g.luma[at:][:w]
		b.pick(here, y, g.step)
		b.sample(there, f.U[at:][:w], f.V[at:][:w], float32(g.step), target)
		for x, v := range luma {
			here[x], there[x] = squared(here[x], v+lift), squared(there[x], v+lift)
		}
	}
	const (
		n     = (2*window + 1) * (2*window + 1)
		level = .25 // squared difference that a picture's rounding makes
		loud  = 20  // that which noise makes at most
	)
	s.box.sums(s.p, s.q, w, g.h, window, func(y int, here, there []float32) {
		u, v, weight := f.U[y*w:][:w], f.V[y*w:][:w], g.weight[y*w:][:w]
		here = here[:w]
		for x, e := range there[:w] {
			// Noise alone has a weight of a sixth of its square. The best flow through it may halve its misfit.
			noise := 2.5 * falling(n*weight[x]/(e+level*n), .3, 2) * falling(e, loud*n, 2*loud*n)
			gain := (here[x]-(1+noise)*e)/(n*level) - 1
			if gain < 1 {
				gain = max(gain, 0)
				u[x] *= gain
				v[x] *= gain
			}
		}
	})
}

// pick sets out to what sample has of a row without motion: every step'th pixel of every step'th row.
func (p *plane) pick(out []float32, y, step int) {
	for x := range out {
		if at := x * step; at < p.w-1 && y*step < p.h-1 {
			out[x] = p.pix[y*step*p.w+at]
		} else {
			out[x] = -1
		}
	}
}

// squared is the squared difference of a sample, which is -1 outside, to what it should be.
func squared(sample, want float32) float32 {
	if sample < 0 {
		return outside * outside
	}
	d := sample - want
	return min(d*d, most*most)
}
