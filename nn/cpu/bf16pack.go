package cpu

import (
	"sync"
	"unsafe"
)

// halved is a layout whose weights are pairs of input channels in bfloat16,
// [..][pair][output channel][2]; taps tells how many the layout keeps.
func (l layout) halved(k *halfKernels, taps func(m matrix) int) layout {
	return layout{
		empty: func(m matrix, pair int) []panel {
			panels := l.empty(m, pair)
			for i := range panels {
				if p := &panels[i]; p.n > 0 {
					width := len(p.w) / (p.channels() * taps(m))
					p.w, p.pairs = nil, make([]uint32, ((p.n-1)*lanes/2+elements(p.last, true))*taps(m)*width)
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

// staging is weights in floats on their way to pairs.
type staging struct {
	panels []panel
	floats []float32
	zeros  []float32
	row    rowTile
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

// join rounds a panel's weights, the rows of two input channels at a time.
func (s *staging) join(k *halfKernels, p *panel, w []float32, taps, width int) {
	pairs := p.pairs
	for b := range p.n {
		n := lanes
		if b == p.n-1 {
			n = p.last
		}
		for range taps {
			for i := 0; i < n; i += 2 {
				high := s.zeros
				if i+1 < n {
					high = w[(i+1)*width:]
				}
				s.row = rowTile{
					y: addressOf(unsafe.Pointer(&pairs[0])), x: addressOf(unsafe.Pointer(&w[i*width])),
					gate: addressOf(unsafe.Pointer(&high[0])), n: width / lanes,
				}
				k.pair(&s.row)
				pairs = pairs[width:]
			}
			w = w[n*width:]
		}
	}
}
