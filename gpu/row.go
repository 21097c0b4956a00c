package gpu

func (p *plan) forwardRow(i int) {
	l, at := p.layout, 0
	y := l.views[i]
	for _, j := range l.inputs(i) {
		x := l.view(j)
		h := headerOf(y, x)
		h.Width, h.Height, h.OutRow = int32(x.w), int32(x.h), int32(x.w)
		h.OutBase += int32(at)
		p.emit(l.net.Layers[i].Name, "pointwise", defines{"COPY": 1}, h, besides(x, 0, 0), x.readAct(0), y.writeAct())
		at += x.h * x.w
	}
}

func (p *plan) backwardRow(i int) {
	l, at := p.layout, 0
	y := l.views[i]
	for _, j := range l.inputs(i) {
		x := l.view(j)
		h := headerOf(x, y)
		h.InRow = int32(x.w)
		h.InBase += int32(at)
		uses := append(p.add(x, &h), y.readGrad(0))
		p.emit(l.net.Layers[i].Name, "pointwise", defines{"COPY": 1}, h, besides(y, 0, 0), uses...)
		at += x.h * x.w
	}
}
