package main

// bender is a kernel over neighbouring pixels of a block in the making. Registers 0 to 3 become the
// pixel's block; those from 4 to 17 are the body's.
type bender struct {
	name          string
	y, x, f, gate register // at the pixel
	own, other    form     // of x and y, and of f
	spare         vector   // the register that the next constant takes
}

const (
	constants vector = 18 // of which there are at most six
	wet       vector = 24 // the shares, four registers each
	clean     vector = 28
)

// openBender opens a kernel that has the shares of a bend in registers.
func openBender(stem, doc string) *bender { return openBenderOf(stem, doc, floats, floats) }

// openBenderOf opens one whose x and y lie in one form and f in another.
func openBenderOf(stem, doc string, own, other form) *bender {
	name := stem + own.suffix + "NEON"
	function(name, "bendTile", doc)
	b := &bender{name, field("bendTile.y", args), field("bendTile.x", args), field("bendTile.f", args), field("bendTile.gate", args), own, other, constants}
	loadBlock(wet, field("bendTile.wet", args))
	loadBlock(clean, field("bendTile.clean", args))
	return b
}

// constant is a register that keeps a number of the arguments.
func (b *bender) constant(name string) vector {
	b.spare++
	number(b.spare-1, args, offset("bendTile."+name))
	return b.spare - 1
}

// pixels visits all pixels; each, if not nil, begins one, and body puts the result for channels 4c to 4c+3 into register c.
func (b *bender) pixels(each func(), body func(c vector)) {
	n, step := field("bendTile.n", args), field("bendTile.fstep", args)
	var flags, channels register
	if b.own == floats { // others neither add nor gate
		flags = field("bendTile.flags", args)
		channels = channelBits()
	}
	loop("pixel", n, func() {
		if each != nil {
			each()
		}
		for c := range vector(4) {
			body(c)
		}
		if b.own == halves {
			halves.storeBlock(0, b.y)
			advance(b.y, halves.cell)
			advance(b.x, halves.cell)
			addTo(b.f, step)
			return
		}
		emit("CBZ %v, store", flags)
		when(flags, "bendAdd", "sound", func() {
			loadBlock(4, b.y)
			for c := range vector(4) {
				fadd(c, c, 4+c)
			}
		})
		when(flags, "bendSound", "gate", func() {
			for c := range vector(4) {
				fsub(4, c, c) // zero for what is finite
				fcmeq(4, 4, 4)
				and(c, c, 4)
			}
		})
		when(flags, "bendGated", "store", func() {
			loadBlock(4, channels)
			gateBlock(0, b.gate, 4)
		})
		giveBlock(0, b.y)
		advance(b.x, 64)
		advance(b.gate, 2)
		addTo(b.f, step)
	})
	emit("RET")
}

// load loads channels 4c to 4c+3 of a pixel of x or f.
func (b *bender) load(v vector, from register, c vector) {
	f := b.own
	if from == b.f {
		f = b.other
	}
	f.load(v, from, f.part()*int(c))
}

// bends writes the kernels of bends.
func bends() {
	for _, own := range []form{floats, halves} {
		b := openBenderOf("mix", "is clean*x + wet*f.", own, floats)
		b.pixels(nil, func(c vector) {
			b.load(4, b.x, c)
			b.load(5, b.f, c)
			fmul(c, 4, clean+c)
			fmla(c, 5, wet+c)
		})
		b = openBenderOf("scale", "is x*(clean + wet*f).", own, floats)
		b.pixels(nil, func(c vector) {
			b.load(4, b.x, c)
			b.load(5, b.f, c)
			move(6, clean+c)
			fmla(6, 5, wet+c)
			fmul(c, 4, 6)
		})
	}

	b := openBender("sign", "is clean*x and P with the sign of wet*x.")
	p := b.constant("p")
	b.pixels(nil, func(c vector) {
		const x, v, zero, above, below vector = 6, 7, 8, 9, 10
		b.load(x, b.x, c)
		fmul(v, x, wet+c)
		clear(zero)
		fcmgt(above, v, zero)
		fcmgt(below, zero, v)
		and(above, above, p)
		and(below, below, p)
		fsub(v, above, below)
		fmul(x, x, clean+c)
		fadd(c, x, v)
	})

	b = openBender("quantise", "is clean*x and the multiple of P nearest to wet*x.")
	step := b.constant("p")
	b.spare++
	middle := b.spare - 1
	pattern(middle, 0x3f000000)
	b.pixels(nil, func(c vector) {
		const x, v vector = 8, 9
		b.load(x, b.x, c)
		fmul(v, x, wet+c)
		fdiv(v, v, step)
		fadd(v, v, middle)
		frintm(v, v)
		fmul(v, v, step)
		fmul(x, x, clean+c)
		fadd(c, x, v)
	})
	measures()
	resample()
	functions()
}

// measures writes the kernels that sum up a row in each lane.
func measures() {
	b := openBender("size", "sums the sizes of wet*x in each lane.")
	b.sum(func(c vector) {
		b.load(4, b.x, c)
		fmul(4, 4, wet+c)
		fabs(4, 4)
		fadd(c, c, 4)
	})
	for _, f := range []form{floats, halves} {
		b = openBenderOf("dot", "sums wet*x*f in each lane.", f, f)
		b.sum(func(c vector) {
			b.load(4, b.x, c)
			b.load(5, b.f, c)
			fmul(4, 4, wet+c)
			fmla(c, 4, 5)
		})
	}
}

// sum visits all pixels, whose body adds to the sum of channels 4c to 4c+3.
func (b *bender) sum(body func(c vector)) {
	n, step := field("bendTile.n", args), field("bendTile.fstep", args)
	for c := range vector(4) {
		clear(c)
	}
	loop("pixel", n, func() {
		for c := range vector(4) {
			body(c)
		}
		advance(b.x, b.own.cell)
		addTo(b.f, step)
	})
	storeField("bendTile.sums", 0)
	emit("RET")
}

// resample gathers each pixel from the cells that a list of cpu.source gives, f being the block's first cell.
func resample() {
	b := openBender("resample", "is clean*x + wet*(a weighted sum of cells of f).")
	source, cell, at := field("bendTile.sources", args), fresh(), fresh()
	const sum, share, value vector = 4, 8, 9
	b.pixels(func() {
		for c := range vector(4) {
			clear(sum + c)
		}
		label("source")
		emit("MOVWU %d(%v), %v", offset("source.cell"), source, cell)
		emit("LSL $33, %v, %v", cell, at) // without the mark of the last one,
		emit("LSR $27, %v, %[1]v", at)    // 64 bytes a cell
		addTo(at, b.f)
		loadBlock(value, at)
		number(share, source, offset("source.share"))
		advance(source, size("source"))
		for c := range vector(4) {
			fmla(sum+c, value+c, share)
		}
		emit("TBZ $31, %v, source", cell)
	}, func(c vector) {
		b.load(value, b.x, c)
		fmul(c, value, clean+c)
		fmla(c, sum+c, wet+c)
	})
}
