// Package failover lets a dream survive its device: an engine that goes on on another one when the
// first fails, as a graphics card can at any time.
package failover

import (
	"errors"
	"fmt"
	"image"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Options say when an engine is given up, and for what.
type Options struct {
	// Failed tells whether an error means that the device is of no more use. Other errors are the caller's.
	Failed func(error) bool
	// Open opens the engine to go on on.
	Open func() (nn.Engine, error)
	// OnMove hears of the change; it may be nil.
	OnMove func(*nn.Moved)
}

// New gives an engine that runs on the first one, which it takes over, until that fails. The net
// that was bent last stays bent; calls without canvases, such as Activation, are simply made again.
func New(first nn.Engine, o Options) nn.Engine { return &engine{Engine: first, options: o} }

// engine adds the move to what it embeds: the engine at work.
type engine struct {
	nn.Engine
	options Options
	moved   *nn.Moved // nil as long as the first engine runs
	bent    *nn.Net
}

// canvas is a canvas of the engine that was at work when it was made.
type canvas struct {
	nn.Canvas
	engine *engine
	moved  *nn.Moved // as the engine's was
}

// origin is the engine that was at work when something was made.
type origin struct {
	engine *engine
	moved  *nn.Moved // as the engine's was
}

// here tells whether it is still at work.
func (o origin) here() error {
	if o.moved != o.engine.moved {
		return o.engine.moved
	}
	return nil
}

// memory is a memory of the engine that was at work when it was made.
type memory struct {
	nn.Memory
	origin
}

// check moves after an error that ends the device, and gives the error to report.
func (e *engine) check(err error) error {
	if err == nil || e.moved != nil || !e.options.Failed(err) {
		return err
	}
	next, failed := e.options.Open()
	if failed == nil {
		if failed = next.Bend(e.bent); failed != nil {
			next.Close()
		}
	}
	if failed != nil {
		return fmt.Errorf("%w; nothing else can go on: %v", err, failed)
	}
	// A dead device may never answer, so nobody waits until it is closed.
	go e.Engine.Close()
	e.Engine, e.moved = next, &nn.Moved{Device: next.Device(), Cause: err}
	if e.options.OnMove != nil {
		e.options.OnMove(e.moved)
	}
	return e.moved
}

// again makes a call that needs no canvas, and makes it again when the engine has moved in it.
func (e *engine) again(call func() error) error {
	before := e.moved
	err := e.check(call())
	if e.moved != before {
		return call()
	}
	return err
}

// own gives the canvas of the engine at work behind one of ours.
func (e *engine) own(c nn.Canvas) (nn.Canvas, error) {
	ours, ok := c.(*canvas)
	switch {
	case !ok || ours.engine != e:
		return nil, errors.New("failover: a canvas of another engine")
	case ours.moved != e.moved:
		return nil, e.moved
	}
	return ours.Canvas, nil
}

// Precision is that of the engine at work, which embedding it would hide.
func (e *engine) Precision() nn.Precision { return nn.PrecisionOf(e.Engine) }

func (e *engine) NewPicture(w, h int) (nn.Canvas, error) {
	c, err := e.Engine.NewPicture(w, h)
	if err != nil {
		return nil, e.check(err)
	}
	return &canvas{Canvas: c, engine: e, moved: e.moved}, nil
}

func (e *engine) NewMemory(channels int) (nn.Memory, error) {
	m, err := e.Engine.NewMemory(channels)
	if err != nil {
		return nil, e.check(err)
	}
	return &memory{m, origin{e, e.moved}}, nil
}

func (e *engine) Warp(dst, src nn.Canvas, m nn.Warp, edge nn.Edge) error {
	dst, err := e.own(dst)
	if err != nil {
		return err
	}
	if src, err = e.own(src); err != nil {
		return err
	}
	return e.check(e.Engine.Warp(dst, src, m, edge))
}

func (e *engine) Combine(dst nn.Canvas, terms ...nn.Term) error {
	dst, err := e.own(dst)
	if err != nil {
		return err
	}
	terms = slices.Clone(terms)
	for i := range terms {
		if terms[i].Canvas, err = e.own(terms[i].Canvas); err != nil {
			return err
		}
	}
	return e.check(e.Engine.Combine(dst, terms...))
}

func (e *engine) Mix(dst, src, mask nn.Canvas) error {
	all := [3]nn.Canvas{dst, src, mask}
	for i := range all {
		var err error
		if all[i], err = e.own(all[i]); err != nil {
			return err
		}
	}
	return e.check(e.Engine.Mix(all[0], all[1], all[2]))
}

func (e *engine) Hold(c nn.Canvas, tone nn.Tone, amount float32) error {
	c, err := e.own(c)
	if err != nil {
		return err
	}
	return e.check(e.Engine.Hold(c, tone, amount))
}

func (e *engine) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	c, err := e.own(c)
	if err != nil {
		return 0, err
	}
	if obj, err = e.ours(obj); err != nil {
		return 0, err
	}
	score, err := e.Engine.Ascend(c, obj, step)
	return score, e.check(err)
}

