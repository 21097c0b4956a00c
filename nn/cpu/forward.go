package cpu

import (
	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// enter adds the task that brings in the picture.
func (c *compiler) enter() {
	c.input = &entry{out: c.picture.out}
	t := c.task(c.name(nn.Picture), 0, c.picture.out)
	t.pair, t.cost = 1, float64(c.picture.h*c.picture.w)*4
	t.add(c.input)
}

// forward adds the tasks that compute layer i, and the convolution before it if that is fused.
func (c *compiler) forward(i int) {
	n, l := c.node(i), c.net.Layers[i]
	if n.takes >= 0 {
		var limits *bound
		if b, ok := boundOf(l.Op); ok {
			limits = &b
		}
		if c.joined[n.takes] {
			return
		}
		if convs := c.siblings(i); convs != nil {
			c.forwardSiblings(convs, limits)
			return
		}
		conv := c.net.Layers[n.takes]
		n.level = c.level(conv.In)
		if other := c.node(n.takes).adds; other >= 0 {
			n.level = max(n.level, c.node(other).level+1)
		}
		if norm, ok := conv.Op.(*train.BatchNorm); ok {
			c.forwardNorm(n.takes, i, norm, limits)
			return
		}
		if limits != nil {
			c.gate(n, n.level, limits)
		}
		c.forwardTaken(n.takes, limits)
		return
	}
	n.level = c.level(l.In)
	c.lower(i)
}

// simple is a task for layer i of the given cost in nanoseconds for each pixel of a block.
func (c *compiler) simple(i int, cost float64, reads ...*buffer) *task {
	n := c.node(i)
	t := c.task(c.name(i), n.level, n.out, reads...)
	t.pair, t.cost, t.early = 1, cost*float64(n.out.n*n.h*n.w), n.changes
	return t
}
