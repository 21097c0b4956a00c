package app

import (
	"bytes"
	"context"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zalgoscope/app/record"
	"zalgoscope/app/toolstest"
	"zalgoscope/nn/enginetest"
)

// full is a recorder whose disk is full.
type full struct{}

func (full) Add(*image.RGBA) error { return syscall.ENOSPC }
func (full) Close() error          { return syscall.ENOSPC }

// TestKeepInput records what comes by itself together with its pictures, from which the recipe makes the very frames again;
// without them it says that it cannot.
func TestKeepInput(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
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
		e, err := openSmall(net)
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
	r, err := record.ReadRecipe(path)
	if err != nil || !r.Start.Kept || len(r.Start.SHA256) != 64 || r.Start.Pictures <= r.Frames {
		t.Errorf("of %d frames the recipe begins with %+v: %v", r.Frames, r.Start, err)
	}
	input := strings.TrimSuffix(path, ".apng") + "-input.mkv"
	whole, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"encoded anew": {"-i", "old.mkv", "-c:v", "ffv1", "-g", "1"},
		"cut off":      {"-i", "old.mkv", "-c", "copy", "-frames:v", "3"},
		"another one":  {"-f", "lavfi", "-i", "testsrc=s=48x32:r=30", "-c:v", "ffv1", "-frames:v", "900"},
	} {
		cmd := exec.Command("ffmpeg", append(append([]string{"-v", "error", "-y"}, args...), input)...)
		cmd.Dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(cmd.Dir, "old.mkv"), whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if _, err := replay(path); err == nil || !strings.Contains(err.Error(), "changed since") {
			t.Errorf("of an input that is %s: %v", name, err)
		}
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

	// The disk is full soon.
	s.recorder.keep = true
	s.toggleRecord()
	s.until(t, "it records", func() bool { return s.recorder.take != nil })
	k := s.recorder.take.input
	path = s.recorder.take.path
	s.until(t, "there are frames", func() bool { n, _ := s.recorder.take.writer.Progress(); return n >= 2 })
	k.mu.Lock()
	roomy := k.writer
	k.writer = record.Background(full{}, 1)
	k.mu.Unlock()
	if err := roomy.Close(); err != nil {
		t.Error(err)
	}
	s.until(t, "it ends by itself and says why", func() bool {
		return s.recorder.take == nil && s.files.Load() == 0 && len(s.recorder.jobs) == 0 && s.told("could not be kept") && s.told(syscall.ENOSPC.Error())
	})
	if _, err := replay(path); err == nil || !strings.Contains(err.Error(), "cannot be made again") {
		t.Errorf("what could not be kept is made again: %v", err)
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
