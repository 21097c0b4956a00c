package main

import "fmt"

// grid is the accumulators of a tile: n pixels of four registers each, from register 0 on.
type grid struct{ n int }

func (g grid) acc(p, c int) vector { return vector(4*p + c) }

func (g grid) each(f func(p, c int)) {
	for p := range g.n {
		for c := range 4 {
			f(p, c)
		}
	}
}

// The registers that no tile's accumulators use: a block of weights and a value of each pixel, or else what comes.
const (
	weights vector = 20
	values  vector = 24
)

// convTile is the convolution kernel: n pixels of one row by 16 channels, summed in registers over every
// segment, input block, tap and lane, in this order, as by the kernels in Go.
func convTile(n int) {
	name := fmt.Sprintf("convNEONn%d", n)
	function(name, "tile", fmt.Sprintf("computes %d pixels of 16 output channels.", n))
	g := grid{n}
	g.each(func(p, c int) { clear(g.acc(p, c)) })
	sums(n, 16, g.block, func(w, lanes, k register, at []register) {
		emit("SUBS $4, %v, %v", lanes, k)
		emit("BLT rest")
		label("lanes")
		for i, p := range at {
			emit("FMOVQ.P 16(%v), F%d", p, int(values)+i)
		}
		for l := range 4 {
			g.lane(w, l)
		}
		emit("SUBS $4, %v, %[1]v", k)
		emit("BGE lanes")
		label("rest")
		emit("ADDS $4, %v, %[1]v", k)
		emit("BEQ next")
		loop("single", k, func() {
			for i, p := range at {
				emit("FMOVS.P 4(%v), F%d", p, int(values)+i)
			}
			g.lane(w, 0)
		})
		label("next")
	})
	finish(g)
}

// sums is the loops over segments, blocks and taps of a convolution's n pixels: a block whose channels are all used adds each tap by whole, another
// by part, whose pixels' cells are in at, whose lanes are how many are used, and which may take k. A block has so many lanes.
func sums(n, all int, whole func(x, w, step, tap register, at []register), part func(w, lanes, k register, at []register)) {
	seg, count := field("tile.segs", args), field("tile.nsegs", args)
	x, w, step, blocks, lanes, tap, taps, k := fresh(), fresh(), fresh(), fresh(), fresh(), fresh(), fresh(), fresh()
	at := make([]register, n)
	for i := range at {
		at[i] = fresh()
	}
	emit("CBZ %v, done", count)
	loop("segment", count, func() {
		fieldInto(x, "segment.x", seg)
		fieldInto(w, "segment.w", seg)
		fieldInto(step, "segment.step", seg)
		fieldInto(blocks, "segment.blocks", seg)
		loop("block", blocks, func() {
			emit("MOVD $%d, %v", all, lanes)
			fieldInto(k, "segment.last", seg)
			emit("CMP $1, %v", blocks)
			emit("CSEL EQ, %v, %v, %[2]v", k, lanes)
			fieldInto(tap, "segment.taps", seg)
			fieldInto(taps, "segment.ntaps", seg)
			emit("CMP $%d, %v", all, lanes)
			emit("BNE tap")
			loop("whole", taps, func() { whole(x, w, step, tap, at) })
			emit("B tapped")
			loop("tap", taps, func() {
				emit("MOVD.P 8(%v), %v", tap, at[0])
				addTo(at[0], x)
				for i := 1; i < n; i++ {
					emit("ADD %v, %v, %v", step, at[i-1], at[i])
				}
				part(w, lanes, k, at)
			})
			label("tapped")
			fieldInto(k, "segment.bstep", seg)
			addTo(x, k)
		})
		advance(seg, size("segment"))
	})
	label("done")
}

