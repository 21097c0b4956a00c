package dream

import (
	"errors"
	"testing"
	"time"

	"zalgoscope/nn"
)

// A knob that is turned while a frame fails stays as it was turned.
func TestKnobTurnedWhileAFrameFails(t *testing.T) {
	s := quick()
	s.Steps, s.Octaves = 1, 1
	errs := make(chan error, 100)
	l, e := startLoop(t, s, LoopOptions{FixedPace: true, OnError: func(err error) { errs <- err }})
	e.next(t)
	for l.Latest() == nil {
		time.Sleep(time.Millisecond)
	}
	e.fail = errors.New("out of memory")
	next := s
	next.Zoom = 0.2
	time.Sleep(50 * time.Millisecond) // the loop waits in the second frame's step
	l.Set(next)
	e.next(t)
	<-errs
	if got := l.Settings().Zoom; got != 0.2 {
		t.Errorf("the knob that was turned while the frame failed stands at %g, want 0.2", got)
	}
	closeLoop(l, e)
}

// hooked is an engine that calls a function at each combination of canvases.
type hooked struct {
	*slow
	hook func()
}

func (h *hooked) Combine(dst nn.Canvas, terms ...nn.Term) error {
	if h.hook != nil {
		h.hook()
	}
	return h.slow.Combine(dst, terms...)
}

// A knob that is turned just as a frame begins is the frame's as a whole, or not at all.
func TestMotionIsThatOfTheFrame(t *testing.T) {
	s := quick()
	s.Steps, s.Octaves, s.Zoom = 1, 1, 0
	net, e := engine(t)
	gate := &slow{Engine: e, steps: make(chan nn.Step)}
	h := &hooked{slow: gate}
	d, err := New(net, h, StillOf("", Static(20, 20, 1)), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var heard []change
	frames := make(chan *Frame, 100)
	d.OnChange(func(tick int64, _ int, s Settings) { heard = append(heard, change{tick, s}) })
	ready := make(chan *Loop, 1)
	done := false
	h.hook = func() {
		l := <-ready
		ready <- l
		if !done && d.frames == 1 {
			done = true
			next := s
			next.Zoom = 0.3
			l.Set(next)
		}
	}
	l := Start(d, s, LoopOptions{FixedPace: true, OnFrame: func(f *Frame) { frames <- f }})
	ready <- l
	gate.next(t)
	<-frames
	gate.next(t)
	f := <-frames
	used := heard[len(heard)-1].settings
	if used.Zoom != 0.3 || f.Settings != used {
		t.Errorf("the frame was moved by zoom %g, and says that it was made by %g", used.Zoom, f.Settings.Zoom)
	}
	place := displaced(Motion(used, d.time-s.Pace, 20, 20), [2]float64{}, f.Offset)
	if f.Motion != place {
		t.Errorf("the frame's Motion is %+v, but it was moved by %+v", f.Motion, place)
	}
	closeLoop(l, gate)
}
