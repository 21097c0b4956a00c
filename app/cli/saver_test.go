package cli

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"zalgoscope/app/toolstest"
)

// saverProcess is a running saver.
type saverProcess struct {
	t    *testing.T
	cmd  *exec.Cmd
	errs bytes.Buffer
	done chan error
}

// saverPath links this binary to the saver's name.
func saverPath(t *testing.T, folder string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, saverName)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// startSaver starts it with just that environment.
func startSaver(t *testing.T, env []string, args ...string) *saverProcess {
	t.Helper()
	p := &saverProcess{t: t, cmd: exec.Command(saverPath(t, t.TempDir()), args...), done: make(chan error, 1)}
	p.cmd.Env = env
	p.cmd.Stdout, p.cmd.Stderr = &p.errs, &p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// running tells whether it still runs.
func (p *saverProcess) running() bool {
	select {
	case err := <-p.done:
		p.done <- err
		return false
	default:
		return true
	}
}

// ends waits for the end, which has to be quiet and successful.
func (p *saverProcess) ends(why string) time.Duration {
	p.t.Helper()
	began := time.Now()
	select {
	case err := <-p.done:
		took := time.Since(began)
		if err != nil || p.errs.Len() > 0 {
			p.t.Errorf("%s: got %v and output %q, want a quiet end", why, err, p.errs.String())
		}
		return took
	case <-time.After(toolstest.Patience):
		p.t.Fatalf("%s: the saver goes on; output %q", why, p.errs.String())
		return 0
	}
}

// terminate ends it as a daemon does.
func (p *saverProcess) terminate() time.Duration {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	return p.ends("SIGTERM")
}

// A hack draws into the window that it is given, first black and soon a dream, follows its
// sizes, opens no other, and ends when told to or when the window goes.
func TestSaverInAForeignWindow(t *testing.T) {
	s := xserver(t, "1024x768")
	for _, c := range []struct {
		name string
		args func(id xproto.Window) []string
		env  func(id xproto.Window) []string
	}{
		{"one dash, decimal", func(id xproto.Window) []string { return []string{"-window-id", fmt.Sprint(uint32(id))} }, nil},
		{"two dashes, hexadecimal", func(id xproto.Window) []string { return []string{fmt.Sprintf("--window-id=%#x", uint32(id)), "--fps"} }, nil},
		{"root", func(xproto.Window) []string { return []string{"-root"} }, windowInEnvironment},
		{"environment only", func(xproto.Window) []string { return nil }, windowInEnvironment},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &server{t: t, display: s.display, conn: s.conn}
			id := s.window(300, 200)
			defer xproto.DestroyWindow(s.conn, id)
			windows := s.visible()
			env := []string{"DISPLAY=" + s.display}
			if c.env != nil {
				env = append(env, c.env(id)...)
			}
			began := time.Now()
			p := startSaver(t, env, c.args(id)...)
			s.until("the window is black", func() bool {
				m := s.picture(id)
				return m.RGBAAt(150, 100).R < 255
			})
			black := time.Since(began)
			s.until("it dreams", func() bool { m := s.picture(id); return dreamt(m, m.Rect) })
			t.Logf("black after %v, dreaming after %v", black, time.Since(began))
			for _, size := range []image.Point{{500, 400}, {200, 330}} {
				s.resize(id, size.X, size.Y)
				s.until(fmt.Sprintf("it fills %v", size), func() bool {
					m := s.picture(id)
					return m.Rect.Max == size && dreamt(m, m.Rect) && edged(m)
				})
			}
			s.shot("saver "+c.name, s.picture(id))
			if got := s.visible(); got != windows {
				t.Errorf("there are %d windows, want %d", got, windows)
			}
			t.Logf("ended %v after SIGTERM", p.terminate())
		})
	}
	t.Run("the window goes", func(t *testing.T) {
		s := &server{t: t, display: s.display, conn: s.conn}
		id := s.window(200, 150)
		p := startSaver(t, []string{"DISPLAY=" + s.display}, "-window-id", fmt.Sprint(uint32(id)))
		s.until("it dreams", func() bool { m := s.picture(id); return dreamt(m, m.Rect) })
		xproto.DestroyWindow(s.conn, id)
		p.ends("the window was destroyed")
	})
}

// TestSaverBeginsFromTheDesktop begins from the picture that XScreenSaver leaves with its window, when told to.
func TestSaverBeginsFromTheDesktop(t *testing.T) {
	s := xserver(t, "640x480")
	id := s.window(300, 200)
	pixmap, err := xproto.NewPixmapId(s.conn)
	if err != nil {
		t.Fatal(err)
	}
	gc, err := xproto.NewGcontextId(s.conn)
	if err != nil {
		t.Fatal(err)
	}
	xproto.CreatePixmap(s.conn, 24, pixmap, xproto.Drawable(id), 300, 200)
	xproto.CreateGC(s.conn, gc, xproto.Drawable(pixmap), xproto.GcForeground, []uint32{0xe01000})
	xproto.PolyFillRectangle(s.conn, xproto.Drawable(pixmap), gc, []xproto.Rectangle{{Width: 300, Height: 200}})
	name := "_SCREENSAVER_SCREENSHOT"
	atom, err := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		t.Fatal(err)
	}
	value := make([]byte, 4)
	xgb.Put32(value, uint32(pixmap))
	if err := xproto.ChangePropertyChecked(s.conn, xproto.PropModeReplace, id, atom.Atom, xproto.AtomPixmap, 32, 1, value).Check(); err != nil {
		t.Fatal(err)
	}
	red := func() (share float64) {
		m, n := s.picture(id), 0
		for i := 0; i < len(m.Pix); i += 4 {
			if r, g, b := int(m.Pix[i]), int(m.Pix[i+1]), int(m.Pix[i+2]); r > 120 && r > 2*g && r > 2*b {
				n++
			}
		}
		return 4 * float64(n) / float64(len(m.Pix))
	}
	p := startSaver(t, []string{"DISPLAY=" + s.display}, "--window-id", fmt.Sprint(uint32(id)), "--begin", "desktop")
	s.until("it dreams on the desktop", func() bool { return red() > .6 })
	s.shot("saver desktop", s.picture(id))
	p.terminate()
	p = startSaver(t, []string{"DISPLAY=" + s.display}, "--window-id", fmt.Sprint(uint32(id)))
	s.until("it dreams", func() bool { m := s.picture(id); return dreamt(m, m.Rect) })
	if share := red(); share > .4 {
		t.Errorf("untold it begins from the desktop: %.2f of it is red", share)
	}
	p.terminate()
}

