package gpu

import "zalgoscope/nn"

func init() { lowers((*plan).forwardConcat, (*plan).backwardConcat) }

type concatParams struct{ Shift, Sources int32 } // Shift may be negative; Sources are channels

// forwardConcat copies the inputs that do not lie in place.
func (p *plan) forwardConcat(l placed, op *nn.Concat) {
	y, at := l.y, 0
	for k, j := range l.in {
		x := p.layout.view(j)
		if op.Axis != 0 {
			h := headerOf(y, x)
			h.Accumulate = int32(flag(k > 0))
			table := p.table(l.name, tapTable(op.Along(at, x.h, x.w, y.h, y.w)))
			p.emit(l.name, "sample", nil, h, sampleParams{}, x.readAct(0), table, y.writeAct())
			at += [...]int{1: x.h, 2: x.w}[op.Axis]
			continue
		}
		if !lies(x, y, at) {
			h := headerOf(y, x)
			h.Blocks = int32(y.channels)
			p.emit(l.name, "concat", nil, h, concatParams{int32(-at), int32(x.channels)}, x.readAct(0), y.writeAct())
		}
		at += x.channels
	}
}

// backwardConcat hands back what was copied; what lies in place has it already.
func (p *plan) backwardConcat(l placed, op *nn.Concat) {
	y, at := l.y, 0
	for _, j := range l.in {
		x := p.layout.view(j)
		if op.Axis != 0 {
			rows, columns := op.Along(at, x.h, x.w, y.h, y.w)
			p.sendBack(l.name, rows, columns, x, y)
			at += [...]int{1: x.h, 2: x.w}[op.Axis]
			continue
		}
		if !lies(x, y, at) {
			h := headerOf(x, y)
			uses := append(p.add(x, &h), y.readGrad(0))
			h.Blocks = int32(x.channels)
			p.emit(l.name, "concat", nil, h, concatParams{int32(at), int32(y.channels)}, uses...)
		}
		at += x.channels
	}
}

// lies tells whether x is the slice of y that begins at channel at.
func lies(x, y *view, at int) bool {
	return x.blob == y.blob && at%4 == 0 && x.first == y.first+at/4
}
