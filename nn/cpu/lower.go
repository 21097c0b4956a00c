package cpu

import (
	"fmt"
	"reflect"

	"zalgoscope/nn"
)

// lowering is how the engine computes an operator: forward adds the tasks of layer i, backward what layer u, which reads layer i, sends
// back to it.
type lowering struct {
	forward  func(c *compiler, i int, op nn.Op)
	backward func(g *gradientTask, i, u int, op nn.Op)
}

// lowerings are those of all operators. Each is told by lowers in the operator's file.
var lowerings = map[reflect.Type]lowering{}

func lowers[T nn.Op](forward func(c *compiler, i int, op T), backward func(g *gradientTask, i, u int, op T)) {
	lowerings[reflect.TypeFor[T]()] = lowering{
		func(c *compiler, i int, op nn.Op) { forward(c, i, op.(T)) },
		func(g *gradientTask, i, u int, op nn.Op) { backward(g, i, u, op.(T)) },
	}
}

func loweringOf(op nn.Op) lowering {
	l, ok := lowerings[reflect.TypeOf(op)]
	if !ok {
		panic(missing(op))
	}
	return l
}

// lower adds the tasks that compute layer i by itself.
func (c *compiler) lower(i int) {
	op := c.op(i)
	loweringOf(op).forward(c, i, op)
}

// first is the values of the first layer that layer i reads.
func (c *compiler) first(i int) view { return c.node(c.net.Layers[i].In[0]).out }

// firstValues is the same as layers read it that are no convolutions.
func (c *compiler) firstValues(i int) view { return c.values(c.net.Layers[i].In[0]) }

// sentAsKept is the gradient at layer u as they read it, which is kept until the task has read it.
func (g *gradientTask) sentAsKept(u int) view {
	dy := g.slope(u)
	g.live(g.n.gradLevel, dy.buf)
	return dy
}

// sent is the gradient at layer u, which is kept until the task has read it.
func (g *gradientTask) sent(u int) view {
	dy := g.node(u).grad
	g.live(g.n.gradLevel, dy.buf)
	return dy
}

// missing is what is panicked with for what the engine lacks and bend.Runnable lets pass.
func missing(what any) string { return fmt.Sprintf("cpu: the engine lacks %T", what) }
