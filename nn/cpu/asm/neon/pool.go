package main

import "math"

// noCell is what stands for no cell of a window.
const noCell = 255

// pixels is the registers of a pool kernel.
type pixels struct{ x, y, arg, n, xstep, ystep, argstep, taps, ntaps register }

func newPixels() pixels {
	return pixels{
		field("poolTile.x", args), field("poolTile.y", args), field("poolTile.arg", args), field("poolTile.n", args),
		field("poolTile.xstep", args), field("poolTile.ystep", args), field("poolTile.argstep", args),
		field("poolTile.taps", args), field("poolTile.ntaps", args),
	}
}

// visit takes every pixel through begin, each tap and end.
func (s pixels) visit(begin func(), each func(tap register), end func()) {
	tap, left := fresh(), fresh()
	emit("CBZ %v, done", s.n)
	loop("pixel", s.n, func() {
		begin()
		emit("MOVD %v, %v", s.taps, tap)
		emit("MOVD %v, %v", s.ntaps, left)
		emit("CBZ %v, tapped", left)
		loop("tap", left, func() {
			each(tap)
			advance(tap, size("poolTap"))
		})
		label("tapped")
		end()
		addTo(s.x, s.xstep)
		addTo(s.y, s.ystep)
		addTo(s.arg, s.argstep)
	})
	label("done")
	emit("RET")
}

// extremePool keeps the largest value (worst -1) or the smallest (1), and the cell of its tap, the first of equals.
func extremePool(name string, worst int, in, out form) {
	function(name, "poolTile", "takes the "+name[:3]+"imum under windows of one shape.")
	const top, cell, value, mask, low, no, here vector = 0, 4, 20, 24, 28, 29, 30
	pattern(low, math.Float32bits(float32(math.Inf(worst))))
	pattern(no, noCell)
	s, at := newPixels(), fresh()
	s.visit(func() {
		for c := range vector(4) {
			move(top+c, low)
			move(cell+c, no)
		}
	}, func(tap register) {
		fieldInto(at, "poolTap.x", tap)
		addTo(at, s.x)
		in.loadBlock(value, at)
		number(here, tap, offset("poolTap.cell"))
		for c := range vector(4) {
			if worst < 0 { // what is no number beats, too
				fcmge(mask+c, top+c, value+c)
				bif(top+c, value+c, mask+c)
				bif(cell+c, here, mask+c)
			} else {
				fcmgt(mask+c, top+c, value+c)
				bitset(top+c, value+c, mask+c)
				bitset(cell+c, here, mask+c)
			}
		}
	}, func() {
		for c := range vector(4) { // where no tap won, the output is zero
			cmeq(mask, cell+c, no)
			bic(top+c, top+c, mask)
		}
		out.storeBlock(top, s.y)
		fieldInto(at, "poolTile.arg", args)
		emit("CBZ %v, stored", at)
		bytesOf(cell)
		store(cell, s.arg, 0)
		label("stored")
	})
}

// maxPoolGradient adds the gradients of the windows whose tap it was. To bfloat16 it never adds, but may apply a gate.
func maxPoolGradient(name string, in, out form) {
	function(name, "poolTile", "gathers the gradient of cells under windows of one shape.")
	const sum, dy, took, here, half, mask, bits, slope vector = 0, 20, 24, 25, 26, 28, 4, 10
	s, at := newPixels(), fresh()
	var add, gate, gstep register
	if out == floats {
		add = field("poolTile.add", args)
	} else {
		gate, gstep = field("poolTile.gate", args), field("poolTile.gstep", args)
		loadBlock(bits, channelBits())
		loadSlope(slope, offset("poolTile.slope"))
	}
	s.visit(func() {
		for c := range vector(4) {
			clear(sum + c)
		}
		if out == floats {
			emit("CBZ %v, fresh", add)
			loadBlock(sum, s.y)
			label("fresh")
		}
	}, func(tap register) {
		fieldInto(at, "poolTap.arg", tap)
		addTo(at, s.arg)
		load(took, at, 0)
		emit("MOVBU %d(%v), %v", offset("poolTap.cell"), tap, at)
		emit("VDUP %v, V%d.B16", at, int(here))
		cmeqb(took, took, here)
		sxtlb(half, took)
		sxtl2b(half+1, took)
		for c := range vector(2) {
			sxtlh(mask+2*c, half+c)
			sxtl2h(mask+2*c+1, half+c)
		}
		fieldInto(at, "poolTap.x", tap)
		addTo(at, s.x)
		in.loadBlock(dy, at)
		for c := range vector(4) {
			and(dy+c, dy+c, mask+c)
			fadd(sum+c, sum+c, dy+c)
		}
	}, func() {
		if out == halves {
			emit("CBZ %v, open", gate)
			slopeBlock(sum, gate, bits, slope)
			addTo(gate, gstep)
			label("open")
		}
		out.storeBlock(sum, s.y)
	})
}
