// Package saver is the screensaver: a dream that wanders by itself, on every monitor or in
// a window of somebody else's. The wandering, the watch over it and the picture are plain
// logic; X11 windows are drawn here too, others elsewhere.
package saver

import (
	"fmt"
	"image"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
)

// Config is what a show is made of.
type Config struct {
	Options
	// Open loads the net and makes an engine for it, which the show closes. It is
	// called on a goroutine of its own.
	Open func(preview bool) (*nn.Net, nn.Engine, error)

	desktop *image.RGBA // that Look took, and nothing has begun from yet
}

// dreamer dreams what the show wants. It is a dream.Loop but in tests.
type dreamer interface {
	Set(dream.Settings)
	Begin(start *image.RGBA, seed uint64)
}

// Show is a running screensaver. It is used by one goroutine, that of the display.
type Show struct {
	cfg    Config
	stage  *Stage
	sizer  sizer
	watch  watch
	wander *Wanderer // nil until the net is there
	dreams dreamer
	images *images
	eyes   *eyes // nil where no camera is asked for
	seen   bool  // the present start picture is one of real things
	rng    *rand.Rand
	rates  rates

	time    float64
	scene   string
	sent    dream.Settings
	pace    float64 // seconds from frame to frame, smoothed
	last    time.Time
	begun   float64 // when the present start picture came
	strikes int     // of the watch, one soon after the other
	struck  float64 // when the last one was

	mu      sync.Mutex
	opened  *opened        // guarded by mu
	failed  error          // guarded by mu
	frames  []*dream.Frame // guarded by mu
	closing chan struct{}
	work    sync.WaitGroup
	duty    atomic.Uint64               // in thousandths
	size    atomic.Pointer[image.Point] // of the stage
}

// opened is what Open gave, with what is made of it.
type opened struct {
	net    *nn.Net
	engine nn.Engine
	wander *Wanderer
	loop   *dream.Loop
}

// NewShow checks the options and makes a show for a window of that size. Nothing is dreamed
// before Start.
func NewShow(cfg Config, window image.Point) (*Show, error) {
	s := &Show{cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 7)), pace: 0.2, closing: make(chan struct{})}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Images != "" {
		var err error
		if s.images, err = openImages(cfg.Images, s.rng); err != nil {
			return nil, err
		}
	}
	if cfg.Begin == Camera {
		s.eyes = &eyes{snap: func() (*image.RGBA, error) { return capture.Snap("camera", mostSeen) }}
	}
	s.stage = NewStage(1, 1, !cfg.Flashes)
	s.sizer.Sharp = cfg.Sharp
	s.SetEffort(Full)
	s.Resize(window)
	return s, nil
}

// check reports the first option that the table does not allow.
func (o Options) check() error {
	for _, k := range Knobs {
		if k.Number == nil {
			continue
		}
		if v := *k.Number(&o); !(v >= k.Min && v <= k.Max) {
			return fmt.Errorf("saver: %s is %g, but goes from %g to %g", k.Name, v, k.Min, k.Max)
		}
	}
	if o.Begin != "" && o.Begin != Made && o.Begin != Camera && o.Begin != Desktop {
		return fmt.Errorf("saver: begin is %q, but %s, %s or %s", o.Begin, Made, Camera, Desktop)
	}
	return knownScene(o.Scene)
}

// Resize takes the size of the largest window. The picture is no larger than the display
// can be given it often: windows scale it up.
func (s *Show) Resize(window image.Point) {
	window = image.Pt(max(window.X, 1), max(window.Y, 1))
	size := within(window, pictureSize(window))
	s.sizer.reshape(window, size)
	s.stage.Resize(size.X, size.Y)
	s.size.Store(&size)
}

// Start opens the engine and begins to dream.
func (s *Show) Start() {
	preview := s.sizer.Shape.X*s.sizer.Shape.Y <= 400*300
	s.work.Go(func() {
		o, err := s.open(preview)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.opened, s.failed = o, err
	})
}

func (s *Show) open(preview bool) (*opened, error) {
	net, engine, err := s.cfg.Open(preview)
	if err != nil {
		return nil, err
	}
	o := &opened{net: net, engine: engine}
	if o.wander, err = NewWanderer(net, s.cfg.Options); err != nil {
		return nil, closed(engine, err)
	}
	return o, nil
}

func closed(engine nn.Engine, err error) error {
	_ = engine.Close() // the first error counts
	return err
}

// Close stops dreaming and frees the engine. It waits for the gradient step in progress.
func (s *Show) Close() error {
	close(s.closing)
	s.work.Wait()
	o := s.opened
	if o == nil {
		return s.failed
	}
	if o.loop != nil {
		o.loop.Close()
	}
	return o.engine.Close()
}

// Tick goes on by so many seconds and gives the picture to show, and whether it differs
// from the one before. The picture is the show's own and valid until the next call.
func (s *Show) Tick(now time.Time, seconds float64) (m *image.RGBA, changed bool, err error) {
	s.time += seconds
	if s.wander == nil {
		if err := s.startLoop(); err != nil {
			return nil, false, err
		}
	}
	s.hear()
	s.steer(seconds)
	m, changed = s.stage.Picture(seconds)
	if changed && s.cfg.FPS {
		s.rates.shown(now)
		s.rates.draw(m, s.scene)
	}
	return m, changed, nil
}

