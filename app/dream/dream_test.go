package dream

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

func engine(t *testing.T) (*nn.Net, nn.Engine) {
	t.Helper()
	net := enginetest.Small()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	return net, e
}

func begin(t *testing.T, start *image.RGBA, seed uint64) *Dream {
	t.Helper()
	net, e := engine(t)
	d, err := New(net, e, StillOf("", start), Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Release)
	return d
}

// dreamed is the picture after n frames.
func dreamed(t *testing.T, d *Dream, at Source, n int) *image.RGBA {
	t.Helper()
	for range n {
		if _, err := d.Frame(at); err != nil {
			t.Fatal(err)
		}
	}
	return d.Image()
}

func quick() Settings {
	s := Defaults()
	s.Layer, s.Steps, s.Octaves, s.Jitter = "3a/output", 2, 2, 4
	return s
}

func TestSameSeedSameBytes(t *testing.T) {
	start := Static(40, 30, 1)
	s := quick()
	s.Rotate, s.Drift, s.Blend = 3, 0.2, 0.1
	a := dreamed(t, begin(t, start, 5), Fixed(s), 3)
	d := begin(t, start, 5)
	b := dreamed(t, d, Fixed(s), 3)
	if !bytes.Equal(a.Pix, b.Pix) {
		t.Error("two dreams of one seed differ")
	}
	if err := d.Begin(StillOf("", start), Options{Seed: 5}); err != nil {
		t.Fatal(err)
	}
	if again := dreamed(t, d, Fixed(s), 3); !bytes.Equal(a.Pix, again.Pix) {
		t.Error("a dream begun again differs")
	}
	if c := dreamed(t, begin(t, start, 6), Fixed(s), 3); bytes.Equal(a.Pix, c.Pix) {
		t.Error("two seeds give the same dream")
	}
}

// A source that repeats the changes that OnChange reported repeats the dream.
func TestChangesReplay(t *testing.T) {
	start := Clouds(36, 28, 2)
	type change struct {
		tick int64
		s    Settings
	}
	var log []change
	rng := rand.New(rand.NewPCG(9, 9))
	s := quick()
	d := begin(t, start, 1)
	d.OnChange(func(n int64, _ int, s Settings) { log = append(log, change{n, s}) })
	want := dreamed(t, d, func(n int64) (Settings, error) {
		if n%3 == 2 {
			s.Step = 1 + rng.Float64()
			s.Layer = []string{"3a/output", "conv2:0.5,3a/output:0.5"}[rng.IntN(2)]
			s.Width, s.Height = 30+math.Trunc(9*rng.Float64()), 28
		}
		return s, nil
	}, 4)
	if len(log) < 4 {
		t.Fatalf("only %d changes reported", len(log))
	}
	got := dreamed(t, begin(t, start, 1), func(n int64) (Settings, error) {
		for len(log) > 1 && log[1].tick <= n {
			log = log[1:]
		}
		return log[0].s, nil
	}, 4)
	if !got.Rect.Eq(want.Rect) || !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the replay differs")
	}
}

// Feedback shows no border: what zooms out of a white picture is white.
func TestNoBorders(t *testing.T) {
	white := image.NewRGBA(image.Rect(0, 0, 33, 21))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	s := quick()
	s.Step, s.Hold, s.Zoom, s.Rotate, s.PanX = 0, 0, -0.4, 30, 0.3
	for i, v := range dreamed(t, begin(t, white, 1), Fixed(s), 4).Pix {
		if v != 255 {
			t.Fatalf("value %d is %d", i, v)
		}
	}
}

func TestMotion(t *testing.T) {
	still := Settings{CentreX: 0.5, CentreY: 0.5, Pace: 1}
	with := func(f func(*Settings)) Settings {
		s := still
		f(&s)
		return s
	}
	for _, c := range []struct {
		name         string
		s            Settings
		x, y         float64
		wantX, wantY float64
	}{
		{"still", still, 3, 9, 3, 9},
		{"zoom keeps the centre", with(func(s *Settings) { s.Zoom = 0.1 }), 50, 20, 50, 20},
		{"zoom brings the middle outwards", with(func(s *Settings) { s.Zoom = 0.1 }), 100, 40, 95, 38},
		{"zoom out", with(func(s *Settings) { s.Zoom = -0.1 }), 100, 40, 105, 42},
		{"zoom about a corner", with(func(s *Settings) { s.Zoom, s.CentreX, s.CentreY = 0.5, 0, 0 }), 100, 40, 50, 20},
		{"a quarter turn clockwise brings the left to the top", with(func(s *Settings) { s.Rotate = 90 }), 50, 10, 40, 20},
		{"pan moves to the right", with(func(s *Settings) { s.PanX = 0.1 }), 50, 20, 39.9, 20},
		{"half the pace", with(func(s *Settings) { s.Zoom, s.Pace = 0.19, 0.5 }), 100, 40, 95, 38},
	} {
		m := Motion(c.s, 0, 101, 41)
		x, y := m.A*c.x+m.B*c.y+m.C, m.D*c.x+m.E*c.y+m.F
		if math.Abs(x-c.wantX) > 1e-9 || math.Abs(y-c.wantY) > 1e-9 {
			t.Errorf("%s: %g,%g shows %g,%g, want %g,%g", c.name, c.x, c.y, x, y, c.wantX, c.wantY)
		}
	}
}

