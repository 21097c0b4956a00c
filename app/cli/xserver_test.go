package cli

import (
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"zalgoscope/app/toolstest"
)

// server is an X server of a test's own, and the test's connection to it.
type server struct {
	t       *testing.T
	display string
	conn    *xgb.Conn
}

// xserver starts Xvfb with screens of those sizes; the test ends with it.
func xserver(t *testing.T, screens ...string) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves out what drives a window")
	}
	xgb.Logger = log.New(io.Discard, "", 0)
	s := &server{t: t, display: toolstest.Xvfb(t, screens...)}
	var err error
	if s.conn, err = xgb.NewConnDisplay(s.display); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.conn.Close)
	return s
}

// window opens a white window.
func (s *server) window(w, h int) xproto.Window {
	s.t.Helper()
	id, err := xproto.NewWindowId(s.conn)
	if err != nil {
		s.t.Fatal(err)
	}
	screen := xproto.Setup(s.conn).DefaultScreen(s.conn)
	err = xproto.CreateWindowChecked(s.conn, screen.RootDepth, id, screen.Root, 40, 30, uint16(w), uint16(h), 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel, []uint32{0xffffff}).Check()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := xproto.MapWindowChecked(s.conn, id).Check(); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *server) resize(id xproto.Window, w, h int) {
	s.t.Helper()
	err := xproto.ConfigureWindowChecked(s.conn, id, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, []uint32{uint32(w), uint32(h)}).Check()
	if err != nil {
		s.t.Fatal(err)
	}
}

// visible counts the windows to be seen on the first screen.
func (s *server) visible() (n int) {
	s.t.Helper()
	r, err := xproto.QueryTree(s.conn, xproto.Setup(s.conn).DefaultScreen(s.conn).Root).Reply()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, id := range r.Children {
		a, err := xproto.GetWindowAttributes(s.conn, id).Reply()
		if err == nil && a.MapState != xproto.MapStateUnmapped {
			n++
		}
	}
	return n
}

// picture is what a window shows.
func (s *server) picture(id xproto.Window) *image.RGBA {
	s.t.Helper()
	g, err := xproto.GetGeometry(s.conn, xproto.Drawable(id)).Reply()
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(id), 0, 0, g.Width, g.Height, 1<<32-1).Reply()
	if err != nil {
		s.t.Fatal(err)
	}
	m := image.NewRGBA(image.Rect(0, 0, int(g.Width), int(g.Height)))
	for i := 0; i+3 < len(m.Pix) && i+3 < len(r.Data); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = r.Data[i+2], r.Data[i+1], r.Data[i], 255
	}
	return m
}

// until waits for a condition.
func (s *server) until(what string, ok func() bool) {
	s.t.Helper()
	toolstest.Until(s.t, what, ok)
}

// shot keeps a picture for people to look at where ZALGOSCOPE_SHOTS names a folder.
func (s *server) shot(name string, m image.Image) {
	folder := os.Getenv("ZALGOSCOPE_SHOTS")
	if folder == "" {
		return
	}
	f, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		s.t.Fatal(err)
	}
}

// colours counts the different colours of a part of a picture, up to some hundred.
func colours(m *image.RGBA, part image.Rectangle) int {
	seen := map[color.RGBA]bool{}
	part = part.Intersect(m.Rect)
	for y := part.Min.Y; y < part.Max.Y; y += 3 {
		for x := part.Min.X; x < part.Max.X && len(seen) < 300; x += 3 {
			seen[m.RGBAAt(x, y)] = true
		}
	}
	return len(seen)
}

// dreamt tells whether every quarter of a part of a picture is full of colours.
func dreamt(m *image.RGBA, part image.Rectangle) bool {
	mid := part.Min.Add(part.Max).Div(2)
	quarters := []image.Rectangle{
		{Min: part.Min, Max: mid}, {Min: mid, Max: part.Max},
		image.Rect(mid.X, part.Min.Y, part.Max.X, mid.Y), image.Rect(part.Min.X, mid.Y, mid.X, part.Max.Y),
	}
	return !slices.ContainsFunc(quarters, func(q image.Rectangle) bool { return colours(m, q) < 100 })
}
