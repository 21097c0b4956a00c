package failover

import (
	"errors"
	"image"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

var errDead = errors.New("dead")

// quick is an engine of a precision of its own.
type quick struct{ nn.Engine }

func (quick) Precision() nn.Precision { return nn.BF16 }

// The precision is that of the engine at work.
func TestPrecision(t *testing.T) {
	if p := nn.PrecisionOf(New(quick{}, Options{})); p != nn.BF16 {
		t.Errorf("precision is %s, want %s", p, nn.BF16)
	}
	if p := nn.PrecisionOf(New(&mortal{}, Options{})); p != nn.FP32 {
		t.Errorf("precision is %s, want %s", p, nn.FP32)
	}
}

// mortal is a reference engine that dies at a call of a method, and is dead from then on.
type mortal struct {
	nn.Engine
	dies string // the method, "" for none
	dead bool
}

func (m *mortal) lives(method string) error {
	if m.dies == method {
		m.dead = true
	}
	if m.dead {
		return errDead
	}
	return nil
}

func (m *mortal) NewPicture(w, h int) (nn.Canvas, error) {
	if err := m.lives("NewPicture"); err != nil {
		return nil, err
	}
	c, err := m.Engine.NewPicture(w, h)
	return &mortalCanvas{c, m}, err
}

func (m *mortal) Warp(dst, src nn.Canvas, a nn.Warp, edge nn.Edge) error {
	if err := m.lives("Warp"); err != nil {
		return err
	}
	return m.Engine.Warp(dst.(*mortalCanvas).Canvas, src.(*mortalCanvas).Canvas, a, edge)
}

func (m *mortal) Combine(dst nn.Canvas, terms ...nn.Term) error {
	if err := m.lives("Combine"); err != nil {
		return err
	}
	for i := range terms {
		terms[i].Canvas = terms[i].Canvas.(*mortalCanvas).Canvas
	}
	return m.Engine.Combine(dst.(*mortalCanvas).Canvas, terms...)
}

func (m *mortal) Mix(dst, src, mask nn.Canvas) error {
	if err := m.lives("Mix"); err != nil {
		return err
	}
	return m.Engine.Mix(dst.(*mortalCanvas).Canvas, src.(*mortalCanvas).Canvas, mask.(*mortalCanvas).Canvas)
}

func (m *mortal) Hold(c nn.Canvas, tone nn.Tone, amount float32) error {
	if err := m.lives("Hold"); err != nil {
		return err
	}
	return m.Engine.Hold(c.(*mortalCanvas).Canvas, tone, amount)
}

func (m *mortal) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	if err := m.lives("Ascend"); err != nil {
		return 0, err
	}
	return m.Engine.Ascend(c.(*mortalCanvas).Canvas, obj, step)
}

func (m *mortal) Bend(net *nn.Net) error {
	if err := m.lives("Bend"); err != nil {
		return err
	}
	return m.Engine.Bend(net)
}

func (m *mortal) Activation(x *tensor.Dense, layer string) (*tensor.Dense, error) {
	if err := m.lives("Activation"); err != nil {
		return nil, err
	}
	return m.Engine.Activation(x, layer)
}

func (m *mortal) Gradient(x *tensor.Dense, obj nn.Objective) (*tensor.Dense, float32, error) {
	if err := m.lives("Gradient"); err != nil {
		return nil, 0, err
	}
	return m.Engine.Gradient(x, obj)
}

type mortalCanvas struct {
	nn.Canvas
	engine *mortal
}

func (c *mortalCanvas) Write(m *image.RGBA) error {
	if err := c.engine.lives("Write"); err != nil {
		return err
	}
	return c.Canvas.Write(m)
}

func (c *mortalCanvas) Read(m *image.RGBA) error {
	if err := c.engine.lives("Read"); err != nil {
		return err
	}
	return c.Canvas.Read(m)
}

func (c *mortalCanvas) Release() {
	if c.engine.dead {
		panic("a dead engine's canvas is used")
	}
	c.Canvas.Release()
}

