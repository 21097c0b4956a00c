package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/toolstest"
)

// window is a studio in a process of its own, on an X server of its own.
type window struct {
	t       testing.TB
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errs    strings.Builder
	env     []string
	display string
	home    string
	done    chan error
	managed *desktop // where a window manager puts the window somewhere; else nil
}

// open starts a studio of that kind, without a window manager; see childConfig. The test ends with it.
func open(t testing.TB, kind string, env ...string) *window {
	t.Helper()
	needWindow(t)
	return openOn(t, toolstest.Xvfb(t, "1280x800"), kind, env...)
}

// openOn starts a studio on a display.
func openOn(t testing.TB, display, kind string, env ...string) *window {
	t.Helper()
	home := t.TempDir()
	w := &window{t: t, home: home, done: make(chan error, 1), display: display}
	w.env = append(os.Environ(), "DISPLAY="+w.display, "LIBGL_ALWAYS_SOFTWARE=1", childVar+"="+kind, "HOME="+home,
		"XDG_CONFIG_HOME="+home+"/config", "XDG_STATE_HOME="+home+"/state", "XDG_CACHE_HOME="+home+"/cache", "XDG_DATA_HOME="+home+"/data")
	w.env = append(w.env, env...)
	w.start()
	return w
}

// needWindow skips a test that runs the real window where there is nothing to run it on.
func needWindow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves out what drives a window")
	}
	toolstest.Need(t, "Xvfb", "xdotool")
}

func (w *window) start() {
	t := w.t
	w.cmd = exec.Command(os.Args[0])
	w.cmd.Env = w.env
	w.cmd.Stderr = &w.errs
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w.out = bufio.NewReader(out)
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := w.done
	cmd := w.cmd
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		if w.cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
		}
	})
}

// ask sends a request and gives the state after it.
func (w *window) ask(r request) state {
	w.t.Helper()
	data, _ := json.Marshal(r)
	if _, err := fmt.Fprintf(w.in, "%s\n", data); err != nil {
		w.t.Fatalf("the window is gone: %v\n%s", err, w.errs.String())
	}
	line, err := w.out.ReadBytes('\n')
	if err != nil {
		w.t.Fatalf("the window is gone: %v\n%s", err, w.errs.String())
	}
	var s state
	if err := json.Unmarshal(line, &s); err != nil {
		w.t.Fatalf("the window answered %q: %v", line, err)
	}
	return s
}

func (w *window) state() state { w.t.Helper(); return w.ask(request{}) }

// patience is how long a test waits for what has to come: long, as the machine may have much else to do.
const patience = 3 * time.Minute

// until waits for a condition and gives the state that met it.
func (w *window) until(what string, ok func(state) bool) state {
	w.t.Helper()
	var s state
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if s = w.ask(request{Wait: true}); ok(s) {
			return s
		}
	}
	w.shot("failed")
	w.t.Fatalf("waited in vain until %s; the state is %+v", what, s)
	return s
}

// dreaming waits for the first frames.
func (w *window) dreaming() state {
	w.t.Helper()
	return w.until("it dreams", func(s state) bool { return s.Frame >= 1 && !s.Canvas.Empty() && !s.Tabs.Empty() })
}

// do runs xdotool.
func (w *window) do(args ...string) {
	w.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = w.env
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// key presses keys for some ticks, so that the window sees them.
func (w *window) key(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		parts := strings.Split(k, "+")
		for _, p := range parts {
			w.do("keydown", p)
		}
		w.settle()
		for i := len(parts) - 1; i >= 0; i-- {
			w.do("keyup", parts[i])
		}
		w.settle()
	}
}

// settle waits until the window has taken up what mouse and keys did before. It asks the X server for that once
// in each drawing; a busy machine makes several updates of one.
func (w *window) settle() {
	w.t.Helper()
	s := w.state()
	for n := s.Drawn + 3; s.Drawn < n; s = w.state() {
		time.Sleep(5 * time.Millisecond)
	}
}

// told tells whether there was a note with a text.
func (s state) told(part string) bool {
	return slices.ContainsFunc(s.Told, func(note string) bool { return strings.Contains(note, part) })
}

// move takes the pointer to a point of the window.
func (w *window) move(p image.Point) {
	w.t.Helper()
	if w.managed != nil {
		inside, _ := w.managed.place(w.managed.studio())
		p = p.Add(inside.Min)
	}
	w.do("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y))
	w.settle()
}

func (w *window) click(p image.Point) { w.t.Helper(); w.drag(p, p) }

// doubleClick clicks twice as quickly as people do. A button that is down for less than a frame of a busy machine is
// not seen at all, so that it may have to be done again; it is no third click of the one before.
func (w *window) doubleClick() {
	w.t.Helper()
	const apart = 25 // updates
	for n := w.state().Updates + apart; w.state().Updates < n; time.Sleep(5 * time.Millisecond) {
	}
	w.do("mousedown", "1", "sleep", "0.08", "mouseup", "1", "sleep", "0.08", "mousedown", "1", "sleep", "0.08", "mouseup", "1")
}

// rightClick presses and lets go of the right button.
func (w *window) rightClick() {
	w.t.Helper()
	w.do("mousedown", "3")
	w.settle()
	w.do("mouseup", "3")
	w.settle()
}

// drag presses at a, moves to b and lets go.
func (w *window) drag(a, b image.Point) {
	w.t.Helper()
	w.move(a)
	w.do("mousedown", "1")
	w.settle()
	if a != b {
		w.move(a.Add(b).Div(2))
		w.move(b)
	}
	w.do("mouseup", "1")
	w.settle()
}

// shot takes a picture of the screen for people to look at, where ImageMagick is there
// and ZALGOSCOPE_SHOTS names a folder.
func (w *window) shot(name string) {
	folder := os.Getenv("ZALGOSCOPE_SHOTS")
	if folder == "" {
		return
	}
	cmd := exec.Command("import", "-window", "root", filepath.Join(folder, name+".png"))
	cmd.Env = w.env
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Logf("import: %v\n%s", err, out)
	}
}

// close closes the window as its frame's button does and waits for the end of its process.
func (w *window) close() {
	w.t.Helper()
	w.desktop().quit()
	w.ended()
}

func (w *window) ended() {
	w.t.Helper()
	select {
	case err := <-w.done:
		if err != nil {
			w.t.Errorf("the window's process: %v\n%s", err, w.errs.String())
		}
	case <-time.After(patience):
		w.t.Error("the window's process does not end")
	}
}

func mid(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }
