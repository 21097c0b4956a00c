package app

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"zalgoscope/app/toolstest"
)

// openManaged starts a studio on a screen of that size with a window manager, and with a panel of so many pixels
// at its lower edge.
func openManaged(t testing.TB, kind string, screen image.Point, panel int, env ...string) *window {
	t.Helper()
	needWindow(t)
	display := toolstest.Xvfb(t, fmt.Sprintf("%dx%d", screen.X, screen.Y))
	openbox(t, display)
	if panel > 0 {
		dock(t, display, panel)
	}
	w := openOn(t, display, kind, env...)
	w.managed = w.desktop()
	return w
}

// openbox starts that window manager; the test ends with it.
func openbox(t testing.TB, display string) {
	t.Helper()
	toolstest.Need(t, "openbox")
	home := t.TempDir()
	cmd := exec.Command("openbox", "--sm-disable")
	cmd.Env = append(os.Environ(), "DISPLAY="+display, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_CACHE_HOME="+filepath.Join(home, "cache"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	d := desktopOf(t, display)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if len(d.numbers(d.root, "_NET_SUPPORTING_WM_CHECK")) > 0 && len(d.numbers(d.root, "_NET_WORKAREA")) > 0 {
			return
		}
	}
	t.Fatal("openbox did not come up")
}

// dock opens a panel at the screen's lower edge, and waits until the window manager keeps windows off it.
func dock(t testing.TB, display string, height int) {
	t.Helper()
	d := desktopOf(t, display)
	id, err := xproto.NewWindowId(d.conn)
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(d.conn).DefaultScreen(d.conn)
	w, h := screen.WidthInPixels, int(screen.HeightInPixels)
	xproto.CreateWindow(d.conn, screen.RootDepth, id, d.root, 0, int16(h-height), w, uint16(height), 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel, []uint32{0x404040})
	d.set(id, "_NET_WM_WINDOW_TYPE", xproto.AtomAtom, uint32(d.atom("_NET_WM_WINDOW_TYPE_DOCK")))
	d.set(id, "_NET_WM_STRUT_PARTIAL", xproto.AtomCardinal, 0, 0, 0, uint32(height), 0, 0, 0, 0, 0, 0, 0, uint32(w)-1)
	for range 60 { // a window manager that is still beginning may miss it
		xproto.MapWindow(d.conn, id)
		xproto.ConfigureWindow(d.conn, id, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{0, uint32(h - height)})
		for range 50 {
			if area := d.numbers(d.root, "_NET_WORKAREA"); len(area) > 3 && int(area[3]) == h-height {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		xproto.UnmapWindow(d.conn, id)
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the window manager takes no notice of the panel")
}

// set makes numbers a window's property.
func (d *desktop) set(w xproto.Window, name string, kind xproto.Atom, values ...uint32) {
	d.t.Helper()
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = append(data, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	xproto.ChangeProperty(d.conn, xproto.PropModeReplace, w, d.atom(name), kind, 32, uint32(len(values)), data)
}

// numbers are a window's property, none where it has not that one.
func (d *desktop) numbers(w xproto.Window, name string) (values []uint32) {
	d.t.Helper()
	p, err := xproto.GetProperty(d.conn, false, w, d.atom(name), xproto.GetPropertyTypeAny, 0, 64).Reply()
	if err != nil || p.Format != 32 {
		return nil
	}
	for i := 0; i+3 < len(p.Value); i += 4 {
		values = append(values, uint32(p.Value[i])|uint32(p.Value[i+1])<<8|uint32(p.Value[i+2])<<16|uint32(p.Value[i+3])<<24)
	}
	return values
}

// inside is where a window stands on the screen without its frame, and outside with it.
func (d *desktop) place(w xproto.Window) (inside, outside image.Rectangle) {
	d.t.Helper()
	g, err := xproto.GetGeometry(d.conn, xproto.Drawable(w)).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	at, err := xproto.TranslateCoordinates(d.conn, w, d.root, 0, 0).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	inside = image.Rect(0, 0, int(g.Width), int(g.Height)).Add(image.Pt(int(at.DstX), int(at.DstY)))
	outside = inside
	if f := d.numbers(w, "_NET_FRAME_EXTENTS"); len(f) == 4 {
		outside = image.Rect(inside.Min.X-int(f[0]), inside.Min.Y-int(f[2]), inside.Max.X+int(f[1]), inside.Max.Y+int(f[3]))
	}
	return inside, outside
}

// focus is the window that has the keyboard.
func (d *desktop) focus() xproto.Window {
	d.t.Helper()
	f, err := xproto.GetInputFocus(d.conn).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	return f.Focus
}

// raise puts a window, or the frame around it, above the others, and gives the server a moment.
func (d *desktop) raise(w xproto.Window) {
	d.t.Helper()
	for {
		tree, err := xproto.QueryTree(d.conn, w).Reply()
		if err != nil {
			d.t.Fatal(err)
		}
		if tree.Parent == d.root {
			break
		}
		w = tree.Parent
	}
	xproto.ConfigureWindow(d.conn, w, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	time.Sleep(time.Second)
}

// thumbnail is a part of what a window shows, shrunk to 16 x 10 points of three colours; nil while it has another size.
func (d *desktop) thumbnail(w xproto.Window, part image.Rectangle) (means []float64) {
	d.t.Helper()
	r, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w), int16(part.Min.X), int16(part.Min.Y), uint16(part.Dx()), uint16(part.Dy()), 1<<32-1).Reply()
	if err != nil {
		return nil
	}
	const columns, rows = 16, 10
	means = make([]float64, 3*columns*rows)
	count := make([]float64, columns*rows)
	for y := range part.Dy() {
		for x := range part.Dx() {
			cell := y*rows/part.Dy()*columns + x*columns/part.Dx()
			count[cell]++
			for c := range 3 {
				means[3*cell+c] += float64(r.Data[4*(y*part.Dx()+x)+c])
			}
		}
	}
	for i := range means {
		means[i] /= count[i/3]
	}
	return means
}
