package capture

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/app/toolstest"
)

// TestLiveComesBack has a source that ends, as when it is unplugged: the last picture stays, a note tells of it, and it is
// taken up again.
func TestLiveComesBack(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	notes := make(chan string, 16)
	l, err := OpenLive("lavfi:testsrc=s=64x48:r=30:d=0.3", 32, func(s string) { notes <- s })
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if l.Image().Rect.Size() != image.Pt(32, 24) {
		t.Errorf("its pictures are %v", l.Image().Rect)
	}
	a, _ := l.Picture(0)
	if b, _ := l.Picture(0); a != b || a == nil {
		t.Error("a frame asked for again is another one")
	}
	for _, want := range []string{"is gone", "is back", "is gone"} {
		select {
		case got := <-notes:
			if !strings.Contains(got, want) {
				t.Fatalf("the note is %q, want %q", got, want)
			}
			if m, err := l.Picture(1); m == nil || err != nil {
				t.Errorf("after %q there is no picture: %v", got, err)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no note says that it %s", want)
		}
	}
}

// TestLiveCloses closes a source that is to be tried again only in an hour.
func TestLiveCloses(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	usual := retryFirst
	retryFirst = time.Hour
	defer func() { retryFirst = usual }()
	notes := make(chan string, 16)
	l, err := OpenLive("lavfi:testsrc=s=64x48:r=30:d=0.3", 32, func(s string) { notes <- s })
	if err != nil {
		t.Fatal(err)
	}
	<-notes
	toolstest.Ends(t, "closing a source that is gone", func() { l.Close() })
}

// TestReason has a note tell why a source went once, in plain words, whose name it begins with.
func TestReason(t *testing.T) {
	toolstest.Need(t, "sh")
	s := Source{Name: "cam"}
	for script, want := range map[string]string{"kill -9 $$": "it ended", "exit 255": "it ended", "echo no signal >&2; exit 1": "ffmpeg: no signal (exit status 1)"} {
		cmd := exec.Command("sh", "-c", script)
		var stderr ffmpeg.Tail
		cmd.Stderr = &stderr
		err := fmt.Errorf("capture: %s: %w", s.Name, ffmpeg.Complaint(cmd.Run(), stderr.String()))
		if got := s.reason(err); got != want {
			t.Errorf("%s: the reason is %q, want %q", script, got, want)
		}
	}
}

// TestNoLive says in one line why nothing can be opened.
func TestNoLive(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	for spec, say := range map[string]string{"lavfi:nonesuch": "nonesuch", "camera:none such": "no camera", "screen": "no screen", "rtmp://127.0.0.1:1/x": "rtmp"} {
		l, err := OpenLive(spec, 64, func(string) {})
		if err == nil {
			l.Close()
			t.Errorf("%s was opened", spec)
		} else if text := err.Error(); !strings.Contains(text, say) || strings.Contains(text, "\n") {
			t.Errorf("%s: %q says nothing of %q", spec, text, say)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := OpenLive("lavfi:testsrc", 64, func(string) {}); err == nil || !strings.Contains(err.Error(), "install") {
		t.Errorf("without ffmpeg: %v", err)
	}
}

// TestPlayer plays a film by the clock, over and over, goes where it is told, and stands still.
func TestPlayer(t *testing.T) {
	path := made(t, "film.mkv", "-f", "lavfi", "-i", "color=black:s=32x24:r=20:d=1,format=gray,geq=lum='N*10'", "-c:v", "ffv1")
	p, err := Play(path, 32, func(s string) { t.Log(s) })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	level := func() int { return int(p.Image().RGBAAt(16, 12).R) }
	seen := map[int]bool{}
	toolstest.Until(t, "its end and its beginning again come", func() bool {
		seen[level()] = true
		return len(seen) >= 10 && level() < 60
	})
	p.Pause(true)
	p.Seek(.5)
	toolstest.Until(t, "half a second shows", func() bool { return level() >= 90 && level() <= 110 })
	at := p.At()
	time.Sleep(100 * time.Millisecond)
	if p.At() != at || level() > 110 {
		t.Error("it does not stand still")
	}
	p.SetLoop(false)
	p.Pause(false)
	toolstest.Until(t, "its end comes", func() bool { return level() >= 180 })
	time.Sleep(200 * time.Millisecond)
	if level() < 180 {
		t.Error("it begins anew though it is not to")
	}
}

// TestPlayedFilmGoes deletes a film that plays over and over, and then ffmpeg: it says so once each time, and its last
// picture stays.
func TestPlayedFilmGoes(t *testing.T) {
	path := made(t, "film.mkv", "-f", "lavfi", "-i", "testsrc=s=32x24:r=20:d=0.3", "-c:v", "ffv1")
	notes := make(chan string, 1<<10)
	p, err := Play(path, 32, func(s string) { notes <- s })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	told := func(after, part string) {
		select {
		case got := <-notes:
			if !strings.Contains(got, part) {
				t.Errorf("after %s the note is %q", after, got)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("after %s there is no note", after)
		}
		time.Sleep(400 * time.Millisecond)
		if len(notes) > 0 || p.Loop() || p.Image() == nil {
			t.Errorf("after %s there are %d more notes, and it loops: %v", after, len(notes), p.Loop())
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	told("the film went", "cannot be read again")
	p.SetLoop(true)
	told("it is to play again", "cannot be read again")
	t.Setenv("PATH", t.TempDir())
	p.Seek(0.1)
	told("ffmpeg went", "ffmpeg")
	p.Seek(0)
	told("ffmpeg went and it was to begin anew", "cannot be read again")
}

// TestSlides fades from picture to picture of a folder.
func TestSlides(t *testing.T) {
	dir := t.TempDir()
	for i, c := range []color.RGBA{{R: 255, A: 255}, {B: 255, A: 255}} {
		m := image.NewRGBA(image.Rect(0, 0, 20+4*i, 16))
		for y := range 16 {
			for x := range m.Rect.Dx() {
				m.SetRGBA(x, y, c)
			}
		}
		f, err := os.Create(filepath.Join(dir, string('a'+rune(i))+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if err := os.WriteFile(filepath.Join(dir, "0.png"), []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := OpenSlides(dir, 64, 10*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mixed := false
	toolstest.Until(t, "the second picture comes", func() bool {
		c := s.Image().RGBAAt(8, 8)
		mixed = mixed || c.R > 50 && c.B > 50
		return c.B == 255 && s.Image().Rect.Dx() == 20
	})
	if !mixed {
		t.Error("it does not fade")
	}
	if _, err := OpenSlides(t.TempDir(), 64, time.Second); err == nil {
		t.Error("an empty folder is shown")
	}
}
