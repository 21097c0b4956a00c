package nn

import (
	"errors"
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// Reference is the plain engine: every layer by its own Op, every picture
// operation by a loop. It is what fast engines are measured against.
type Reference struct{ net, opened *Net }

var _ Engine = (*Reference)(nil)

// NewReference makes the reference engine of a valid net.
func NewReference(net *Net) (*Reference, error) {
	if err := net.Validate(); err != nil {
		return nil, err
	}
	return &Reference{net: net, opened: net}, nil
}

func (*Reference) Device() string { return "reference" }
func (*Reference) Close() error   { return nil }

func (r *Reference) Bend(net *Net) error {
	if net == nil {
		net = r.opened
	}
	if net == r.net {
		return nil
	}
	if err := net.Validate(); err != nil {
		return err
	}
	r.net = net
	return nil
}

func (r *Reference) Activation(x *tensor.Dense, layer string) (*tensor.Dense, error) {
	l, err := r.net.Find(layer)
	if err != nil {
		return nil, err
	}
	acts, err := r.forward(x, l)
	if err != nil {
		return nil, err
	}
	return acts[l], nil
}

// Activations runs the whole net once and gives every layer's map.
func (r *Reference) Activations(x *tensor.Dense) ([]*tensor.Dense, error) {
	all := make([]int, len(r.net.Layers))
	for i := range all {
		all[i] = i
	}
	return r.forward(x, all...)
}

func (r *Reference) Gradient(x *tensor.Dense, obj Objective) (*tensor.Dense, float32, error) {
	p, err := r.pass(x, obj)
	if err != nil {
		return nil, 0, err
	}
	return p.dx, p.score, nil
}

// pass is one run forward and backward. Layers that it did not need have no activations and gradients.
type pass struct {
	acts, grads []*tensor.Dense
	dx          *tensor.Dense
	score       float32
	tired       []*tired // targets with fatigue
}

func (r *Reference) pass(x *tensor.Dense, obj Objective) (*pass, error) {
	targets, err := r.net.Targets(obj)
	if err != nil {
		return nil, err
	}
	acts, err := r.forward(x, targets...)
	if err != nil {
		return nil, err
	}
	grads := make([]*tensor.Dense, len(acts))
	for i, need := range r.net.Upto(targets...) {
		if need {
			grads[i] = NewTensor(acts[i].Shape())
		}
	}
	score := 0.0
	p := &pass{acts: acts, grads: grads, dx: NewTensor(x.Shape())}
	for i, t := range obj {
		d, a := grads[targets[i]], acts[targets[i]]
		v, err := t.Remembered(r, a.Shape()[0])
		if err != nil {
			return nil, err
		}
		if v == nil {
			score += t.seed(d, a)
			continue
		}
		o := t.Fatigue.see(a, v)
		score += o.seed(Floats(d), t.Weight)
		p.tired = append(p.tired, o)
	}
	for i := len(grads) - 1; i >= 0; i-- {
		if grads[i] == nil {
			continue
		}
		l := r.net.Layers[i]
		l.Op.Backward(gather(l.In, p.dx, grads), grads[i], acts[i], gather(l.In, x, acts))
	}
	p.score = float32(score)
	return p, nil
}

// advance ends a gradient step for memories and the operations that have a state.
func (r *Reference) advance(p *pass, x *tensor.Dense) {
	for _, t := range p.tired {
		t.remember()
	}
	for i, l := range r.net.Layers {
		if op, ok := l.Op.(Stateful); !ok {
			continue
		} else if p.acts[i] == nil {
			op.Advance(nil, nil)
		} else {
			op.Advance(gather(l.In, x, p.acts)[0], p.grads[i])
		}
	}
}

// forward runs the net as far as the given layers need; other activations are nil.
func (r *Reference) forward(x *tensor.Dense, upto ...int) ([]*tensor.Dense, error) {
	if x.Dims() != 3 || x.Shape()[0] != 3 {
		return nil, fmt.Errorf("nn: the input has shape %v, not 3,H,W", x.Shape())
	}
	_, h, w := chw(x.Shape())
	shapes, err := r.net.Shapes(w, h)
	if err != nil {
		return nil, err
	}
	acts, needed := make([]*tensor.Dense, len(shapes)), r.net.Upto(upto...)
	if err := r.net.Fetch(needed); err != nil {
		return nil, err
	}
	for i, need := range needed {
		if need {
			acts[i] = NewTensor(shapes[i])
			l := r.net.Layers[i]
			l.Op.Forward(acts[i], gather(l.In, x, acts))
		}
	}
	return acts, nil
}

func (r *Reference) Ascend(c Canvas, obj Objective, step Step) (float32, error) {
	p, err := r.own(c)
	if err != nil {
		return 0, err
	}
	rolled := &referenceCanvas{w: p.w, h: p.h, pix: make([]float32, len(p.pix))}
	roll(rolled, p, step.ShiftX, step.ShiftY)
	x := rolled.tensor(r.net.Input)
	done, err := r.pass(x, obj)
	if err != nil {
		return 0, err
	}
	r.advance(done, x)
	if healed := rolled.climb(done.dx, r.net.Input, step); healed {
		done.score = float32(math.NaN())
	}
	roll(p, rolled, -step.ShiftX, -step.ShiftY)
	return done.score, nil
}

func (r *Reference) NewPicture(w, h int) (Canvas, error) {
	if w < 1 || h < 1 {
		return nil, fmt.Errorf("nn: a canvas of %dx%d pixels is empty", w, h)
	}
	return &referenceCanvas{owner: r, w: w, h: h, pix: make([]float32, 3*w*h)}, nil
}

func (r *Reference) NewMemory(channels int) (Memory, error) { return NewHostMemory(r, channels) }

func (r *Reference) Warp(dst, src Canvas, m Warp, edge Edge) error {
	d, err := r.own(dst)
	if err != nil {
		return err
	}
	s, err := r.own(src)
	if err != nil {
		return err
	}
	if d == s {
		return errors.New("nn: a canvas cannot be warped onto itself")
	}
	warp(d, s, m, edge)
	return nil
}

func (r *Reference) Combine(dst Canvas, terms ...Term) error {
	d, err := r.own(dst)
	if err != nil {
		return err
	}
	out := make([]float32, len(d.pix))
	for _, t := range terms {
		s, err := r.own(t.Canvas)
		if err != nil {
			return err
		}
		if s.w != d.w || s.h != d.h {
			return fmt.Errorf("nn: cannot combine canvases of %dx%d and %dx%d", d.w, d.h, s.w, s.h)
		}
		for i, v := range s.pix {
			out[i] += t.Weight * v
		}
	}
	copy(d.pix, out)
	return nil
}

func (r *Reference) Mix(dst, src, mask Canvas) error {
	var all [3]*referenceCanvas
	for i, c := range []Canvas{dst, src, mask} {
		p, err := r.own(c)
		if err != nil {
			return err
		}
		if all[i] = p; p.w != all[0].w || p.h != all[0].h {
			return fmt.Errorf("nn: cannot mix canvases of %dx%d and %dx%d", all[0].w, all[0].h, p.w, p.h)
		}
	}
	d, s, m := all[0], all[1], all[2]
	if d == s || d == m || s == m {
		return errors.New("nn: a canvas cannot be mixed with itself")
	}
	n := d.w * d.h
	for i, v := range s.pix {
		d.pix[i] += (v - d.pix[i]) * (m.pix[i%n] / 255)
	}
	return nil
}

func (r *Reference) Hold(c Canvas, tone Tone, amount float32) error {
	p, err := r.own(c)
	if err != nil {
		return err
	}
	p.hold(tone, amount)
	return nil
}

func (r *Reference) own(c Canvas) (*referenceCanvas, error) {
	p, ok := c.(*referenceCanvas)
	if !ok || p.owner != r || p.pix == nil {
		return nil, errors.New("nn: the canvas is released or belongs to another engine")
	}
	return p, nil
}
