package dream

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// bentDream is the picture after three frames of these settings.
func bentDream(t *testing.T, change func(*Settings)) *image.RGBA {
	t.Helper()
	s := quick()
	change(&s)
	return dreamed(t, begin(t, Clouds(40, 32, 1), 1), Fixed(s), 3)
}

// Each knob of bending changes the dream; at rest none leaves a trace.
func TestBendKnobs(t *testing.T) {
	clean := bentDream(t, func(*Settings) {})
	for _, c := range []struct {
		name   string
		change func(*Settings)
		same   bool
	}{
		{"no bend", func(s *Settings) { s.Bend = " " }, true},
		{"a bend that is off", func(s *Settings) { s.Bend = "conv2:invert=1,off" }, true},
		{"zalgo 0", func(s *Settings) { s.Zalgo = 0 }, true},
		{"a modulator of no bend", func(s *Settings) { s.Mod = "bend.1=sine:1:1" }, true},
		{"a bend", func(s *Settings) { s.Bend = "conv2:invert=1" }, false},
		{"a cluster", func(s *Settings) { s.Bend = "conv2:invert=1,channels=cluster:0" }, false},
		{"weights", func(s *Settings) { s.Bend = "conv2:weight-sign=0.5" }, false},
		{"zalgo 1", func(s *Settings) { s.Zalgo = 1 }, false},
		{"a modulated knob", func(s *Settings) { s.Mod = "step=sine:0.3:1" }, false},
	} {
		if same := bytes.Equal(bentDream(t, c.change).Pix, clean.Pix); same != c.same {
			t.Errorf("%s: the same dream as without: %v, want %v", c.name, same, c.same)
		}
	}
}

