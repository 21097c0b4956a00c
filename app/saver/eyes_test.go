package saver

import (
	"errors"
	"image"
	"image/color"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/picture"
)

// one is a picture of one colour but for a corner.
func one(c color.RGBA) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			m.SetRGBA(x, y, c)
		}
	}
	m.SetRGBA(0, 0, color.RGBA{A: 255})
	return m
}

// TestBegins begins from clouds unless it is told to begin from the desktop, which it does once, or from the camera, of which
// it has another picture for each scene.
func TestBegins(t *testing.T) {
	if o := Defaults(); o.Begin != Made {
		t.Fatalf("it begins from %q", o.Begin)
	}
	red, green := color.RGBA{R: 200, A: 255}, color.RGBA{G: 200, A: 255}
	middle := func(m *image.RGBA) color.RGBA { return m.RGBAAt(m.Rect.Dx()/2, m.Rect.Dy()/2) }
	show, _ := simulate(t, false)
	if show.seen {
		t.Error("clouds are of real things")
	}
	show.cfg.desktop = one(red)
	if m := show.start(); middle(m) != red || !show.seen {
		t.Errorf("it begins from %v, not from the desktop", middle(m))
	}
	if m := show.start(); middle(m) == red || show.seen {
		t.Error("the desktop comes again")
	}

	show, sim := simulate(t, false)
	taken := make(chan *image.RGBA)
	show.eyes = &eyes{snap: func() (*image.RGBA, error) { return <-taken, nil }}
	if show.start(); show.seen {
		t.Error("the camera has a picture at once")
	}
	taken <- one(green)
	for end := time.Now().Add(time.Minute); sim.begins == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		show.steer(0.01)
	}
	if !show.seen || middle(sim.last) != green {
		t.Fatalf("from the camera it begins %d times", sim.begins)
	}
	show.scene = "another"
	show.steer(0.01)
	taken <- one(red)
	for end := time.Now().Add(time.Minute); sim.begins < 2 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		show.steer(0.01)
	}
	if middle(sim.last) != red {
		t.Error("the next scene has no picture of its own")
	}
	show.eyes.snap = func() (*image.RGBA, error) { return nil, errors.New("unplugged") }
	if show.start(); show.seen {
		t.Error("a camera that is gone has a picture")
	}
	folder := t.TempDir()
	if err := picture.Save(filepath.Join(folder, "a.png"), one(red)); err != nil {
		t.Fatal(err)
	}
	var err error
	if show.images, err = openImages(folder, show.rng); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); !show.eyes.blind() && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	begins := sim.begins
	show.scene = "yet another"
	if show.steer(0.01); sim.begins == begins || middle(sim.last) != red {
		t.Error("without a camera the folder's pictures do not change")
	}
}

// TestBeginRefused says what there is, and that a screen of one colour is no desktop.
func TestBeginRefused(t *testing.T) {
	o := Defaults()
	o.Begin = "nowhere"
	if err := o.check(); err == nil || !strings.Contains(err.Error(), "camera") {
		t.Errorf("from nowhere: %v", err)
	}
	if plain(one(color.RGBA{R: 1, A: 255})) || !plain(image.NewRGBA(image.Rect(0, 0, 9, 9))) {
		t.Error("a picture of one colour is not told")
	}
}
