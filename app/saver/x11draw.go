//go:build !windows

package saver

import (
	"encoding/binary"
	"fmt"
	"image"

	"github.com/jezek/xgb/render"
	"github.com/jezek/xgb/xproto"
)

// screen is one of the X server's screens, with the picture that its windows show. The
// picture is sent small; the server scales it up, on its graphics card where it has one.
type screen struct {
	root    xproto.Window
	depth   byte
	visual  xproto.Visualid
	size    image.Point // of the picture
	pixmap  xproto.Pixmap
	gc      xproto.Gcontext
	picture render.Picture
}

// window is one that the saver draws into.
type window struct {
	screen  *screen
	id      xproto.Window
	own     bool
	size    image.Point
	picture render.Picture
}

// screenOf gives the screen with that root window.
func (d *display) screenOf(root xproto.Window) (*screen, error) {
	for _, s := range d.screens {
		if s.root == root {
			return s, nil
		}
	}
	for _, info := range d.setup.Roots {
		if info.Root == root {
			s := &screen{root: root, depth: info.RootDepth, visual: info.RootVisual}
			d.screens = append(d.screens, s)
			return s, nil
		}
	}
	return nil, fmt.Errorf("saver: the X server has no screen with root %#x", root)
}

// adopt begins to draw into a window, black at first.
func (d *display) adopt(w *window, visual xproto.Visualid) error {
	format, err := d.format(visual)
	if err != nil {
		return err
	}
	if w.picture, err = render.NewPictureId(d.conn); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	render.CreatePicture(d.conn, w.picture, xproto.Drawable(w.id), format, 0, nil)
	d.windows = append(d.windows, w)
	return d.blacken(w)
}

func (d *display) blacken(w *window) error {
	all := []xproto.Rectangle{{Width: 65535, Height: 65535}}
	if err := render.FillRectanglesChecked(d.conn, render.PictOpSrc, w.picture, render.Color{Alpha: 65535}, all).Check(); err != nil {
		return fmt.Errorf("saver: window %#x: %w", w.id, err)
	}
	return nil
}

// prepare makes the screen's picture of a size.
func (d *display) prepare(s *screen, size image.Point) error {
	if s.size == size {
		return nil
	}
	if s.size != (image.Point{}) {
		render.FreePicture(d.conn, s.picture)
		xproto.FreeGC(d.conn, s.gc)
		xproto.FreePixmap(d.conn, s.pixmap)
		s.size = image.Point{}
	}
	format, err := d.opaque()
	if err != nil {
		return err
	}
	if s.pixmap, err = xproto.NewPixmapId(d.conn); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	if s.gc, err = xproto.NewGcontextId(d.conn); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	if s.picture, err = render.NewPictureId(d.conn); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	xproto.CreatePixmap(d.conn, 24, s.pixmap, xproto.Drawable(s.root), uint16(size.X), uint16(size.Y))
	xproto.CreateGC(d.conn, s.gc, xproto.Drawable(s.pixmap), 0, nil)
	render.CreatePicture(d.conn, s.picture, xproto.Drawable(s.pixmap), format, render.CpRepeat, []uint32{render.RepeatPad})
	render.SetPictureFilter(d.conn, s.picture, uint16(len("bilinear")), "bilinear", nil)
	s.size = size
	return nil
}

// send brings a picture to the server, in pieces that fit into a request.
func (d *display) send(s *screen, m *image.RGBA) error {
	if err := d.prepare(s, m.Rect.Size()); err != nil {
		return err
	}
	var order binary.ByteOrder = binary.LittleEndian
	if d.setup.ImageByteOrder == xproto.ImageOrderMSBFirst {
		order = binary.BigEndian
	}
	w, h := s.size.X, s.size.Y
	rows := max(min(int(d.setup.MaximumRequestLength)*4-64, 1<<18-64)/(4*w), 1)
	buf := make([]byte, 4*w*min(rows, h))
	for y := 0; y < h; y += rows {
		n := min(rows, h-y)
		for j := range n {
			in := m.Pix[(y+j)*m.Stride:][:4*w]
			out := buf[4*w*j:][:4*w]
			for i := 0; i < len(in); i += 4 {
				p := binary.BigEndian.Uint32(in[i:]) >> 8 // red, green, blue
				order.PutUint32(out[i:], p)
			}
		}
		xproto.PutImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.pixmap), s.gc,
			uint16(w), uint16(n), 0, int16(y), 0, 24, buf[:4*w*n])
	}
	return nil
}

// draw shows the screen's picture in a window, filling it.
func (d *display) draw(w *window) {
	m := cover(w.size, w.screen.size)
	// RENDER counts from corners, not from centres.
	at := func(v float64) render.Fixed { return render.Fixed(v * 65536) }
	x, y := m.C+0.5-m.A/2, m.F+0.5-m.E/2
	render.SetPictureTransform(d.conn, w.screen.picture, render.Transform{
		Matrix11: at(m.A), Matrix13: at(x), Matrix22: at(m.E), Matrix23: at(y), Matrix33: at(1),
	})
	render.Composite(d.conn, render.PictOpSrc, w.screen.picture, 0, w.picture, 0, 0, 0, 0, 0, 0, uint16(w.size.X), uint16(w.size.Y))
}

// show brings a picture into all windows and waits until the server has done it.
func (d *display) show(m *image.RGBA) error {
	for _, s := range d.screens {
		if err := d.send(s, m); err != nil {
			return err
		}
	}
	for _, w := range d.windows {
		d.draw(w)
	}
	if _, err := xproto.GetInputFocus(d.conn).Reply(); err != nil {
		return errLeave // the server is gone
	}
	return nil
}