// block adds the 16 input channels under a tap: of each pixel as many are loaded at once as the accumulators leave registers for,
// so that little is issued but multiply-adds.
func (g grid) block(x, w, step, tap register, at []register) {
	emit("MOVD.P 8(%v), %v", tap, at[0])
	addTo(at[0], x)
	chunk := []int{1: 4, 2: 4, 3: 4, 4: 2, 5: 1}[g.n] // registers of a pixel
	first := func(p int) vector {
		if chunk*(p+1) > 8 {
			return 12 // which three pixels leave free
		}
		return values + vector(chunk*p)
	}
	for p := 1; p < g.n && chunk < 4; p++ {
		emit("ADD %v, %v, %v", step, at[p-1], at[p])
	}
	for from := 0; from < 4; from += chunk {
		for p := range g.n {
			switch v := first(p); chunk {
			case 4:
				emit("VLD1.P (%v)(%v), %s", at[0], step, quad(v))
			case 2:
				emit("VLD1.P 32(%v), [V%d.S4, V%d.S4]", at[p], int(v), int(v)+1)
			default:
				emit("FMOVQ.P 16(%v), F%d", at[p], int(v))
			}
		}
		for l := range 4 * chunk {
			takeBlock(weights, w)
			g.each(func(p, c int) { fmlaLane(g.acc(p, c), weights+vector(c), first(p)+vector(l/4), l%4) })
		}
	}
}

// lane adds one input channel: its weights times each pixel's value.
func (g grid) lane(w register, l int) {
	takeBlock(weights, w)
	g.each(func(p, c int) { fmlaLane(g.acc(p, c), weights+vector(c), values+vector(p), l) })
}

// depthTile is the depthwise convolution: n pixels of 16 channels, each channel by itself. It reads one
// segment of one block.
func depthTile(n int, in form) {
	name := fmt.Sprintf("depth%sNEONn%d", in.suffix, n)
	function(name, "tile", fmt.Sprintf("computes %d pixels of 16 channels, each from its own input channel.", n))
	g := grid{n}
	g.each(func(p, c int) { clear(g.acc(p, c)) })
	seg := field("tile.segs", args)
	x, w, step := field("segment.x", seg), field("segment.w", seg), field("segment.step", seg)
	tap, taps, at := field("segment.taps", seg), field("segment.ntaps", seg), fresh()
	emit("CBZ %v, done", taps)
	loop("tap", taps, func() {
		emit("MOVD.P 8(%v), %v", tap, at)
		addTo(at, x)
		takeBlock(weights, w)
		for p := range n {
			in.takeBlock(values, at, step)
			for c := range 4 {
				fmla(g.acc(p, c), values+vector(c), weights+vector(c))
			}
		}
	})
	label("done")
	finish(g)
}

// finish adds the bias, applies what tile.flags ask for and stores the tile.
func finish(g grid) {
	bias := field("tile.bias", args)
	emit("CBZ %v, biased", bias)
	loadBlock(weights, bias)
	g.each(func(p, c int) { fadd(g.acc(p, c), g.acc(p, c), weights+vector(c)) })
	label("biased")
	flags := field("tile.flags", args)
	emit("CBZ %v, store", flags)
	at, step := fresh(), fresh()
	walk := func(where, stride string, body func(p int)) {
		fieldInto(at, where, args)
		fieldInto(step, stride, args)
		for p := range g.n {
			body(p)
			if p+1 < g.n {
				addTo(at, step)
			}
		}
	}
	when(flags, "flagAdd", "summed", func() {
		walk("tile.a", "tile.astep", func(p int) {
			loadBlock(values, at)
			for c := range 4 {
				fadd(g.acc(p, c), g.acc(p, c), values+vector(c))
			}
		})
	})
	when(flags, "flagPlus", "plussed", func() {
		walk("tile.z", "tile.zstep", func(p int) {
			halves.loadBlock(values, at)
			for c := range 4 {
				fadd(g.acc(p, c), g.acc(p, c), values+vector(c))
			}
		})
	})
	const lo, hi, bits vector = 20, 21, 27
	limits := func() {
		number(lo, args, offset("tile.lo"))
		number(hi, args, offset("tile.hi"))
	}
	when(flags, "flagEmit", "emitted", func() {
		limits()
		t := fresh()
		emit("MOVD $0x8040201008040201, %v", t)
		emit("VDUP %v, V%d.D2", t, int(bits))
		walk("tile.gate", "tile.gstep", func(p int) { g.emit(p, lo, hi, bits, at) })
	})
	when(flags, "flagBound", "bounded", func() {
		limits()
		g.each(func(p, c int) {
			fmax(g.acc(p, c), g.acc(p, c), lo)
			fmin(g.acc(p, c), g.acc(p, c), hi)
		})
	})
	when(flags, "flagGate", "gated", func() {
		loadBlock(values, channelBits())
		loadSlope(weights, offset("tile.slope"))
		walk("tile.gate", "tile.gstep", func(p int) { slopeBlock(g.acc(p, 0), at, values, weights) })
	})
	when(flags, "flagHalf", "store", func() {
		walk("tile.z", "tile.zstep", func(p int) {
			for c := range 4 {
				move(values+vector(c), g.acc(p, c))
			}
			halves.storeBlock(values, at)
		})
		emit("TBNZ $%d, %v, end", bit("flagOnly"), flags)
	})
	walk("tile.y", "tile.step", func(p int) { storeBlock(g.acc(p, 0), at) })
	label("end")
	emit("RET")
}

