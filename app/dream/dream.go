// Package dream is the dream itself: octaves, gradient ascent, feedback over
// frames, the table of knobs, and the goroutine that never stops.
//
// The algorithm is that of the deepdream notebook (Mordvintsev, Olah, Tyka:
// "Inceptionism", Google Research 2015).
package dream

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Dream is a picture being dreamed on an engine. It is used by one goroutine at a time.
// The same net, engine, start picture, seed and settings give the same frames bit for bit.
type Dream struct {
	engine nn.Engine
	net    *nn.Net
	start  *image.RGBA
	seed   uint64

	resolver resolver
	bender   bender
	mods     modulator
	bends    []bend.Spec // that the last settings taken ask for, as moved
	now      Settings    // the last settings taken, as moved
	source   *rand.PCG   // of rng
	rng      *rand.Rand
	tone     nn.Tone // what Hold holds
	frames   int     // frames finished
	steps    int64   // gradient steps made
	ticks    int64   // times that the settings were asked for
	time     float64 // sum of the paces of all frames
	done     int64   // pixels times gradient steps
	score    float32
	healed   int64
	began    int64 // done when the frame began
	onChange func(tick int64, s Settings)
	onMove   func(*nn.Moved)
	news     []change // of the frame in progress, which onChange hears when it is finished
	logged   Settings // the last settings that are news or were

	frame  nn.Canvas   // the picture between frames
	shown  *image.RGBA // what it shows, which outlives the device; never changed
	before nn.Canvas   // a copy of it as the frame in progress found it
	origin nn.Canvas   // the start picture at the canvas's size, while it is blended in
	octave []octave    // from full size to smallest
}

// Options are what a dream may be given beside its start.
type Options struct {
	Seed uint64
	Open func(path string) (*image.RGBA, error) // opens guide pictures; nil forbids them
}

// New begins a dream of a start picture, which must not change afterwards.
func New(net *nn.Net, engine nn.Engine, start *image.RGBA, o Options) (*Dream, error) {
	d := &Dream{engine: engine, net: net, onMove: func(*nn.Moved) {}}
	d.bender = bender{net: net, engine: engine}
	d.mods.net = net
	d.resolver = resolver{net: net, activation: d.bender.activation, open: o.Open}
	if err := d.Begin(start, o.Seed); err != nil {
		d.Release()
		return nil, err
	}
	return d, nil
}

// Begin starts over from a picture, which must not change afterwards, and a seed:
// what follows is as in a new dream.
func (d *Dream) Begin(start *image.RGBA, seed uint64) error {
	if start.Rect.Min != (image.Point{}) || start.Rect.Empty() {
		return fmt.Errorf("dream: a start picture of bounds %v does not begin at 0,0 or is empty", start.Rect)
	}
	d.shown = start
	if err := d.settle(d.restore); err != nil {
		return err
	}
	release(&d.origin)
	d.start, d.seed = start, seed
	d.resolver.begin(start)
	if err := d.bender.begin(start); err != nil {
		return err
	}
	d.source = rand.NewPCG(seed, seed^0x9e3779b97f4a7c15)
	d.rng = rand.New(d.source)
	d.tone = startTone(start)
	d.frames, d.steps, d.ticks, d.done, d.time, d.score = 0, 0, 0, 0, 0, 0
	d.healed, d.began = 0, 0
	d.news, d.logged = nil, Settings{}
	return nil
}

// Start is the picture that the dream began with, and Seed its seed.
func (d *Dream) Start() *image.RGBA { return d.start }
func (d *Dream) Seed() uint64       { return d.seed }

// change is what OnChange's function hears.
type change struct {
	tick     int64
	settings Settings
}

// OnChange calls f with every change of the settings from now on, the present ones
// first, and the tick at which it came, when the frame that it came in is finished; nil stops that. A
// source that repeats the changes at these ticks repeats the dream.
func (d *Dream) OnChange(f func(tick int64, s Settings)) {
	d.onChange, d.news, d.logged = f, nil, Settings{}
}

// OnMove calls f whenever the engine has gone on on another device from now on.
func (d *Dream) OnMove(f func(*nn.Moved)) { d.onMove = f }

// take asks the source, reports a change, and gives the settings as their modulators move them.
func (d *Dream) take(at Source) (Settings, error) {
	s, err := at(d.ticks)
	if err == nil && d.onChange != nil && s != d.logged {
		d.news = append(d.news, change{d.ticks, s})
		d.logged = s
	}
	d.ticks++
	if err != nil {
		return s, err
	}
	share := float64(d.done-d.began) / float64(max(d.Work(s), 1))
	return d.moved(s, d.time+s.Pace*min(share, 1))
}

// moved gives the settings as their modulators move them at a time, and notes the bends.
func (d *Dream) moved(s Settings, time float64) (Settings, error) {
	specs, err := d.bender.parse(s.Bend)
	if err != nil {
		return s, err
	}
	s, d.bends, err = d.mods.move(s, specs, time, d.seed)
	d.bends = slices.Concat(d.bends, d.bender.zalgo(s.Zalgo))
	d.now = s
	return s, err
}

