// Package dream is the dream itself: octaves, gradient ascent, feedback over
// frames, the table of knobs, and the goroutine that never stops.
//
// The algorithm is that of the deepdream notebook (Mordvintsev, Olah, Tyka:
// "Inceptionism", Google Research 2015).
package dream

import (
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

	frame   nn.Canvas   // the picture between frames
	shown   *image.RGBA // what it shows, which outlives the device; never changed
	coming  *image.RGBA // what it will show when reading has ended
	reading nn.Reading  // of the frame last made, nil when it has arrived
	arrived func()      // hears when it has; nil has Frame wait for it
	before  nn.Canvas   // a copy of it as the frame in progress found it
	origin  nn.Canvas   // the start picture at the canvas's size, while it is blended in
	octave  []octave    // from full size to smallest
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
// what follows is as in a new dream. After an error the dream before goes on.
func (d *Dream) Begin(start *image.RGBA, seed uint64) error {
	if start.Rect.Min != (image.Point{}) || start.Rect.Empty() {
		return fmt.Errorf("dream: a start picture of bounds %v does not begin at 0,0 or is empty", start.Rect)
	}
	var frame nn.Canvas
	err := d.settle(func() error {
		release(&frame)
		if err := d.remake(&frame, start.Rect.Dx(), start.Rect.Dy()); err != nil {
			return err
		}
		return frame.Write(start)
	})
	if err != nil {
		release(&frame)
		return err
	}
	release(&d.frame)
	d.frame, d.shown, d.reading = frame, start, nil
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
	d.reading = nil
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
func (d *Dream) Size() (w, h int) {
	if d.frame == nil { // lost, and not yet restored
		return d.shown.Rect.Dx(), d.shown.Rect.Dy()
	}
	return d.frame.Size()
}

// Image is the present frame, or the last that has arrived, a picture of its own for each. It must not be changed.
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
