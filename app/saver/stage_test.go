package saver

import (
	"fmt"
	"image"
	"math"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/flash/flashtest"
	"zalgoscope/app/glide"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
)

// The sampler agrees with plain bilinear interpolation between mirrored borders.
func TestCompose(t *testing.T) {
	m := dream.Clouds(23, 17, 4)
	at := func(x, y int, c int) float64 {
		mirror := func(p, last int) int {
			for p < 0 || p > last {
				if p < 0 {
					p = -p
				} else {
					p = 2*last - p
				}
			}
			return p
		}
		return float64(m.Pix[mirror(y, 16)*m.Stride+4*mirror(x, 22)+c])
	}
	for _, a := range []nn.Warp{
		glide.Identity, {A: 0.9, B: 0.2, C: 1.3, D: -0.2, E: 0.9, F: 2.7}, {A: 1.7, C: -9.4, E: 1.7, F: -12.2}, {A: -1, C: 22, E: 1},
	} {
		dst := image.NewRGBA(image.Rect(0, 0, 31, 19))
		v := view{m, a}
		compose(dst, v, v, 1)
		for y := range 19 {
			for x := range 31 {
				fx, fy := a.A*float64(x)+a.B*float64(y)+a.C, a.D*float64(x)+a.E*float64(y)+a.F
				ix, iy := int(math.Floor(fx)), int(math.Floor(fy))
				u, w := fx-math.Floor(fx), fy-math.Floor(fy)
				for c := range 3 {
					want := (1-w)*((1-u)*at(ix, iy, c)+u*at(ix+1, iy, c)) + w*((1-u)*at(ix, iy+1, c)+u*at(ix+1, iy+1, c))
					if got := float64(dst.Pix[y*dst.Stride+4*x+c]); math.Abs(got-want) > 3 {
						t.Fatalf("%v at %d,%d colour %d: got %g, want %g", a, x, y, c, got, want)
					}
				}
			}
		}
	}
}

// A new beginning dissolves in: it neither jumps nor lingers.
func TestDissolve(t *testing.T) {
	const w, h = 40, 30
	s := NewStage(w, h, false)
	grey := func(v uint8) *image.RGBA {
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for i := range m.Pix {
			m.Pix[i] = v
		}
		return m
	}
	value := func(seconds float64) int {
		m, _ := s.Picture(seconds)
		return int(m.Pix[m.Stride*h/2+4*w/2])
	}
	at := time.Unix(0, 0)
	s.Show(&dream.Frame{Image: grey(200), Number: 1, Done: at, Motion: glide.Identity})
	if got := value(0.05); got > 30 {
		t.Errorf("the first frame is there at once: %d, want it out of the dark", got)
	}
	if got := value(2); got != 200 {
		t.Errorf("after two seconds: got %d, want 200", got)
	}
	s.Show(&dream.Frame{Image: grey(40), Number: 1, Done: at.Add(time.Second), Motion: glide.Identity})
	last := 200
	for range 60 {
		got := value(0.05)
		if got > last || last-got > 12 {
			t.Fatalf("from %d to %d in a twentieth of a second", last, got)
		}
		last = got
	}
	if last != 40 {
		t.Errorf("ends at %d, want 40", last)
	}
}

// A frame that is enlarged moves as it did before.
func TestEnlarged(t *testing.T) {
	f := &dream.Frame{Image: dream.Clouds(20, 10, 1), Motion: nn.Warp{A: 0.9, B: 0.1, C: 2, D: -0.1, E: 0.9, F: 1}}
	big := enlarged(f, image.Pt(60, 30))
	if big.Image.Rect.Size() != image.Pt(60, 30) {
		t.Fatalf("size %v", big.Image.Rect.Size())
	}
	// The middle of a small pixel lies at the middle of the large pixel that covers it.
	for _, p := range [][2]float64{{0, 0}, {19, 9}, {7, 3}} {
		apply := func(m nn.Warp, x, y float64) (float64, float64) { return m.A*x + m.B*y + m.C, m.D*x + m.E*y + m.F }
		sx, sy := apply(f.Motion, p[0], p[1])
		bx, by := apply(big.Motion, 3*p[0]+1, 3*p[1]+1)
		if math.Abs(3*sx+1-bx) > 1e-9 || math.Abs(3*sy+1-by) > 1e-9 {
			t.Errorf("%v: got %g,%g, want %g,%g", p, bx, by, 3*sx+1, 3*sy+1)
		}
	}
}

// The wildest scenes, as strong and fast as they go and quicker than an engine may be, stay
// below the thresholds on the display.
func TestWildScenesDoNotFlash(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	net := menagerie(t)
	engine, err := cpu.Open(net, cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for _, scene := range []string{"Fever", "Maelstrom", "Spirals"} {
		t.Run(scene, func(t *testing.T) {
			o := Defaults()
			o.Scene, o.Speed, o.Strength = scene, 4, 2
			got, before := flashes(t, net, engine, o, true), flashes(t, net, engine, o, false)
			t.Logf("unfiltered %s; filtered %s", report(before), report(got))
			if got.Flashes > 3 || got.Area > 0 || got.RedFlashes > 0 || got.Saturated > 0 {
				t.Errorf("got %s, want at most 3 flashes and no red", report(got))
			}
		})
	}
}

func report(r flashtest.Report) string {
	return fmt.Sprintf("%d flashes, %.0f %% of a field above three; red %d, %.0f %%; saturated %.1f %%",
		r.Flashes, 100*r.Area, r.RedFlashes, 100*r.RedArea, 100*r.Saturated)
}

// flashes measures four seconds of a scene at 12 dreams and 48 pictures a second.
func flashes(t *testing.T, net *nn.Net, engine nn.Engine, o Options, limit bool) flashtest.Report {
	t.Helper()
	w, err := NewWanderer(net, o)
	if err != nil {
		t.Fatal(err)
	}
	d, err := dream.New(net, engine, dream.StillOf("", dream.Clouds(96, 72, 1)), dream.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	stage, meter := NewStage(192, 144, limit), flashtest.New(1)
	clock := time.Unix(0, 0)
	for n := range 60 {
		s := w.Advance(1.0 / 12)
		s.Pace = 1.0 / 12
		if _, err := d.Frame(dream.Fixed(s)); err != nil {
			t.Fatal(err)
		}
		m := d.Image()
		clock = clock.Add(time.Second / 12)
		f := &dream.Frame{Image: m, Number: n + 1, Settings: s, Motion: dream.Motion(s, float64(n)/12, 96, 72), Done: clock}
		stage.Show(enlarged(f, stage.Size()))
		for k := range 4 {
			p, _ := stage.Picture(1.0 / 48)
			if n >= 12 { // the scene is there
				meter.See(p, float64(4*n+k)/48)
			}
		}
	}
	return meter.Worst()
}