// startLoop starts the dream when the engine is there.
func (s *Show) startLoop() error {
	s.mu.Lock()
	o, err := s.opened, s.failed
	s.mu.Unlock()
	if o == nil || err != nil {
		return err
	}
	s.wander, s.scene = o.wander, o.wander.Scene()
	settings := s.settings(0)
	d, err := dream.New(o.net, o.engine, dream.StillOf("", s.start()), dream.Options{Seed: s.cfg.Seed})
	if err != nil {
		return err
	}
	if err := d.Check(settings); err != nil {
		return err
	}
	o.loop = dream.Start(d, settings, dream.LoopOptions{OnFrame: s.push, FixedPace: true})
	s.dreams = looped{o.loop}
	return nil
}

// looped is the dreamer of the real thing.
type looped struct{ *dream.Loop }

func (l looped) Begin(start *image.RGBA, seed uint64) {
	l.Do(func(d *dream.Dream) error { return d.Begin(dream.StillOf("", start), dream.Options{Seed: seed}) })
}

// push hears a frame on the loop's goroutine, and rests there when the effort is low.
func (s *Show) push(f *dream.Frame) {
	const most = 8
	f = enlarged(f, *s.size.Load())
	s.mu.Lock()
	if len(s.frames) < most {
		s.frames = append(s.frames, f)
	}
	s.mu.Unlock()
	duty := float64(s.duty.Load()) / 1000
	if rest := time.Duration(float64(f.Took) * (1/duty - 1)); rest > 0 {
		select {
		case <-s.closing:
		case <-time.After(min(rest, 2*time.Second)):
		}
	}
}

// hear takes the frames that have come.
func (s *Show) hear() {
	s.mu.Lock()
	frames := s.frames
	s.frames = nil
	s.mu.Unlock()
	for _, f := range frames {
		if !s.last.IsZero() {
			took := min(max(f.Done.Sub(s.last).Seconds(), 1e-3), dream.SlowestPace)
			s.pace += 0.3 * (took - s.pace)
		}
		s.last = f.Done
		s.stage.Show(f)
		s.sizer.hear(f)
		s.rates.dreamed(f)
		s.mind(s.watch.see(f.Image, s.time))
	}
}

// steer gives the dream its settings, and a new beginning with a scene where there are pictures.
func (s *Show) steer(seconds float64) {
	if s.wander == nil {
		return
	}
	if settings := s.settings(seconds); settings != s.sent {
		s.dreams.Set(settings)
		s.sent = settings
	}
	s.mind(s.watch.absent(s.time))
	if scene := s.wander.Scene(); scene != s.scene {
		s.scene = scene
		if s.eyes != nil {
			s.eyes.request()
		}
		if s.images != nil && (s.eyes == nil || s.eyes.blind()) {
			s.dreams.Begin(s.start(), s.rng.Uint64())
		}
	}
	if s.eyes != nil && s.eyes.ready() {
		s.dreams.Begin(s.start(), s.rng.Uint64())
	}
}

func (s *Show) settings(seconds float64) dream.Settings {
	settings := s.wander.Advance(seconds)
	w, h := s.sizer.canvas()
	settings.Width, settings.Height = float64(w), float64(h)
	settings.Pace = s.pace
	if s.seen {
		settings.Suit(false)
		// People want to see their picture before it is dreamed away.
		settings.Step *= 0.2 + 0.8*smooth(min((s.time-s.begun)/emerging, 1))
	}
	if s.last.IsZero() {
		// The first dream is to come soon rather than deep.
		settings.Steps, settings.Octaves = 1, 2
	}
	return settings
}

// emerging is how long a picture of real things takes until it is dreamed at full strength.
const emerging = 20.0

// start is a picture to begin from: the desktop's once, the camera's where there is one, the folder's next one, or clouds.
func (s *Show) start() *image.RGBA {
	s.begun = s.time
	w, h := s.sizer.canvas()
	m := s.cfg.desktop
	s.cfg.desktop = nil
	if m != nil {
		m = picture.Cover(m, w, h)
	}
	if m == nil && s.eyes != nil {
		m = s.eyes.open(w, h)
	}
	if m == nil && s.images != nil {
		m = s.images.open(w, h)
	}
	if s.seen = m != nil; s.seen {
		return m
	}
	return dream.Clouds(w, h, s.rng.Uint64())
}

// mind does something about what the watch says: another scene, and when that has not
// helped a new beginning.
func (s *Show) mind(complaint string) {
	const soon = 40 // seconds
	if complaint == "" || s.wander == nil {
		return
	}
	if s.time-s.struck > soon {
		s.strikes = 0
	}
	s.strikes++
	s.struck = s.time
	s.wander.Next()
	if s.strikes > 1 {
		s.dreams.Begin(s.start(), s.rng.Uint64())
	}
}
