package cpu

import (
	"math"
	"runtime"
	"unsafe"

	"zalgoscope/nn"
)

// arithmetic is how an instruction set rounds to bfloat16 and sums products.
type arithmetic struct {
	precision nn.Precision
	group     int                                    // input channels that an instruction takes
	narrowed  func(v float32) uint16                 // rounds
	dotPair   func(acc float32, x, w uint32) float32 // adds the products of two values each
}

// modelled and modelledOdd are the kernels of bfloat16 in plain Go, bit for bit what AVX512_BF16 and Arm's BFMMLA compute (but that
// modelledOdd flushes the denormals that kernels of floats write): slow, and for tests of what lies around them on any processor.
var (
	modelled    = model("portablebf16", arithmetic{nn.BF16, 2, narrowed, dotPair})
	modelledOdd = model("portablebf16odd", arithmetic{nn.BF16Odd, 4, narrowedOdd, dotPairOdd})
)

// halfModels is the models of each precision of bfloat16.
var halfModels = []*kernels{modelled, modelledProducts, modelledOdd}

func model(name string, a arithmetic) *kernels {
	h := &halfKernels{
		precision: a.precision, group: a.group, unit: 1, narrowed: a.narrowed,
		conv:  [2][]kernel{{nil, a.convGroups(1), a.convGroups(2)}},
		depth: []kernel{nil, a.depthHalves(1), a.depthHalves(2)},
		bendHalves: bendHalves{
			mix: a.bendHalf(bendersGo.mix, false), scale: a.bendHalf(bendersGo.scale, false), dot: a.bendHalf(bendersGo.dot, true),
			apply: forEach(func(fn nn.UnaryFn) func(t *bendTile) { return a.bendHalf(applyGo(fn), false) }),
			slope: forEach(func(fn nn.UnaryFn) func(t *bendTile) { return a.bendHalf(slopeGo(fn), true) }),
		},
		winograd: [2]func(t *winogradTile){a.halfPoints(3), a.halfPoints(4)},
		maxPool:  [3]func(t *poolTile){a.halfPool(true, false), a.halfPool(false, true), a.halfPool(true, true)},
		poolBack: [3]func(t *poolTile){a.halfPoolGradient(true, false), a.halfPoolGradient(false, true), a.halfPoolGradient(true, true)},
		narrow:   a.narrowRow, widen: widenRowGo, pair: a.pairRow, quad: a.quadRow,
		peak: peakScalar, work: 16, speed: 0.5,
	}
	m := portable.halved(name, h)
	m.conv, m.depth = [2][]kernel{{nil, fusedConv(1), fusedConv(2)}}, []kernel{nil, fusedDepth(1), fusedDepth(2)}
	return m
}

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
	return float32(oddSum(float64(x)*float64(w), float64(acc)))
}

// oddSum is p + c rounded to odd: rounding it again, to fewer bits, gives what rounding the sum once does.
func oddSum(p, c float64) float64 {
	s := p + c
	t := s - p
	if e := (p - (s - t)) + (c - t); e != 0 && e == e && math.Float64bits(s)&1 == 0 {
		away := int64(-1)
		if (e > 0) == (s > 0) {
			away = 1
		}
		s = math.Float64frombits(uint64(int64(math.Float64bits(s)) + away))
	}
	return s
}

// fusedConv computes n pixels of a block from floats in the order of plain Go's convolutions, but rounds each product and sum once, as
// processors' vectors do.
func fusedConv(n int) kernel {
	return func(t *tile) {
		acc := make([]block, n)
		for i := range t.nsegs {
			s := (*segment)(unsafe.Add(t.segs, i*int(unsafe.Sizeof(segment{}))))
			s.walk(func(x unsafe.Pointer, w *block) {
				for p := range acc {
					v := *(*float32)(unsafe.Add(x, p*s.step))
					for c := range w {
						acc[p][c] = fused(acc[p][c], v, w[c])
					}
				}
			})
		}
		t.end(acc, narrowed)
	}
}

// fusedDepth is the same of a depthwise convolution.
func fusedDepth(n int) kernel {
	return depthKernel(n, narrowed, func(x address) block { return *x.at(0) })
}

// depthKernel computes n pixels of a block, each channel from its own, of pixels of either form.
func depthKernel(n int, narrowed func(v float32) uint16, read func(x address) block) kernel {
	return func(t *tile) {
		acc, s := make([]block, n), (*segment)(t.segs)
		for i, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
			w := (*block)(unsafe.Add(s.w, i*cellSize))
			for p := range acc {
				for c, v := range read(s.x.add(tap + p*s.step)) {
					acc[p][c] = fused(acc[p][c], v, w[c])
				}
			}
		}
		t.end(acc, narrowed)
	}
}

// convGroups computes n pixels of a block from groups of input channels.
func (a arithmetic) convGroups(n int) kernel {
	return func(t *tile) {
		acc := make([]block, n)
		for i := range t.nsegs {
			s := (*segment)(unsafe.Add(t.segs, i*int(unsafe.Sizeof(segment{}))))
			for p := range acc {
				a.groups(s, p*s.step, &acc[p])
			}
		}
		t.end(acc, a.narrowed)
	}
}

// groups adds the segment's part of a pixel.
func (a arithmetic) groups(s *segment, pixel int, acc *block) {
	w, x, pairs := addressOf(s.w), s.x.add(pixel), a.group/2
	for b := range s.blocks {
		n := lanes / a.group
		if b == s.blocks-1 {
			n = s.last
		}
		for _, tap := range unsafe.Slice((*int)(s.taps), s.ntaps) {
			for l := range n {
				for p := range pairs {
					v := *(*uint32)(x.add(tap + 4*(pairs*l+p)).pointer())
					for c := range acc {
						acc[c] = a.dotPair(acc[c], v, *(*uint32)(w.add(4 * (pairs*c + p)).pointer()))
					}
				}
				w = w.add(pairs * cellSize)
			}
		}
		x = x.add(s.bstep)
	}
}