func windowInEnvironment(id xproto.Window) []string {
	return []string{fmt.Sprintf("XSCREENSAVER_WINDOW=%#x", uint32(id))}
}

// edged tells whether no line of the picture's border was left white.
func edged(m *image.RGBA) bool {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	white := func(part image.Rectangle) bool {
		for y := part.Min.Y; y < part.Max.Y; y++ {
			for x := part.Min.X; x < part.Max.X; x++ {
				if c := m.RGBAAt(x, y); c.R < 255 || c.G < 255 || c.B < 255 {
					return false
				}
			}
		}
		return true
	}
	return !white(image.Rect(0, 0, w, 1)) && !white(image.Rect(0, h-1, w, h)) &&
		!white(image.Rect(0, 0, 1, h)) && !white(image.Rect(w-1, 0, w, h))
}

// SIGTERM ends the saver within a tenth of a second; the best of some tries counts,
// as the machine has other things to do.
func TestSaverEndsAtOnce(t *testing.T) {
	s := xserver(t, "640x480")
	best := time.Hour
	for range 16 {
		id := s.window(300, 200)
		p := startSaver(t, []string{"DISPLAY=" + s.display}, "-window-id", fmt.Sprint(uint32(id)))
		s.until("it dreams", func() bool { m := s.picture(id); return dreamt(m, m.Rect) })
		best = min(best, p.terminate())
		xproto.DestroyWindow(s.conn, id)
		if best <= 100*time.Millisecond {
			return
		}
	}
	t.Errorf("ended %v after SIGTERM, want 100ms", best)
}

func TestSaverRefuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "there is no display"},
		{[]string{"--no-such-option"}, "unknown flag: --no-such-option"},
		{[]string{"-nosuch"}, "unknown shorthand flag"},
		{[]string{"root"}, `takes no "root"`},
		{[]string{"--window-id", "zero"}, `"zero" is not the number of a window`},
		{[]string{"--scene", "Nowhere"}, `there is no scene "Nowhere"; there are wander, `},
		{[]string{"--speed", "9"}, "speed is 9, but goes from 0.25 to 4"},
		{[]string{"--images", "/no/such/folder"}, "no such file or directory"},
	} {
		p := exec.Command(saverPath(t, t.TempDir()), c.args...)
		p.Env = []string{"DISPLAY=:none"}
		if len(c.args) == 0 {
			p.Env = []string{"HOME=/"} // an empty list would mean the test's own
		}
		if slices.Contains(c.args, "--images") {
			p.Env = []string{"DISPLAY=" + xserver(t, "320x200").display}
		}
		out, _ := p.CombinedOutput()
		if p.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), c.want) {
			t.Errorf("%q: exit %d and %q, want 1 and %q", c.args, p.ProcessState.ExitCode(), out, c.want)
		}
	}
}

// On its own the saver covers every monitor, and leaves at real moves, keys and clicks only.
func TestSaverOnMonitors(t *testing.T) {
	toolstest.Need(t, "xdotool", "xrandr")
	left, right := image.Rect(0, 0, 500, 400), image.Rect(500, 0, 1100, 400)
	for _, c := range []struct {
		name    string
		screens []string
		leave   []string
	}{
		{"two monitors", []string{"1100x400"}, []string{"mousemove_relative", "--", "30", "4"}},
		{"two screens", []string{"500x400", "600x400"}, []string{"key", "space"}},
		{"a click", []string{"1100x400"}, []string{"click", "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := xserver(t, c.screens...)
			env := append(os.Environ(), "DISPLAY="+s.display)
			do := func(args ...string) {
				t.Helper()
				cmd := exec.Command(args[0], args[1:]...)
				cmd.Env = env
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%q: %v\n%s", args, err, out)
				}
			}
			if len(c.screens) == 1 {
				do("xrandr", "--setmonitor", "left", "500/100x400/80+0+0", "screen")
				do("xrandr", "--setmonitor", "right", "600/120x400/80+500+0", "none")
			}
			do("xdotool", "mousemove", "100", "100")
			p := startSaver(t, []string{"DISPLAY=" + s.display})
			roots := xproto.Setup(s.conn).Roots
			s.until("both are covered", func() bool {
				m := s.picture(roots[0].Root)
				if len(roots) == 1 {
					return dreamt(m, left) && dreamt(m, right)
				}
				n := s.picture(roots[1].Root)
				return dreamt(m, m.Rect) && dreamt(n, n.Rect)
			})
			s.shot("saver on "+c.name, s.picture(roots[0].Root))
			for range 3 {
				do("xdotool", "mousemove_relative", "--", "2", "-1")
				do("xdotool", "mousemove_relative", "--", "-2", "1")
			}
			time.Sleep(300 * time.Millisecond)
			if !p.running() {
				t.Fatal("a tremble of the mouse ended it")
			}
			do(append([]string{"xdotool"}, c.leave...)...)
			p.ends(c.name)
		})
	}
}