// emit stores, one bit a channel, which values of pixel p lie strictly inside.
func (g grid) emit(p int, lo, hi, bits vector, at register) {
	const mask, t vector = 22, 26
	for c := range vector(4) {
		fcmgt(mask+c, g.acc(p, int(c)), lo)
		fcmgt(t, hi, g.acc(p, int(c)))
		and(mask+c, mask+c, t)
	}
	bytesOf(mask)
	and(mask, mask, bits)
	for range 3 { // of 16 bytes the first two become the sums of eight
		addpb(mask, mask, mask)
	}
	emit("VST1 V%d.H[0], (%v)", int(mask), at)
}

// bytesOf narrows four registers' lanes to the bytes of the first of them.
func bytesOf(v vector) {
	uzp1h(v, v, v+1)
	uzp1h(v+2, v+2, v+3)
	uzp1b(v, v, v+2)
}

// channelBits is where a bit for each channel lies, of which gateBlock wants four registers.
func channelBits() register {
	t := fresh()
	emit("MOVD $channelBits<>(SB), %v", t)
	return t
}

// gateBlock zeroes the channels of four registers whose bit of a gate is clear. It uses the two registers behind the bits.
func gateBlock(v vector, gate register, bits vector) {
	eachGate(gate, bits, func(c, mask vector) { and(v+c, v+c, mask) })
}

func eachGate(gate register, bits vector, body func(c, mask vector)) {
	word, mask := bits+4, bits+5
	emit("VLD1R (%v), [V%d.H8]", gate, int(word))
	for c := range vector(4) {
		cmtst(mask, word, bits+c)
		body(c, mask)
	}
}

// loadSlope loads what slopeBlock multiplies by, and into the next register where that is zero.
func loadSlope(slope vector, off int) {
	number(slope, args, off)
	fcmeqZero(slope+1, slope)
}

// slopeBlock is gateBlock with a slope, which loadSlope has loaded: the channels are multiplied by that, but for zero. It uses the
// register behind the slope's two.
func slopeBlock(v vector, gate register, bits, slope vector) {
	product := slope + 2
	eachGate(gate, bits, func(c, mask vector) {
		fmul(product, v+c, slope)
		bic(product, product, slope+1)
		bif(v+c, product, mask)
	})
}

// peak runs multiply-adds on registers alone: what the core can do at most.
func peak() {
	open("peakNEON", "n int", "makes n rounds of 24 multiply-adds on registers of 4 lanes.")
	n := fresh()
	emit("MOVD n+0(FP), %v", n)
	for i := range vector(26) {
		clear(i)
	}
	loop("round", n, func() {
		for i := range vector(24) {
			fmlaLane(i, 24, 25, int(i%4))
		}
	})
	emit("RET")
}

// pause rests for a moment in a loop that waits.
func pause() {
	open("pause", "", "is a moment's rest in a loop that waits.")
	emit("ISB $15")
	emit("RET")
}
