package gpu

import "zalgoscope/nn/bend"

// family is a program, of bends but for how it reads and masks: a shader and what makes it of it.
type family struct {
	shader string
	macros defines
}

// The codes of bend_point.comp beyond those of bend.Pointwise.
const (
	codeNoise = int(bend.Sine) + 1 + iota
	codeMemory
	codeRemember
	codePass // leaves all as it is
)

// The kinds of bend_space.comp, and of bend_gradient.comp.
const (
	kindStencil = iota
	kindResample
	kindMorph
)
const (
	kindSign = iota
	kindQuantise
	kindOrthogonal
)

// bendProgram is the program of an effect's output or, back, of its input's gradient.
func (e *Engine) bendProgram(effect bend.Effect, back bool) family {
	forward := func(f family) family { return either(back, point(codePass), f) }
	backward := func(f family) family { return either(back, f, point(codePass)) }
	switch f := effect.(type) {
	case bend.Pointwise:
		if back && f.Straight() {
			return point(codePass)
		}
		return family{"bend_point", defines{"CODE": int(f.Code), "BACK": flag(back)}}
	case bend.Noise:
		return forward(point(codeNoise))
	case bend.SampleHold, bend.Feedback:
		return forward(point(codeMemory))
	case bend.Rewire:
		return family{"bend_channels", nil}
	case bend.Normalise:
		x, y := e.column()
		return family{"bend_normalise", defines{"LX": x, "LY": y, "BACK": flag(back)}}
	case bend.Stencil:
		return space(kindStencil, false)
	case bend.Resample:
		return space(kindResample, back)
	case bend.Morph:
		return space(kindMorph, back)
	case bend.GradientStencil:
		return backward(space(kindStencil, false))
	case bend.GradientMirror: // which moves the gradient as a mirror moves a map
		return backward(space(kindResample, false))
	case bend.GradientSign:
		return backward(gradient(kindSign))
	case bend.GradientQuantise:
		return backward(gradient(kindQuantise))
	case bend.GradientOrthogonal:
		return backward(gradient(kindOrthogonal))
	}
	panic(missing(effect))
}

func either(back bool, a, b family) family {
	if back {
		return a
	}
	return b
}

func gradient(kind int) family { return family{"bend_gradient", defines{"KIND": kind}} }

func point(code int) family { return family{"bend_point", defines{"CODE": code, "BACK": 0}} }

// spaceBlocks is how many blocks of channels an invocation of bend_space.comp moves: finding the
// way costs more than a block.
const spaceBlocks = 4

func space(kind int, back bool) family {
	return family{"bend_space", defines{"KIND": kind, "BACK": flag(back), "BLOCKS": spaceBlocks}}
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
		all = append(all, family{f.shader, e.macros(f.macros, texel, masked)})
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
	add(point(codeRemember), texel, false)
	add(family{"sum", sumOfBend}, texel, false)
	return all
}
