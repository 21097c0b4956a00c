package gpu

import (
	"slices"

	"zalgoscope/nn/bend"
)

func init() { lowers((*plan).forwardBend, (*plan).backwardBend) }

// forwardBend emits a bend's output y.
func (p *plan) forwardBend(l placed, op *bend.Op) {
	x, y := l.x, l.y
	b := p.newBent(l.i, op, x, y)
	uses := []use{x.readAct(0), y.writeAct()}
	switch op.Effect.(type) {
	case bend.SampleHold, bend.Feedback:
		uses = append(uses, b.remembered())
	case bend.Morph:
		uses = append(uses, writes(asideSlot, p.wons[l.i]))
	}
	b.emit(p, false, headerOf(y, x), uses...)
}

// backwardBend emits what a bend sends back.
func (p *plan) backwardBend(l placed, op *bend.Op) {
	x, y := l.x, l.y
	b := p.bends[slices.IndexFunc(p.bends, func(b *bent) bool { return b.y == y })]
	uses := []use{y.readGrad(0)}
	switch op.Effect.(type) {
	case bend.Pointwise, bend.Normalise:
		uses = append(uses, x.readAct(1))
	case bend.Morph:
		uses = append(uses, reads(1, p.wons[l.i]))
	case bend.GradientSign, bend.GradientQuantise:
		uses = append(uses, p.measure(b))
	case bend.GradientOrthogonal:
		uses = append(uses, p.measure(b), b.remembered())
	}
	h := headerOf(x, y)
	b.emit(p, true, h, append(uses, p.add(x, &h)...)...)
}

// emit adds the pass of the bend for its output or, back, for its input's gradient.
func (b *bent) emit(p *plan, back bool, h header, uses ...use) {
	f, numbers := p.engine.bendProgram(b.op.Effect, back), b.forward
	if back {
		numbers = b.backward
	}
	q := b.pass(p, f, h, numbers, uses...)
	switch f.shader {
	case "bend_normalise":
		q.across = q.unit[1]
	case "bend_space":
		q.across = (q.across + spaceBlocks - 1) / spaceBlocks
	}
}

// measure emits the sums over the gradient that a bend needs first, and gives their totals.
func (p *plan) measure(b *bent) use {
	sums := p.engine.alloc(b.layer, (sumsAhead+parts)*texel)
	p.bufs = append(p.bufs, sums)
	uses := []use{b.y.readGrad(0), writes(asideSlot, region{sums, sumsAhead * texel, parts * texel})}
	if _, ok := b.op.Effect.(bend.GradientOrthogonal); ok {
		uses = append(uses, b.remembered())
	}
	q := b.pass(p, p.engine.measureProgram(b.op.Effect), headerOf(b.y, b.y), b.backward, uses...)
	q.items, q.across, q.header.End = parts, 1, parts
	one := header{Width: 64, Height: 1, Blocks: 1} // a work group
	p.emit(b.layer, "sum", sumOfBend, one, nil, writes(outSlot, sums.whole()))
	return reads(asideSlot, sums.whole())
}

// pass adds a pass of the bend by a program.
func (b *bent) pass(p *plan, f family, h header, numbers func() bendParams, uses ...use) *pass {
	q := p.emit(b.layer, f.shader, f.macros, h, numbers(), append(uses, reads(tableSlot, b.table.whole()))...)
	b.passes = append(b.passes, bentPass{q, numbers})
	return q
}
