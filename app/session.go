package app

import (
	"fmt"
	"sync"
	"sync/atomic"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/app/stream"
	"zalgoscope/nn"
)

// session is one net that dreams: its engine, its loop and what they began with.
type session struct {
	net     *nn.Net
	id      record.Net
	engine  nn.Engine
	program string
	loop    *dream.Loop
	guides  *record.Guides
	take    atomic.Pointer[take]          // the recording, nil for none
	stream  atomic.Pointer[stream.Stream] // that frames are sent to; nil for none
	ring    *record.Ring                  // the last seconds
	ringed  *beginning                    // whose frames the ring holds; owned by the loop goroutine
	present *beginning                    // of the frames that come; owned by the loop goroutine
	trunk   []string                      // names of the layers that the picker offers, from the picture on
	logits  int                           // the layer of the labels, -1 for none

	mu        sync.Mutex
	asked     *beginning   // of the dream that was last asked for; guarded by mu
	device    string       // the engine's; guarded by mu
	precision nn.Precision // the same
	frames    []dreamed    // finished and not yet shown; guarded by mu
	errs      []error      // guarded by mu
	back      *refusal     // the last one; guarded by mu
}

// beginning is what a dream began with, and its recipe since. A session's dream may begin anew
// while the window still shows the one before: each frame knows which it is of.
type beginning struct {
	start *dream.Still
	feed  feed // that is dreamed on, start being its first picture; nil for none
	seed  uint64
	log   *record.Log
}

// dreamed is a frame of the dream that began so.
type dreamed struct {
	*dream.Frame
	of *beginning
}

// recipe dreams the frame again.
func (d dreamed) recipe() record.Recipe {
	r := d.of.log.Recipe()
	r.From, r.Frames, r.Memory = d.Number-1, 1, d.Memory
	return r
}

// opening is what a session is made of.
type opening struct {
	net      *nn.Net
	id       record.Net
	start    *dream.Still
	feed     feed // in place of start, which is its picture; nil for none
	seed     uint64
	memory   dream.Memory // what was remembered before
	paused   bool
	adapt    func(*dream.Settings) // makes the knobs those to begin with; nil keeps them
	title    string                // what the knobs are called then, "" where they keep their name
	settings dream.Settings        // what newSession dreams; open fills them in
}

// from gives the knobs and the size to begin with, where they stand so at the moment.
func (o *opening) from(w dream.Settings, z sizer) (dream.Settings, sizer) {
	if o.adapt != nil {
		o.adapt(&w)
	}
	z.takeSize(&w)
	z.reshape(o.start.Image().Rect.Size())
	return w, z
}

// mostStart is the longer side of start pictures in pixels: larger ones are shrunk, so that a photo of any
// size neither fills the memory nor is refused as a texture.
const mostStart = 2560

// newSession makes an engine and starts dreaming. It takes its time, so it is never called
// on the window's goroutine.
func newSession(o opening, cfg Config) (*session, error) {
	s := &session{net: o.net, id: o.id, program: cfg.Program, ring: newRing()}
	s.guides = record.NewGuides()
	s.logits = o.net.Logits()
	s.trunk = dream.Ladder(o.net)
	engine, err := cfg.Open(o.net)
	if err != nil {
		return nil, err
	}
	d, err := dream.New(o.net, engine, o.input(), dream.Options{Seed: o.seed, Memory: o.memory, Open: s.guides.Open, Live: true})
	if err != nil {
		engine.Close()
		return nil, err
	}
	if err := d.Check(o.settings); err != nil {
		d.Release()
		engine.Close()
		return nil, err
	}
	s.engine, s.device, s.precision = engine, engine.Device(), nn.PrecisionOf(engine)
	s.asked = s.newBeginning(o.input(), o.start, o.feed, o.seed, o.memory)
	s.present = s.asked
	d.OnChange(s.present.log.Change)
	d.OnMove(s.move)
	d.OnIdle(s.fail)
	s.loop = dream.Start(d, o.settings, dream.LoopOptions{OnFrame: s.push, OnError: s.fail, OnRefuse: s.refuse, Paused: o.paused})
	if o.paused {
		s.loop.Single() // there has to be something to see
	}
	return s, nil
}

// close ends the dream after the gradient step in progress and frees the engine. It
// waits for that step.
func (s *session) close() error {
	s.loop.Close()
	if err := s.engine.Close(); err != nil {
		return fmt.Errorf("app: closing the engine: %w", err)
	}
	return nil
}

// newBeginning is that of a dream that is about to begin.
func (s *session) newBeginning(in dream.Input, start *dream.Still, f feed, seed uint64, memory dream.Memory) *beginning {
	from := record.StartOf(in)
	from.Memory = memory
	return &beginning{start: start, feed: f, seed: seed, log: record.NewLog(record.Recipe{
		Program: s.program, Net: s.id, Device: s.deviceName(), Precision: nn.PrecisionOf(s.engine), Seed: seed, Start: from,
	}, s.guides)}
}

// startOver has the loop begin again from a picture, or on a feed that is not nil, and a seed. Where that fails, the dream before goes on.
func (s *session) startOver(start *dream.Still, f feed, seed uint64, memory dream.Memory) {
	s.startOn(inputOf(start, f), start, f, seed, memory)
}

// startOn is startOver on an input that has the feed's pictures.
func (s *session) startOn(in dream.Input, start *dream.Still, f feed, seed uint64, memory dream.Memory) {
	next := s.newBeginning(in, start, f, seed, memory)
	s.mu.Lock()
	s.asked = next
	s.mu.Unlock()
	s.loop.Begin(func(d *dream.Dream) error {
		if err := d.Begin(in, dream.Options{Seed: seed, Memory: memory, Live: true}); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.asked == next {
				s.asked = s.present
			}
			return err
		}
		d.OnChange(next.log.Change)
		s.present = next
		return nil
	})
}

// latest is the dream that was last asked for, of which there may be no frame yet.
func (s *session) latest() *beginning {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// push hears a frame on the loop's goroutine.
func (s *session) push(f *dream.Frame) {
	s.film(f)
	if out := s.stream.Load(); out != nil {
		out.Show(f.Picture())
	}
	const most = 8 // more than the display can show are left out, the oldest first
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.frames) == most {
		s.frames = append(s.frames[:0], s.frames[1:]...)
	}
	s.frames = append(s.frames, dreamed{f, s.present})
}

// fail hears an error on the loop's goroutine.
func (s *session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errs) < 4 {
		s.errs = append(s.errs, err)
	}
}

// refusal is settings that could not be dreamed, and those that the dream went back to.
type refusal struct{ refused, back dream.Settings }

// refuse hears of one on the loop's goroutine.
func (s *session) refuse(refused, back dream.Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.back = &refusal{refused, back}
}

// refused takes the last refusal since the last time, nil for none.
func (s *session) refused() *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.back
	s.back = nil
	return r
}

// move hears on the loop's goroutine that the engine went on on another device.
func (s *session) move(m *nn.Moved) {
	s.present.log.Move(m.Device)
	s.mu.Lock()
	s.device, s.precision = m.Device, nn.PrecisionOf(s.engine)
	s.mu.Unlock()
	s.fail(m)
}

// deviceName is the device that dreams now.
func (s *session) deviceName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.device
}

// precisionText tells what the engine computes in, "" for the usual floats.
func (s *session) precisionText() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.precision == nn.FP32 {
		return ""
	}
	return "in " + string(s.precision)
}

// news takes the frames and errors since the last time.
func (s *session) news() (frames []dreamed, errs []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames, errs = s.frames, s.errs
	s.frames, s.errs = nil, nil
	return frames, errs
}
