package cpu

import "zalgoscope/nn"

func init() { lowers((*compiler).forwardPool, (*gradientTask).fromPool) }

func (c *compiler) forwardPool(i int, op *nn.Pool) {
	n, x := c.node(i), c.first(i)
	ys, xs, _ := op.Over(x.h, x.w)
	win := window{ys, xs}
	cells := ys.Kernel * xs.Kernel
	if op.Max && op.Norm == 0 && cells <= maxWindow && c.roundsItself(c.net.Layers[i].In[0]) {
		x = x.half()
	}
	if !op.Max && op.Norm == 0 && win.wholeMap() {
		x = c.firstValues(i)
	}
	t := c.simple(i, 3*float64(cells), x.buf)
	switch {
	case op.Norm > 0:
		t.add(&normPool{window: win, out: n.out, x: x, p: op.Norm})
	case !op.Max && win.wholeMap():
		t.add(&mapMean{halfRows: halfRows{c.packs.k}, out: n.out, x: x, share: win.wholeShare(op)})
	case !op.Max:
		t.add(&avgPool{window: win, out: n.out, x: x,
			shareY: shares(ys, op.IncludePad), shareX: shares(xs, op.IncludePad)})
	case cells > maxWindow:
		o := &widePool{window: win, out: n.out, x: x}
		if c.back {
			o.arg = newBuffer(4 * lanes * n.out.n * n.h * n.w)
			c.live(n.level, o.arg)
		}
		n.pool = o
		t.add(o)
	default:
		o := &maxPool{run: c.packs.k.maxPools(x), rounding: c.packs.k.roundingMaxPools(x), window: win, out: n.out, x: x}
		if c.back {
			o.arg = newArgmax(n.c, n.h, n.w)
			c.live(n.level, o.arg.buf)
		}
		n.pool = o
		t.add(o)
	}
}

func (g *gradientTask) fromPool(_, u int, op *nn.Pool) {
	un := g.node(u)
	if o, ok := un.pool.(*maxPool); ok {
		g.fromMaxPool(u, o)
		return
	}
	dy := g.sent(u)
	ys, xs, _ := op.Over(g.n.h, g.n.w)
	win := window{ys, xs}
	if !op.Max && op.Norm == 0 && win.wholeMap() {
		g.spread(un, win.wholeShare(op))
		return
	}
	g.cost += 3 * g.cells() * float64(ys.Kernel*xs.Kernel) / float64(ys.Stride*xs.Stride)
	switch o := un.pool.(type) {
	case nil:
		if op.Norm > 0 {
			g.live(g.n.gradLevel, g.n.out.buf, un.out.buf)
			g.add(&normPoolGradient{window: win, out: g.out, dy: dy, x: g.n.out, y: un.out, p: op.Norm, add: g.started()})
			return
		}
		g.add(&avgPoolGradient{window: win, out: g.out, dy: dy, add: g.started(),
			shareY: shares(ys, op.IncludePad), shareX: shares(xs, op.IncludePad)})
	case *widePool:
		g.live(g.n.gradLevel, o.arg)
		g.sheets = true
		g.add(&widePoolGradient{forward: o, out: g.out, dy: dy, add: g.started()})
	default:
		panic(missing(o))
	}
}

// fromMaxPool adds what max pool u sends back.
func (g *gradientTask) fromMaxPool(u int, o *maxPool) {
	dy := g.node(u).grad
	if g.gradientRoundsItself(u) {
		dy = dy.half()
	}
	g.cost += 3 * g.cells() * float64(o.ys.Kernel*o.xs.Kernel) / float64(o.ys.Stride*o.xs.Stride)
	g.live(g.n.gradLevel, dy.buf, o.arg.buf)
	g.add(newMaxPoolGradient(g.packs.k, o.window, g.out, dy, o.arg, g.started()))
}
