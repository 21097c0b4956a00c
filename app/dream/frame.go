package dream

import (
	"errors"
	"image"

	"zalgoscope/nn"
)

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

// restore makes the picture what was shown last, if anything was.
func (d *Dream) restore() error {
	if d.shown == nil {
		return nil
	}
	if err := d.remake(&d.frame, d.shown.Rect.Dx(), d.shown.Rect.Dy()); err != nil {
		return err
	}
	return d.frame.Write(d.shown)
}

// tryFrame makes a frame, or leaves everything as it was.
func (d *Dream) tryFrame(at Source) error {
	if d.frame == nil {
		if err := d.restore(); err != nil {
			return err
		}
	}
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

// send starts to read the frame from the device.
func (d *Dream) send(w, h int) error {
	if err := d.collect(true); err != nil {
		return err
	}
	coming := image.NewRGBA(image.Rect(0, 0, w, h))
	reading, err := nn.StartRead(d.frame, coming)
	if err != nil {
		return err
	}
	d.coming, d.reading = coming, reading
	if d.arrived != nil {
		return nil
	}
	return d.collect(true)
}

// collect takes the frame that is on its way; told to wait it waits for it.
func (d *Dream) collect(wait bool) error {
	if d.reading == nil || !wait && !d.reading.Done() {
		return nil
	}
	reading := d.reading
	d.reading = nil
	if err := reading.Wait(); err != nil {
		return err
	}
	d.shown = d.coming
	if d.arrived != nil {
		d.arrived()
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
	if err := d.sink(d.now); err != nil {
		return err
	}
	if err := d.send(w, h); err != nil {
		return err
	}
	d.frames++
	d.time += s.Pace
	return nil
}
