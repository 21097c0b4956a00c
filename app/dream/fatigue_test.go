package dream

import (
	"bytes"
	"image"
	"maps"
	"math"
	"slices"
	"testing"

	"zalgoscope/nn"
)

// tired is a live dream of few steps that everything of the endless dream is on in.
func tired() Settings {
	s := Live()
	s.Layer, s.Steps, s.Octaves, s.Jitter = "3a/output", 2, 2, 4
	s.Fatigue, s.Even, s.Depth = 1, 0.5, 0.5
	return s
}

// A frame that fails in its middle leaves nothing behind: not in the picture, nor in what is remembered, nor in
// where the picture lies.
func TestFatigueOfAFailedFrameIsUndone(t *testing.T) {
	net, e := engine(t)
	start := Clouds(40, 32, 3)
	calm := begin(t, start, 3)
	const each = 4 // steps a frame
	broken := &failing{Engine: e, after: 2*each + 3}
	d, err := New(net, broken, StillOf("", start), Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Release)
	failed := 0
	for n := range 4 {
		want, err := calm.Frame(Fixed(tired()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Frame(Fixed(tired()))
		if err != nil {
			failed++
			got, err = d.Frame(Fixed(tired()))
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Image.Pix, want.Image.Pix) || !maps.EqualFunc(got.Memory, want.Memory, slices.Equal) || got.Offset != want.Offset {
			t.Errorf("frame %d differs from that of a dream without a failure", n+1)
		}
	}
	if failed != 1 {
		t.Errorf("%d frames failed, want 1", failed)
	}
}

// A dream that goes on on another engine remembers what it did: without that its channels would all be fresh.
func TestFatigueMovesWithTheDream(t *testing.T) {
	start := Clouds(40, 32, 7)
	const each = 4
	d, calm := mortalDream(t, start, 3*each+1), mortalDream(t, start, math.MaxInt)
	moved := false
	d.OnMove(func(*nn.Moved) { moved = true })
	var got, want *Frame
	for range 5 {
		got, want = next(t, d), next(t, calm)
	}
	if !moved {
		t.Fatal("the dream did not move")
	}
	if e := apart(got.Memory["3a/output"], want.Memory["3a/output"]); e > 0.05 {
		t.Errorf("what is remembered after the move is %.2g apart from that without it, want at most 0.05", e)
	}
}

// A dream that begins with what another one remembered goes on as that one.
func TestFatigueGoesOn(t *testing.T) {
	d := begin(t, Clouds(40, 32, 7), 3)
	var last *Frame
	for range 6 {
		last = next(t, d)
	}
	fresh := begin(t, last.Image, 3)
	net, e := engine(t)
	resumed, err := New(net, e, StillOf("", last.Image), Options{Seed: 3, Memory: last.Memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(resumed.Release)
	want := last.Memory["3a/output"]
	near, far := apart(next(t, resumed).Memory["3a/output"], want), apart(next(t, fresh).Memory["3a/output"], want)
	if near > 0.1 || far < 2*near {
		t.Errorf("a frame later what is remembered is %.2g apart, and %.2g where nothing was brought along", near, far)
	}
}

// Without fatigue the memory is left alone, and with it each dreamed layer has one.
func TestFatigueIsRememberedByLayer(t *testing.T) {
	d := begin(t, Clouds(40, 32, 7), 3)
	s := tired()
	s.Fatigue, s.Even = 0, 0
	for _, c := range []struct {
		fatigue float64
		layer   string
		want    []string
	}{{0, "3a/output", nil}, {1, "3a/output", []string{"3a/output"}}, {1, "3a/output:0.5,4a/output:0.5", []string{"3a/output", "4a/output"}}, {0, "4a/output", []string{"3a/output", "4a/output"}}} {
		s.Fatigue, s.Layer = c.fatigue, c.layer
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(f.Memory)); !slices.Equal(got, c.want) {
			t.Errorf("fatigue %g of %s: remembers %q, want %q", c.fatigue, c.layer, got, c.want)
		}
	}
}

// Static keeps its strength at whatever size it is dreamed, where scaled it would be grey.
func TestStaticAtEverySize(t *testing.T) {
	start := Make("static", 160, 120, 1)
	spread := func(in Input) float32 {
		net, e := engine(t)
		d, err := New(net, e, in, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.Release)
		s := quick()
		s.Width, s.Height, s.Octaves, s.Step = 90, 68, 3, 0
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		return nn.ToneOf(f.Image).Spread[0]
	}
	want := nn.ToneOf(Static(90, 68, 1)).Spread[0]
	if got := spread(start); math.Abs(float64(got-want)) > 0.05*float64(want) {
		t.Errorf("static at 90x68 has a spread of %.3g, want %.3g", got, want)
	}
	if scaled := spread(start.Scaled()); scaled > 0.8*want {
		t.Errorf("scaled static has a spread of %.3g: nothing is shown by this test", scaled)
	}
}

func next(t *testing.T, d *Dream) *Frame {
	t.Helper()
	f, err := d.Frame(Fixed(tired()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// apart is the relative distance of two lists of numbers.
func apart(a, b []float32) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return math.Inf(1)
	}
	diff, norm := 0.0, 0.0
	for i, v := range a {
		diff += float64(v-b[i]) * float64(v-b[i])
		norm += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(diff / norm)
}

// A layer that is dreamed no more leaves the device, but is remembered, so that a dream which comes back to it goes on.
func TestFatigueRests(t *testing.T) {
	d := begin(t, Clouds(40, 32, 7), 3)
	s := tired()
	var at3a []float32
	for i, layer := range []string{"3a/output", "4a/output", "4a/output", "4a/output", "3a/output"} {
		s.Layer = layer
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		switch i {
		case 0:
			at3a = f.Memory["3a/output"]
		case 3:
			if d.fatigue.held["3a/output"] != nil || d.fatigue.held["4a/output"] == nil {
				t.Errorf("held: %v, want only the layer that is dreamed", slices.Sorted(maps.Keys(d.fatigue.held)))
			}
			if !slices.Equal(f.Memory["3a/output"], at3a) {
				t.Error("what was remembered of a layer changed while it rested")
			}
		case 4:
			if e := apart(f.Memory["3a/output"], at3a); e == 0 || e > 0.5 {
				t.Errorf("the layer's memory is %.2g apart from that before it rested", e)
			}
		}
	}
}

// Walking through ever more layers does not grow what is remembered for ever.
func TestFatigueIsBounded(t *testing.T) {
	var f fatigue
	f.values = Memory{}
	for i := range 200 {
		f.values[string(rune('a'+i%26))+string(rune('a'+i/26))] = make([]float32, 1000)
	}
	f.rest(nil)
	kept := 0
	for _, v := range f.values {
		kept += len(v)
	}
	if kept > mostRemembered || kept < mostRemembered-1000 {
		t.Errorf("%d values are kept, want up to %d", kept, mostRemembered)
	}
}

// The start picture that is blended in, and a canvas of another size, lie where the frame lies: seen in its place nothing moves.
func TestOffsetStaysInPlace(t *testing.T) {
	start := smooth(64, 48)
	s := tired()
	s.Step, s.Zoom, s.Hold, s.Drift, s.Fatigue, s.Even, s.Depth = 0, 1e-6, 0, 0, 0, 0, 0
	s.Steps, s.Octaves = 1, 1 // which change nothing
	off := func(m *image.RGBA) float64 {
		in := nn.Resize(m.Rect.Dx(), m.Rect.Dy(), 64, 48)
		sum, n := 0.0, 0
		for y := 4; y < m.Rect.Dy()-4; y++ {
			for x := 4; x < m.Rect.Dx()-4; x++ {
				sum += math.Abs(float64(m.Pix[m.PixOffset(x, y)]) - slopes(in.A*float64(x), in.E*float64(y)))
				n++
			}
		}
		return sum / float64(n)
	}
	for _, c := range []struct {
		name  string
		blend float64
		side  float64
	}{{"blend", 1, 64}, {"another size", 0, 256}} {
		d := begin(t, start, 3)
		for n := range 6 {
			s.Blend, s.Width, s.Height = c.blend, 64, 48
			if n > 2 {
				s.Width, s.Height = c.side, c.side*3/4
			}
			f, err := d.Frame(Fixed(s))
			if err != nil {
				t.Fatal(err)
			}
			if e := off(f.Picture()); e > 1.2 {
				t.Errorf("%s: frame %d is %.2f of 255 off, offset %v", c.name, n+1, e, f.Offset)
			}
		}
	}
}

func slopes(x, y float64) float64 { return 128 + 100*math.Sin(x/4)*math.Cos(y/5) }

// smooth is a picture of steep slopes and no edges, on which a shift by part of a pixel shows.
func smooth(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(slopes(float64(x), float64(y)))
			copy(m.Pix[m.PixOffset(x, y):], []uint8{v, v, v, 255})
		}
	}
	return m
}