// pair opens an engine with a spare, both of them reference engines.
func pair(t *testing.T, net *nn.Net, open func() (nn.Engine, error)) (nn.Engine, *mortal) {
	t.Helper()
	first, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	m := &mortal{Engine: first}
	return New(m, Options{Failed: func(err error) bool { return errors.Is(err, errDead) }, Open: open}), m
}

func noSpare() (nn.Engine, error) { return nil, errors.New("no spare") }

// As long as nothing fails the engine is the first one.
func TestConformance(t *testing.T) {
	open := func(net *nn.Net) (nn.Engine, error) {
		e, _ := pair(t, net, noSpare)
		return e, nil
	}
	for name, suite := range map[string]func(*testing.T, enginetest.Open){
		"objectives": enginetest.Objectives, "fatigue": enginetest.Fatigue, "canvas": enginetest.Canvases, "dream": enginetest.Dream, "errors": enginetest.Errors,
	} {
		t.Run(name, func(t *testing.T) { suite(t, open) })
	}
}

// conv is a net of one convolution.
func conv() *nn.Net {
	w := make([]float32, 2*3*9)
	for i := range w {
		w[i] = float32(i%7) - 3
	}
	return &nn.Net{Name: "conv", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "conv", Op: &nn.Conv{Window: nn.Square(3, 1, 1), Groups: 1, W: nn.TensorOf(w, 2, 3, 3, 3)}, In: []int{nn.Picture}},
	}}
}

// Whatever call finds the device dead, the spare goes on: with canvases the call reports the move
// and the old ones are void, without any it succeeds. A canvas made anew works.
func TestMove(t *testing.T) {
	obj := nn.Objective{{Layer: "conv", Channel: nn.AllChannels, Weight: 1}}
	m := image.NewRGBA(image.Rect(0, 0, 6, 5))
	calls := map[string]func(e nn.Engine, c nn.Canvas) error{
		"NewPicture": func(e nn.Engine, c nn.Canvas) error { _, err := e.NewPicture(6, 5); return err },
		"Warp":       func(e nn.Engine, c nn.Canvas) error { return e.Warp(c, c, nn.Warp{A: 1, E: 1}, nn.Mirror) },
		"Combine":    func(e nn.Engine, c nn.Canvas) error { return e.Combine(c, nn.Term{Canvas: c, Weight: 1}) },
		"Mix":        func(e nn.Engine, c nn.Canvas) error { return e.Mix(c, c, c) },
		"Hold":       func(e nn.Engine, c nn.Canvas) error { return e.Hold(c, nn.ToneOf(m), 0.5) },
		"Ascend":     func(e nn.Engine, c nn.Canvas) error { _, err := e.Ascend(c, obj, nn.Step{Size: 1}); return err },
		"Write":      func(e nn.Engine, c nn.Canvas) error { return c.Write(m) },
		"Read":       func(e nn.Engine, c nn.Canvas) error { return c.Read(m) },
		"Bend":       func(e nn.Engine, c nn.Canvas) error { return e.Bend(nil) },
		"Activation": func(e nn.Engine, c nn.Canvas) error {
			y, err := e.Activation(nn.DefaultInput().Tensor(m), "conv")
			if err == nil && y == nil {
				return errors.New("no activation")
			}
			return err
		},
		"Gradient": func(e nn.Engine, c nn.Canvas) error {
			dx, _, err := e.Gradient(nn.DefaultInput().Tensor(m), obj)
			if err == nil && dx == nil {
				return errors.New("no gradient")
			}
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			net := conv()
			e, first := pair(t, net, func() (nn.Engine, error) { return nn.NewReference(net) })
			heard := 0
			e.(*engine).options.OnMove = func(*nn.Moved) { heard++ }
			c, err := e.NewPicture(6, 5)
			if err != nil {
				t.Fatal(err)
			}
			first.dies = name
			err = call(e, c)
			moved, ok := errors.AsType[*nn.Moved](err)
			switch name {
			case "Bend", "Activation", "Gradient":
				if err != nil {
					t.Errorf("got %v, want the spare's answer", err)
				}
			default:
				if !ok || !errors.Is(err, errDead) || moved.Device != "reference" {
					t.Errorf("got %v, want a move to the reference engine", err)
				}
			}
			if heard != 1 {
				t.Errorf("%d moves were heard of", heard)
			}
			if err := c.Read(m); !errors.As(err, &moved) {
				t.Errorf("the old canvas: got %v", err)
			}
			c.Release()
			if c, err = e.NewPicture(6, 5); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(c.Write(m), c.Read(m)); err != nil {
				t.Errorf("a new canvas: %v", err)
			}
			c.Release()
		})
	}
}

