package cpu

import (
	"zalgoscope/nn"
)

// A task whose every region needs that region alone of what another one sets is done by that one's items: they find it in
// their caches, and no stage has to end in between.

// dependency is a map that a task reads, and the stage that completes it.
type dependency struct {
	view
	level int
}

// lead is the task whose items can set out as well: the only one that is not complete a stage before what sets the maps that are read, and
// of which each region needs the same one. It is nil where there is none.
func (c *compiler) lead(out view, reads []dependency) (lead *task) {
	if c.apart || c.learning != nil { // a learner waits for all pictures between stages
		return nil
	}
	last := 0
	for _, d := range reads {
		last = max(last, d.level)
	}
	for _, d := range reads {
		if d.level < last {
			continue
		}
		t := c.setters[d.blob]
		if t == nil || t.level != last || t.out != d.view {
			return nil
		}
		if t.leads != nil {
			t = t.leads
		}
		if lead != nil && t != lead || t.out.n != out.n || t.out.h != out.h || t.out.w != out.w {
			return nil
		}
		lead = t
	}
	return lead
}

// along is simple for a layer that needs the same region of each map that it reads.
func (c *compiler) along(i int, cost float64, reads ...view) *task {
	lead := c.leadForward(i)
	t := c.simple(i, cost)
	for _, v := range reads {
		c.live(t.level, v.buf)
	}
	if lead != nil {
		t.follow(lead)
	}
	return t
}

// leadForward is the task whose items can compute such a layer i. It gives the layer that one's level.
func (c *compiler) leadForward(i int) *task {
	n := c.node(i)
	var reads []dependency
	for _, j := range c.net.Layers[i].In {
		reads = append(reads, dependency{c.node(j).out, c.node(j).level})
	}
	lead := c.lead(n.out, reads)
	if lead != nil {
		n.level = lead.level
	}
	return lead
}

// leadBack is the task whose items can compute the gradient at layer i, or nil.
func (c *compiler) leadBack(i int) *task {
	n := c.node(i)
	if i == nn.Picture || n.target {
		return nil
	}
	var reads []dependency
	for _, u := range n.uses {
		un := c.node(u)
		switch op := c.op(u).(type) {
		case *nn.Unary, *nn.Affine, *nn.ReLU, *nn.Clip, *nn.Add:
		case *nn.Reduce:
			if op.Fn != nn.Total && op.Fn != nn.Average { // others look at the whole map on their way back
				return nil
			}
		case *nn.Binary:
			if n.c != un.c || n.h != un.h || n.w != un.w {
				return nil
			}
		case *nn.Pool:
			ys, xs, err := op.Over(n.h, n.w)
			if err != nil || op.Max || op.Norm > 0 || !(window{ys, xs}).wholeMap() {
				return nil
			}
		default:
			return nil
		}
		reads = append(reads, dependency{un.grad, un.gradLevel})
	}
	lead := c.lead(n.grad, reads)
	if lead == nil || n.level >= lead.level {
		return nil
	}
	return lead
}
