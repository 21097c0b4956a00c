package app

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/app/toolstest"
	"zalgoscope/nn"
)

// TestFeeds plays a film that was dropped, then a source that stands for a camera, and goes back to a picture that is made:
// what moved before moves again.
func TestFeeds(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	film := filepath.Join(t.TempDir(), "film.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=3", "-pix_fmt", "yuv420p", film).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := headless(t, nil)
	s.dreaming(t)
	zoom := s.want.Zoom
	s.openFile(film)
	s.until(t, "the film is dreamed", func() bool { return s.shown.of.feed != nil && s.film() != nil })
	s.tend(false)
	if s.want.Zoom != 0 || s.shown.of.picture().Rect.Dx() != 64 {
		t.Errorf("on a film it zooms by %g, of pictures %v", s.want.Zoom, s.shown.of.picture().Rect)
	}
	player := s.film()
	s.tend(true)
	player.Seek(2)
	s.until(t, "the film is where it was told", func() bool { return player.At() == 2 })
	s.toggleRecord()
	s.until(t, "it is told that this cannot be made again", func() bool { return s.told("cannot be made again") })
	first := s.shown.of
	s.restart()
	s.until(t, "the film goes on after a restart", func() bool { return s.shown.of != first && s.shown.of.feed == player })
	s.openInput("lavfi:testsrc=s=48x32:r=30:d=1")
	s.until(t, "the other source is dreamed", func() bool { return s.shown.of.feed != nil && s.shown.of.feed != feed(player) })
	s.tend(false)
	s.until(t, "it is told that it went", func() bool { return s.told("is gone") })
	at := s.shown.Number
	s.until(t, "the dream goes on without it", func() bool { return s.shown.Number > at+2 })
	s.openInput("camera:none such")
	s.until(t, "it is told that there is none", func() bool { return s.told("no camera") })
	s.makeInput("clouds")
	s.until(t, "clouds are dreamed", func() bool { return s.shown.of.feed == nil })
	s.tend(false)
	if s.want.Zoom != zoom {
		t.Errorf("on clouds it zooms by %g, and %g before the film", s.want.Zoom, zoom)
	}
}

// standIn is a feed whose picture stays.
type standIn struct {
	*dream.Still
	closed atomic.Bool
}

func (f *standIn) Rate() float64 { return 10 }
func (f *standIn) Close()        { f.closed.Store(true) }

// feeding is a feed that was opened, together with a net where that is not nil.
func feeding(net *nn.Net) (*standIn, opened) {
	f := &standIn{Still: dream.StillOf("feed", dream.Static(24, 16, 1))}
	return f, opened{start: f.Still, feed: f, net: net, id: record.Net{Name: "dot"}}
}

// TestFeedWithNet opens feeds and pictures together with nets, and a saved dream in place of a feed: each has its own motion,
// what fails changes nothing, and every feed is closed.
func TestFeedWithNet(t *testing.T) {
	var broken atomic.Bool
	s := headless(t, func(c *Config) {
		open := c.Open
		c.Open = func(net *nn.Net) (nn.Engine, error) {
			if broken.Load() {
				return nil, errors.New("test: no engine")
			}
			return open(net)
		}
	})
	s.dreaming(t)
	s.change(func(w *dream.Settings) { w.Zoom = 0.25 })
	settle := func(what string, zoom float64, of feed) {
		t.Helper()
		s.until(t, what, func() bool { return !s.opening && s.shown.Frame != nil && s.shown.of == s.session.latest() })
		s.tend(false)
		if s.want.Zoom != zoom || s.feedOf() != of {
			t.Errorf("%s: it zooms by %g, want %g, on %v", what, s.want.Zoom, zoom, s.feedOf())
		}
	}
	closes := func(f *standIn) { t.Helper(); s.until(t, "the feed is closed", f.closed.Load) }
	picture := opened{start: s.madeStart("clouds", 3), net: dot(), id: record.Net{Name: "dot"}}

	first, o := feeding(dot())
	s.dreamOn(o)
	settle("a feed and a net came", 0, first)
	s.dreamOn(opened{start: s.madeStart("clouds", 1)})
	settle("clouds came", 0.25, nil)
	closes(first)

	broken.Store(true)
	failed, o := feeding(dot())
	s.dreamOn(o)
	settle("a feed and a net failed", 0.25, nil)
	closes(failed)
	broken.Store(false)

	second, o := feeding(nil)
	s.dreamOn(o)
	settle("a feed came", 0, second)
	broken.Store(true)
	s.dreamOn(picture)
	settle("a picture and a net failed", 0, second)
	s.dreamOn(opened{net: dot(), id: record.Net{Name: "dot"}})
	settle("a net failed", 0, second)
	if second.closed.Load() {
		t.Error("the feed that is dreamed on is closed")
	}
	broken.Store(false)
	s.dreamOn(picture)
	settle("a picture and a net came", 0.25, nil)
	closes(second)

	third, o := feeding(nil)
	s.dreamOn(o)
	settle("a feed came again", 0, third)
	saved := s.shown.recipe()
	saved.Changes[len(saved.Changes)-1].Settings.Zoom = 0.5
	s.dreamOn(opened{start: dream.StillOf("saved", dream.Static(24, 16, 2)), recipe: &saved})
	settle("a saved dream came", 0.5, nil)
	closes(third)
	s.dreamOn(opened{start: s.madeStart("clouds", 2)})
	settle("clouds came again", 0.5, nil)
}

// TestCloseWhileFeedOpens closes the window while a feed and a net are being opened.
func TestCloseWhileFeedOpens(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	f, o := feeding(dot())
	s.dreamOn(o)
	s.closing, s.closed = true, time.Now()
	s.until(t, "the feed is closed", f.closed.Load)
}

// TestStudioStreams sends the dream to a file, and counts; without an address it says what to do.
func TestStudioStreams(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	s := headless(t, nil)
	s.dreaming(t)
	s.toggleStream()
	s.until(t, "it is told to type an address", func() bool { return s.told("type where") })
	s.streaming.to = filepath.Join(t.TempDir(), "live.ts")
	s.toggleStream()
	s.tend(false)
	s.until(t, "pictures are sent", func() bool { _, sent, _ := s.streaming.out.State(); return sent > 10 })
	if text := s.status(); !strings.Contains(text, "sent") || !strings.Contains(text, "dropped") {
		t.Errorf("the status line is %q", text)
	}
	s.toggleStream()
	s.until(t, "the file is whole", func() bool { return s.files.Load() == 0 })
	if out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", s.streaming.to).Output(); err != nil || !strings.Contains(string(out), "video") {
		t.Errorf("the file has %q: %v", out, err)
	}
}
