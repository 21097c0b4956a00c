//go:build !windows && !darwin

package desk

import (
	"image"
	"io"
	"log"
	"os"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// server is a connection to the X server.
type server struct {
	*xgb.Conn
	root xproto.Window
	size image.Point
}

// connect opens the display that windows open on; nil where there is none.
func connect() *server {
	// The library writes its troubles to the terminal.
	xgb.Logger = log.New(io.Discard, "", 0)
	if os.Getenv("DISPLAY") == "" {
		return nil
	}
	conn, err := xgb.NewConn()
	if err != nil {
		return nil
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	s := &server{conn, screen.Root, image.Pt(int(screen.WidthInPixels), int(screen.HeightInPixels))}
	if g, err := xproto.GetGeometry(conn, xproto.Drawable(s.root)).Reply(); err == nil {
		s.size = image.Pt(int(g.Width), int(g.Height)) // which may have changed since the server began
	}
	return s
}

func (s *server) atom(name string) xproto.Atom {
	r, err := xproto.InternAtom(s.Conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0
	}
	return r.Atom
}

// numbers are a window's property, none where it has not that one.
func (s *server) numbers(w xproto.Window, name string) (values []int) {
	p, err := xproto.GetProperty(s.Conn, false, w, s.atom(name), xproto.GetPropertyTypeAny, 0, 1024).Reply()
	if err != nil || p.Format != 32 {
		return nil
	}
	for i := 0; i+3 < len(p.Value); i += 4 {
		values = append(values, int(int32(xgb.Get32(p.Value[i:]))))
	}
	return values
}

// RoomOn tells what is free of the monitor that RandR calls so. It is false where nobody knows.
func RoomOn(monitor string) (Room, bool) {
	s := connect()
	if s == nil {
		return Room{}, false
	}
	defer s.Close()
	at := s.monitor(monitor)
	free := at
	desktop := 0
	if now := s.numbers(s.root, "_NET_CURRENT_DESKTOP"); len(now) == 1 {
		desktop = now[0]
	}
	// Of all monitors together: where they differ in size it may lie outside of this one.
	if a := s.numbers(s.root, "_NET_WORKAREA"); len(a) >= 4*(desktop+1) {
		a = a[4*desktop:]
		if part := image.Rect(0, 0, a[2], a[3]).Add(image.Pt(a[0], a[1])).Intersect(at); !part.Empty() {
			free = part
		}
	}
	return Room{Area: free.Sub(at.Min), Frame: s.frame()}, !free.Empty()
}

// monitor is where the monitor of that name stands, else all of the screen.
func (s *server) monitor(name string) image.Rectangle {
	screen := image.Rectangle{Max: s.size}
	if randr.Init(s.Conn) != nil {
		return screen
	}
	if _, err := randr.QueryVersion(s.Conn, 1, 5).Reply(); err != nil {
		return screen
	}
	r, err := randr.GetScreenResourcesCurrent(s.Conn, s.root).Reply()
	if err != nil {
		return screen
	}
	for _, output := range r.Outputs {
		o, err := randr.GetOutputInfo(s.Conn, output, 0).Reply()
		if err != nil || string(o.Name) != name || o.Crtc == 0 {
			continue
		}
		if c, err := randr.GetCrtcInfo(s.Conn, o.Crtc, 0).Reply(); err == nil {
			return image.Rect(0, 0, int(c.Width), int(c.Height)).Add(image.Pt(int(c.X), int(c.Y)))
		}
	}
	return screen
}

// frame asks the window manager what it will put around a window, by one that is never shown.
func (s *server) frame() image.Rectangle {
	if len(s.numbers(s.root, "_NET_SUPPORTING_WM_CHECK")) == 0 {
		return image.Rectangle{} // there is none
	}
	usual := image.Rect(-2, -38, 2, 4)
	id, err := xproto.NewWindowId(s.Conn)
	if err != nil {
		return usual
	}
	xproto.CreateWindow(s.Conn, 0, id, s.root, 0, 0, 100, 100, 0, xproto.WindowClassInputOutput, 0, 0, nil)
	defer xproto.DestroyWindow(s.Conn, id)
	e := xproto.ClientMessageEvent{Format: 32, Window: id, Type: s.atom("_NET_REQUEST_FRAME_EXTENTS"), Data: xproto.ClientMessageDataUnionData32New(make([]uint32, 5))}
	xproto.SendEvent(s.Conn, false, s.root, xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect, string(e.Bytes()))
	for range 20 { // some never answer
		if f := s.numbers(id, "_NET_FRAME_EXTENTS"); len(f) == 4 {
			return image.Rect(-f[0], -f[2], f[1], f[3])
		}
		time.Sleep(5 * time.Millisecond)
	}
	return usual
}

// OwnWindow is the number of this program's window, 0 where there is none. It may take some milliseconds.
func OwnWindow() uint32 {
	s := connect()
	if s == nil {
		return 0
	}
	defer s.Close()
	return uint32(s.own(s.root, 3))
}

// own is the first window of this program that files can be dropped on, at most so many frames deep.
func (s *server) own(in xproto.Window, depth int) xproto.Window {
	tree, err := xproto.QueryTree(s.Conn, in).Reply()
	if err != nil || depth == 0 {
		return 0
	}
	for _, w := range tree.Children {
		pid := s.numbers(w, "_NET_WM_PID")
		if len(pid) == 1 && pid[0] == os.Getpid() && len(s.numbers(w, "XdndAware")) > 0 {
			return w
		}
		if found := s.own(w, depth-1); found != 0 {
			return found
		}
	}
	return 0
}
