//go:build !windows

package saver

import (
	"fmt"
	"image"
	"os"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// takeForeign draws into a window of somebody else's, whose size is followed.
func (d *display) takeForeign(t Target) error {
	id := d.foreign(t)
	a, err := xproto.GetWindowAttributes(d.conn, id).Reply()
	if err != nil {
		return fmt.Errorf("saver: there is no window %#x: %w", id, err)
	}
	g, err := xproto.GetGeometry(d.conn, xproto.Drawable(id)).Reply()
	if err != nil {
		return fmt.Errorf("saver: window %#x: %w", id, err)
	}
	s, err := d.screenOf(g.Root)
	if err != nil {
		return err
	}
	xproto.ChangeWindowAttributes(d.conn, id, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify | xproto.EventMaskExposure})
	return d.adopt(&window{screen: s, id: id, size: image.Pt(int(g.Width), int(g.Height))}, a.Visual)
}

// foreign is the target's window.
func (d *display) foreign(t Target) xproto.Window {
	if t.Window != 0 {
		return xproto.Window(t.Window)
	}
	return d.virtualRoot()
}

// takeMonitors covers every monitor of every screen with a window of its own.
func (d *display) takeMonitors() error {
	for _, info := range d.setup.Roots {
		s, err := d.screenOf(info.Root)
		if err != nil {
			return err
		}
		for _, r := range d.monitors(info) {
			if err := d.coverMonitor(s, r); err != nil {
				return err
			}
		}
		if d.randr {
			randr.SelectInput(d.conn, info.Root, randr.NotifyMaskScreenChange)
		}
	}
	return d.seize()
}

// monitors are the rectangles of a screen's monitors; mirrored ones count once.
func (d *display) monitors(info xproto.ScreenInfo) []image.Rectangle {
	var out []image.Rectangle
	for _, m := range d.listMonitors(info.Root) {
		at := image.Rect(0, 0, int(m.Width), int(m.Height)).Add(image.Pt(int(m.X), int(m.Y)))
		inside := at.Empty()
		for _, o := range out {
			inside = inside || at.In(o)
		}
		if !inside {
			out = append(out, at)
		}
	}
	if len(out) == 0 {
		// The screen's size now, which the setup may no longer know.
		size := image.Rect(0, 0, int(info.WidthInPixels), int(info.HeightInPixels))
		if g, err := xproto.GetGeometry(d.conn, xproto.Drawable(info.Root)).Reply(); err == nil {
			size = image.Rect(0, 0, int(g.Width), int(g.Height))
		}
		out = append(out, size)
	}
	return out
}

func (d *display) listMonitors(root xproto.Window) []randr.MonitorInfo {
	if !d.randr {
		return nil
	}
	r, err := randr.GetMonitors(d.conn, root, true).Reply()
	if err != nil {
		return nil // a server older than monitors
	}
	return r.Monitors
}

// coverMonitor opens a black window without a frame over a monitor.
func (d *display) coverMonitor(s *screen, r image.Rectangle) error {
	id, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	cursor, err := d.noCursor(s)
	if err != nil {
		return err
	}
	// Under Wayland the compositor manages X windows: it is asked for the whole screen.
	managed := os.Getenv("WAYLAND_DISPLAY") != ""
	direct := uint32(1)
	if managed {
		direct = 0
	}
	xproto.CreateWindow(d.conn, s.depth, id, s.root, int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0,
		xproto.WindowClassInputOutput, s.visual,
		xproto.CwBackPixel|xproto.CwOverrideRedirect|xproto.CwEventMask|xproto.CwCursor,
		[]uint32{0, direct, inputMask | xproto.EventMaskStructureNotify | xproto.EventMaskExposure, uint32(cursor)})
	d.property(id, "WM_NAME", "STRING", 8, []byte("Zalgoscope"))
	d.property(id, "WM_CLASS", "STRING", 8, []byte("zalgoscope-saver\x00Zalgoscope\x00"))
	if managed {
		if full, err := d.atom("_NET_WM_STATE_FULLSCREEN"); err == nil {
			value := make([]byte, 4)
			xgb.Put32(value, uint32(full))
			d.property(id, "_NET_WM_STATE", "ATOM", 32, value)
		}
	}
	xproto.MapWindow(d.conn, id)
	return d.adopt(&window{screen: s, id: id, own: true, size: r.Size()}, s.visual)
}

const inputMask = xproto.EventMaskKeyPress | xproto.EventMaskButtonPress | xproto.EventMaskPointerMotion

func (d *display) property(id xproto.Window, name, kind string, format byte, value []byte) {
	n, err := d.atom(name)
	if err != nil {
		return
	}
	if k, err := d.atom(kind); err == nil {
		xproto.ChangeProperty(d.conn, xproto.PropModeReplace, id, n, k, format, uint32(len(value))*8/uint32(format), value)
	}
}

// noCursor is a cursor of which nothing is seen.
func (d *display) noCursor(s *screen) (xproto.Cursor, error) {
	pixmap, err := xproto.NewPixmapId(d.conn)
	if err != nil {
		return 0, fmt.Errorf("saver: %w", err)
	}
	gc, err := xproto.NewGcontextId(d.conn)
	if err != nil {
		return 0, fmt.Errorf("saver: %w", err)
	}
	cursor, err := xproto.NewCursorId(d.conn)
	if err != nil {
		return 0, fmt.Errorf("saver: %w", err)
	}
	xproto.CreatePixmap(d.conn, 1, pixmap, xproto.Drawable(s.root), 1, 1)
	xproto.CreateGC(d.conn, gc, xproto.Drawable(pixmap), xproto.GcForeground, []uint32{0})
	xproto.PolyFillRectangle(d.conn, xproto.Drawable(pixmap), gc, []xproto.Rectangle{{Width: 1, Height: 1}})
	xproto.CreateCursor(d.conn, cursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0)
	xproto.FreeGC(d.conn, gc)
	xproto.FreePixmap(d.conn, pixmap)
	return cursor, nil
}

// seize takes keyboard and pointer, so that windows without a frame hear of them. What
// somebody else holds stays theirs: the windows then hear what reaches them.
func (d *display) seize() error {
	w := d.windows[0]
	for range 10 {
		k, err := xproto.GrabKeyboard(d.conn, true, w.id, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
		if err != nil {
			return fmt.Errorf("saver: %w", err)
		}
		p, err := xproto.GrabPointer(d.conn, true, w.id, xproto.EventMaskButtonPress|xproto.EventMaskPointerMotion,
			xproto.GrabModeAsync, xproto.GrabModeAsync, 0, 0, xproto.TimeCurrentTime).Reply()
		if err != nil {
			return fmt.Errorf("saver: %w", err)
		}
		if k.Status == xproto.GrabStatusSuccess && p.Status == xproto.GrabStatusSuccess {
			return nil
		}
		// The key or menu that began this may still be held.
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}

// retakeMonitors covers the monitors anew after they have changed.
func (d *display) retakeMonitors() error {
	for _, w := range d.windows {
		xproto.DestroyWindow(d.conn, w.id)
	}
	d.windows = nil
	return d.takeMonitors()
}
