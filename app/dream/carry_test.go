package dream

import (
	"errors"
	"image"
	"io"
	"math"
	"testing"

	"zalgoscope/app/flow"
	"zalgoscope/nn"
	"zalgoscope/nn/failover"
)

// footage is a film of a texture that moves, from which another one is cut to.
type footage struct {
	w, h  int
	speed [2]float64 // pixels a frame
	cut   int        // the frame at which another texture begins; 0 for none
	last  int        // frames; 0 for no end
}

func (f *footage) Rate() float64 { return 25 }

func (f *footage) Identity() Identity {
	return Identity{Name: "footage", Width: f.w, Height: f.h, Rate: f.Rate()}
}
func (f *footage) Sized(w, h int) *image.RGBA { return nil }

func (f *footage) Picture(n int) (*image.RGBA, error) {
	if f.last > 0 && n >= f.last {
		return nil, io.EOF
	}
	phase := 0.0
	if f.cut > 0 && n >= f.cut {
		phase = 1000
	}
	m := image.NewRGBA(image.Rect(0, 0, f.w, f.h))
	for y := range f.h {
		for x := range f.w {
			u, v := float64(x)-f.speed[0]*float64(n)+phase, float64(y)-f.speed[1]*float64(n)
			for c, k := range [3]float64{1, 1.3, .8} {
				a := math.Sin(k*u/4.1+math.Sin(v/7)) + math.Sin(k*v/5.3+math.Sin(u/9)) + math.Sin((u+k*v)/11)
				m.Pix[4*(y*f.w+x)+c] = uint8(128 + 30*a)
			}
			m.Pix[4*(y*f.w+x)+3] = 255
		}
	}
	return m, nil
}

// filmed dreams a film's frames.
func filmed(t *testing.T, in Input, s Settings, net *nn.Net, e nn.Engine, frames int, each func(n int, f *Frame)) {
	t.Helper()
	d, err := New(net, e, in, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Release)
	for n := range frames {
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		each(n, f)
	}
}

func filmSettings() Settings {
	s := quick()
	s.Octaves, s.Zoom, s.Hold, s.Blend, s.Carry, s.Source, s.Gate = 1, 0, 0, 0, 1, 1, 0
	return s
}

// TestFilmShows has a film without steps be itself, whatever is carried, and after its end stay.
func TestFilmShows(t *testing.T) {
	in := &footage{w: 64, h: 48, speed: [2]float64{2, 1}, cut: 3, last: 6}
	s := filmSettings()
	s.Step, s.Hold = 0, .5
	net, e := engine(t)
	filmed(t, in, s, net, e, 7, func(n int, f *Frame) {
		want, _ := in.Picture(min(n, 5))
		if far := farthest(f.Image, want); far > 2 {
			t.Errorf("frame %d is up to %d from the film", n, far)
		}
	})
}

// TestFilmMovesDream has a film that does not show move the dream: what was there in the first frame goes along.
func TestFilmMovesDream(t *testing.T) {
	in := &footage{w: 96, h: 80, speed: [2]float64{3, -2}}
	s := filmSettings()
	s.Step, s.Source = 0, 0
	net, e := engine(t)
	filmed(t, in, s, net, e, 5, func(n int, f *Frame) {
		want, _ := in.Picture(n)
		inner := image.Rect(20, 20, 76, 60)
		far := 0
		for y := inner.Min.Y; y < inner.Max.Y; y++ {
			for x := inner.Min.X; x < inner.Max.X; x++ {
				far = max(far, int(math.Abs(float64(f.Image.RGBAAt(x, y).R)-float64(want.RGBAAt(x, y).R))))
			}
		}
		if far > 12 {
			t.Errorf("frame %d: what is carried along is up to %d off", n, far)
		}
	})
}

// TestCarry carries detail along: all of a spot in the middle, none where nothing was seen, less by the gate where
// something moved.
func TestCarry(t *testing.T) {
	const w, h = 40, 30
	grey := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range grey.Pix {
		grey.Pix[i] = 100
	}
	dreamed := image.NewRGBA(grey.Rect)
	copy(dreamed.Pix, grey.Pix)
	dreamed.Pix[4*(15*w+20)] = 160
	m := &flow.Motion{Ahead: flow.NewField(w, h), Back: flow.NewField(w, h), Seen: make([]float32, w*h)}
	for i := range m.Seen {
		m.Back.U[i], m.Back.V[i], m.Seen[i] = -3, 2, 1
	}
	still := nn.Warp{A: 1, E: 1}
	s := filmSettings()
	s.Carry = .5
	if got := carry(dreamed, grey, grey, m, nil, still, s).RGBAAt(23, 13).R; got != 130 {
		t.Errorf("half of 60 is carried as %d", int(got)-100)
	}
	m.Seen[13*w+23] = 0
	if got := carry(dreamed, grey, grey, m, nil, still, s).RGBAAt(23, 13).R; got != 100 {
		t.Errorf("what was hidden has a detail of %d", int(got)-100)
	}
	m.Seen[13*w+23] = 1
	stir := make([]float32, w*h)
	s.Gate = 1
	if got := carry(dreamed, grey, grey, m, stir, still, s).RGBAAt(23, 13).R; got <= 130 {
		t.Errorf("where all is still the gate carries %d, no more than without", int(got)-100)
	}
	for i := range stir {
		stir[i] = 1
	}
	if got := carry(dreamed, grey, grey, m, stir, still, s).RGBAAt(23, 13).R; got != 100 {
		t.Errorf("where all moves the gate carries %d", int(got)-100)
	}
	zoomed := Motion(Settings{Zoom: .5, Pace: 1, CentreX: .5, CentreY: .5}, 0, w, h)
	if got := carry(dreamed, grey, grey, nil, nil, zoomed, filmSettings()); farthest(got, grey) == 0 {
		t.Error("a zoom of the detail carries nothing")
	}
}

