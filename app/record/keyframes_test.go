package record

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/dream"
)

func keyframesOf(t *testing.T, text string) (*Keyframes, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return ReadKeyframes(path)
}

// TestKeysWritten has numbers go from one key that names them to the next, and texts stay until the next one.
func TestKeysWritten(t *testing.T) {
	k, err := keyframesOf(t, "[[key]]\ntime = 1\nzalgo = 2\nlayer = \"a\"\n[[key]]\ntime = 2.0\nzoom = 0.1\n[[key]]\ntime = 5\nzalgo = 10\nsteps = 7\nlayer = \"b\"\n")
	if err != nil {
		t.Fatal(err)
	}
	base := dream.Defaults()
	base.Width, base.Step = 640, 3
	if err := k.Over(base, nil, 25, func(s *dream.Settings) { s.Gate = .5 }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at, zalgo, zoom, steps float64
		layer                  string
	}{{0, 2, .1, 7, "a"}, {1, 2, .1, 7, "a"}, {2, 4, .1, 7, "a"}, {3, 6, .1, 7, "a:0.65,b:0.35"}, {5, 10, .1, 7, "b"}, {99, 10, .1, 7, "b"}} {
		s := k.At(c.at)
		if math.Abs(s.Zalgo-c.zalgo) > 1e-6 || s.Zoom != c.zoom || s.Steps != c.steps || s.Layer != c.layer || s.Width != 640 || s.Step != 3 || s.Gate != .5 {
			t.Errorf("at %g zalgo is %g, zoom %g, steps %g, layer %q", c.at, s.Zalgo, s.Zoom, s.Steps, s.Layer)
		}
	}
}

// TestKeysAtOnce cuts hard, between keys of one time.
func TestKeysAtOnce(t *testing.T) {
	k, err := keyframesOf(t, "[[key]]\ntime = 1\nzoom = 0.1\n[[key]]\ntime = 1\nzalgo = 3\n[[key]]\ntime = 1\nzoom = 0.2\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Over(dream.Defaults(), nil, 25, func(*dream.Settings) {}); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[float64]float64{0.5: 0.1, 1: 0.2, 1.5: 0.2} {
		if got := k.At(at).Zoom; got != want {
			t.Errorf("at %g the zoom is %g, want %g", at, got, want)
		}
	}
	if err := k.Each(func(_ float64, s dream.Settings) error { return s.Check() }); err != nil {
		t.Error(err)
	}
}

// TestKeysRecorded has knobs stand as in a recording at the same time, and as much move in a second.
func TestKeysRecorded(t *testing.T) {
	r := example(0)
	r.From, r.FPS, r.Frames = 10, 5, 30
	s := r.Changes[0].Settings
	s.Zoom, s.Pace = .2, .5
	r.Changes[0].Settings = s
	for _, frame := range []int{5, 20, 20, 35} {
		s.Step += .25
		r.Changes = append(r.Changes, Change{int64(50 * frame), frame, s})
	}
	k, err := keyframesOf(t, r.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Over(dream.Defaults(), nil, 25, func(*dream.Settings) {}); err != nil {
		t.Fatal(err)
	}
	first := r.Changes[0].Settings.Step
	for at, step := range map[float64]float64{0: first + .25, 1.96: first + .25, 2: first + .75, 4.96: first + .75, 5: first + 1, 60: first + 1} {
		if s := k.At(at); s.Step != step || s.Pace != .1 || s.Zoom != .2 {
			t.Errorf("at %g step is %g, want %g; the pace is %g", at, s.Step, step, s.Pace)
		}
	}
}

// TestKeysRefused says in one line what is wrong.
func TestKeysRefused(t *testing.T) {
	older := example(0)
	older.Changes = append(older.Changes, Change{At: 1 << 20, Settings: older.Changes[0].Settings})
	older.Changes[1].Settings.Step++
	picture := example(0)
	picture.FPS = 0
	for text, say := range map[string]string{
		"":                                       "there are none",
		"x =":                                    "neither",
		"[[key]]\nzoom = 1\n":                    "key 1 has no time",
		"[[key]]\ntime = -1\n":                   "time of -1",
		"[[key]]\ntime = 2\n[[key]]\ntime = 1\n": "order",
		older.Encode():                           "older version",
		picture.Encode():                         "single picture",
	} {
		if _, err := keyframesOf(t, text); err == nil || !strings.Contains(err.Error(), say) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: %v, which says nothing of %q", text, err, say)
		}
	}
	for _, table := range []string{"zoom = 7", "zoom = \"x\"", "nonesuch = 1", "bend = \"x\""} {
		k, err := keyframesOf(t, "[[key]]\ntime = 3\n"+table+"\n")
		if err == nil {
			err = k.Over(dream.Defaults(), nil, 25, func(*dream.Settings) {})
		}
		if err == nil || !strings.Contains(err.Error(), "3 seconds") {
			t.Errorf("%s: %v", table, err)
		}
	}
	if _, err := ReadKeyframes(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there is read")
	}
}
