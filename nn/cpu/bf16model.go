package cpu

import (
	"math"
	"runtime"
	"unsafe"

	"zalgoscope/nn"
)

// modelled is the kernels of bfloat16 in plain Go, bit for bit what AVX512_BF16 computes:
// slow, and for tests of what lies around them on any processor.
var modelled = portable.halved("portablebf16", &halfKernels{
	conv:  [2][]kernel{{nil, convPairs(1), convPairs(2)}},
	depth: []kernel{nil, depthHalves(1), depthHalves(2)},
	bendHalves: bendHalves{
		mix: bendHalf(bendersGo.mix, false), scale: bendHalf(bendersGo.scale, false), dot: bendHalf(bendersGo.dot, true),
		apply: forEach(func(fn nn.UnaryFn) func(t *bendTile) { return bendHalf(applyGo(fn), false) }),
		slope: forEach(func(fn nn.UnaryFn) func(t *bendTile) { return bendHalf(slopeGo(fn), true) }),
	},
	winograd: [2]func(t *winogradTile){halfPoints(3), halfPoints(4)},
	maxPool:  [3]func(t *poolTile){halfPoolGo(true, false), halfPoolGo(false, true), halfPoolGo(true, true)}, poolBack: [3]func(t *poolTile){halfPoolGradientGo(true, false), halfPoolGradientGo(false, true), halfPoolGradientGo(true, true)},
	narrow: narrowRowGo, widen: widenRowGo, pair: pairRowGo,
	peak: peakScalar, work: 16, speed: 0.5,
})

const tiny = 0x1p-126 // the smallest normal float

// flushed is zero for a denormal.
func flushed(v float32) float32 {
	if v > -tiny && v < tiny {
		return float32(math.Copysign(0, float64(v)))
	}
	return v
}

// narrowed is VCVTNEPS2BF16: to nearest, of two the even; denormals become zero, and of a number
// that is none the top of the payload stays, quiet.
func narrowed(v float32) uint16 {
	u := math.Float32bits(flushed(v))
	if v != v {
		return uint16(u>>16) | 0x40
	}
	return uint16((u + 0x7fff + u>>16&1) >> 16)
}

// widened is the exact value of a bfloat16.
func widened(v uint16) float32 { return math.Float32frombits(uint32(v) << 16) }

// dotPair is VDPBF16PS for one lane: the upper products first, each sum rounded to nearest even.
func dotPair(acc float32, x, w uint32) float32 {
	acc = multiplyAdd(acc, widened(uint16(x>>16)), widened(uint16(w>>16)))
	return multiplyAdd(acc, widened(uint16(x)), widened(uint16(w)))
}

// multiplyAdd is fused with denormals flushed both ways.
func multiplyAdd(acc, x, w float32) float32 {
	return flushed(fused(flushed(acc), flushed(x), flushed(w)))
}

// fused is acc + x*w rounded once. The product is exact in float64; the sum is rounded there to odd, so that
// rounding it again to float32 is right.
func fused(acc, x, w float32) float32 {
	p, c := float64(x)*float64(w), float64(acc)
	s := p + c
	t := s - p
	if e := (p - (s - t)) + (c - t); e != 0 && e == e && math.Float64bits(s)&1 == 0 {
		away := int64(-1)
		if (e > 0) == (s > 0) {
			away = 1
		}
		s = math.Float64frombits(uint64(int64(math.Float64bits(s)) + away))
	}
	return float32(s)
}

// convPairs computes n pixels of a block from pairs.
func convPairs(n int) kernel {
	return func(t *tile) {
		acc := make([]block, n)
		for i := range t.nsegs {
			s := (*segment)(unsafe.Add(t.segs, i*int(unsafe.Sizeof(segment{}))))
			for p := range acc {
				s.pairs(p*s.step, &acc[p])
			}
		}
		t.end(acc)
	}
}

// pairs adds the segment's part of a pixel.
func (s *segment) pairs(pixel int, acc *block) {
	w, x := addressOf(s.w), s.x.add(pixel)
	for b := range s.blocks {
		n := lanes / 2
		if b == s.blocks-1 {
			n = s.last
		}
		for _, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
			for l := range n {
				v := *(*uint32)(x.add(tap + 4*l).pointer())
				for c, f := range (*[lanes]uint32)(w.pointer()) {
					acc[c] = dotPair(acc[c], v, f)
				}
				w = w.add(cellSize)
			}
		}
		x = x.add(s.bstep)
	}
}

// depthHalves computes n pixels of a block, each channel from its own.
func depthHalves(n int) kernel {
	return func(t *tile) {
		acc, s := make([]block, n), (*segment)(t.segs)
		for i, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
			w := (*block)(unsafe.Add(s.w, i*cellSize))
			for p := range acc {
				for c, v := range s.x.halfAt(tap + p*s.step) {
					acc[p][c] = fused(acc[p][c], widened(v), w[c])
				}
			}
		}
		t.end(acc)
	}
}