// Release frees the dream's canvases; the engine stays, without bends.
func (d *Dream) Release() {
	d.bender.release()
	d.free()
}

func (d *Dream) free() {
	for i := range d.octave {
		release(&d.octave[i].base)
		release(&d.octave[i].work)
	}
	d.octave = nil
	release(&d.frame)
	release(&d.before)
	release(&d.origin)
}

// Frames is the number of frames finished, Steps that of gradient steps made.
func (d *Dream) Frames() int    { return d.frames }
func (d *Dream) Steps() int64   { return d.steps }
func (d *Dream) Score() float32 { return d.score }

// Healed is the number of gradient steps whose numbers burst, which the engine kept from the picture.
func (d *Dream) Healed() int64 { return d.healed }

// Work is what a frame of those settings costs and Done what has been done, in
// pixels times gradient steps, for progress bars.
func (d *Dream) Work(s Settings) int64 {
	w, h := d.canvasSize(s)
	n := 0
	for _, o := range octaveSizes(w, h, int(s.Octaves), s.OctaveScale) {
		n += o[0] * o[1]
	}
	return int64(n) * int64(s.Steps)
}

func (d *Dream) Done() int64 { return d.done }

// Size is the canvas's size in pixels.
func (d *Dream) Size() (w, h int) { return d.frame.Size() }

// Image is the present frame, a picture of its own for each. It must not be changed.
func (d *Dream) Image() *image.RGBA { return d.shown }

// Check reports why the settings cannot be dreamed, without changing the dream.
func (d *Dream) Check(s Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	if _, err := d.mods.parse(s.Mod); err != nil {
		return err
	}
	specs, err := d.bender.parse(s.Bend)
	if err != nil {
		return err
	}
	if err := bend.Check(d.net, specs); err != nil {
		return err
	}
	_, err = d.resolver.objective(s)
	return err
}

// Source gives the settings at a tick of the dream. Ticks count the times that the dream
// looks at its knobs: at each frame's beginning and around each gradient step. An error ends the
// frame.
type Source func(tick int64) (Settings, error)

// Fixed is a source that never changes.
func Fixed(s Settings) Source { return func(int64) (Settings, error) { return s, nil } }

// Frame dreams the next frame: it moves the last one by zoom, turn and pan (the
// first frame is the start picture unmoved), then climbs through the octaves. Motion,
// canvas and octaves are those at the frame's beginning. After an error it is as if the
// frame had not been begun. Where the engine moves to another device in it, the frame begins
// again there, from what the last one showed.
func (d *Dream) Frame(at Source) error {
	if err := d.settle(func() error { return d.tryFrame(at) }); err != nil {
		return err
	}
	for _, c := range d.news {
		d.onChange(c.tick, c.settings)
	}
	d.news = d.news[:0]
	return nil
}

// settle does what needs the canvases, and does it again on new ones when the engine has moved.
func (d *Dream) settle(do func() error) error {
	err := do()
	moved, ok := errors.AsType[*nn.Moved](err)
	if !ok {
		return err
	}
	d.free()
	if err := d.restore(); err != nil {
		return err
	}
	d.onMove(moved)
	return do()
}

// restore makes the picture what was shown last.
func (d *Dream) restore() error {
	if err := d.remake(&d.frame, d.shown.Rect.Dx(), d.shown.Rect.Dy()); err != nil {
		return err
	}
	return d.frame.Write(d.shown)
}

// tryFrame makes a frame, or leaves everything as it was.
func (d *Dream) tryFrame(at Source) error {
	if err := d.keep(); err != nil {
		return err
	}
	ticks, steps, done, healed, source, logged := d.ticks, d.steps, d.done, d.healed, *d.source, d.logged
	if err := d.makeFrame(at); err != nil {
		d.frame, d.before = d.before, d.frame
		d.ticks, d.steps, d.done, d.healed, *d.source = ticks, steps, done, healed, source
		d.news, d.logged = nil, logged
		return err
	}
	return nil
}

// keep copies the picture, so that a frame that fails does not count.
func (d *Dream) keep() error {
	w, h := d.Size()
	if err := d.remake(&d.before, w, h); err != nil {
		return err
	}
	return d.engine.Combine(d.before, nn.Term{Canvas: d.frame, Weight: 1})
}

func (d *Dream) makeFrame(at Source) error {
	d.began = d.done
	if err := d.bender.restore(); err != nil {
		return err
	}
	s, err := d.take(at)
	if err != nil {
		return err
	}
	if err := s.Check(); err != nil {
		return err
	}
	if err := d.fit(s); err != nil {
		return err
	}
	w, h := d.Size()
	if d.frames > 0 {
		if err := d.move(s); err != nil {
			return err
		}
	}
	if err := d.climb(s, at); err != nil {
		return err
	}
	shown := image.NewRGBA(image.Rect(0, 0, w, h))
	if err := d.frame.Read(shown); err != nil {
		return err
	}
	d.shown = shown
	d.frames++
	d.time += s.Pace
	return nil
}
