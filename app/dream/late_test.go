package dream

import (
	"bytes"
	"image"
	"sync/atomic"
	"testing"
	"time"

	"zalgoscope/nn"
)

// late is an engine that works on while a picture is on its way: it arrives some gradient steps later.
type late struct {
	nn.Engine
	steps atomic.Int64
	waits atomic.Int64 // for pictures that had not arrived
}

const lateness = 3

type lateCanvas struct {
	nn.Canvas
	engine *late
}

type lateReading struct {
	engine   *late
	from, to *image.RGBA
	when     int64
}

func (e *late) NewPicture(w, h int) (nn.Canvas, error) {
	c, err := e.Engine.NewPicture(w, h)
	return &lateCanvas{c, e}, err
}

func (e *late) Warp(dst, src nn.Canvas, m nn.Warp, edge nn.Edge) error {
	return e.Engine.Warp(dst.(*lateCanvas).Canvas, src.(*lateCanvas).Canvas, m, edge)
}

func (e *late) Combine(dst nn.Canvas, terms ...nn.Term) error {
	for i := range terms {
		terms[i].Canvas = terms[i].Canvas.(*lateCanvas).Canvas
	}
	return e.Engine.Combine(dst.(*lateCanvas).Canvas, terms...)
}

func (e *late) Hold(c nn.Canvas, tone nn.Tone, amount float32) error {
	return e.Engine.Hold(c.(*lateCanvas).Canvas, tone, amount)
}

func (e *late) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	e.steps.Add(1)
	return e.Engine.Ascend(c.(*lateCanvas).Canvas, obj, step)
}

func (c *lateCanvas) StartRead(m *image.RGBA) (nn.Reading, error) {
	r := &lateReading{c.engine, image.NewRGBA(m.Rect), m, c.engine.steps.Load() + lateness}
	return r, c.Read(r.from)
}

func (r *lateReading) Done() bool { return r.engine.steps.Load() >= r.when }

func (r *lateReading) Wait() error {
	if !r.Done() {
		r.engine.waits.Add(1)
	}
	copy(r.to.Pix, r.from.Pix)
	return nil
}

// Where the device works on while a picture comes, the loop dreams the next frame meanwhile. The frames
// are those of a dream that waits, in order; a picture is waited for only when no frame follows or the canvas
// changes its size.
func TestLoopReadsLate(t *testing.T) {
	s := quick()
	s.Zoom, s.Hold = 0.05, 0.2
	const frames, each = 5, 4
	net, inner := engine(t)
	e := &late{Engine: inner}
	d, err := New(net, e, StillOf("", Clouds(30, 24, 1)), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	type shown struct {
		*Frame
		steps int64
	}
	heard := make(chan shown, 100)
	l := Start(d, s, LoopOptions{FixedPace: true, Paused: true, OnFrame: func(f *Frame) { heard <- shown{f, e.steps.Load()} }})
	l.Pause(false)
	var got []shown
	for len(got) < frames {
		select {
		case f := <-heard:
			got = append(got, f)
		case <-time.After(time.Minute):
			t.Fatal("no frame in a minute")
		}
	}
	if n := e.waits.Load(); n != 0 {
		t.Errorf("%d pictures were waited for", n)
	}
	larger := s
	larger.Width, larger.Height = 36, 30
	l.Set(larger)
	for f := range heard {
		if f.Image.Rect.Dx() == 36 {
			break
		}
	}
	l.Pause(true)
	last := make(chan int, 1)
	l.Do(func(d *Dream) error { last <- d.Frames(); return nil })
	number := <-last
	if f := l.Latest(); f.Number != number {
		t.Errorf("paused after frame %d, the last one heard of is %d", number, f.Number)
	}
	l.Close()
	plain, _ := engine(t)
	calm, err := New(plain, inner, StillOf("", Clouds(30, 24, 1)), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range got {
		if f.Number != i+1 {
			t.Errorf("frame %d is heard of as number %d", f.Number, i+1)
		}
		if want := dreamed(t, calm, Fixed(s), 1); !bytes.Equal(f.Image.Pix, want.Pix) {
			t.Errorf("frame %d differs from that of a dream that waits", f.Number)
		}
		if ahead := f.steps - int64(f.Number)*each; ahead < lateness || ahead > each {
			t.Errorf("frame %d arrived %d steps into the next one", f.Number, ahead)
		}
		if f.Took <= 0 {
			t.Errorf("frame %d took %v", f.Number, f.Took)
		}
	}
}
