package dream

import (
	"errors"
	"image"
	"math"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/failover"
)

var errDead = errors.New("dead")

// mortal is an engine that dies at its nth gradient step.
type mortal struct {
	nn.Engine
	left int
}

func (m *mortal) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	if m.left--; m.left < 0 {
		return 0, errDead
	}
	return m.Engine.Ascend(c, obj, step)
}

// mortalDream is a dream whose engine dies after some steps and has a spare.
func mortalDream(t *testing.T, start *image.RGBA, steps int) *Dream {
	t.Helper()
	net, first := engine(t)
	e := failover.New(&mortal{first, steps}, failover.Options{
		Failed: func(err error) bool { return errors.Is(err, errDead) },
		Open:   func() (nn.Engine, error) { return nn.NewReference(net) },
	})
	d, err := New(net, e, StillOf("", start), Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Release()
		e.Close()
	})
	return d
}

// A dream whose device dies in a step goes on from what it showed last as if nothing had
// happened, but for the rounding to eight bits, and nothing is told twice.
func TestMove(t *testing.T) {
	s := quick()
	s.Zoom, s.Hold, s.Blend, s.Width, s.Height, s.Fatigue, s.Offset = 0.05, 0.3, 0.1, 36, 28, 0, 0
	start := Clouds(40, 32, 7)
	const frames, each = 4, 4 // steps a frame
	at := func(tick int64) (Settings, error) {
		s := s
		s.Step = 1.5 + 0.01*float64(tick/3)
		return s, nil
	}
	for _, steps := range []int{0, 1, each, each + 3, 3*each - 1} {
		var heard []string
		var ticks [2][]int64
		d, calm := mortalDream(t, start, steps), mortalDream(t, start, math.MaxInt)
		d.OnMove(func(m *nn.Moved) { heard = append(heard, m.Device) })
		d.OnChange(func(tick int64, _ int, _ Settings) { ticks[0] = append(ticks[0], tick) })
		calm.OnChange(func(tick int64, _ int, _ Settings) { ticks[1] = append(ticks[1], tick) })
		for n := range frames {
			got, want := dreamed(t, d, at, 1), dreamed(t, calm, at, 1)
			worst := 0.0
			for i, v := range want.Pix {
				worst = max(worst, math.Abs(float64(v)-float64(got.Pix[i])))
			}
			if n < steps/each && worst > 0 || worst > 6 {
				t.Errorf("after %d steps: frame %d is off by %g", steps, n, worst)
			}
		}
		if len(heard) != 1 || heard[0] != "reference" {
			t.Errorf("after %d steps: moves to %q, want one", steps, heard)
		}
		if d.Frames() != frames || d.Steps() != calm.Steps() || len(ticks[0]) != len(ticks[1]) || ticks[0][3] != ticks[1][3] {
			t.Errorf("after %d steps: %d frames, %d of %d steps, changes at %v, want %v", steps, d.Frames(), d.Steps(), calm.Steps(), ticks[0], ticks[1])
		}
	}
}

// A dream whose device died under another one, as under a thumbnail, goes on too, from the
// present frame or from the start.
func TestMoveUnderAnother(t *testing.T) {
	start := Clouds(40, 32, 7)
	for name, next := range map[string]func(*Dream) error{
		"next frame":  func(*Dream) error { return nil },
		"begin again": func(d *Dream) error { return d.Begin(StillOf("", Static(24, 20, 1)), Options{Seed: 5}) },
	} {
		d, calm := mortalDream(t, start, 4), mortalDream(t, start, math.MaxInt)
		for _, d := range []*Dream{d, calm} {
			dreamed(t, d, Fixed(quick()), 1)
			other, err := New(d.net, d.engine, StillOf("", start), Options{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			dreamed(t, other, Fixed(quick()), 1)
			other.Release()
			if err := next(d); err != nil {
				t.Fatal(err)
			}
		}
		got, want := dreamed(t, d, Fixed(quick()), 1), dreamed(t, calm, Fixed(quick()), 1)
		for i, v := range want.Pix {
			if math.Abs(float64(got.Pix[i])-float64(v)) > 6 {
				t.Fatalf("%s: value %d: got %d, want %d", name, i, got.Pix[i], v)
			}
		}
	}
}
