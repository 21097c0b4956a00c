package cpu

import (
	"sync"
	"unsafe"
)

// halved is a layout whose weights are groups of input channels in bfloat16, pairs or fours as the kernels multiply them,
// [..][group][output channel][2 or 4]; taps tells how many the layout keeps.
func (l layout) halved(k *halfKernels, taps func(m matrix) int) layout {
	return layout{
		empty: func(m matrix, pair int) []panel {
			panels := l.empty(m, pair)
			couples := 0
			if k.products != nil {
				couples = couplesOf(m, panels)
			}
			for i := range panels {
				if p := &panels[i]; p.n > 0 {
					p.couples = couples
					width := len(p.w) / (p.channels() * taps(m))
					p.w, p.pairs = nil, make([]uint32, ((p.n-1)*lanes/2+k.pairs(p.last))*taps(m)*width)
				}
			}
			return panels
		},
		fill: func(m matrix, pair int, panels []panel, b int) {
			s := stagings.Get().(*staging)
			defer stagings.Put(s)
			width, _ := m.width(pair, b)
			each := blocks(m.out) / pair
			if blocks(m.out)%pair != 0 {
				each++
			}
			s.room(m, panels, each, b/pair, taps(m)*width)
			l.fill(m, pair, s.panels, b)
			for i := b / pair; i < len(panels); i += each {
				if panels[i].n > 0 {
					s.join(k, &panels[i], s.panels[i].w, taps(m), width)
				}
			}
		},
	}
}

// staging is weights in floats on their way to groups.
type staging struct {
	panels []panel
	floats []float32
	zeros  []float32
	row    rowTile
	quad   quadTile
}

// quadTile is the arguments of the kernel that joins n blocks of output channels of four input channels, whose rows of floats are x.
type quadTile struct {
	y address
	x [4]address
	n int
}

var stagings = sync.Pool{New: func() any { return new(staging) }}

// room makes panels of floats like those from first on, each apart, of rows of so many floats for each input channel.
func (s *staging) room(m matrix, panels []panel, each, first, row int) {
	s.panels = append(s.panels[:0], panels...)
	size := 0
	for i := first; i < len(panels); i += each {
		size += panels[i].channels() * row
	}
	if len(s.floats) < size {
		s.floats = make([]float32, size)
	}
	s.zeros = resize(s.zeros, row)
	clear(s.zeros)
	left := s.floats[:size]
	clear(left)
	for i := first; i < len(panels); i += each {
		n := panels[i].channels() * row
		s.panels[i].w, left = left[:n], left[n:]
	}
}

// pairAt is where the first pair of block b's n channels lies under a tap.
func (p *panel) pairAt(k *halfKernels, b, tap, taps, n int) int {
	if b < 2*p.couples {
		return (b/2*taps+tap)*lanes + b%2*lanes/2
	}
	return b*taps*lanes/2 + tap*k.pairs(n)
}

// couplesOf is how many times two whole blocks of what all panels read are read as one. It does not pay where there is one product for each.
func couplesOf(m matrix, panels []panel) int {
	p := &panels[0]
	if len(panels) == 1 && m.taps == 1 {
		return 0
	}
	for i := range panels {
		if q := &panels[i]; q.first != p.first || q.n != p.n || q.last != p.last {
			return 0
		}
	}
	whole := p.n
	if p.last < lanes {
		whole--
	}
	return max(whole, 0) / 2
}

// join rounds a panel's weights, the rows of a group of input channels at a time.
func (s *staging) join(k *halfKernels, p *panel, w []float32, taps, width int) {
	for b := range p.n {
		n := lanes
		if b == p.n-1 {
			n = p.last
		}
		for tap := range taps {
			pairs := p.pairs[p.pairAt(k, b, tap, taps, n)*width:]
			for i := 0; i < n; i += k.group {
				row := func(j int) address {
					if i+j < n {
						return addressOf(unsafe.Pointer(&w[(i+j)*width]))
					}
					return addressOf(unsafe.Pointer(&s.zeros[0]))
				}
				y, blocks := addressOf(unsafe.Pointer(&pairs[0])), width/lanes
				if k.group == 2 {
					s.row = rowTile{y: y, x: row(0), gate: row(1), n: blocks}
					k.pair(&s.row)
				} else {
					s.quad = quadTile{y, [4]address{row(0), row(1), row(2), row(3)}, blocks}
					k.quad(&s.quad)
				}
				pairs = pairs[k.group/2*width:]
			}
			w = w[n*width:]
		}
	}
}
