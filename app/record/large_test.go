package record

import (
	"bytes"
	"context"
	"image"
	"path/filepath"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// A picture that was saved larger than it was dreamed is made again as large from its recipe, bit for bit, also with a map.
func TestReplayLarge(t *testing.T) {
	net := enginetest.Small()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := dream.Live()
	s.Layer, s.Steps, s.Octaves, s.Other = "3a/output", 1, 2, "layer relu1"
	m := &dream.Map{}
	m.Paint(0.3, 0.5, 0.3, 0.5, 0.2, 1, dream.Never)
	m.Paint(0.8, 0.5, 0.8, 0.5, 0.2, 1, dream.Other)
	s.Where = m.String()
	in := dream.Make("clouds", 30, 20, 3)
	d, err := dream.New(net, e, in, dream.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	log := NewLog(Recipe{Seed: 3, Start: StartOf(in)}, nil)
	d.OnChange(log.Change)
	var f *dream.Frame
	for range 2 {
		if f, err = d.Frame(dream.Fixed(s)); err != nil {
			t.Fatal(err)
		}
	}
	d.Release()
	r := log.Recipe()
	r.From, r.Frames, r.Memory, r.Large = 1, 1, f.Memory, image.Pt(75, 50)
	want, err := dream.Larger(net, e, f, r.Large, dream.Options{}, func(int64, int64) error { return nil })
	if err != nil || want.Rect.Size() != r.Large {
		t.Fatalf("it is enlarged to %v: %v", want.Rect, err)
	}
	path := filepath.Join(t.TempDir(), "large.png")
	if err := Save(path, want, r, 0); err != nil {
		t.Fatal(err)
	}
	back, err := ReadRecipe(path)
	if err != nil || back.Large != r.Large {
		t.Fatalf("the recipe comes back with %v: %v", back.Large, err)
	}
	err = Replay(context.Background(), back, net, e, ReplayOptions{}, func(got *image.RGBA) error {
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Error("the replay is another picture")
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}