// The spare runs the net that was bent.
func TestMoveKeepsBends(t *testing.T) {
	net, bent := conv(), conv()
	nn.Floats(bent.Layers[0].Op.(*nn.Conv).W)[0] += 50
	e, first := pair(t, net, func() (nn.Engine, error) { return nn.NewReference(net) })
	x := nn.NewTensor(tensor.Shape{3, 5, 5})
	nn.Floats(x)[12] = 1
	if err := e.Bend(bent); err != nil {
		t.Fatal(err)
	}
	want, err := e.Activation(x, "conv")
	if err != nil {
		t.Fatal(err)
	}
	first.dies = "Activation"
	got, err := e.Activation(x, "conv")
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range nn.Floats(want) {
		if nn.Floats(got)[i] != v {
			t.Fatalf("value %d: got %g, want the bent net's %g", i, nn.Floats(got)[i], v)
		}
	}
}

// Errors of the caller's own move nothing, and without a spare both errors are told.
func TestStay(t *testing.T) {
	e, first := pair(t, conv(), noSpare)
	if _, err := e.Activation(nn.NewTensor(tensor.Shape{3, 5, 5}), "nothing"); err == nil || errors.As(err, new(*nn.Moved)) {
		t.Errorf("an unknown layer: got %v", err)
	}
	first.dies = "NewPicture"
	_, err := e.NewPicture(4, 4)
	if !errors.Is(err, errDead) || errors.As(err, new(*nn.Moved)) {
		t.Errorf("without a spare: got %v", err)
	}
}

// mortalFlow is a flow on a device that dies.
type mortalFlow struct {
	nn.Flow
	engine *mortal
}

func (m *mortal) NewFlow(w, h int, o nn.FlowOptions) (nn.Flow, error) {
	return &mortalFlow{engine: m}, m.lives("NewFlow")
}

func (f *mortalFlow) Find([2]float32, []float32) error { return f.engine.lives("Find") }
func (f *mortalFlow) Release() {
	if f.engine.dead {
		panic("a dead engine's flow is used")
	}
}

// A flow goes with its device; the spare, which finds none, goes on with the rest.
func TestMoveOfFlow(t *testing.T) {
	for _, dies := range []string{"NewFlow", "Find", ""} {
		net := conv()
		e, first := pair(t, net, func() (nn.Engine, error) { return nn.NewReference(net) })
		first.dies = dies
		f, err := e.(nn.FlowEngine).NewFlow(4, 4, nn.FlowOptions{})
		if err == nil {
			err = f.Find([2]float32{}, nil)
		}
		moved, ok := errors.AsType[*nn.Moved](err)
		if ok != (dies != "") || ok && moved.Device != "reference" {
			t.Errorf("dying in %q: got %v", dies, err)
		}
		if f != nil {
			f.Release()
			if err := f.Find([2]float32{}, nil); ok && !errors.As(err, &moved) {
				t.Errorf("dying in %q: the old flow: got %v", dies, err)
			}
		}
		if _, err := e.(nn.FlowEngine).NewFlow(4, 4, nn.FlowOptions{}); ok == (err == nil) {
			t.Errorf("dying in %q: a new flow: %v", dies, err)
		}
		if _, err := e.NewPicture(4, 4); err != nil {
			t.Errorf("dying in %q: %v", dies, err)
		}
	}
}
