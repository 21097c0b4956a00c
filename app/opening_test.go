package app

import (
	"context"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/app/widget"
	"zalgoscope/nn"
)

// headless is a studio without its window: the test takes what comes to the window's goroutine.
func headless(t *testing.T, edit func(*Config)) *studio {
	t.Helper()
	home := t.TempDir()
	for _, v := range []struct {
		at   *string
		name string
	}{{&xdg.StateHome, "state"}, {&xdg.ConfigHome, "config"}, {&xdg.CacheHome, "cache"}, {&xdg.UserDirs.Pictures, "."}} {
		was := *v.at
		t.Cleanup(func() { *v.at = was })
		*v.at = filepath.Join(home, v.name)
	}
	cfg, err := childConfig("small")
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(&cfg)
	}
	s, err := newStudio(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// until takes what comes until a condition holds.
func (s *studio) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s; the notes are %+v", what, s.toasts.Texts())
		}
		s.runPosted()
		s.hear(time.Now())
		if s.session != nil {
			s.recorder.watch(s, time.Now())
		}
	}
}

func (s *studio) dreaming(t *testing.T) {
	t.Helper()
	s.until(t, "it dreams", func() bool { return s.shown.Frame != nil })
}

// told tells whether a note contains a text.
func (s *studio) told(part string) bool {
	for _, n := range s.toasts.Texts() {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}

// TestAnotherNetComes opens another net with a picture of another shape: until it is there the dream goes on as
// it is, and what was turned meanwhile counts. What names the other net's layers is forgotten.
func TestAnotherNetComes(t *testing.T) {
	ready := make(chan error)
	first := true
	s := headless(t, func(c *Config) {
		open := c.Open
		c.Open = func(net *nn.Net) (nn.Engine, error) {
			if first {
				first = false
				return open(net)
			}
			if err := <-ready; err != nil {
				return nil, err
			}
			return open(net)
		}
	})
	s.dreaming(t)
	now := time.Now()
	s.history.watch(s.moment(), now, false)
	s.act(func(w *dream.Settings) { w.Zoom = 0.2 })
	s.history.watch(s.moment(), now, false)
	s.history.watch(s.moment(), now.Add(time.Second), false)
	if len(s.history.past) == 0 {
		t.Fatal("the change is no history")
	}
	want, size := s.want, s.size
	another := opened{net: dot(), id: record.Net{Name: "dot"}, start: dream.StillOf("wide", dream.Static(40, 8, 1))}

	s.dreamOn(another)
	w, h := s.effective().Width, s.effective().Height
	s.restart() // a stroke that publishes the settings
	s.change(func(w *dream.Settings) { w.Rotate = 3 })
	if s.effective().Width != w || s.effective().Height != h || w < h || w/h > 2 {
		t.Errorf("while the other net comes the canvas is %g x %g", s.effective().Width, s.effective().Height)
	}
	ready <- errors.New("test: no engine")
	s.until(t, "the net has failed", func() bool { return s.told("no engine") })
	want.Rotate = 3
	if s.want != want || s.size.Shape != size.Shape || s.size.wanted != size.wanted || s.opening {
		t.Errorf("after a net that failed the knobs are %+v and the size %+v, want %+v and %+v", s.want, s.size, want, size)
	}

	s.togglePause()
	s.dreamOn(another)
	s.change(func(w *dream.Settings) { w.Rotate, w.PanX = -7, 0.1 })
	ready <- nil
	s.until(t, "the other net is there", func() bool { return s.session.id.Name == "dot" && s.shown.Frame != nil })
	if s.want.Rotate != -7 || s.want.PanX != 0.1 || s.want.Zoom != 0 || s.want.Blend == 0 || s.want.Layer != "conv" {
		t.Errorf("the knobs are %+v", s.want)
	}
	if got := s.shown.Image.Rect.Size(); got.X != 5*got.Y && got.Y != 16 {
		t.Errorf("the other net's canvas is %v, want the picture's shape", got)
	}
	if !s.session.loop.Paused() {
		t.Error("a dream that stood goes on by itself with another net")
	}
	if _, err := s.session.net.Find(s.base.Layer); err != nil {
		t.Errorf("a double click on the layer would take it back to one of another net: %v", err)
	}
	if _, ok := s.history.undo(s.moment()); ok {
		t.Error("undo goes back to another net's layers")
	}
}

// TestNetsAreRemembered opens a net alone, and one with a picture: the list of own nets has their paths, and what
// an older list has that is no net is gone.
func TestNetsAreRemembered(t *testing.T) {
	s := headless(t, func(c *Config) {
		c.Load = func(string) (*nn.Net, record.Net, error) { return dot(), record.Net{Name: "dot"}, nil }
	})
	s.dreaming(t)
	dir := t.TempDir()
	alone, beside, still := filepath.Join(dir, "a.onnx"), filepath.Join(dir, "b.onnx"), filepath.Join(dir, "still.png")
	if err := picture.Save(still, dream.Static(20, 12, 1)); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "old.caffemodel")
	if err := writeTOML(ownFile(), func() ([]byte, error) { return toml.Marshal(ownList{[]string{dir, still, old}}) }); err != nil {
		t.Fatal(err)
	}
	open := func(paths []string, want ...string) {
		t.Helper()
		s.openFiles(paths)
		s.until(t, "it is open", func() bool { return !s.opening && s.files.Load() == 0 })
		if got := ownNets(); !slices.Equal(got, want) {
			t.Errorf("after %v the own nets are %v, want %v", paths, got, want)
		}
	}
	open([]string{alone}, alone, old)
	open([]string{still, beside}, beside, alone, old)
	data, err := os.ReadFile(ownFile())
	if err != nil || strings.Contains(string(data), still) {
		t.Errorf("the list holds %q, %v", data, err)
	}
}

