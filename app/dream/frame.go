package dream

import (
	"errors"
	"image"
	"slices"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Frame is one finished picture of a dream. It never changes.
type Frame struct {
	Image    *image.RGBA
	Number   int // from 1
	Steps    int64
	Score    float32
	Healed   int64       // gradient steps whose numbers burst, since the beginning
	Settings Settings    // as at the frame's beginning
	Now      Settings    // as their modulators had moved them at the frame's end
	Bends    []bend.Spec // likewise, those of the knob zalgo last
	Live     bool        // it shows what its input showed at its end
	Motion   nn.Warp     // what pixel of the last frame each pixel of this one showed
	Offset   [2]float64  // how far, in pixels, the picture lies to the right and below its place
	Memory   Memory      // what is remembered after it

	Took time.Duration // how long it took to dream, and when it was there; set by a loop
	Done time.Time
}

// shot is a frame whose picture is on its way from the device, or has come.
type shot struct {
	*Frame
	readings []nn.Reading
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
func (d *Dream) Frame(at Source) (*Frame, error) {
	f, err := d.next(at)
	if err != nil {
		return nil, err
	}
	return f, d.settle(func() error { return d.collect(true) })
}

// next dreams the next frame and leaves its picture on the way: collect takes it.
func (d *Dream) next(at Source) (f *Frame, err error) {
	before := d.state
	if err := d.settle(func() error { f, err = d.tryFrame(at); return err }); err != nil {
		return nil, err
	}
	for _, c := range d.news {
		d.onChange(c.tick, d.frames-1, c.settings)
	}
	d.news = d.news[:0]
	d.tellIdle(before)
	return f, nil
}

// tellIdle tells of a frame, since a state, in which nothing was climbed, if the one before was another.
func (d *Dream) tellIdle(since state) {
	steps, healed, dead := d.steps-since.steps, d.healed-since.healed, d.dead-since.dead
	was := d.idle
	d.idle = steps > 0 && healed+dead == steps
	switch {
	case !d.idle || was:
	case healed > 0:
		d.onIdle(errors.New("dream: the numbers of the net burst or are none, so the picture stays as it is; take out bends, or choose another layer or net"))
	default:
		d.onIdle(errors.New("dream: what is dreamed does not respond to this picture, which stays as it is; choose another layer, channel or class"))
	}
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

// restore makes the picture, and what is remembered, what arrived last, if anything did.
func (d *Dream) restore() error {
	if d.last == nil {
		return nil
	}
	m := d.last.Image
	if err := d.remake(&d.frame, m.Rect.Dx(), m.Rect.Dy()); err != nil {
		return err
	}
	d.offset = d.last.Offset
	d.fatigue.recall(d.last.Memory)
	return d.frame.Write(m)
}

// tryFrame makes a frame, or leaves everything as it was.
func (d *Dream) tryFrame(at Source) (*Frame, error) {
	if d.frame == nil {
		if err := d.restore(); err != nil {
			return nil, err
		}
	}
	if err := d.keep(); err != nil {
		return nil, err
	}
	before := d.state
	f, err := d.makeFrame(at)
	if err == nil {
		return f, nil
	}
	d.frame, d.before = d.before, d.frame
	d.state, d.news = before, nil
	if _, moved := errors.AsType[*nn.Moved](err); moved {
		return nil, err // settle brings back what arrived last
	}
	if err := d.collect(true); err != nil {
		return nil, err
	}
	d.fatigue.recall(d.last.Memory)
	return nil, err
}

// keep copies the picture, so that a frame that fails does not count.
func (d *Dream) keep() error {
	w, h := d.Size()
	if err := d.remake(&d.before, w, h); err != nil {
		return err
	}
	return d.engine.Combine(d.before, nn.Term{Canvas: d.frame, Weight: 1})
}

func (d *Dream) makeFrame(at Source) (*Frame, error) {
	d.began = d.done
	if err := d.bender.restore(); err != nil {
		return nil, err
	}
	s, err := d.ask(at)
	if err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := d.fit(s); err != nil {
		return nil, err
	}
	f := &Frame{Number: d.frames + 1, Settings: d.asked, Motion: nn.Warp{A: 1, E: 1}}
	if err := d.prepare(f, s); err != nil {
		return nil, err
	}
	if err := d.climb(s, at); err != nil {
		return nil, err
	}
	if err := d.sink(d.now); err != nil {
		return nil, err
	}
	f.Now, f.Bends, f.Offset = d.now, d.bends, d.offset
	f.Steps, f.Score, f.Healed = d.steps, d.score, d.healed
	if d.live && d.moves() {
		err = d.catchUp(f, s)
	} else {
		err = d.send(f)
	}
	if err != nil {
		return nil, err
	}
	d.frames++
	d.time += s.Pace
	return f, nil
}

// prepare leads from the last frame to the one in progress.
func (d *Dream) prepare(f *Frame, s Settings) (err error) {
	switch {
	case d.frames == 0 && d.moves():
		w, h := d.Size()
		d.scene = &scene{picture: d.startAt(w, h), fresh: true}
		return nil
	case d.frames == 0:
		return nil
	case d.moves() && d.live: // it has caught up with its input already
		return d.tend(s)
	}
	if err := d.present(d.frames); err != nil {
		return err
	}
	if d.moves() {
		return d.follow(s)
	}
	f.Motion, err = d.move(s)
	return err
}

// send starts to read the frame, and what is remembered, from the device.
func (d *Dream) send(f *Frame) error {
	if err := d.collect(true); err != nil {
		return err
	}
	w, h := d.Size()
	f.Image = image.NewRGBA(image.Rect(0, 0, w, h))
	reading, err := nn.StartRead(d.frame, f.Image)
	if err != nil {
		return err
	}
	memory, readings, err := d.fatigue.read(d.last.Memory)
	f.Memory = memory
	d.coming = &shot{f, append(readings, reading)}
	return err
}

// collect takes the frame that is on its way, if there is one and it has come; told to wait it waits for it.
func (d *Dream) collect(wait bool) error {
	if d.coming == nil || !wait && !d.coming.here() {
		return nil
	}
	coming := d.coming
	d.coming = nil
	for _, r := range coming.readings {
		if err := r.Wait(); err != nil {
			return err
		}
	}
	d.last = coming.Frame
	if d.arrived != nil {
		d.arrived(d.last)
	}
	return nil
}

// here tells whether the frame has come.
func (s *shot) here() bool {
	return !slices.ContainsFunc(s.readings, func(r nn.Reading) bool { return !r.Done() })
}
