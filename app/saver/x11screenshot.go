//go:build !windows

package saver

import (
	"encoding/binary"
	"image"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// desktop takes the picture to begin from where that is the desktop's: the one that XScreenSaver, whose window covers it
// already, took before if it was allowed to, or what is to be seen before a window is taken.
func (d *display) desktop(cfg *Config, t Target) {
	if cfg.Begin == Desktop && t.foreign() {
		cfg.desktop = d.screenshot(d.foreign(t))
	}
	if cfg.desktop == nil {
		cfg.Look()
	}
}

// screenshot is the picture of the desktop that XScreenSaver left with its window, nil where it did not.
func (d *display) screenshot(w xproto.Window) *image.RGBA {
	const little, depth = xproto.ImageOrderLSBFirst, 24
	name, err := d.atom("_SCREENSAVER_SCREENSHOT")
	if err != nil || d.setup.ImageByteOrder != little {
		return nil
	}
	p, err := xproto.GetProperty(d.conn, false, w, name, xproto.AtomPixmap, 0, 1).Reply()
	if err != nil || p.Format != 32 || len(p.Value) < 4 {
		return nil
	}
	pixmap := xproto.Drawable(xgb.Get32(p.Value))
	g, err := xproto.GetGeometry(d.conn, pixmap).Reply()
	if err != nil || g.Depth != depth {
		return nil
	}
	got, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, pixmap, 0, 0, g.Width, g.Height, ^uint32(0)).Reply()
	if err != nil || len(got.Data) < 4*int(g.Width)*int(g.Height) {
		return nil
	}
	m := image.NewRGBA(image.Rect(0, 0, int(g.Width), int(g.Height)))
	for i := 0; i < len(m.Pix); i += 4 {
		binary.BigEndian.PutUint32(m.Pix[i:], binary.LittleEndian.Uint32(got.Data[i:])<<8|255)
	}
	return m
}