// TestFilmCut begins anew at a cut, as deep as the frames before, and climbs a few steps on the others.
func TestFilmCut(t *testing.T) {
	in := &footage{w: 48, h: 40, speed: [2]float64{1, 0}, cut: 3}
	s := filmSettings()
	s.Steps, s.Carry = 2, .75
	last := int64(0)
	net, e := engine(t)
	filmed(t, in, s, net, e, 5, func(n int, f *Frame) {
		want := int64(2)
		if n == 0 || n == 3 {
			want = 8
		}
		if f.Steps-last != want {
			t.Errorf("frame %d has %d steps, want %d", n, f.Steps-last, want)
		}
		last = f.Steps
	})
}

// TestFilmFails leaves the dream of a film as it was when a frame fails, and goes on at another size.
func TestFilmFails(t *testing.T) {
	in := &footage{w: 64, h: 48, speed: [2]float64{2, 1}}
	s := filmSettings()
	var whole []*image.RGBA
	net, e := engine(t)
	filmed(t, in, s, net, e, 4, func(n int, f *Frame) { whole = append(whole, f.Image) })
	lost := errors.New("lost")
	d, err := New(net, e, in, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	for n := range 4 {
		asked := 0
		_, err := d.Frame(func(int64) (Settings, error) {
			if asked++; asked == 2 {
				return s, lost
			}
			return s, nil
		})
		if !errors.Is(err, lost) {
			t.Fatalf("frame %d did not fail: %v", n, err)
		}
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		if far := farthest(f.Image, whole[n]); far > 0 {
			t.Errorf("frame %d is up to %d from that of a dream without failures", n, far)
		}
	}
	s.Width, s.Height, s.Step = 96, 72, 0
	f, err := d.Frame(Fixed(s))
	if err != nil || f.Image.Rect.Dx() != 96 {
		t.Fatalf("at another size: %v", err)
	}
}

// TestCheckpoint goes on from a checkpoint to the frames of a dream that never stopped.
func TestCheckpoint(t *testing.T) {
	in := &footage{w: 48, h: 40, speed: [2]float64{1, .5}, last: 8}
	s := filmSettings()
	s.Gate, s.Fatigue, s.Octaves = .5, 1, 2
	var whole []*image.RGBA
	var kept []byte
	net, e := engine(t)
	begin := func() *Dream {
		d, err := New(net, e, in, Options{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := begin()
	if _, err := d.Checkpoint(); err == nil {
		t.Error("there is a checkpoint before the first frame")
	}
	for n := range 6 {
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, f.Image)
		if n == 2 {
			if kept, err = d.Checkpoint(); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.Release()
	d = begin()
	defer d.Release()
	if err := d.Resume(kept); err != nil {
		t.Fatal(err)
	}
	for n := 3; n < 6; n++ {
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		if far := farthest(f.Image, whole[n]); far > 0 || f.Number != n+1 {
			t.Errorf("frame %d, numbered %d, is up to %d from that of the dream that never stopped", n, f.Number-1, far)
		}
	}
	for _, bad := range [][]byte{nil, kept[:len(kept)/2]} {
		if err := d.Resume(bad); err == nil {
			t.Error("a damaged checkpoint is gone on with")
		}
	}
}

// TestLive has a live dream show what its input shows at each frame's end, a cut too without dreaming longer, and go on
// from the same when a frame fails or its device dies.
func TestLive(t *testing.T) {
	in := &footage{w: 64, h: 48, speed: [2]float64{2, 1}, cut: 3}
	s := filmSettings()
	s.Step, s.Steps = 0, 2
	net, e := engine(t)
	dying := failover.New(&mortal{e, 5}, failover.Options{
		Failed: func(err error) bool { return errors.Is(err, errDead) },
		Open:   func() (nn.Engine, error) { return nn.NewReference(net) },
	})
	d, err := New(net, dying, in, Options{Seed: 1, Live: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	for n := range 6 {
		failing := func(int64) (Settings, error) { return s, errDead }
		if _, err := d.Frame(failing); err == nil {
			t.Fatal("a frame without settings is dreamed")
		}
		before := d.Steps()
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		want, _ := in.Picture(n + 1)
		if far := farthest(f.Image, want); far > 2 || !f.Live {
			t.Errorf("frame %d is up to %d from what there is then", n, far)
		}
		if d.Steps() != before+2 {
			t.Errorf("frame %d takes %d steps", n, d.Steps()-before)
		}
	}
	// What is dreamed is carried along, as in a film.
	s.Step, s.Carry = 4, .9
	f, err := d.Frame(Fixed(s))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := in.Picture(7)
	if far := farthest(f.Image, want); far < 4 {
		t.Errorf("of what is dreamed at most %d is shown", far)
	}
}
