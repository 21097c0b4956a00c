//go:build !windows

package saver

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/render"
	"github.com/jezek/xgb/xproto"
)

// display is a connection to an X server.
type display struct {
	conn    *xgb.Conn
	setup   *xproto.SetupInfo
	formats *render.QueryPictFormatsReply
	screens []*screen
	windows []*window
	randr   bool // the server has RANDR
	events  chan event
}

// event is what the server tells; both nil when the connection is gone.
type event struct {
	xgb.Event
	err xgb.Error
}

// connect opens the display.
func connect(t Target) (*display, error) {
	// The library writes its troubles to the terminal; the errors that count are returned.
	xgb.Logger = log.New(io.Discard, "", 0)
	name := t.Display
	if name == "" {
		name = os.Getenv("DISPLAY")
	}
	if name == "" {
		name = soleDisplay("/tmp/.X11-unix")
	}
	return open(name)
}

// soleDisplay names the display of the one X server that has its socket in a folder: a daemon
// that scrubs the environment may have taken DISPLAY away. It is "" where there are several, as a
// window's number says nothing about which one it is of.
func soleDisplay(folder string) string {
	sockets, _ := filepath.Glob(filepath.Join(folder, "X*"))
	if len(sockets) != 1 {
		return ""
	}
	return ":" + strings.TrimPrefix(filepath.Base(sockets[0]), "X")
}

func open(name string) (*display, error) {
	conn, err := xgb.NewConnDisplay(name)
	if err != nil {
		return nil, fmt.Errorf("saver: cannot open the display %q: %w", name, err)
	}
	d := &display{conn: conn, setup: xproto.Setup(conn), events: make(chan event, 64)}
	if err := d.extensions(); err != nil {
		conn.Close()
		return nil, err
	}
	return d, nil
}

func (d *display) extensions() error {
	if err := render.Init(d.conn); err != nil {
		return fmt.Errorf("saver: the X server lacks RENDER: %w", err)
	}
	if _, err := render.QueryVersion(d.conn, 0, 11).Reply(); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	var err error
	if d.formats, err = render.QueryPictFormats(d.conn).Reply(); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	if randr.Init(d.conn) == nil {
		// Without it every screen is one monitor.
		_, err := randr.QueryVersion(d.conn, 1, 5).Reply()
		d.randr = err == nil
	}
	return nil
}

// listen begins to gather the server's events.
func (d *display) listen() {
	go func() {
		for {
			e, err := d.conn.WaitForEvent()
			d.events <- event{e, err}
			if e == nil && err == nil {
				return
			}
		}
	}()
}

// format is the picture format of a visual.
func (d *display) format(visual xproto.Visualid) (render.Pictformat, error) {
	for _, s := range d.formats.Screens {
		for _, depth := range s.Depths {
			for _, v := range depth.Visuals {
				if v.Visual == visual {
					return v.Format, nil
				}
			}
		}
	}
	return 0, fmt.Errorf("saver: RENDER cannot draw in visual %#x", visual)
}

// opaque is the picture format of the pictures that are sent: 24 bits in words of 32.
func (d *display) opaque() (render.Pictformat, error) {
	words := slices.ContainsFunc(d.setup.PixmapFormats, func(f xproto.Format) bool {
		return f.Depth == 24 && f.BitsPerPixel == 32
	})
	for _, f := range d.formats.Formats {
		c := f.Direct
		if words && f.Type == render.PictTypeDirect && f.Depth == 24 && c.RedShift == 16 && c.GreenShift == 8 && c.BlueShift == 0 &&
			c.RedMask == 255 && c.GreenMask == 255 && c.BlueMask == 255 {
			return f.Id, nil
		}
	}
	return 0, errors.New("saver: the X server has no pictures of 24 bits")
}

// atom gives the number of a name.
func (d *display) atom(name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, fmt.Errorf("saver: %w", err)
	}
	return r.Atom, nil
}

// virtualRoot is the window that stands for the root window, where a window manager has
// one, else the root window itself.
func (d *display) virtualRoot() xproto.Window {
	root := d.setup.DefaultScreen(d.conn).Root
	mark, err := d.atom("__SWM_VROOT")
	if err != nil {
		return root
	}
	tree, err := xproto.QueryTree(d.conn, root).Reply()
	if err != nil {
		return root
	}
	for _, child := range tree.Children {
		r, err := xproto.GetProperty(d.conn, false, child, mark, xproto.AtomWindow, 0, 1).Reply()
		if err == nil && r.Format == 32 && len(r.Value) >= 4 {
			return xproto.Window(xgb.Get32(r.Value))
		}
	}
	return root
}
