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

	"zalgoscope/app/flow"
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Dream is a picture being dreamed on an engine. It is used by one goroutine at a time.
// The same net, engine, start picture, seed and settings give the same frames bit for bit.
type Dream struct {
	engine nn.Engine
	net    *nn.Net
	input  Input
	start  *image.RGBA // the input's present picture
	seed   uint64

	resolver resolver
	second   resolver // of the other objective
	where    where
	bender   bender
	fatigue  fatigue
	mods     modulator
	bends    []bend.Spec // that the last settings taken ask for, as moved
	asked    Settings    // the last settings taken
	now      Settings    // likewise, as moved
	rng      *rand.Rand
	tone     nn.Tone // what Hold holds
	frames   int     // frames finished
	time     float64 // sum of the paces of all frames
	score    float32
	began    int64 // done when the frame began
	onChange func(tick int64, frame int, s Settings)
	onMove   func(*nn.Moved)
	onIdle   func(error)
	idle     bool     // the last frame's steps changed nothing
	news     []change // of the frame in progress, which onChange hears when it is finished
	state

	flow   *flow.Film // of the canvas's size; nil before it is needed
	effort flow.Effort
	live   bool // it catches up with its input at each frame's end
	host   bool // the engine's device finds no motion

	frame   nn.Canvas    // the picture between frames
	last    *Frame       // what it showed when that last arrived, which outlives the device; the start before the first
	coming  *shot        // what it shows now, on its way; nil when it has arrived
	arrived func(*Frame) // hears of frames that have arrived; may be nil
	before  nn.Canvas    // a copy of it as the frame in progress found it
	origin  nn.Canvas    // the start picture at the canvas's size, while it is blended in
	octave  []octave     // from full size to smallest
}

// state is what a frame that fails gives back.
type state struct {
	source rand.PCG   // of rng
	steps  int64      // gradient steps made
	ticks  int64      // times that the settings were asked for
	done   int64      // pixels times gradient steps
	healed int64      // steps whose numbers burst
	dead   int64      // steps that found nothing to climb
	logged Settings   // the last settings that are news or were
	scene  *scene     // of moving pictures; nil before the first frame
	offset [2]float64 // by which the picture lies to the right and below where it is shown, in pixels
}

// Options are what a dream may be given beside its start.
type Options struct {
	Seed   uint64
	Memory Memory                                 // what was remembered before, as Frame gives it
	Open   func(path string) (*image.RGBA, error) // opens guide pictures; nil forbids them
	Host   bool                                   // motion in a film is found by the processor whatever the engine, as it once always was
	Live   bool                                   // moving pictures are followed up to now at each frame's end, in less time and less finely
}

// New begins a dream of an input.
func New(net *nn.Net, engine nn.Engine, in Input, o Options) (*Dream, error) {
	shapes, err := shapesOf(net)
	if err != nil {
		return nil, err
	}
	d := &Dream{engine: engine, net: net, onMove: func(*nn.Moved) {}, onIdle: func(error) {}}
	d.bender = bender{net: net, engine: engine}
	d.fatigue = fatigue{engine: engine, shapes: shapes}
	d.mods.net = net
	d.resolver = resolver{net: net, activation: d.bender.activation, open: o.Open}
	d.second = d.resolver
	if err := d.Begin(in, o); err != nil {
		d.Release()
		return nil, err
	}
	return d, nil
}

// Begin starts over from an input as a new dream with those options would; guides are opened as before. After an
// error the dream before goes on.
func (d *Dream) Begin(in Input, o Options) error {
	start, err := in.Picture(0)
	if err != nil {
		return fmt.Errorf("dream: the start picture: %w", err)
	}
	if start.Rect.Min != (image.Point{}) || start.Rect.Empty() {
		return fmt.Errorf("dream: a start picture of bounds %v does not begin at 0,0 or is empty", start.Rect)
	}
	var frame nn.Canvas
	err = d.settle(func() error {
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
	d.frame, d.last, d.coming = frame, &Frame{Image: start, Memory: o.Memory}, nil
	release(&d.origin)
	d.input, d.start, d.seed = in, start, o.Seed
	d.resolver.begin(start)
	d.second.begin(start)
	if err := d.bender.begin(start); err != nil {
		return err
	}
	d.state = state{source: *rand.NewPCG(o.Seed, o.Seed^0x9e3779b97f4a7c15)}
	d.rng = rand.New(&d.source)
	d.tone = startTone(start)
	d.live, d.host = o.Live, o.Host
	if d.effort = flow.Finest; o.Live {
		d.effort = flow.Fast
	}
	d.dropFlow()
	d.frames, d.time, d.score, d.began, d.news, d.idle = 0, 0, 0, 0, nil, false
	d.fatigue.recall(o.Memory)
	return nil
}

// change is what OnChange's function hears.
type change struct {
	tick     int64
	settings Settings
}

// OnChange calls f with every change of the settings from now on, the present ones
// first, the tick at which it came and the frame, from 0, when that is finished; nil stops that. A
// source that repeats the changes at these ticks repeats the dream.
func (d *Dream) OnChange(f func(tick int64, frame int, s Settings)) {
	d.onChange, d.news, d.logged = f, nil, Settings{}
}

// OnMove calls f whenever the engine has gone on on another device from now on.
func (d *Dream) OnMove(f func(*nn.Moved)) { d.onMove = f }

// OnIdle calls f from now on with the reason when a frame is finished whose gradient steps have all left the picture
// as it was, where those of the frame before had not.
func (d *Dream) OnIdle(f func(error)) { d.onIdle = f }

// ask asks the source, reports a change, and gives the settings as their modulators move them.
func (d *Dream) ask(at Source) (Settings, error) {
	s, err := at(d.ticks)
	if err == nil && d.onChange != nil && s != d.logged {
		d.news = append(d.news, change{d.ticks, s})
		d.logged = s
	}
	d.ticks++
	if err != nil {
		return s, err
	}
	d.asked = s
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
	d.bends = slices.Concat(d.bends, d.bender.zalgo(s.Zalgo, s.ZalgoFeed))
	d.now = s
	return s, err
}

// Seed is the seed that the dream began with.
func (d *Dream) Seed() uint64 { return d.seed }

// Release frees the dream's canvases; the engine stays, without bends.
func (d *Dream) Release() {
	d.bender.release()
	d.free()
}

func (d *Dream) free() {
	d.coming = nil
	d.dropFlow()
	d.fatigue.release()
	d.where.release()
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
		return d.last.Image.Rect.Dx(), d.last.Image.Rect.Dy()
	}
	return d.frame.Size()
}

// Image is the present frame, or the last that has arrived, a picture of its own for each. It must not be changed.
func (d *Dream) Image() *image.RGBA { return d.last.Image }

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
	if _, err = d.resolver.objective(s); err != nil {
		return err
	}
	m, err := d.where.parse(s.Where)
	if err == nil && m.Share(Other) > 0 {
		_, err = d.otherObjective(s)
	}
	return err
}
