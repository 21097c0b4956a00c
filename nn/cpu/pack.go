package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// panel is the weights of one or two blocks of output channels, in the order
// in which a kernel reads them, and the input blocks that they read.
type panel struct {
	w         []float32
	pairs     []uint32 // instead, of bfloat16
	first, n  int      // input blocks
	last      int      // channels of the last of them
	couples   int      // of products: how many times two of the first of them are read as one, whose weights under a tap follow each other
	depthwise bool
}

// weights is where they begin.
func (p *panel) weights() unsafe.Pointer {
	if p.pairs != nil {
		return unsafe.Pointer(&p.pairs[0])
	}
	return unsafe.Pointer(&p.w[0])
}

// channels is how many input channels a panel reads.
func (p *panel) channels() int { return max(p.n-1, 0)*lanes + p.last }

// bytes is the size of the weights.
func (p *panel) bytes() int { return 4 * (len(p.w) + len(p.pairs)) }

// matrix is the weights of a convolution's one direction and phase.
type matrix struct {
	out, in int                        // channels
	taps    int                        //
	reads   func(o int) (from, to int) // input channels that output channel o reads

	// kernel gives the weights of output channel o from input channel i on, within reads(o): that of a tap and
	// the n-th channel from there is w[n*step+cells[tap]], or zero where the cell is negative.
	kernel func(o, i int) (w []float32, step int, cells []int)
}

// layout is an order of weights in panels. It works by the pairs of output blocks that kernels
// compute at once, each apart from the others.
type layout struct {
	empty func(m matrix, pair int) []panel                // of zeros
	fill  func(m matrix, pair int, panels []panel, b int) // sets what is not zero for blocks b to b+pair
}

var (
	inOrder   = layout{matrix.empty, matrix.fill}
	byPoint   = layout{matrix.emptyPoints, matrix.fillPoints}
	byChannel = layout{matrix.emptyDepthwise, matrix.fillDepthwise}
)

// pack lays the weights out for kernels that compute pair blocks at once.
func (m matrix) pack(l layout, pair int) []panel {
	panels := l.empty(m, pair)
	for b := 0; b < blocks(m.out); b += pair {
		l.fill(m, pair, panels, b)
	}
	return panels
}

// width is the output channels of the pair of blocks from block b, with and without those past the last.
func (m matrix) width(pair, b int) (lanesOf, channels int) {
	lanesOf = lanes * min(pair, blocks(m.out)-b)
	return lanesOf, min(lanesOf, m.out-lanes*b)
}

// empty is panels of weights [input block][tap][input channel][output channel].
func (m matrix) empty(pair int) []panel {
	panels := make([]panel, (blocks(m.out)+pair-1)/pair)
	if m.taps == 0 {
		return panels
	}
	for i := range panels {
		width, channels := m.width(pair, i*pair)
		from, to := m.in, 0
		for k := range channels {
			f, t := m.reads(lanes*pair*i + k)
			from, to = min(from, f), max(to, t)
		}
		p := &panels[i]
		p.first, p.n = from/lanes, blocks(to)-from/lanes
		p.last = min(lanes, m.in-lanes*(p.first+p.n-1))
		p.w = make([]float32, ((p.n-1)*lanes+p.last)*m.taps*width)
	}
	return panels
}

func (m matrix) fill(pair int, panels []panel, b int) {
	p := &panels[b/pair]
	width, channels := m.width(pair, b)
	for i := range p.n {
		first := lanes * (p.first + i)
		n := min(lanes, m.in-first)
		w := p.w[i*lanes*m.taps*width:]
		for k := range channels {
			from, to := m.reads(lanes*b + k)
			if from, to = max(from, first), min(to, first+n); from < to {
				m.column(w[(from-first)*width+k:], n*width, width, lanes*b+k, from, to)
			}
		}
	}
}

// column sets the weights of output channel o and input channels from to to, which lie width apart, those of a
// channel's taps far apart.
func (m matrix) column(w []float32, far, width, o, from, to int) {
	q, step, cells := m.kernel(o, from)
	if len(cells) == 1 && cells[0] >= 0 {
		at, cell := 0, cells[0]
		for range to - from {
			w[at] = q[cell]
			at, cell = at+width, cell+step
		}
		return
	}
	for i := range to - from {
		q, at := q[i*step:], i*width
		for _, cell := range cells {
			if cell >= 0 {
				w[at] = q[cell]
			}
			at += far
		}
	}
}

// emptyDepthwise is panels of weights [block][tap][channel].
func (m matrix) emptyDepthwise(int) []panel {
	panels := make([]panel, blocks(m.out))
	for b := range panels {
		panels[b] = panel{depthwise: true}
		if m.taps > 0 {
			panels[b] = panel{w: make([]float32, m.taps*lanes), first: b, n: 1, last: lanes, depthwise: true}
		}
	}
	return panels
}

func (m matrix) fillDepthwise(pair int, panels []panel, b int) {
	for o := lanes * b; o < min(lanes*(b+pair), m.out) && m.taps > 0; o++ {
		m.column(panels[o/lanes].w[o%lanes:], lanes, 0, o, o, o+1)
	}
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
	cells := make([]int, area)
	for i := range cells {
		cells[i] = i
	}
	return matrix{
		out: s[0], in: in * o.Groups, taps: area,
		reads:  func(k int) (int, int) { return k / out * in, (k/out + 1) * in },
		kernel: func(k, i int) ([]float32, int, []int) { return w[(k*in+i%in)*area:], area, cells },
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
		reads:  func(k int) (int, int) { return k / in * out, (k/in + 1) * out },
		kernel: func(k, i int) ([]float32, int, []int) { return w[(i*in+k%in)*area:], in * area, cells },
	}
}

// pictureMatrix is the transpose of a first layer for one phase of each axis,
// four pixels at once: output channel 8*row + 4*column + colour.
func pictureMatrix(o *nn.Conv, ys, xs []tap) matrix {
	s, w := o.W.Shape(), nn.Floats(o.W)
	cells := make([][]int, lanes) // of each output channel
	for k := range cells {
		for _, y := range ys {
			for _, x := range xs {
				cell := y.kernel[k/8]*s[3] + x.kernel[k/4%2]
				if y.kernel[k/8] < 0 || x.kernel[k/4%2] < 0 {
					cell = -1
				}
				cells[k] = append(cells[k], cell)
			}
		}
	}
	area := s[2] * s[3]
	return matrix{
		out: lanes, in: s[0], taps: len(ys) * len(xs),
		reads: func(k int) (int, int) {
			if k%4 == 3 {
				return 0, 0 // there are three colours
			}
			return 0, s[0]
		},
		kernel: func(k, i int) ([]float32, int, []int) { return w[(i*s[1]+k%4)*area:], s[1] * area, cells[k] },
	}
}
