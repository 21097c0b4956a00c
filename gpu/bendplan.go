package gpu

import (
	"slices"

	"zalgoscope/nn/bend"
)

// The codes of bend_point.comp beyond those of bend.Pointwise.
const (
	codeNoise = int(bend.Sine) + 1 + iota
	codeMemory
	codeRemember
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

// forwardBend emits a bend's output y.
func (p *plan) forwardBend(i int, op *bend.Op, x, y *view) {
	b := p.newBent(i, op, x, y)
	emit := func(shader string, d defines, more ...use) {
		b.emit(p, shader, d, headerOf(y, x), b.forward, append(more, x.readAct(0), y.writeAct())...)
	}
	switch e := op.Effect.(type) {
	case bend.Pointwise:
		emit("bend_point", defines{"CODE": int(e.Code)})
	case bend.Noise:
		emit("bend_point", defines{"CODE": codeNoise})
	case bend.SampleHold, bend.Feedback:
		emit("bend_point", defines{"CODE": codeMemory}, b.remembered())
	case bend.Rewire:
		emit("bend_channels", defines{})
	case bend.Normalise:
		emit("bend_normalise", defines{})
	case bend.Stencil:
		emit("bend_space", defines{"KIND": kindStencil})
	case bend.Resample:
		emit("bend_space", defines{"KIND": kindResample})
	case bend.Morph:
		emit("bend_space", defines{"KIND": kindMorph}, writes(asideSlot, p.wons[i]))
	default: // the bends of the gradient
		p.emit(b.layer, "pointwise", defines{"MODE": modeCopy}, headerOf(y, x), besides(x, 0, 0), x.readAct(0), y.writeAct())
	}
}

// backwardBend emits what layer i, a bend, sends back from y to x.
func (p *plan) backwardBend(i int, op *bend.Op, x, y *view) {
	b := p.bends[slices.IndexFunc(p.bends, func(b *bent) bool { return b.y == y })]
	emit := func(shader string, d defines, more ...use) {
		h := headerOf(x, y)
		uses := append(p.add(x, &h), y.readGrad(0))
		b.emit(p, shader, d, h, b.backward, append(uses, more...)...)
	}
	switch e := op.Effect.(type) {
	case bend.Pointwise:
		switch {
		case e.Straight():
			p.straight(b)
		case e.Code == bend.Linear:
			emit("bend_point", defines{"CODE": int(e.Code), "BACK": 1})
		default:
			emit("bend_point", defines{"CODE": int(e.Code), "BACK": 1}, x.readAct(1))
		}
	case bend.Noise, bend.SampleHold, bend.Feedback:
		p.straight(b)
	case bend.Rewire:
		emit("bend_channels", defines{})
	case bend.Normalise:
		emit("bend_normalise", defines{"BACK": 1}, x.readAct(1))
	case bend.Stencil, bend.GradientStencil:
		emit("bend_space", defines{"KIND": kindStencil})
	case bend.Resample:
		emit("bend_space", defines{"KIND": kindResample, "BACK": 1})
	case bend.GradientMirror: // which moves the gradient as a mirror moves a map
		emit("bend_space", defines{"KIND": kindResample})
	case bend.Morph:
		emit("bend_space", defines{"KIND": kindMorph, "BACK": 1}, reads(1, p.wons[i]))
	case bend.GradientSign:
		emit("bend_gradient", defines{"KIND": kindSign}, p.measure(b, kindSign))
	case bend.GradientQuantise:
		emit("bend_gradient", defines{"KIND": kindQuantise}, p.measure(b, kindQuantise))
	case bend.GradientOrthogonal:
		emit("bend_gradient", defines{"KIND": kindOrthogonal}, p.measure(b, kindOrthogonal), b.remembered())
	}
}

// straight lets the gradient through as it is.
func (p *plan) straight(b *bent) {
	p.gradient(b.layer, "pointwise", defines{"MODE": modeCopy}, b.x, b.y, besides(b.y, 0, 0))
}

// measure emits the sums over the gradient that a bend needs first, and gives their totals.
func (p *plan) measure(b *bent, kind int) use {
	const total = stride / texel // the parts begin behind it
	sums := p.engine.alloc(b.layer, (total+parts)*texel)
	p.bufs = append(p.bufs, sums)
	uses := []use{b.y.readGrad(0), writes(asideSlot, region{sums, total * texel, parts * texel})}
	if kind == kindOrthogonal {
		uses = append(uses, b.remembered())
	}
	q := b.emit(p, "bend_gradient", defines{"KIND": kind, "MEASURE": 1, "PARTS": parts}, headerOf(b.y, b.y), b.backward, uses...)
	q.items, q.across, q.header.End = parts, 1, parts
	one := header{Width: 64, Height: 1, Blocks: 1} // a work group
	p.emit(b.layer, "sum", defines{"PARTS": parts, "STRIDE": total, "SLOTS": 1}, one, nil, writes(outSlot, sums.whole()))
	return reads(asideSlot, sums.whole())
}
