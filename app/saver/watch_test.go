package saver

import (
	"image"
	"testing"
	"time"

	"zalgoscope/app/dream"
)

func TestWatch(t *testing.T) {
	still := dream.Clouds(64, 48, 1)
	grey := func(v uint8) *image.RGBA {
		m := image.NewRGBA(image.Rect(0, 0, 64, 48))
		for i := range m.Pix {
			m.Pix[i] = v
		}
		return m
	}
	harsh := func(n int) *image.RGBA { // black and white that change
		m := dream.Static(64, 48, uint64(n))
		for i, v := range m.Pix {
			m.Pix[i] = 0
			if v > 128 {
				m.Pix[i] = 255
			}
		}
		return m
	}
	for _, c := range []struct {
		name    string
		picture func(n int) *image.RGBA
		want    string
	}{
		{"living", func(n int) *image.RGBA { return dream.Clouds(64, 48, uint64(n/4)) }, ""},
		{"frozen", func(int) *image.RGBA { return still }, "stands still"},
		{"flat", func(n int) *image.RGBA { return grey(uint8(90 + n%40)) }, "is flat"},
		{"saturated", harsh, "is saturated"},
	} {
		var w watch
		got, at := "", 0.0
		for n := 0; n < 400 && got == ""; n++ {
			at = float64(n) / 10
			got = w.see(c.picture(n), at)
		}
		if got != c.want || c.want != "" && (at < patience-1 || at > 2*patience) {
			t.Errorf("%s: got %q after %g s, want %q after about %g", c.name, got, at, c.want, patience)
		}
	}
	var w watch
	w.see(still, 5)
	if got := w.absent(5 + absence/2); got != "" {
		t.Errorf("half way through the absence: got %q", got)
	}
	if got := w.absent(5 + absence); got != "does not come" {
		t.Errorf("after the absence: got %q", got)
	}
}

func TestLeaving(t *testing.T) {
	type move struct {
		x, y int
		ms   int
	}
	for _, c := range []struct {
		name  string
		moves []move
		want  bool
	}{
		{"the first event, however far", []move{{900, 500, 0}}, false},
		{"under the threshold", []move{{100, 100, 0}, {105, 103, 50}, {98, 101, 90}, {108, 108, 120}}, false},
		{"over the threshold", []move{{100, 100, 0}, {106, 100, 20}, {112, 100, 40}}, true},
		{"slow drift", []move{{100, 100, 0}, {108, 100, 1100}, {116, 100, 2200}, {124, 100, 3300}}, false},
	} {
		var l Leaving
		got, base := false, time.Now()
		for _, m := range c.moves {
			got = got || l.Moved(image.Pt(m.x, m.y), base.Add(time.Duration(m.ms)*time.Millisecond))
		}
		if got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
