package app

import (
	"bytes"
	"context"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/app/record"
	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestKeepInput records what comes by itself together with its pictures, from which the recipe makes the very frames again;
// without them it says that it cannot.
func TestKeepInput(t *testing.T) {
	if ffmpeg.Check() != nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatal("make test installs ffmpeg")
		}
		t.Skip("there is no ffmpeg")
	}
	s := headless(t, nil)
	s.dreaming(t)
	s.openInput("lavfi:testsrc2=s=48x32:r=30")
	s.until(t, "the source is dreamed", func() bool { return s.shown.of.feed != nil && s.shown.Number > 3 })
	s.tend(false)
	feed := s.feedOf()
	s.recorder.kind = ".apng"
	recorded := func(keep bool) string {
		s.recorder.keep = keep
		s.toggleRecord()
		s.until(t, "it records", func() bool { return s.recorder.take != nil })
		path := s.recorder.take.path
		s.until(t, "there are frames", func() bool { _, n := s.recorder.take.writer.Progress(); return n >= 6 })
		s.toggleRecord()
		s.until(t, "the files are whole", func() bool { return s.files.Load() == 0 && len(s.recorder.jobs) == 0 })
		s.tend(false)
		if s.feedOf() != feed {
			t.Fatal("the input is another one")
		}
		return path
	}
	replay := func(path string) (pix []byte, err error) {
		r, err := record.ReadRecipe(path)
		if err != nil {
			t.Fatal(err)
		}
		net := enginetest.Small()
		e, err := nn.NewReference(net)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		err = record.Replay(context.Background(), r, net, e, record.ReplayOptions{Find: record.Find(filepath.Dir(path))}, func(m *image.RGBA) error {
			pix = append(pix, m.Pix...)
			return nil
		}, nil)
		return pix, err
	}
	path := recorded(true)
	want, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := replay(path); err != nil || !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("made again it has %d bytes, and had %d: %v", len(got), len(want), err)
	}
	if err := os.Remove(strings.TrimSuffix(path, ".apng") + "-input.mkv"); err != nil {
		t.Error(err)
	}
	if _, err := replay(path); err == nil || !strings.Contains(err.Error(), "-input.mkv") {
		t.Errorf("without its input: %v", err)
	}
	if _, err := replay(recorded(false)); err == nil || !strings.Contains(err.Error(), "cannot be made again") {
		t.Errorf("what was not kept is made again: %v", err)
	}

	// Another input begins while the file is opened.
	s.recorder.keep = true
	s.toggleRecord()
	s.makeInput("static")
	s.until(t, "static is dreamed, and nothing is written", func() bool {
		return s.feedOf() == nil && !s.recorder.starting && s.files.Load() == 0 && len(s.recorder.jobs) == 0
	})
	if r := s.session.latest().log.Recipe(); r.Start.Name != "static" || s.recorder.take != nil {
		t.Errorf("the recipe of static begins with %+v", r.Start)
	}
}
