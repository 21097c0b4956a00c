//go:build !windows

package saver

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// errLeave ends the saver as it should end.
var errLeave = errors.New("saver: the screen is wanted back")

// Run shows the dream on the target until the context ends, the target's window is gone or,
// on windows of our own, somebody touches keyboard or mouse.
func Run(ctx context.Context, cfg Config, t Target) error {
	if err := cfg.check(); err != nil {
		return err
	}
	d, err := connect(t)
	if err != nil {
		return err
	}
	defer d.conn.Close()
	d.desktop(&cfg, t)
	if t.foreign() {
		err = d.takeForeign(t)
	} else {
		err = d.takeMonitors()
	}
	if err != nil {
		return err
	}
	Politely()
	d.listen()
	show, err := NewShow(cfg, d.largest())
	if err != nil {
		return err
	}
	show.Start()
	err = d.run(ctx, show)
	d.conn.Close()
	ended := make(chan error, 1)
	go func() { ended <- show.Close() }()
	select {
	case closing := <-ended:
		if err == nil {
			err = closing
		}
	case <-time.After(40 * time.Millisecond):
		// The step in progress ends with the process.
	}
	return err
}

// largest is the size of the largest window.
func (d *display) largest() image.Point {
	var most image.Point
	for _, w := range d.windows {
		if w.size.X*w.size.Y > most.X*most.Y {
			most = w.size
		}
	}
	return most
}

// run is the loop of the display.
func (d *display) run(ctx context.Context, show *Show) error {
	var (
		beat    beat
		leaving Leaving
		next    = time.NewTimer(0)
		stale   bool
	)
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-d.events:
			exposed, err := d.handle(e, show, &leaving)
			if err != nil {
				return unlessLeaving(err)
			}
			stale = stale || exposed
		case now := <-next.C:
			m, changed, err := beat.turn(now, show)
			if err != nil {
				return err
			}
			if changed || stale {
				stale = false
				if err := d.show(m); err != nil {
					return unlessLeaving(err)
				}
			}
			next.Reset(beat.rest(now))
		}
	}
}

func unlessLeaving(err error) error {
	if errors.Is(err, errLeave) {
		return nil
	}
	return err
}

// handle does what an event asks for. It tells whether something needs to be drawn again.
func (d *display) handle(e event, show *Show, leaving *Leaving) (exposed bool, err error) {
	if e.err != nil {
		return false, d.trouble(e.err)
	}
	switch e := e.Event.(type) {
	case nil:
		return false, errLeave // the server is gone
	case xproto.KeyPressEvent, xproto.ButtonPressEvent:
		return false, errLeave
	case xproto.MotionNotifyEvent:
		if leaving.Moved(image.Pt(int(e.RootX), int(e.RootY)), time.Now()) {
			return false, errLeave
		}
	case xproto.DestroyNotifyEvent:
		if w := d.window(e.Window); w != nil {
			return false, errLeave
		}
	case xproto.ConfigureNotifyEvent:
		if w := d.window(e.Window); w != nil {
			w.size = image.Pt(int(e.Width), int(e.Height))
			show.Resize(d.largest())
			return true, nil
		}
	case xproto.ExposeEvent:
		return true, nil
	case randr.ScreenChangeNotifyEvent:
		if len(d.windows) > 0 && d.windows[0].own {
			if err := d.retakeMonitors(); err != nil {
				return false, err
			}
			show.Resize(d.largest())
		}
		return true, nil
	}
	return false, nil
}

// trouble judges an error of the server: that of a window which is no more ends the saver,
// that of a request which the server does not know, or which came too late, does not matter.
func (d *display) trouble(err error) error {
	for _, w := range d.windows {
		if _, gone := xproto.GetGeometry(d.conn, xproto.Drawable(w.id)).Reply(); gone != nil {
			return errLeave
		}
	}
	switch err.(type) {
	case xproto.RequestError, xproto.WindowError, xproto.DrawableError:
		return nil
	}
	return fmt.Errorf("saver: the X server complains: %w", err)
}

func (d *display) window(id xproto.Window) *window {
	for _, w := range d.windows {
		if w.id == id {
			return w
		}
	}
	return nil
}