// Without the hold a strong dream runs into the bounds; with it brightness,
// contrast and colour stay over many frames.
func TestHold(t *testing.T) {
	s := quick()
	s.Step, s.Steps, s.Octaves, s.Zoom, s.Hold = 6, 1, 1, 0.02, 0.5
	d := begin(t, Static(32, 32, 1), 1)
	want := d.tone
	for n := range 60 {
		got := nn.ToneOf(dreamed(t, d, Fixed(s), 1))
		if n < 5 {
			continue
		}
		for k := range got.Mean {
			if math.Abs(float64(got.Mean[k]-want.Mean[k])) > 25 {
				t.Fatalf("frame %d: mean %v, want about %v", n, got.Mean, want.Mean)
			}
			if r := got.Spread[k] / want.Spread[k]; r < 0.6 || r > 1.7 {
				t.Fatalf("frame %d: spread %v, want about %v", n, got.Spread, want.Spread)
			}
		}
	}
}

func TestOctaveSizes(t *testing.T) {
	for _, c := range []struct {
		w, h, n int
		scale   float64
		want    [][2]int
	}{
		{320, 240, 4, 1.4, [][2]int{{320, 240}, {229, 171}, {163, 122}, {117, 87}}},
		{320, 240, 1, 1.4, [][2]int{{320, 240}}},
		{40, 30, 4, 1.4, [][2]int{{40, 30}, {29, 21}}},
		{3, 2, 4, 1.4, [][2]int{{3, 2}}},
	} {
		got := octaveSizes(c.w, c.h, c.n, c.scale)
		if len(got) != len(c.want) {
			t.Errorf("%dx%d: got %v, want %v", c.w, c.h, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%dx%d: got %v, want %v", c.w, c.h, got, c.want)
			}
		}
	}
}

func TestWorkIsWhatIsDone(t *testing.T) {
	d := begin(t, Static(50, 40, 1), 1)
	s := quick()
	dreamed(t, d, Fixed(s), 2)
	if got, want := d.Done(), 2*d.Work(s); got != want {
		t.Errorf("done %d, want %d", got, want)
	}
}

func TestStartPictures(t *testing.T) {
	for _, name := range []string{"static", "clouds"} {
		m := Make(name, 61, 37, 4).Image()
		if !m.Rect.Eq(image.Rect(0, 0, 61, 37)) || m.At(0, 0).(color.RGBA).A != 255 {
			t.Errorf("%s: bounds %v, colour %v", name, m.Rect, m.At(0, 0))
		}
		if !bytes.Equal(m.Pix, Make(name, 61, 37, 4).Image().Pix) {
			t.Errorf("%s: one seed gives two pictures", name)
		}
		if bytes.Equal(m.Pix, Make(name, 61, 37, 5).Image().Pix) {
			t.Errorf("%s: two seeds give one picture", name)
		}
		tone := nn.ToneOf(m)
		if math.Abs(float64(tone.Mean[0])-128) > 20 || tone.Spread[0] < 10 {
			t.Errorf("%s: tone %v", name, tone)
		}
	}
	if Make("photo.jpg", 4, 4, 1) != nil {
		t.Error("a file name made a start picture")
	}
}

// A scene's motion by second, at the nominal pace, is half of it by frame on the command line; two such frames are
// the second that it is in a window, at any rate of dreams there.
func TestNominalPace(t *testing.T) {
	zoom, rotate := 0.04, 20.0
	scene := Settings{Zoom: zoom, Rotate: rotate, PanX: 0.04, CentreX: 0.5, CentreY: 0.5, Pace: NominalPace}
	frame := Settings{Zoom: 0.02, Rotate: rotate / 2, PanX: 0.02, CentreX: 0.5, CentreY: 0.5, Pace: 1}
	same := func(what string, got, want nn.Warp) {
		t.Helper()
		for i, d := range []float64{got.A - want.A, got.B - want.B, got.D - want.D, got.E - want.E} {
			if math.Abs(d) > 1e-3 {
				t.Errorf("%s: part %d of the motion is off by %g", what, i, d)
			}
		}
	}
	same("by frame", Motion(scene, 0, 320, 240), Motion(frame, 0, 320, 240))
	for _, dreams := range []float64{0.5, 5, 12} {
		live := scene
		live.Pace = 1 / dreams
		turn := complex(Motion(live, 0, 320, 240).A, Motion(live, 0, 320, 240).D)
		second := cmplx.Pow(turn, complex(dreams, 0))
		want := cmplx.Rect(1-zoom, -rotate*math.Pi/180)
		if cmplx.Abs(second-want) > 1e-9 {
			t.Errorf("at %g dreams a second, the motion of a second is %v, want %v", dreams, second, want)
		}
	}
}
