package app

import (
	"fmt"
	"image"
	"sync"
	"sync/atomic"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// session is one net that dreams: its engine, its loop and what they began with.
type session struct {
	net     *nn.Net
	id      record.Net
	engine  nn.Engine
	program string
	loop    *dream.Loop
	start   *image.RGBA
	title   string // of the start picture
	seed    uint64
	guides  *record.Guides
	log     *record.Log          // the recipe of the dream that was last asked for
	take    atomic.Pointer[take] // the recording, nil for none
	ring    *record.Ring         // the last seconds
	filmed  *record.Log          // the recipe of the frames that come; owned by the loop goroutine
	trunk   []string             // names of the layers that the picker offers, from the picture on
	logits  int                  // the layer of the labels, -1 for none

	mu     sync.Mutex
	device string    // the engine's; guarded by mu
	frames []dreamed // finished and not yet shown; guarded by mu
	errs   []error   // guarded by mu
}

// dreamed is a frame with the log that tells how it came about. A session's dream may have begun
// anew since.
type dreamed struct {
	*dream.Frame
	log *record.Log
}

// recipe dreams the frame again.
func (d dreamed) recipe() record.Recipe {
	r := d.log.Recipe()
	r.From, r.Frames = d.Number-1, 1
	return r
}

// opening is what a session is made of.
type opening struct {
	net      *nn.Net
	id       record.Net
	start    *image.RGBA
	title    string // of the start picture: its path, static or clouds
	seed     uint64
	settings dream.Settings
	paused   bool
}

// begin makes an engine and starts dreaming. It takes its time, so it is never called
// on the window's goroutine.
func begin(o opening, cfg Config) (*session, error) {
	s := &session{net: o.net, id: o.id, start: o.start, title: o.title, seed: o.seed, program: cfg.Program, ring: newRing()}
	s.guides = record.NewGuides(picture.Open)
	s.logits = dream.Logits(o.net)
	s.trunk = dream.Trunk(o.net)
	engine, err := cfg.Open(o.net)
	if err != nil {
		return nil, err
	}
	d, err := dream.New(o.net, engine, o.start, dream.Options{Seed: o.seed, Open: s.guides.Open})
	if err != nil {
		engine.Close()
		return nil, err
	}
	if err := d.Check(o.settings); err != nil {
		d.Release()
		engine.Close()
		return nil, err
	}
	s.engine, s.device = engine, engine.Device()
	s.log = s.newLog()
	d.OnChange(s.log.Change)
	d.OnMove(s.move)
	s.filmed = s.log
	s.ring.Begin(s.log.Recipe)
	s.loop = dream.Start(d, o.settings, dream.LoopOptions{OnFrame: s.push, OnError: s.fail, Paused: o.paused})
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

// newLog begins the recipe of a dream that is about to begin.
func (s *session) newLog() *record.Log {
	return record.NewLog(record.Recipe{
		Program: s.program, Net: s.id, Device: s.deviceName(), Seed: s.seed, Start: record.StartOf(s.title, s.start),
	}, s.guides)
}

// begin has the loop start over from a picture and a seed. The recipe starts over with it.
func (s *session) begin(start *image.RGBA, title string, seed uint64) {
	s.start, s.title, s.seed = start, title, seed
	s.log = s.newLog()
	log := s.log
	s.loop.Do(func(d *dream.Dream) error {
		if err := d.Begin(start, seed); err != nil {
			return err
		}
		d.OnChange(log.Change)
		s.filmed = log
		s.ring.Begin(log.Recipe)
		return nil
	})
	if s.loop.Paused() {
		s.loop.Single()
	}
}

// push hears a frame on the loop's goroutine.
func (s *session) push(f *dream.Frame) {
	s.film(f)
	const most = 8 // more than the display can show are left out, the oldest first
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.frames) == most {
		s.frames = append(s.frames[:0], s.frames[1:]...)
	}
	s.frames = append(s.frames, dreamed{f, s.filmed})
}

// fail hears an error on the loop's goroutine.
func (s *session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errs) < 4 {
		s.errs = append(s.errs, err)
	}
}

// move hears on the loop's goroutine that the engine went on on another device.
func (s *session) move(m *nn.Moved) {
	s.filmed.Move(m.Device)
	s.mu.Lock()
	s.device = m.Device
	s.mu.Unlock()
	s.fail(m)
}

// deviceName is the device that dreams now.
func (s *session) deviceName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.device
}

// news takes the frames and errors since the last time.
func (s *session) news() (frames []dreamed, errs []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames, errs = s.frames, s.errs
	s.frames, s.errs = nil, nil
	return frames, errs
}
