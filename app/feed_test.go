package app

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/ffmpeg"
)

// TestFeeds plays a film that was dropped, then a source that stands for a camera, and goes back to a picture that is made:
// what moved before moves again.
func TestFeeds(t *testing.T) {
	if ffmpeg.Check() != nil {
		t.Skip("there is no ffmpeg")
	}
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

// TestStudioStreams sends the dream to a file, and counts; without an address it says what to do.
func TestStudioStreams(t *testing.T) {
	if ffmpeg.Check() != nil {
		t.Skip("there is no ffmpeg")
	}
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
