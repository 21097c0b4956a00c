package dream

import (
	"errors"
	"image"
	"reflect"
	"slices"
	"testing"

	"zalgoscope/nn"
)

// failing is an engine whose gradient steps fail once so many have been made.
type failing struct {
	nn.Engine
	after int
}

func (f *failing) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	if f.after--; f.after == 0 {
		_, _ = f.Engine.Ascend(c, obj, step) // it leaves its marks
		return 0, errors.New("the device is lost")
	}
	return f.Engine.Ascend(c, obj, step)
}

// An engine that fails once, in a frame that zooms, holds, blends and has another size, leaves no trace either.
func TestFailedEngine(t *testing.T) {
	run := func(fail bool) *image.RGBA {
		d := begin(t, Static(24, 20, 3), 3)
		engine := &failing{Engine: d.engine}
		d.engine = engine
		s := quick()
		s.Zoom, s.Hold, s.Blend = 0.1, 0.5, 0.2
		dreamed(t, d, Fixed(s), 2)
		if fail {
			wide := s
			wide.Width, wide.Height = 30, 22
			engine.after = 2
			if _, err := d.Frame(Fixed(wide)); err == nil {
				t.Fatal("the engine did not fail")
			}
		}
		return dreamed(t, d, Fixed(s), 2)
	}
	if !reflect.DeepEqual(run(true), run(false)) {
		t.Error("the frames after a failed one are not those without it")
	}
}

// A frame that fails within leaves no trace: not in what OnChange hears, and not in the
// frames that follow.
func TestFailedFrame(t *testing.T) {
	broken := errors.New("broken")
	run := func(fail bool) (heard []change, m *image.RGBA) {
		d := begin(t, Static(24, 20, 3), 3)
		d.OnChange(func(tick int64, _ int, s Settings) { heard = append(heard, change{tick, s}) })
		s := quick()
		if fail {
			bad := s
			bad.Step = 3
			_, err := d.Frame(func(tick int64) (Settings, error) {
				if tick > 2 {
					return bad, broken
				}
				return bad, nil
			})
			if !errors.Is(err, broken) {
				t.Fatalf("got error %v, want %v", err, broken)
			}
		}
		m = dreamed(t, d, Fixed(s), 2)
		return heard, m
	}
	wantHeard, want := run(false)
	heard, got := run(true)
	if !reflect.DeepEqual(heard, wantHeard) {
		t.Errorf("heard %+v, want %+v", heard, wantHeard)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("the frames after a failed one are not those without it")
	}
}

// small is an engine that has no room for pictures wider than so many pixels.
type small struct {
	nn.Engine
	widest int
}

func (e small) NewPicture(w, h int) (nn.Canvas, error) {
	if w > e.widest {
		return nil, errors.New("test: no room")
	}
	return e.Engine.NewPicture(w, h)
}

// TestBeginThatFails begins anew from a picture that the device has no room for: the dream before goes on
// as if nothing had been.
func TestBeginThatFails(t *testing.T) {
	s := quick()
	net, e := engine(t)
	d, err := New(net, small{e, 32}, StillOf("", Static(24, 16, 1)), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	calm := begin(t, Static(24, 16, 1), 1)
	for n := range 3 {
		if n == 1 {
			if err := d.Begin(StillOf("", Static(40, 40, 2)), Options{Seed: 2}); err == nil {
				t.Fatal("there was room for a picture of 40x40")
			}
			if w, h := d.Size(); w != 24 || h != 16 || d.Seed() != 1 {
				t.Errorf("after the failure the dream is %dx%d with seed %d", w, h, d.Seed())
			}
		}
		for _, d := range []*Dream{d, calm} {
			if _, err := d.Frame(Fixed(s)); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(d.Image().Pix, calm.Image().Pix) || d.Frames() != calm.Frames() {
			t.Errorf("frame %d is not that of a dream that never tried to begin anew", n+1)
		}
	}
}
