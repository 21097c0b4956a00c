package sound

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zalgoscope/app/toolstest"
)

// scored writes a song as a file and hears it.
func scored(t *testing.T, name string, s []float32) (*Score, error) {
	t.Helper()
	toolstest.Need(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "song.wav")
	if err := os.WriteFile(path, wav(s), 0o600); err != nil {
		t.Fatal(err)
	}
	if name != "song.wav" {
		out := filepath.Join(filepath.Dir(path), name)
		if said, err := exec.Command("ffmpeg", "-v", "error", "-i", path, out).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		path = out
	}
	return ReadScore(path, RangeLow, RangeHigh)
}

// The beats of a whole song are found from its first on, within a frame of 30 a second, in whatever format it is.
func TestScore(t *testing.T) {
	names := []string{"song.mp3", "song.wav", "song.flac"}
	if testing.Short() {
		names = names[:1]
	}
	for _, name := range names {
		bpm, first := 110.0, 0.4
		s, err := scored(t, name, song(16, clicks(60/bpm, first)))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Length(); math.Abs(got-16) > 0.1 {
			t.Errorf("%s: %.2f s long", name, got)
		}
		want := int((16 - first) / (60 / bpm))
		if n := len(s.Beats()); n < want-1 || n > want+2 {
			t.Errorf("%s: %d beats, want %d", name, n, want)
		}
		for _, at := range s.Beats() {
			beat := (at - first) / (60 / bpm)
			if off := (beat - math.Round(beat)) * 60 / bpm; math.Abs(off) > 1.0/30 {
				t.Errorf("%s: the beat at %.3f s is %.0f ms off", name, at, 1000*off)
			}
		}
		if h := s.Between(first, first+0.1); h.Onset != 1 || h.Levels[1] < 0.5 {
			t.Errorf("%s: at the first click it hears %+v", name, h)
		}
	}
}

// What is no music is one line.
func TestNoScore(t *testing.T) {
	if _, err := scored(t, "song.wav", nil); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("an empty song: %v", err)
	}
	path := filepath.Join(t.TempDir(), "song.mp3")
	if err := os.WriteFile(path, []byte("no music"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadScore("/dev/zero", RangeLow, RangeHigh); runtime.GOOS == "linux" && (err == nil || !strings.Contains(err.Error(), "is a device")) {
		t.Errorf("a device: %v", err)
	}
	for _, p := range []string{path, path + ".missing"} {
		if _, err := ReadScore(p, RangeLow, RangeHigh); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", p, err)
		}
	}
	s, err := scored(t, "song.wav", song(5, func(t float64) float64 { return 0.3 * math.Sin(2*math.Pi*440*t) }))
	if err != nil || len(s.Beats()) != 0 {
		t.Errorf("a tone has %d beats, %v", len(s.Beats()), err)
	}
}

// A film's beat and what begins rise three times in a second at most, however fast the music is.
func TestScorePulse(t *testing.T) {
	levels := map[string]func(Heard) float64{"the beat": func(h Heard) float64 { return h.Pulse }, "what begins": func(h Heard) float64 { return h.Onset }}
	all := []float64{185, 120, 178, 500}
	if testing.Short() {
		all = all[:1]
	}
	for _, bpm := range all {
		s := &Score{}
		var raw bytes.Buffer
		if err := binary.Write(&raw, binary.LittleEndian, song(20, clicks(60/bpm, 0.2))); err != nil {
			t.Fatal(err)
		}
		if err := s.read(New(), &raw); err != nil {
			t.Fatal(err)
		}
		for name, of := range levels {
			var rose []float64
			last := 0.0
			const fps = 30
			for n := range int(s.Length() * fps) {
				level := of(s.Between(float64(n)/fps, float64(n+1)/fps))
				if level > last {
					rose = append(rose, float64(n)/fps)
				}
				last = level
			}
			if len(rose) < 15 && (bpm < 500 || name != "the beat") {
				t.Errorf("at %g a minute %s rises %d times in 20 s", bpm, name, len(rose))
			}
			for i := 3; i < len(rose); i++ {
				if rose[i]-rose[i-3] < 1 {
					t.Errorf("at %g a minute %s rises at %.2f s", bpm, name, rose[i-3:i+1])
					break
				}
			}
		}
	}
}
