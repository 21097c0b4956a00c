package gpu

import "zalgoscope/nn"

func init() { lowers((*plan).forwardRow, (*plan).backwardRow) }

func (p *plan) forwardRow(l placed, _ *nn.Row) {
	at, y := 0, l.y
	for _, j := range l.in {
		x := p.layout.view(j)
		h := headerOf(y, x)
		h.Width, h.Height, h.OutRow = int32(x.w), int32(x.h), int32(x.w)
		h.OutBase += int32(at)
		p.emit(l.name, "pointwise", defines{"COPY": 1}, h, besides(x, 0, 0), x.readAct(0), y.writeAct())
		at += x.h * x.w
	}
}

func (p *plan) backwardRow(l placed, _ *nn.Row) {
	at, y := 0, l.y
	for _, j := range l.in {
		x := p.layout.view(j)
		h := headerOf(x, y)
		h.InRow = int32(x.w)
		h.InBase += int32(at)
		uses := append(p.add(x, &h), y.readGrad(0))
		p.emit(l.name, "pointwise", defines{"COPY": 1}, h, besides(y, 0, 0), uses...)
		at += x.h * x.w
	}
}
