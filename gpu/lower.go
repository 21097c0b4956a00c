package gpu

import (
	"fmt"
	"reflect"

	"zalgoscope/nn"
)

// placed is a layer and where what it reads and writes lies.
type placed struct {
	i    int // in the net
	name string
	in   []int // the roots that it reads
	x, y *view // the first of what it reads, and what it writes
}

// lowering is how the engine computes an operator: forward emits the passes of a layer, backward what adds to the gradients of what it
// reads, once its own is whole.
type lowering struct {
	forward, backward func(p *plan, l placed, op nn.Op)
}

// lowerings are those of all operators. Each is told by lowers in the operator's file.
var lowerings = map[reflect.Type]lowering{}

func lowers[T nn.Op](forward, backward func(p *plan, l placed, op T)) {
	lowerings[reflect.TypeFor[T]()] = lowering{
		func(p *plan, l placed, op nn.Op) { forward(p, l, op.(T)) },
		func(p *plan, l placed, op nn.Op) { backward(p, l, op.(T)) },
	}
}

func loweringOf(op nn.Op) lowering {
	l, ok := lowerings[reflect.TypeOf(op)]
	if !ok {
		panic(missing(op))
	}
	return l
}

// place is layer i where it lies.
func (l *layout) place(i int) (placed, nn.Op) {
	layer, in := l.net.Layers[i], l.inputs(i)
	return placed{i, layer.Name, in, l.view(in[0]), l.views[i]}, layer.Op
}

// forwardLayer emits what computes layer i.
func (p *plan) forwardLayer(i int) {
	l, op := p.layout.place(i)
	loweringOf(op).forward(p, l, op)
}

// backwardLayer emits what adds to the gradients of what layer i reads, once its own is whole.
func (p *plan) backwardLayer(i int) {
	l, op := p.layout.place(i)
	loweringOf(op).backward(p, l, op)
}

// missing is what is panicked with for what the engine lacks and bend.Runnable lets pass.
func missing(what any) string { return fmt.Sprintf("gpu: the engine lacks %T", what) }