// ours is an objective with the memories of the engine at work behind those of ours.
func (e *engine) ours(obj nn.Objective) (nn.Objective, error) {
	cloned := false
	for i, t := range obj {
		if t.Fatigue.Memory == nil {
			continue
		}
		m, ok := t.Fatigue.Memory.(*memory)
		switch {
		case !ok || m.engine != e:
			return nil, errors.New("failover: a memory of another engine")
		case m.moved != e.moved:
			return nil, e.moved
		}
		if !cloned {
			obj, cloned = slices.Clone(obj), true
		}
		obj[i].Fatigue.Memory = m.Memory
	}
	return obj, nil
}

func (e *engine) Bend(net *nn.Net) error {
	err := e.again(func() error { return e.Engine.Bend(net) })
	if err == nil {
		e.bent = net
	}
	return err
}

func (e *engine) Activation(x *tensor.Dense, layer string) (y *tensor.Dense, err error) {
	err = e.again(func() error { y, err = e.Engine.Activation(x, layer); return err })
	return y, err
}

func (e *engine) Gradient(x *tensor.Dense, obj nn.Objective) (dx *tensor.Dense, score float32, err error) {
	err = e.again(func() error {
		own, err := e.ours(obj)
		if err == nil {
			dx, score, err = e.Engine.Gradient(x, own)
		}
		return err
	})
	return dx, score, err
}

func (c *canvas) Write(m *image.RGBA) error {
	own, err := c.engine.own(c)
	if err != nil {
		return err
	}
	return c.engine.check(own.Write(m))
}

func (c *canvas) Read(m *image.RGBA) error {
	own, err := c.engine.own(c)
	if err != nil {
		return err
	}
	return c.engine.check(own.Read(m))
}

// StartRead reads as the canvas of the engine at work does.
func (c *canvas) StartRead(m *image.RGBA) (nn.Reading, error) {
	own, err := c.engine.own(c)
	if err != nil {
		return nil, err
	}
	r, err := nn.StartRead(own, m)
	return &reading{r, c.engine, c.moved}, c.engine.check(err)
}

// reading is a reading of the engine that was at work when it was started.
type reading struct {
	nn.Reading
	engine *engine
	moved  *nn.Moved
}

func (r *reading) Wait() error {
	if r.moved != r.engine.moved {
		return r.engine.moved
	}
	return r.engine.check(r.Reading.Wait())
}

func (m *memory) Write(v []float32) error {
	if err := m.here(); err != nil {
		return err
	}
	return m.engine.check(m.Memory.Write(v))
}

func (m *memory) StartRead(v []float32) (nn.Reading, error) {
	if err := m.here(); err != nil {
		return nil, err
	}
	r, err := m.Memory.StartRead(v)
	return &reading{r, m.engine, m.moved}, m.engine.check(err)
}

// Release frees the memory, unless it has gone with its device.
func (m *memory) Release() {
	if m.here() == nil {
		m.Memory.Release()
	}
}

// Release frees the canvas, unless it has gone with its device.
func (c *canvas) Release() {
	if c.moved == c.engine.moved {
		c.Canvas.Release()
	}
}
