package cpu

import "unsafe"

// portable is the kernels in plain Go.
var portable = &kernels{
	name:  "portable",
	conv:  [2][]kernel{{nil, convOne, convTwo}},
	depth: []kernel{nil, depthOne, depthTwo},
	others: others{
		maxPool: maxPoolGo, minPool: minPoolGo, maxPoolGradient: maxPoolGradientGo,
		lrn: lrnGo, lrnGradient: lrnGradientGo,
		gateRow: gateRowGo, plusRow: plusRowGo, seedRow: seedRowGo, pickLanes: pickLanesGo,
		tireRow: tireRowGo, normRow: normRowGo,
		channelSums: channelSumsGo, channelSquares: channelSquaresGo, channelDots: channelDotsGo,
		normaliseRow: normaliseRowGo, normaliseGradientRow: normaliseGradientRowGo,
		soundRow: soundRowGo, blend3: blend3Go, blend5: blend5Go, shrinkRow: shrinkRowGo, growRow: growRowGo,
		sizeRow: sizeRowGo, climbRow: climbRowGo,
	},
	benders:  bendersGo,
	learners: learnersGo,
	winograd: [2]winogradKernels{winogradGo(3), winogradGo(4)},
	pair:     1,
	peak:     peakScalar,
	work:     16,
	speed:    5,
}

type block = [lanes]float32

func convOne(t *tile) {
	var acc [1]block
	for i := range t.nsegs {
		s := (*segment)(unsafe.Add(t.segs, i*int(unsafe.Sizeof(segment{}))))
		s.walk(func(x unsafe.Pointer, w *block) {
			v, a := *(*float32)(x), &acc[0]
			for c := range a {
				a[c] += v * w[c]
			}
		})
	}
	t.end(acc[:], narrowed)
}

// convTwo computes two pixels, four channels at a time so that the sums stay in registers.
func convTwo(t *tile) {
	var acc [2]block
	for i := range t.nsegs {
		s := (*segment)(unsafe.Add(t.segs, i*int(unsafe.Sizeof(segment{}))))
		for c := 0; c < lanes; c += 4 {
			s.quarter(c, (*[4]float32)(acc[0][c:]), (*[4]float32)(acc[1][c:]))
		}
	}
	t.end(acc[:], narrowed)
}

// quarter adds the segment's part of output channels c to c+3 of two pixels.
func (s *segment) quarter(c int, p, q *[4]float32) {
	p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
	q0, q1, q2, q3 := q[0], q[1], q[2], q[3]
	w, x := addressOf(s.w).add(4*c), s.x
	for b := range s.blocks {
		n := lanes
		if b == s.blocks-1 {
			n = s.last
		}
		for _, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
			at := x.add(tap)
			for range n {
				f := (*[4]float32)(w.pointer())
				u, v := *(*float32)(at.pointer()), *(*float32)(at.add(s.step).pointer())
				p0 += u * f[0]
				p1 += u * f[1]
				p2 += u * f[2]
				p3 += u * f[3]
				q0 += v * f[0]
				q1 += v * f[1]
				q2 += v * f[2]
				q3 += v * f[3]
				w, at = w.add(cellSize), at.add(4)
			}
		}
		x = x.add(s.bstep)
	}
	*p, *q = [4]float32{p0, p1, p2, p3}, [4]float32{q0, q1, q2, q3}
}

// walk visits each input value of the tile's first pixel with its weights.
func (s *segment) walk(visit func(x unsafe.Pointer, w *block)) {
	w, x := addressOf(s.w), s.x
	for b := range s.blocks {
		n := lanes
		if b == s.blocks-1 {
			n = s.last
		}
		for _, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
			for l := range n {
				visit(x.add(tap+4*l).pointer(), (*block)(w.pointer()))
				w = w.add(cellSize)
			}
		}
		x = x.add(s.bstep)
	}
}

func depthOne(t *tile) { depthwise(t, make([]block, 1)) }
func depthTwo(t *tile) { depthwise(t, make([]block, 2)) }

func depthwise(t *tile, acc []block) {
	s := (*segment)(t.segs)
	for i, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
		w := (*block)(unsafe.Add(s.w, i*cellSize))
		for p := range acc {
			x, a := (*block)(s.x.add(tap+p*s.step).pointer()), &acc[p]
			for c, v := range x {
				a[c] += v * w[c]
			}
		}
	}
	t.end(acc, narrowed)
}

// end adds the bias, applies what the flags ask for and stores the sums, in bfloat16 as narrowed rounds.
func (t *tile) end(acc []block, narrowed func(v float32) uint16) {
	for p := range acc {
		a, y := &acc[p], (*block)(t.y[0].add(p*t.step).pointer())
		if t.bias != nil {
			for c, v := range (*block)(t.bias) {
				a[c] += v
			}
		}
		if t.flags&flagAdd != 0 {
			for c, v := range (*block)(t.a[0].add(p * t.astep).pointer()) {
				a[c] += v
			}
		}
		if t.flags&flagPlus != 0 {
			var z block
			widenBlock(&z, t.z[0].halfAt(p*t.zstep))
			for c, v := range z {
				a[c] += v
			}
		}
		if t.flags&flagEmit != 0 {
			*(*uint16)(t.gate[0].add(p * t.gstep).pointer()) = inside(a, t.lo, t.hi)
		}
		if t.flags&flagBound != 0 {
			for c, v := range a {
				a[c] = min(max(v, t.lo), t.hi)
			}
		}
		if t.flags&flagGate != 0 {
			gate := *(*uint16)(t.gate[0].add(p * t.gstep).pointer())
			for c := range a {
				if gate>>c&1 == 0 {
					a[c] = shut(a[c], t.slope)
				}
			}
		}
		if t.flags&flagHalf != 0 {
			narrowBlock(t.z[0].halfAt(p*t.zstep), a, narrowed)
		}
		if t.flags&flagOnly == 0 {
			*y = *a
		}
	}
}

var scalar [8]float32

// peakScalar makes n rounds of eight independent multiply-adds.
func peakScalar(n int) {
	a, b, c, d, e, f, g, h := scalar[0], scalar[1], scalar[2], scalar[3], scalar[4], scalar[5], scalar[6], scalar[7]
	u, v := a, b
	for range n {
		a += u * v
		b += u * v
		c += u * v
		d += u * v
		e += u * v
		f += u * v
		g += u * v
		h += u * v
	}
	scalar = [8]float32{a, b, c, d, e, f, g, h}
}

// inside tells, a bit a channel, which values lie strictly between lo and hi.
func inside(a *block, lo, hi float32) (bits uint16) {
	for c, v := range a {
		if v > lo && v < hi {
			bits |= 1 << c
		}
	}
	return bits
}
