package main

// norms writes the kernels of normalisations of channels, those of sums over all blocks of each pixel first.
func norms() {
	const x, gain, dy, mean vector = 4, 8, 12, 20
	channelSum("channelSumsNEON", "sums each pixel's channels times their gains.", false, false, func(c vector) { fmla(c, x+c, gain+c) })
	channelSum("channelSquaresNEON", "sums the squares of what each pixel's channels are from the mean, times their gains.", true, false, func(c vector) {
		fsub(x+c, x+c, mean)
		fmul(gain+c, gain+c, x+c)
		fmla(c, gain+c, x+c)
	})
	channelSum("channelDotsNEON", "sums the products of what each pixel's channels are from the mean and those of dy, times their gains.", true, true, func(c vector) {
		fsub(x+c, x+c, mean)
		fmul(gain+c, gain+c, dy+c)
		fmla(c, gain+c, x+c)
	})
	normaliseRow()
	normaliseGradientRow()
}

// channelSum is a kernel whose term adds register c of a block to the sums, registers 0 to 3.
func channelSum(name, doc string, centred, products bool, term func(c vector)) {
	const x, gain, dy, mean vector = 4, 8, 12, 20
	function(name, "normTile", doc)
	from, step, n, sums := field("normTile.x", args), field("normTile.xblock", args), field("normTile.n", args), field("normTile.sums", args)
	at, gains, left := fresh(), fresh(), fresh()
	var means, other, otherStep, otherAt register
	if centred {
		means = field("normTile.means", args)
	}
	if products {
		other, otherStep, otherAt = field("normTile.dy", args), field("normTile.dyblock", args), fresh()
	}
	loop("pixel", n, func() {
		for c := range vector(4) {
			clear(c)
		}
		emit("MOVD %v, %v", from, at)
		advance(from, 64)
		if centred {
			number(mean, means, 0)
			advance(means, 4)
		}
		if products {
			emit("MOVD %v, %v", other, otherAt)
			advance(other, 64)
		}
		fieldInto(gains, "normTile.gains", args)
		fieldInto(left, "normTile.blocks", args)
		loop("block", left, func() {
			loadBlock(x, at)
			addTo(at, step)
			takeBlock(gain, gains)
			if products {
				loadBlock(dy, otherAt)
				addTo(otherAt, otherStep)
			}
			for c := range vector(4) {
				term(c)
			}
		})
		fadd(0, 0, 1)
		fadd(2, 2, 3)
		fadd(0, 0, 2)
		faddp(0, 0, 0)
		faddp(0, 0, 0)
		emit("FMOVS.P F0, 4(%v)", sums)
	})
	emit("RET")
}

// numbers loads a float of each array into every lane of the registers from v on, and goes on to the next.
func numbers(v vector, arrays ...register) {
	for i, at := range arrays {
		number(v+vector(i), at, 0)
		advance(at, 4)
	}
}

func normaliseRow() {
	function("normaliseRowNEON", "normTile", "is (x-mean)*factor*gain + shift for a row of a block.")
	const gain, shift, mean, factor, out vector = 8, 12, 20, 21, 24
	y, x, n := field("normTile.y", args), field("normTile.x", args), field("normTile.n", args)
	means, factors := field("normTile.means", args), field("normTile.factors", args)
	loadBlock(gain, field("normTile.gains", args))
	loadBlock(shift, field("normTile.shifts", args))
	loop("pixel", n, func() {
		numbers(mean, means, factors)
		takeBlock(0, x)
		for c := range vector(4) {
			fsub(c, c, mean)
			fmul(c, c, factor)
			move(out+c, shift+c)
			fmla(out+c, c, gain+c)
		}
		giveBlock(out, y)
	})
	emit("RET")
}

func normaliseGradientRow() {
	function("normaliseGradientRowNEON", "normTile", "is factor*gain*dy + shift*(offset + pull*(x-mean)) for a row of a block, added to what is there if told so.")
	const dy, gain, there, old, mean, factor, off, pull, out vector = 4, 8, 12, 16, 20, 21, 22, 23, 24
	y, x, d, n, add := field("normTile.y", args), field("normTile.x", args), field("normTile.dy", args), field("normTile.n", args), field("normTile.add", args)
	means, factors := field("normTile.means", args), field("normTile.factors", args)
	offsets, pulls := field("normTile.offsets", args), field("normTile.pulls", args)
	loadBlock(gain, field("normTile.gains", args))
	loadBlock(there, field("normTile.shifts", args))
	loop("pixel", n, func() {
		numbers(mean, means, factors, offsets, pulls)
		takeBlock(0, x)
		takeBlock(dy, d)
		for c := range vector(4) {
			fsub(c, c, mean)
			move(out+c, off)
			fmla(out+c, c, pull)
			fmul(out+c, out+c, there+c)
			fmul(dy+c, dy+c, factor)
			fmla(out+c, dy+c, gain+c)
		}
		emit("CBZ %v, alone", add)
		loadBlock(old, y)
		for c := range vector(4) {
			fadd(out+c, out+c, old+c)
		}
		label("alone")
		giveBlock(out, y)
	})
	emit("RET")
}
