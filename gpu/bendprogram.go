package gpu

import "zalgoscope/nn/bend"

// bendProgram is the program of an effect's output or, back, of its input's gradient.
func (e *Engine) bendProgram(effect bend.Effect, back bool) family {
	forward := func(f family) family { return either(back, point("PASS"), f) }
	backward := func(f family) family { return either(back, f, point("PASS")) }
	switch f := effect.(type) {
	case bend.Pointwise:
		if back && f.Straight() {
			return point("PASS")
		}
		return bendFamily("bend_point", unaryDefines(f.Fn, back))
	case bend.Noise:
		return forward(point("NOISE"))
	case bend.SampleHold, bend.Feedback:
		return forward(point("MEMORY"))
	case bend.Rewire:
		return bendFamily("bend_channels", nil)
	case bend.Normalise:
		x, y := e.column()
		return bendFamily("bend_normalise", defines{"LX": x, "LY": y, "BACK": flag(back)})
	case bend.Stencil:
		return space("STENCIL", false)
	case bend.Resample:
		return space("RESAMPLE", back)
	case bend.Morph:
		return space("MORPH", back)
	case bend.GradientStencil:
		return backward(space("STENCIL", false))
	case bend.GradientMirror: // which moves the gradient as a mirror moves a map
		return backward(space("RESAMPLE", false))
	case bend.GradientSign:
		return backward(gradient("SIGN"))
	case bend.GradientQuantise:
		return backward(gradient("QUANTISE"))
	case bend.GradientOrthogonal:
		return backward(gradient("ORTHOGONAL"))
	}
	panic(missing(effect))
}

func either(back bool, a, b family) family {
	if back {
		return a
	}
	return b
}

// bendFamily is a program of bends, but for how it reads and masks.
func bendFamily(shader string, d defines) family {
	return family{shader, d, numbers{header{}, bendParams{}}}
}

func gradient(bend string) family { return bendFamily("bend_gradient", defines{bend: 1}) }

func point(bend string) family { return bendFamily("bend_point", defines{bend: 1, "BACK": 0}) }

// spaceBlocks is how many blocks of channels an invocation of bend_space.comp moves: finding the
// way costs more than a block.
const spaceBlocks = 4

func space(bend string, back bool) family {
	return bendFamily("bend_space", defines{bend: 1, "BACK": flag(back), "BLOCKS": spaceBlocks})
}

// column is a work group whose columns share a place's channels: one row on a software rasteriser,
// where rows that wait for each other are slow.
func (e *Engine) column() (x, y int) {
	if e.device.Software {
		return 16, 1
	}
	return 16, 16
}

// measureProgram is the program of the first stage of the sums that a bend of the gradient needs.
func (e *Engine) measureProgram(effect bend.Effect) family {
	f := e.bendProgram(effect, true)
	f.macros["MEASURE"], f.macros["PARTS"] = 1, parts
	return f
}

// sumsAhead is how many vec4 a bend's total takes, behind which its parts begin.
const sumsAhead = stride / texel

// sumOfBend makes the second stage's program.
var sumOfBend = defines{"PARTS": parts, "STRIDE": sumsAhead, "SLOTS": 1}

// bendPrograms lists all programs that bends need, so that they can be made before they are wanted.
func (e *Engine) bendPrograms() (all []family) {
	texel := e.device.Software
	add := func(f family, texel, masked bool) {
		f.macros = e.macros(f.macros, texel, masked)
		all = append(all, f)
	}
	for _, f := range bend.Effects() {
		add(e.bendProgram(f, false), texel, false)
		add(e.bendProgram(f, true), texel, false)
		add(e.bendProgram(f, true), texel, true)
		switch f.(type) {
		case bend.GradientSign, bend.GradientQuantise, bend.GradientOrthogonal:
			add(e.measureProgram(f), texel, false)
		}
	}
	add(point("REMEMBER"), texel, false)
	add(family{"sum", sumOfBend, numbers{header{}}}, texel, false)
	return all
}
