package main

// rows writes the kernels over neighbouring pixels of a block.
func rows() {
	function("gateRowNEON", "rowTile", "multiplies the values of a row whose bit is clear by the weight.")
	y, gate, n := field("rowTile.y", args), field("rowTile.gate", args), field("rowTile.n", args)
	loadBlock(4, channelBits())
	loadSlope(20, offset("rowTile.weight"))
	loop("pixel", n, func() {
		loadBlock(0, y)
		slopeBlock(0, gate, 4, 20)
		advance(gate, 2)
		giveBlock(0, y)
	})
	emit("RET")

	function("plusRowNEON", "rowTile", "adds a row to another.")
	y, x, n := field("rowTile.y", args), field("rowTile.x", args), field("rowTile.n", args)
	loop("pixel", n, func() {
		loadBlock(0, y)
		takeBlock(4, x)
		for c := range vector(4) {
			fadd(c, c, 4+c)
		}
		giveBlock(0, y)
	})
	emit("RET")

	function("seedRowNEON", "rowTile", "adds a weighted row to another and sums its squares.")
	y, x, n = field("rowTile.y", args), field("rowTile.x", args), field("rowTile.n", args)
	const sum, weight vector = 8, 12
	number(weight, args, offset("rowTile.weight"))
	for c := range vector(4) {
		clear(sum + c)
	}
	loop("pixel", n, func() {
		loadBlock(0, y)
		takeBlock(4, x)
		for c := range vector(4) {
			fmla(sum+c, 4+c, 4+c)
			fmla(c, 4+c, weight)
		}
		giveBlock(0, y)
	})
	storeField("rowTile.sums", sum)
	emit("RET")
}

// giveBlock stores a block and goes on to the next.
func giveBlock(v vector, at register) { emit("VST1.P %s, 64(%v)", quad(v), at) }

// storeField stores a block in the arguments.
func storeField(name string, v vector) {
	t := fresh()
	emit("ADD $%d, %v, %v", offset(name), args, t)
	storeBlock(v, t)
}

// fatigue writes the kernels of targets with fatigue.
func fatigue() {
	function("tireRowNEON", "fatigueTile", "adds a row times gains of channels and of pixels to another and sums squares and products.")
	const gain, square, value, even vector = 8, 12, 16, 20
	y, x, n, evens := field("fatigueTile.y", args), field("fatigueTile.x", args), field("fatigueTile.n", args), field("fatigueTile.evens", args)
	loadBlock(gain, field("fatigueTile.gains", args))
	for c := range vector(4) {
		clear(square + c)
		clear(value + c)
	}
	const d vector = 24
	loop("pixel", n, func() {
		number(even, evens, 0)
		advance(evens, 4)
		loadBlock(0, y)
		takeBlock(4, x)
		for c := range vector(4) {
			fmul(d+c, gain+c, even)
			fmul(d+c, d+c, 4+c)
			fmla(square+c, 4+c, 4+c)
			fmla(value+c, d+c, 4+c)
			fadd(c, c, d+c)
		}
		giveBlock(0, y)
	})
	storeField("fatigueTile.squares", square)
	storeField("fatigueTile.values", value)
	emit("RET")

	function("normRowNEON", "fatigueTile", "sums the squares of each pixel's channels times their gains.")
	x, n, sums, step := field("fatigueTile.x", args), field("fatigueTile.n", args), field("fatigueTile.evens", args), field("fatigueTile.block", args)
	at, gains, blocks := fresh(), fresh(), fresh()
	const sum vector = 12
	loop("pixel", n, func() {
		emit("MOVD %v, %v", x, at)
		fieldInto(gains, "fatigueTile.gains", args)
		fieldInto(blocks, "fatigueTile.blocks", args)
		for c := range vector(4) {
			clear(sum + c)
		}
		loop("block", blocks, func() {
			takeBlock(gain, gains)
			loadBlock(4, at)
			for c := range vector(4) {
				fmul(gain+c, gain+c, 4+c)
				fmla(sum+c, gain+c, 4+c)
			}
			addTo(at, step)
		})
		across(sum)
		emit("FMOVS.P F%d, 4(%v)", int(sum), sums)
		advance(x, 64)
	})
	emit("RET")
}

// across leaves the sum of a block's channels in its first lane.
func across(v vector) {
	fadd(v, v, v+1)
	fadd(v+2, v+2, v+3)
	fadd(v, v, v+2)
	faddp(v, v, v)
	faddp(v, v, v)
}
