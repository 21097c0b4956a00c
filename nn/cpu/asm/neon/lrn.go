package main

// normaliser is the registers of a normalisation kernel.
type normaliser struct{ x, dy, y register }

const (
	one, offsetK, alpha, pull vector = 28, 29, 30, 31 // the constants
)

// lrn normalises pixels for beta 0.75.
func lrn() {
	function("lrnNEON", "lrnTile", "normalises pixels by windows of channels with beta 0.75.")
	l := newNormaliser()
	l.pixels(func() {
		l.squares()
		window := field("lrnTile.window", args)
		l.parts("scale", func(x, _, y register) {
			scale(window, 1)
			power(1, 2)
			load(3, x, 0)
			fmul(2, 2, 3)
			store(2, y, 0)
		})
	})
}

// lrnGradient is its backward pass.
func lrnGradient() {
	function("lrnGradientNEON", "lrnTile", "is the backward pass of lrnNEON.")
	l := newNormaliser()
	number(pull, args, offset("lrnTile.factor"))
	l.pixels(func() {
		l.squares()
		window, terms, powers := field("lrnTile.window", args), field("lrnTile.terms", args), field("lrnTile.powers", args)
		l.parts("term", func(x, dy, _ register) {
			scale(window, 1)
			power(1, 2)
			emit("FMOVQ.P F2, 16(%v)", powers)
			load(3, x, 0)
			load(4, dy, 0)
			fmul(3, 4, 3)
			fmul(3, 3, 2)
			fdiv(3, 3, 1)
			emit("FMOVQ.P F3, 16(%v)", terms)
		})
		end("lrnTile.terms")
		fieldInto(window, "lrnTile.termWindow", args)
		fieldInto(powers, "lrnTile.powers", args)
		l.parts("way", func(x, dy, y register) {
			windowSum(window, 1)
			emit("FMOVQ.P 16(%v), F2", powers)
			load(3, x, 0)
			load(4, dy, 0)
			fmul(2, 4, 2)
			fmul(3, pull, 3)
			fmls(2, 3, 1)
			t := fresh()
			emit("MOVWU %d(%v), %v", offset("lrnTile.add"), args, t)
			emit("CBZ %v, set", t)
			load(3, y, 0)
			fadd(2, 2, 3)
			label("set")
			store(2, y, 0)
		})
	})
}

func newNormaliser() normaliser {
	pattern(one, 0x3f800000)
	number(offsetK, args, offset("lrnTile.k"))
	number(alpha, args, offset("lrnTile.alpha"))
	return normaliser{field("lrnTile.x", args), field("lrnTile.dy", args), field("lrnTile.y", args)}
}

// pixels runs body for every pixel.
func (l normaliser) pixels(body func()) {
	loop("pixel", field("lrnTile.n", args), func() {
		body()
		for _, p := range []register{l.x, l.dy, l.y} {
			advance(p, 64)
		}
	})
	emit("RET")
}

// parts runs body for every four of the pixel's channels.
func (l normaliser) parts(name string, body func(x, dy, y register)) {
	kept := next
	x, dy, y, blocks, left, step := fresh(), fresh(), fresh(), field("lrnTile.blocks", args), fresh(), fresh()
	emit("MOVD %v, %v", l.x, x)
	emit("MOVD %v, %v", l.dy, dy)
	emit("MOVD %v, %v", l.y, y)
	loop(name+"Block", blocks, func() {
		emit("MOVD $4, %v", left)
		loop(name, left, func() {
			body(x, dy, y)
			for _, p := range []register{x, dy, y} {
				advance(p, 16)
			}
		})
		for _, s := range []struct {
			p     register
			field string
		}{{x, "lrnTile.xblock"}, {dy, "lrnTile.dyblock"}, {y, "lrnTile.yblock"}} {
			fieldInto(step, s.field, args)
			addTo(s.p, step)
			emit("SUB $64, %v, %[1]v", s.p)
		}
	})
	next = kept
}

// squares lays the pixel's squares in a row.
func (l normaliser) squares() {
	kept := next
	row := field("lrnTile.squares", args)
	l.parts("square", func(x, _, _ register) {
		load(1, x, 0)
		fmul(1, 1, 1)
		emit("FMOVQ.P F1, 16(%v)", row)
	})
	next = kept
	end("lrnTile.squares")
}

// end zeroes 16 floats of a row after the last channel, for a block's lanes past it hold anything.
func end(row string) {
	kept := next
	at := field(row, args)
	addTo(at, field("lrnTile.c", args))
	for c := range vector(4) {
		clear(c)
	}
	storeBlock(0, at)
	next = kept
}

var windows int

// windowSum sums up the windows of four channels, the first of which begins where row points, and goes on to the next four.
func windowSum(row register, sum vector) {
	windows++
	kept := next
	p, left := fresh(), field("lrnTile.size", args)
	emit("MOVD %v, %v", row, p)
	clear(sum)
	loop("window"+string(rune('a'+windows)), left, func() {
		load(5, p, 0)
		fadd(sum, sum, 5)
		advance(p, 4)
	})
	advance(row, 16)
	next = kept
}

// scale is s = k + alpha/size * the window's sum.
func scale(window register, s vector) {
	windowSum(window, 6)
	move(s, offsetK)
	fmla(s, 6, alpha)
}

// power sets p to s^-0.75, 1 / sqrt(s*sqrt(s)).
func power(s, p vector) {
	fsqrt(p, s)
	fmul(p, p, s)
	fsqrt(p, p)
	fdiv(p, one, p)
}