// A dream with all that changes by itself and by hand is repeated bit for bit by what
// OnChange told, also on the same dream begun anew.
func TestBentDreamRepeats(t *testing.T) {
	type change struct {
		at int64
		s  Settings
	}
	var changes []change
	play := func(tick int64) (Settings, error) {
		s := quick()
		s.Bend = "conv2:feedback=0.5 3a/output:drift=1,channels=random:0.5 conv1:weight-noise=0.5"
		s.Mod = "bend.1=walk:0.4:0.4 bend.2.wet=triangle:0.3:0.5 zoom=sample-hold:1:0.02 zalgo=sine:0.2:3"
		s.Zalgo = 2
		if tick > 4 {
			s.Bend = strings.Replace(s.Bend, "0.5 ", "-0.7 ", 1)
		}
		if tick > 9 {
			s.Bend += " relu1:sample-hold=2"
		}
		return s, nil
	}
	start := Clouds(40, 32, 1)
	d := begin(t, start, 1)
	d.OnChange(func(tick int64, _ int, s Settings) { changes = append(changes, change{tick, s}) })
	want := dreamed(t, d, play, 4)
	if len(changes) != 3 {
		t.Fatalf("%d changes were told, want 3", len(changes))
	}
	replay := func(tick int64) (s Settings, err error) {
		for _, c := range changes {
			if c.at <= tick {
				s = c.s
			}
		}
		return s, nil
	}
	if got := dreamed(t, begin(t, start, 1), replay, 4); !bytes.Equal(got.Pix, want.Pix) {
		t.Error("another dream of the same changes gives another picture")
	}
	d.OnChange(nil)
	if err := d.Begin(StillOf("", start), Options{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	if got := dreamed(t, d, replay, 4); !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the dream begun anew gives another picture")
	}
}

// A dream leaves its engine to others without bends, and takes up its own again.
func TestSharedEngine(t *testing.T) {
	net, e := engine(t)
	start := Clouds(40, 32, 1)
	s := quick()
	plain := dreamed(t, begin(t, start, 1), Fixed(s), 2)
	s.Bend = "conv2:gain=-2"
	alone := dreamed(t, begin(t, start, 1), Fixed(s), 2)

	bent, err := New(net, e, StillOf("", start), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	dreamed(t, bent, Fixed(s), 1)
	other, err := New(net, e, StillOf("", start), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := dreamed(t, other, Fixed(quick()), 2); !bytes.Equal(got.Pix, plain.Pix) {
		t.Error("the bends of one dream show in another")
	}
	if got := dreamed(t, bent, Fixed(s), 1); !bytes.Equal(got.Pix, alone.Pix) {
		t.Error("after another dream the bends are others")
	}
	bent.Release()
	if a, b := probe(t, e), probe(t, mustReference(t, net)); a != b {
		t.Errorf("after the dream the engine scores %g, want the clean net's %g", a, b)
	}
}

func mustReference(t *testing.T, net *nn.Net) nn.Engine {
	t.Helper()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func probe(t *testing.T, e nn.Engine) float32 {
	t.Helper()
	x := nn.DefaultInput().Tensor(Clouds(30, 30, 2))
	_, score, err := e.Gradient(x, nn.Objective{{Layer: "conv2", Channel: nn.AllChannels, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return score
}

// What cannot be bent or modulated is an error of Check that names it.
func TestBendErrors(t *testing.T) {
	d := begin(t, Clouds(40, 32, 1), 1)
	for _, c := range []struct{ bend, mod, want string }{
		{"nowhere:gain=2", "", "nowhere"},
		{"conv2:bogus=2", "", "bogus"},
		{"pool5:weight-sign=1 prob:weight-sign", "", "weights"},
		{"conv2:gain=2,channels=40", "", "channels 0 to 39"},
		{"", "zoom=sine:1", "knob=shape"},
		{"", "zoom=saw:1:1", "shape"},
		{"", "zoom=sine:x:1", "number"},
		{"", "zoom=sine:-1:1", "below 0"},
		{"", "bogus=sine:1:1", "bogus"},
		{"", "width=sine:1:1", "cannot be moved"},
		{"", "class=sine:1:1", "cannot be moved"},
		{"", "bend.0=sine:1:1", "bend.0"},
	} {
		s := quick()
		s.Bend, s.Mod = c.bend, c.mod
		if err := d.Check(s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("bend %q, mod %q: got %v, want an error with %q", c.bend, c.mod, err, c.want)
		}
	}
}

// A burst in the net is counted, and the picture goes on afterwards.
func TestHealing(t *testing.T) {
	d := begin(t, Clouds(40, 32, 1), 1)
	s := quick()
	s.Bend = strings.Repeat("conv2:gain=8 ", 60)
	dreamed(t, d, Fixed(s), 1)
	if d.Healed() == 0 {
		t.Error("8^60 burst nothing")
	}
	burst := d.Healed()
	before := d.Image()
	after := dreamed(t, d, Fixed(quick()), 1)
	if d.Healed() != burst {
		t.Error("without the bends it bursts on")
	}
	if bytes.Equal(before.Pix, after.Pix) {
		t.Error("the dream stands still")
	}
}

// An infinite value in the picture is gone when the next frame is made, was counted, and did no
// harm elsewhere: the same dream without it is near.
func TestHealingPicture(t *testing.T) {
	s := quick()
	s.Hold, s.Zoom, s.Zalgo = 0.3, 0.02, 3
	d, sound := begin(t, Clouds(64, 48, 1), 1), begin(t, Clouds(64, 48, 1), 1)
	dreamed(t, d, Fixed(s), 1)
	dreamed(t, sound, Fixed(s), 1)
	dot := image.NewRGBA(image.Rect(0, 0, 64, 48))
	dot.SetRGBA(20, 10, color.RGBA{255, 255, 255, 255})
	spot, err := d.engine.NewPicture(64, 48)
	if err != nil {
		t.Fatal(err)
	}
	defer spot.Release()
	if err := spot.Write(dot); err != nil {
		t.Fatal(err)
	}
	huge := nn.Term{Canvas: spot, Weight: math.MaxFloat32}
	if err := d.engine.Combine(d.frame, nn.Term{Canvas: d.frame, Weight: 1}, huge, huge); err != nil {
		t.Fatal(err)
	}
	got, want := dreamed(t, d, Fixed(s), 1), dreamed(t, sound, Fixed(s), 1)
	healed := d.Healed()
	if healed == 0 || sound.Healed() != 0 {
		t.Errorf("%d steps were healed, and %d where all was sound", healed, sound.Healed())
	}
	far := 0
	for i, v := range got.Pix {
		if math.Abs(float64(v)-float64(want.Pix[i])) > 30 {
			far++
		}
	}
	if far > len(got.Pix)/20 {
		t.Errorf("one infinite value changed %d of %d values", far, len(got.Pix))
	}
	if dreamed(t, d, Fixed(s), 1); d.Healed() != healed {
		t.Error("it was not healed within a frame")
	}
}

// A sheet has a place for every kind at every layer, and every dream on it differs from the first.
func TestBendSheet(t *testing.T) {
	net, e := engine(t)
	m := Clouds(32, 24, 4)
	s := quick()
	s.Octaves = 1
	last := 0
	sheet, err := BendSheet(net, e, m, s, []string{"conv1", "conv2"}, func(done, total int) error { last = total - done; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if last != 0 {
		t.Errorf("%d dreams were not told of", last)
	}
	cut := func(i, layer int) *image.RGBA {
		at := image.Pt(8+i%4*72+layer*32, 8+i/4*42)
		out := image.NewRGBA(m.Rect)
		for y := range 24 {
			copy(out.Pix[y*out.Stride:][:4*32], sheet.Pix[sheet.PixOffset(at.X, at.Y+y):])
		}
		return out
	}
	for i := range bend.Kinds {
		for layer := range 2 {
			if bytes.Equal(cut(i+1, layer).Pix, cut(0, 0).Pix) {
				t.Errorf("%s at layer %d shows the dream without bends", bend.Kinds[i].Name, layer)
			}
		}
	}
}