// TestRecordBesideRestart begins the dream anew while a recording's file is being made: the new dream is recorded.
func TestRecordBesideRestart(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	s.toggleRecord()
	s.restart()
	s.until(t, "frames are recorded", func() bool {
		if s.recorder.take == nil {
			return false
		}
		_, added := s.recorder.take.writer.Progress()
		return added > 2
	})
	path := s.recorder.take.path
	s.toggleRecord()
	s.until(t, "it is written", func() bool { return s.told("recorded") })
	r, err := record.ReadRecipe(path)
	if err != nil || r.From != 0 || r.Frames < 3 {
		t.Errorf("%d frames from frame %d are recorded: %v", r.Frames, r.From, err)
	}
}

// TestRecordingsOfOneSecond shows that a recording takes no other one's file.
func TestRecordingsOfOneSecond(t *testing.T) {
	r := newRecorder()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "dream.gif"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r.jobs = []*job{{name: "dream-2.gif"}}
	if got, want := r.unused(folder, "dream"), filepath.Join(folder, "dream-3.gif"); got != want {
		t.Errorf("beside a file and one that is being written the next is %s, want %s", got, want)
	}
	if got, want := r.unused(folder, "replay"), filepath.Join(folder, "replay.gif"); got != want {
		t.Errorf("the first replay is %s, want %s", got, want)
	}
}

// TestReplayBesideRestart saves the last seconds and begins anew at once: they are those that were seen.
func TestReplayBesideRestart(t *testing.T) {
	s := headless(t, nil)
	s.recorder.kind = ".apng"
	s.until(t, "some frames are there", func() bool { return s.shown.Frame != nil && s.shown.Number >= 3 })
	s.saveReplay()
	s.restart()
	s.until(t, "it is written", func() bool { return s.told("last seconds") || s.told("record:") })
	found, _ := filepath.Glob(filepath.Join(xdg.UserDirs.Pictures, "replay-*.apng"))
	if len(found) != 1 {
		t.Fatalf("there are %v; the notes are %+v", found, s.toasts.Texts())
	}
	if r := checkReplay(t, found[0]); r.Frames < 3 {
		t.Errorf("the replay has %d frames", r.Frames)
	}
}

// TestBeginThatFails begins anew from a picture that cannot be dreamed: the dream before goes on, and what is
// recorded is of it.
func TestBeginThatFails(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	before := s.shown.of
	s.session.startOver(dream.StillOf("odd", image.NewRGBA(image.Rect(5, 5, 9, 9))), nil, 9, nil)
	s.toggleRecord()
	s.until(t, "the error is shown", func() bool { return s.told("start picture") })
	if s.session.latest() != before {
		t.Error("the dream that could not begin counts")
	}
	n := s.shown.Number
	s.until(t, "the dream goes on", func() bool { return s.shown.Number > n+2 })
	if s.shown.of != before {
		t.Error("the frames are said to be of the dream that could not begin")
	}
	s.until(t, "a recording is whole or has ended", func() bool {
		if s.recorder.take == nil {
			return !s.recorder.starting
		}
		_, added := s.recorder.take.writer.Progress()
		return added > 0
	})
}

// TestFirstKnobsFail begins with knobs that cannot be dreamed: the window says so and dreams a preset.
func TestFirstKnobsFail(t *testing.T) {
	s := headless(t, func(c *Config) {
		c.Adjust = func(w *dream.Settings) { w.Guide, w.Width, w.Height = "/nowhere/guide.png", 5000, 5000 }
	})
	s.until(t, "it says so", func() bool { return s.told("guide.png") })
	s.dreaming(t)
	if s.want.Guide != "" {
		t.Errorf("the guide is %q", s.want.Guide)
	}
}

