package dream

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"zalgoscope/nn"
)

// slow is an engine whose gradient steps wait for the test.
type slow struct {
	nn.Engine
	steps chan nn.Step // each step is sent before it is made
	fail  error
}

func (e *slow) Ascend(c nn.Canvas, obj nn.Objective, s nn.Step) (float32, error) {
	e.steps <- s
	if e.fail != nil {
		return 0, e.fail
	}
	return 0, nil
}

func startLoop(t *testing.T, s Settings, o LoopOptions) (*Loop, *slow) {
	t.Helper()
	net, e := engine(t)
	gate := &slow{Engine: e, steps: make(chan nn.Step)}
	d, err := New(net, gate, StillOf("", Static(20, 20, 1)), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return Start(d, s, o), gate
}

func (e *slow) next(t *testing.T) nn.Step {
	t.Helper()
	select {
	case s := <-e.steps:
		return s
	case <-time.After(time.Minute):
		t.Fatal("no gradient step in a minute")
		panic("unreachable")
	}
}

// drain lets every step pass until the loop has closed.
func closeLoop(l *Loop, e *slow) {
	closed := make(chan struct{})
	go func() {
		l.Close()
		close(closed)
	}()
	for {
		select {
		case <-e.steps:
		case <-closed:
			return
		}
	}
}

func TestLoopTakesSettingsAtTheNextStep(t *testing.T) {
	before := runtime.NumGoroutine()
	s := quick()
	s.Step = 1
	frames := make(chan *Frame, 100)
	l, e := startLoop(t, s, LoopOptions{FixedPace: true, OnFrame: func(f *Frame) { frames <- f }})
	if got := e.next(t).Size; got != 1 {
		t.Errorf("first step: got size %g, want 1", got)
	}
	// The loop is inside the first step or asking for the second one's settings.
	s.Step = 3
	l.Set(s)
	e.next(t)
	if got := e.next(t).Size; got != 3 {
		t.Errorf("two steps after Set: got size %g, want 3", got)
	}
	for len(frames) == 0 {
		e.next(t)
	}
	if f := <-frames; f.Number != 1 || f.Settings.Step != 1 || f.Image.Rect.Dx() != 20 {
		t.Errorf("first frame: %+v", f)
	}
	closeLoop(l, e)
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after closing", before, runtime.NumGoroutine())
}

func TestLoopPauses(t *testing.T) {
	s := quick()
	s.Steps, s.Octaves = 1, 1
	l, e := startLoop(t, s, LoopOptions{Paused: true})
	select {
	case <-e.steps:
		t.Fatal("a paused loop dreams")
	case <-time.After(50 * time.Millisecond):
	}
	l.Single()
	e.next(t)
	for l.Latest() == nil {
		time.Sleep(time.Millisecond)
	}
	select {
	case <-e.steps:
		t.Fatal("one frame was asked for, a second one begins")
	case <-time.After(50 * time.Millisecond):
	}
	ran := make(chan int, 1)
	l.Do(func(d *Dream) error { ran <- d.Frames(); return nil })
	if got := <-ran; got != 1 {
		t.Errorf("a job sees %d frames, want 1", got)
	}
	l.Pause(false)
	e.next(t)
	closeLoop(l, e)
}

// TestLoopBegins begins anew, twice at once, while the loop is paused and frames are still to be made: there is
// one frame of the last beginning, as frames of the dream before are no longer of use.
func TestLoopBegins(t *testing.T) {
	s := quick()
	s.Steps, s.Octaves = 1, 1
	frames := make(chan *Frame, 100)
	l, e := startLoop(t, s, LoopOptions{FixedPace: true, Paused: true, OnFrame: func(f *Frame) { frames <- f }})
	within := func() { // a frame, whose step waits for the test
		l.Single()
		for begun := false; !begun; time.Sleep(time.Millisecond) {
			l.mu.Lock()
			begun = l.single == 0
			l.mu.Unlock()
		}
	}
	stands := func(what string) {
		t.Helper()
		select {
		case <-e.steps:
			t.Errorf("a paused loop dreams on %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
	within()
	l.Single()
	l.Single()
	for seed := range uint64(2) {
		l.Begin(func(d *Dream) error { return d.Begin(StillOf("", Static(10, 10, seed)), Options{Seed: seed}) })
	}
	e.next(t)
	e.next(t)
	if first, again := <-frames, <-frames; first.Number != 1 || again.Number != 1 || again.Image.Rect.Dx() != 10 {
		t.Errorf("frames %d and %d of %v, want twice the first one", first.Number, again.Number, again.Image.Rect)
	}
	stands("after it has begun anew")
	within()
	l.Single()
	l.Pause(false)
	l.Pause(true)
	e.next(t)
	stands("after it was let go for a moment")
	closeLoop(l, e)
}

func TestLoopReportsAndGoesOn(t *testing.T) {
	s := quick()
	s.Steps, s.Octaves = 1, 1
	errs := make(chan error, 100)
	l, e := startLoop(t, s, LoopOptions{FixedPace: true, OnError: func(err error) { errs <- err }})
	e.next(t)
	bad := s
	bad.Layer = "nothing"
	l.Set(bad)
	for len(errs) == 0 {
		e.next(t)
	}
	if err := <-errs; !strings.Contains(err.Error(), `"nothing"`) {
		t.Errorf("got %v", err)
	}
	if got := l.Settings().Layer; got != s.Layer {
		t.Errorf("after an error the layer is %q, want %q", got, s.Layer)
	}
	l.Do(func(*Dream) error { return errors.New("a job failed") })
	for len(errs) == 0 {
		e.next(t)
	}
	if err := <-errs; err.Error() != "a job failed" {
		t.Errorf("got %v", err)
	}
	closeLoop(l, e)
}

// Close comes back although a frame of many steps is in progress.
func TestLoopClosesWithinAFrame(t *testing.T) {
	s := quick()
	s.Steps = 100
	l, e := startLoop(t, s, LoopOptions{})
	e.next(t)
	closed := make(chan struct{})
	go func() {
		l.Close()
		close(closed)
	}()
	for !l.ended() {
		time.Sleep(time.Millisecond)
	}
	for n := 0; ; n++ {
		select {
		case <-e.steps:
			// One step may have been on its way.
			if n > 1 {
				t.Fatal("steps go on after Close")
			}
		case <-closed:
			return
		}
	}
}

// A frame of another size tells its motion in its own pixels, as it was moved, so that the display need not jump.
func TestLoopMotionOfAnotherSize(t *testing.T) {
	s := quick()
	s.Zoom, s.CentreX, s.Offset, s.Width, s.Height = 0.1, 0.8, 0, 20, 20
	frames := make(chan *Frame, 100)
	l, e := startLoop(t, s, LoopOptions{FixedPace: true, OnFrame: func(f *Frame) { frames <- f }})
	large := s
	large.Width, large.Height = 60, 60
	defer closeLoop(l, e)
	for {
		select {
		case <-e.steps:
		case f := <-frames:
			if f.Number == 2 {
				l.Set(large)
			}
			if f.Image.Rect.Dx() == 60 {
				if want := Motion(f.Settings, float64(f.Number-1)*s.Pace, 60, 60); f.Motion != want {
					t.Errorf("the first frame of 60x60 moves by %+v, want %+v", f.Motion, want)
				}
				return
			}
		case <-time.After(time.Minute):
			t.Fatal("no frame of the other size in a minute")
		}
	}
}
