package cpu

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/train"
)

// lower adds the tasks that compute layer i by itself.
func (c *compiler) lower(i int, l nn.Layer) {
	n, x := c.node(i), c.node(l.In[0]).out
	switch op := l.Op.(type) {
	case *train.BatchNorm:
		c.forwardNorm(i, i, op, nil)
	case *nn.Conv, *nn.ConvTranspose:
		c.forwardTaken(i, x, nil)
	case *nn.Sample:
		c.forwardSample(i, op, x)
	case *nn.Rearrange:
		c.forwardRearrange(i, op, x)
	case *nn.Concat:
		c.forwardConcat(i)
	case *nn.Add:
		s := &sum{k: c.packs.k, out: n.out}
		t := c.simple(i, 2)
		for _, j := range l.In {
			s.in = append(s.in, c.node(j).out)
			c.live(n.level, c.node(j).out.buf)
		}
		t.add(s)
	case *nn.Binary:
		c.forwardBinary(i, op)
	case *nn.Unary:
		c.forwardUnary(i, op, x)
	case *nn.Norm:
		c.forwardSetNorm(i, op, x)
	case *nn.Reduce:
		c.forwardReduce(i, op, x)
	case *nn.Transpose:
		c.forwardTranspose(i, op, x)
	case *nn.Row:
		c.forwardRow(i)
	case *nn.Attention:
		c.forwardAttention(i, op)
	case *nn.MatMul:
		c.forwardMatMul(i, op)
	case *nn.ReLU, *nn.Clip:
		b, _ := boundOf(op)
		c.bounded(i, x, &b)
	case *nn.Affine:
		c.simple(i, 1, x.buf).add(&perChannel{k: c.packs.k, out: n.out, x: x, scale: padded(op.Scale), shift: padded(op.Shift)})
	case *nn.LRN:
		if c.roundsItself(l.In[0]) {
			x = x.half()
		}
		t := c.simple(i, 20, x.buf)
		t.columns = true
		kernel, _ := c.packs.k.normaliser(op, n.c)
		t.add(&lrn{rows: halfRows{c.packs.k}, kernel: kernel, op: op, out: n.out, x: x})
	case *nn.Softmax:
		t := c.simple(i, 100, x.buf)
		t.columns = true
		t.add(&softmax{out: n.out, x: x})
	case *nn.Pool:
		c.forwardPool(i, op, x)
	case *bend.Op:
		c.forwardBend(i, op, x)
	default:
		panic(missing(op))
	}
}

// from adds what layer u, which reads layer i, sends back.
func (g *gradientTask) from(i, u int) {
	un, l := g.node(u), g.net.Layers[u]
	dy, level := un.grad, g.n.gradLevel
	switch op := l.Op.(type) {
	case *nn.Conv:
		g.fromConv(i, u, op)
		return
	case *nn.ConvTranspose:
		ys, xs, _ := op.Over(g.n.h, g.n.w)
		p, fast := g.ahead(&op.Conv, dy, ys, xs, g.out.h, g.out.w)
		g.sumUp([]phase{{sy: 1, sx: 1, parts: []part{p}}}, op.MACs([]tensor.Shape{{g.n.c, g.n.h, g.n.w}}), isDepthwise(&op.Conv), fast)
		return
	}
	if pool, ok := un.pool.(*maxPool); ok {
		g.fromMaxPool(u, pool)
		return
	}
	if op, ok := l.Op.(*nn.LRN); ok {
		g.fromLRN(i, u, op)
		return
	}
	if _, ok := l.Op.(*train.BatchNorm); ok {
		g.fromNorm(i, u)
		return
	}
	g.live(level, dy.buf)
	switch op := l.Op.(type) {
	case *nn.Sample:
		rows, columns := op.Taps(g.n.shape(), un.shape())
		g.fromSample(dy, rows, columns)
	case *nn.Rearrange:
		g.fromRearrange(op, dy)
	case *nn.ReLU, *nn.Clip:
		g.plus(dy)
	case *nn.Add:
		for _, j := range l.In {
			if j == i {
				g.plus(dy)
			}
		}
	case *nn.Binary:
		g.fromBinary(i, u, op)
	case *nn.Unary:
		g.fromUnary(op, dy)
	case *nn.Norm:
		g.fromSetNorm(un, op)
	case *nn.Reduce:
		g.fromReduce(un, op)
	case *nn.Transpose:
		g.fromTranspose(op, dy)
	case *nn.Row:
		g.fromRow(i, u)
	case *nn.Attention:
		g.fromAttention(i, u, op)
	case *nn.MatMul:
		g.fromMatMul(i, u, op)
	case *nn.Concat:
		g.fromConcat(i, u)
	case *nn.Affine:
		g.cost += g.cells()
		g.add(&perChannel{k: g.packs.k, out: g.out, x: dy, scale: padded(op.Scale), add: g.started()})
	case *nn.Softmax:
		g.cost += 100 * g.cells()
		g.columns = true
		g.live(level, un.out.buf)
		g.add(&softmaxGradient{out: g.out, dy: dy, y: un.out, add: g.started()})
	case *nn.Pool:
		g.fromPool(un, op)
	case *bend.Op:
		g.fromBend(u, op)
	default:
		panic(missing(op))
	}
}

// missing is what a switch panics with that lacks what bend.Runnable lets pass.
func missing(what any) string { return fmt.Sprintf("cpu: a switch lacks %T", what) }