// bendHalf has a kernel of floats read x, and f if so told, and write y in bfloat16.
func bendHalf(run func(t *bendTile), f bool) func(t *bendTile) {
	if run == nil {
		return nil
	}
	return func(t *bendTile) {
		x, y, other := make([]block, t.n), make([]block, t.n), make([]block, t.n)
		whole := *t
		whole.x, whole.y = addressOf(unsafe.Pointer(&x[0])), addressOf(unsafe.Pointer(&y[0]))
		for i := range x {
			widenBlock(&x[i], t.x.halfAt(i*halfSize))
			if f {
				widenBlock(&other[i], t.f.halfAt(i*t.fstep))
			}
		}
		if f {
			whole.f, whole.fstep = addressOf(unsafe.Pointer(&other[0])), cellSize
		}
		run(&whole)
		t.sums = whole.sums
		for i := range y {
			if t.y != 0 {
				narrowBlock(t.y.halfAt(i*halfSize), &y[i])
			}
		}
		runtime.KeepAlive([][]block{x, y, other})
	}
}

type halfBlock = [lanes]uint16

func (a address) halfAt(off int) *halfBlock { return (*halfBlock)(a.add(off).pointer()) }

func narrowBlock(y *halfBlock, x *block) {
	for c, v := range x {
		y[c] = narrowed(v)
	}
}

func widenBlock(y *block, x *halfBlock) {
	for c, v := range x {
		y[c] = widened(v)
	}
}

// halfPoints is the input's transform for taps x taps: of floats, between maps of bfloat16.
func halfPoints(taps int) func(t *winogradTile) {
	in, run := winogradIn[taps-3], winogradGo(taps).input
	return func(t *winogradTile) {
		var x, v [25]block
		p := len(in)
		whole := winogradTile{
			x: addressOf(unsafe.Pointer(&x)), row: p * cellSize,
			v: addressOf(unsafe.Pointer(&v)), point: cellSize, n: 1,
		}
		for n := range t.n {
			for i := range p * p {
				widenBlock(&x[i], t.x.halfAt(i/p*t.row+(2*n+i%p)*halfSize))
			}
			run(&whole)
			for i := range p * p {
				narrowBlock(t.v.halfAt(i*t.point+n*halfSize), &v[i])
			}
		}
	}
}

// halfPoolGo is a max pool that reads bfloat16, writes it, or both.
func halfPoolGo(reads, writes bool) func(t *poolTile) {
	return func(t *poolTile) {
		x := make([]block, len(t.all()))
		taps := make([]poolTap, len(x))
		for i := range t.n {
			for k, tap := range t.all() {
				if at := i*t.xstep + tap.x; reads {
					widenBlock(&x[k], t.x.halfAt(at))
				} else {
					x[k] = *t.x.at(at)
				}
				taps[k] = poolTap{x: k * cellSize, cell: tap.cell}
			}
			var y block
			one := poolTile{y: addressOf(unsafe.Pointer(&y)), n: 1}
			if len(x) > 0 {
				one.x = addressOf(unsafe.Pointer(&x[0]))
			}
			if t.arg != 0 {
				one.arg = t.arg.add(i * t.argstep)
			}
			one.setTaps(taps)
			maxPoolGo(&one)
			if writes {
				narrowBlock(t.y.halfAt(i*t.ystep), &y)
			} else {
				*t.y.at(i * t.ystep) = y
			}
		}
	}
}

// halfPoolGradientGo is a max pool's gradient that reads bfloat16, writes it, or both.
func halfPoolGradientGo(reads, writes bool) func(t *poolTile) {
	return func(t *poolTile) {
		dys := make([]block, len(t.all()))
		taps := make([]poolTap, len(dys))
		for i := range t.n {
			for k, tap := range t.all() {
				if at := i*t.xstep + tap.x; reads {
					widenBlock(&dys[k], t.x.halfAt(at))
				} else {
					dys[k] = *t.x.at(at)
				}
				taps[k] = poolTap{x: k * cellSize, arg: tap.arg, cell: tap.cell}
			}
			var y block
			one := poolTile{y: t.y.add(i * t.ystep), n: 1, add: t.add, arg: t.arg.add(i * t.argstep)}
			if len(dys) > 0 {
				one.x = addressOf(unsafe.Pointer(&dys[0]))
			}
			if writes {
				one.y = addressOf(unsafe.Pointer(&y))
			}
			one.setTaps(taps)
			maxPoolGradientGo(&one)
			if writes && t.gate != 0 {
				gateRowGo(&rowTile{y: one.y, gate: t.gate.add(i * t.gstep), n: 1, weight: t.slope})
			}
			if writes {
				narrowBlock(t.y.halfAt(i*t.ystep), &y)
			}
		}
	}
}

func widenRowGo(t *rowTile) {
	for i := range t.n {
		widenBlock(t.y.at(i*cellSize), t.x.halfAt(i*halfSize))
	}
}

func narrowRowGo(t *rowTile) {
	for i := range t.n {
		narrowBlock(t.y.halfAt(i*halfSize), t.x.at(i*cellSize))
	}
}

func pairRowGo(t *rowTile) {
	for i := range t.n {
		y, low, high := (*[lanes]uint32)(t.y.add(i*cellSize).pointer()), t.x.at(i*cellSize), t.gate.at(i*cellSize)
		for c := range y {
			y[c] = uint32(narrowed(low[c])) | uint32(narrowed(high[c]))<<16
		}
	}
}