// TestAdjust shows that a layer of the command line ends a preset's class, also where it is the preset's own.
func TestAdjust(t *testing.T) {
	var asked dream.Settings
	s := headless(t, func(c *Config) {
		c.Adjust = func(w *dream.Settings) {
			for i := range dream.Knobs {
				if text := dream.Knobs[i].Text(&asked); text != nil && *text != "" {
					*dream.Knobs[i].Text(w) = *text
				}
			}
		}
	})
	for _, c := range []struct {
		asked dream.Settings
		class string
	}{{dream.Settings{Layer: "norm1"}, ""}, {dream.Settings{Channel: "1"}, ""}, {dream.Settings{Class: "bee"}, "bee"}, {dream.Settings{Zoom: 0.1}, "spider"}} {
		s.want.Layer, s.want.Class, s.want.Channel = "norm1", "spider", ""
		asked = c.asked
		if s.adjust(); s.want.Class != c.class {
			t.Errorf("asked for %+v the class is %q, want %q", c.asked, s.want.Class, c.class)
		}
	}
}

// TestCloseWhileOpening closes the window while an engine is being opened: it stays until that is done, as both may
// use one driver.
func TestCloseWhileOpening(t *testing.T) {
	within, ready := make(chan bool), make(chan bool)
	ctx, cancel := context.WithCancel(context.Background())
	s := headless(t, func(c *Config) {
		open := c.Open
		c.Context = ctx
		c.Open = func(net *nn.Net) (nn.Engine, error) { within <- true; <-ready; return open(net) }
	})
	<-within
	cancel()
	for range 3 {
		if err := s.Update(); err != nil {
			t.Fatalf("the window closes (%v) while the engine is being opened", err)
		}
	}
	close(ready)
	for s.Update() == nil {
		time.Sleep(time.Millisecond)
	}
	if s.session != nil || s.making {
		t.Error("the window has closed with a session that nobody closes")
	}
}

// TestNoFirstSession says for good why nothing can be dreamed.
func TestNoFirstSession(t *testing.T) {
	s := headless(t, func(c *Config) {
		c.Open = func(*nn.Net) (nn.Engine, error) { return nil, errors.New("test: no engine") }
	})
	s.until(t, "it has given up", func() bool { return s.failed != nil })
	if got := s.status(); got != "test: no engine" {
		t.Errorf("the status line says %q", got)
	}
	s.openFile("x.png")
	if !s.told("wait") {
		t.Errorf("opening a file without an engine: the notes are %+v", s.toasts.Texts())
	}
}

// TestOddFiles opens what is not what it seems. Nothing of it may hold up what is opened next, or the end.
func TestOddFiles(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pipe := filepath.Join(dir, "pipe.png")
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v: %s", err, out)
	}
	for _, c := range []struct{ path, want string }{
		{dir, "no picture in"}, {pipe, "is a pipe"}, {"/dev/zero", "is a device"}, {filepath.Join(dir, "none.png"), "no such file"},
		{write("layers.png", "8BPS...."), "is a Photoshop picture"}, {write("empty.png", ""), "is empty"}, {write("text.png", "hello"), "unknown format"},
		{write("cut.png", "\x89PNG\r\n\x1a\n"), "is damaged"}, {write("a.onnx", "?"), "no net"},
	} {
		s.toasts = widget.Toasts{}
		s.openFile(c.path)
		s.openFile(c.path)
		if !s.told("wait") {
			t.Errorf("%s: two files are opened at once", c.path)
		}
		s.until(t, c.path+" is refused", func() bool { return !s.opening })
		if !s.told(c.want) {
			t.Errorf("%s: the notes are %+v, want %q", c.path, s.toasts.Texts(), c.want)
		}
	}
	// Very small, long and large pictures are dreamed, at a size that can be.
	for _, size := range []image.Point{{1, 1}, {5000, 3}, {3, 5000}} {
		path := filepath.Join(dir, "odd.png")
		if err := picture.Save(path, image.NewRGBA(image.Rectangle{Max: size})); err != nil {
			t.Fatal(err)
		}
		s.openFile(path)
		s.until(t, "the picture is dreamed", func() bool { return s.shown.of.start.Name() == path && s.shown.of == s.session.latest() && !s.opening })
		start := s.shown.of.start.Image().Rect.Size()
		if max(start.X, start.Y) > mostStart || start.X < 1 || start.Y < 1 {
			t.Errorf("a picture of %v is dreamed from one of %v", size, start)
		}
		if r := s.shown.recipe(); r.Validate() != nil {
			t.Errorf("a picture of %v: %v", size, r.Validate())
		}
	}
}
