// Package bend is circuit bending: it puts operations that damage what a layer
// says, or the gradient that comes back to it, into a net (New), while the net itself
// stays whole. All of it is data: a Spec names a layer, a kind and an amount, the table
// Kinds says what there is, and an Effect holds the few numbers that an engine needs to run it.
//
// An effect f is mixed with what it reads: y = x + wet*(f(x) - x), wet being zero for
// channels that are not chosen. The way back is that of the maths where f has a
// derivative and a straight line where it has none; Kind.Exact tells which.
package bend

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Op is a bend in a net: an operation of one input that keeps its shape. Rack.Turn
// changes the exported fields between two calls of an engine, which reads them at each run.
// Its state as an nn.Stateful is the reference engine's; other engines keep their own.
type Op struct {
	Spec   Spec
	Effect Effect
	Wet    []float32 // share of the effect in each channel

	step   int64
	memory Memory[[]float32]
}

var _ nn.Stateful = (*Op)(nil)

// Effect is what a bend makes of a map. Implementations are plain values; engines know
// them by type.
type Effect interface {
	// Forward sets y to what the effect makes of x at a moment.
	Forward(y, x Map, at Moment)
	// Backward sets dx to the gradient with respect to x, given dy.
	Backward(dx, dy, x Map, at Moment)
}

// Rememberer is an effect of what was before.
type Rememberer interface {
	Effect
	// Remember gives what the next step at this map size is to find as Moment.Past.
	Remember(x, dy Map, at Moment) []float32
}

// Moment is when an effect is at work. Only nn.Engine.Ascend moves on.
type Moment struct {
	Step  int64     // gradient steps since the engine was bent
	Count int64     // those among them that ran the bend at this map size
	Past  []float32 // what the last of these left, nil at the first
}

// Map is a layer's activation or gradient in C,H,W order.
type Map struct {
	C, H, W int
	V       []float32
}

func mapOf(t *tensor.Dense) Map {
	s := t.Shape()
	return Map{s[0], s[1], s[2], nn.Floats(t)}
}

func (m Map) like() Map { return Map{m.C, m.H, m.W, make([]float32, len(m.V))} }

// plane is one channel.
func (m Map) plane(c int) []float32 { return m.V[c*m.H*m.W:][:m.H*m.W] }

func (*Op) Kind() string                 { return "bend" }
func (*Op) MACs(in []tensor.Shape) int64 { return 0 }

func (o *Op) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) != 1 || len(in[0]) != 3 || in[0][0] != len(o.Wet) {
		return nil, fmt.Errorf("bends %d channels, not %v", len(o.Wet), in)
	}
	return in[0].Clone(), nil
}

// Forward sets y to the mix of x and the effect.
func (o *Op) Forward(y *tensor.Dense, x []*tensor.Dense) {
	in, out := mapOf(x[0]), mapOf(y)
	o.Effect.Forward(out, in, o.moment(in))
	for c, wet := range o.Wet {
		b := out.plane(c)
		for i, v := range in.plane(c) {
			b[i] = v + wet*(b[i]-v)
		}
	}
}

// Backward adds (1-wet)*dy and the effect's gradient for wet*dy.
func (o *Op) Backward(dx []*tensor.Dense, dy, _ *tensor.Dense, x []*tensor.Dense) {
	if dx[0] == nil {
		return
	}
	in, sum := mapOf(x[0]), mapOf(dx[0])
	part := o.wetted(mapOf(dy))
	for i, v := range mapOf(dy).V {
		sum.V[i] += v - part.V[i]
	}
	back := in.like()
	o.Effect.Backward(back, part, in, o.moment(in))
	for i, v := range back.V {
		sum.V[i] += v
	}
}

// wetted is wet*dy, the gradient that reaches the effect.
func (o *Op) wetted(dy Map) Map {
	part := dy.like()
	for c, wet := range o.Wet {
		b := part.plane(c)
		for i, v := range dy.plane(c) {
			b[i] = wet * v
		}
	}
	return part
}

func (o *Op) moment(x Map) Moment {
	at := Moment{Step: o.step}
	if s := o.memory.Find(x.H, x.W); s != nil {
		at.Count, at.Past = s.Count, s.Past
	}
	return at
}

// Advance ends a gradient step.
func (o *Op) Advance(x, dy *tensor.Dense) {
	if e, ok := o.Effect.(Rememberer); ok && x != nil {
		in := mapOf(x)
		past := e.Remember(in, o.wetted(mapOf(dy)), o.moment(in))
		s := o.memory.At(in.H, in.W)
		s.Past, s.Count = past, s.Count+1
	}
	o.step++
}