// depthHalves is fusedDepth of maps of bfloat16.
func (a arithmetic) depthHalves(n int) kernel {
	return depthKernel(n, a.narrowed, func(x address) (y block) {
		widenBlock(&y, x.halfAt(0))
		return y
	})
}

// bendHalf has a kernel of floats read x, and f if so told, and write y in bfloat16.
func (a arithmetic) bendHalf(run func(t *bendTile), f bool) func(t *bendTile) {
	if run == nil {
		return nil
	}
	return func(t *bendTile) {
		x, y, other := fixedBlocks(t.n), fixedBlocks(t.n), fixedBlocks(t.n)
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
				a.narrowBlock(t.y.halfAt(i*halfSize), &y[i])
			}
		}
		runtime.KeepAlive([][]block{x, y, other})
	}
}

// fixedBlocks is room of which kernels in Go can be given the address: it does not move, as does what lies on a stack that grows. It
// is to be kept alive past them.
//
//go:noinline
func fixedBlocks(n int) []block { return make([]block, n) }

type halfBlock = [lanes]uint16

func (a address) halfAt(off int) *halfBlock { return (*halfBlock)(a.add(off).pointer()) }

func (a arithmetic) narrowBlock(y *halfBlock, x *block) { narrowBlock(y, x, a.narrowed) }

func narrowBlock(y *halfBlock, x *block, narrowed func(v float32) uint16) {
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
func (a arithmetic) halfPoints(taps int) func(t *winogradTile) {
	in, run := winogradIn[taps-3], winogradGo(taps).input
	return func(t *winogradTile) {
		p := len(in)
		x, v := fixedBlocks(p*p), fixedBlocks(p*p)
		whole := winogradTile{
			x: addressOf(unsafe.Pointer(&x[0])), row: p * cellSize,
			v: addressOf(unsafe.Pointer(&v[0])), point: cellSize, n: 1,
		}
		for n := range t.n {
			for i := range p * p {
				widenBlock(&x[i], t.x.halfAt(i/p*t.row+(2*n+i%p)*halfSize))
			}
			run(&whole)
			for i := range p * p {
				a.narrowBlock(t.v.halfAt(i*t.point+n*halfSize), &v[i])
			}
		}
		runtime.KeepAlive([][]block{x, v})
	}
}

// halfPool is a max pool that reads bfloat16, writes it, or both.
func (a arithmetic) halfPool(reads, writes bool) func(t *poolTile) {
	return func(t *poolTile) {
		x, y := fixedBlocks(len(t.all())), fixedBlocks(1)
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
			one := poolTile{y: addressOf(unsafe.Pointer(&y[0])), n: 1}
			if len(x) > 0 {
				one.x = addressOf(unsafe.Pointer(&x[0]))
			}
			if t.arg != 0 {
				one.arg = t.arg.add(i * t.argstep)
			}
			one.setTaps(taps)
			maxPoolGo(&one)
			if writes {
				a.narrowBlock(t.y.halfAt(i*t.ystep), &y[0])
			} else {
				*t.y.at(i * t.ystep) = y[0]
			}
		}
		runtime.KeepAlive([][]block{x, y})
	}
}

// halfPoolGradient is a max pool's gradient that reads bfloat16, writes it, or both.
func (a arithmetic) halfPoolGradient(reads, writes bool) func(t *poolTile) {
	return func(t *poolTile) {
		dys, y := fixedBlocks(len(t.all())), fixedBlocks(1)
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
			one := poolTile{y: t.y.add(i * t.ystep), n: 1, add: t.add, arg: t.arg.add(i * t.argstep)}
			if len(dys) > 0 {
				one.x = addressOf(unsafe.Pointer(&dys[0]))
			}
			if writes {
				y[0] = block{}
				one.y = addressOf(unsafe.Pointer(&y[0]))
			}
			one.setTaps(taps)
			maxPoolGradientGo(&one)
			if writes && t.gate != 0 {
				gateRowGo(&rowTile{y: one.y, gate: t.gate.add(i * t.gstep), n: 1, weight: t.slope})
			}
			if writes {
				a.narrowBlock(t.y.halfAt(i*t.ystep), &y[0])
			}
		}
		runtime.KeepAlive([][]block{dys, y})
	}
}

func widenRowGo(t *rowTile) {
	for i := range t.n {
		widenBlock(t.y.at(i*cellSize), t.x.halfAt(i*halfSize))
	}
}

func (a arithmetic) narrowRow(t *rowTile) {
	for i := range t.n {
		a.narrowBlock(t.y.halfAt(i*halfSize), t.x.at(i*cellSize))
	}
}

func (a arithmetic) pairRow(t *rowTile) {
	for i := range t.n {
		y, low, high := (*[lanes]uint32)(t.y.add(i*cellSize).pointer()), t.x.at(i*cellSize), t.gate.at(i*cellSize)
		for c := range y {
			y[c] = uint32(a.narrowed(low[c])) | uint32(a.narrowed(high[c]))<<16
		}
	}
}

func (a arithmetic) quadRow(t *quadTile) {
	for i := range lanes * t.n {
		for j, x := range t.x {
			*(*uint16)(t.y.add(8*i + 2*j).pointer()) = a.narrowed(*(*float32)(x.add(4 * i).pointer()))
		}
	}
}
