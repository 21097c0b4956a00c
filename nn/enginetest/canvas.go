package enginetest

import (
	"errors"
	"image"
	"math"
	"testing"

	"zalgoscope/nn"
)

// picture is a fixed image with edges, ramps and fine texture.
func picture(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			at := m.PixOffset(x, y)
			m.Pix[at] = uint8(128 + 100*math.Sin(float64(x)/3+float64(y*y)/50))
			m.Pix[at+1] = uint8((x*255/w + y*37) % 256)
			m.Pix[at+2] = uint8((x*y*7 + x/5*90) % 256)
			m.Pix[at+3] = 255
		}
	}
	return m
}

func canvas(t *testing.T, e nn.Engine, w, h int) nn.Canvas {
	t.Helper()
	c, err := e.NewPicture(w, h)
	if err != nil {
		t.Fatalf("new picture: %v", err)
	}
	t.Cleanup(c.Release)
	return c
}

func read(t *testing.T, c nn.Canvas) *image.RGBA {
	t.Helper()
	w, h := c.Size()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	if err := c.Read(m); err != nil {
		t.Fatalf("read: %v", err)
	}
	return m
}

// Canvases compares the picture operations, after 8-bit read-out.
func Canvases(t *testing.T, open Open) {
	p := openPair(t, open, Small())
	turn := nn.Warp{A: 0.95, B: 0.1, C: -9.3, D: -0.1, E: 0.95, F: 4.6}
	obj := nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels, Weight: 1}}
	type work func(e nn.Engine, dst, src nn.Canvas) error
	warp := func(m nn.Warp, edge nn.Edge) work {
		return func(e nn.Engine, dst, src nn.Canvas) error { return e.Warp(dst, src, m, edge) }
	}
	ascend := func(s nn.Step) work {
		return func(e nn.Engine, dst, src nn.Canvas) error {
			if err := e.Combine(dst, nn.Term{Canvas: src, Weight: 1}); err != nil {
				return err
			}
			_, err := e.Ascend(dst, obj, s)
			return err
		}
	}
	for _, c := range []struct {
		name           string
		dw, dh, sw, sh int
		do             work
	}{
		{"copy", 33, 21, 33, 21, func(e nn.Engine, dst, src nn.Canvas) error {
			return e.Combine(dst, nn.Term{Canvas: src, Weight: 1})
		}},
		{"combine", 33, 21, 33, 21, func(e nn.Engine, dst, src nn.Canvas) error {
			if err := e.Warp(dst, src, turn, nn.Mirror); err != nil {
				return err
			}
			return e.Combine(dst, nn.Term{Canvas: src, Weight: 0.75}, nn.Term{Canvas: dst, Weight: -0.5}, nn.Term{Canvas: src, Weight: 0.25})
		}},
		{"shrink", 47, 29, 66, 41, warp(nn.Resize(47, 29, 66, 41), nn.Mirror)},
		{"grow", 66, 41, 47, 29, warp(nn.Resize(66, 41, 47, 29), nn.Mirror)},
		{"turn mirrored", 50, 40, 50, 40, warp(turn, nn.Mirror)},
		{"turn wrapped", 50, 40, 50, 40, warp(turn, nn.Wrap)},
		{"far outside", 50, 40, 7, 3, warp(nn.Warp{A: 1.5, C: -500.25, E: 2.5, F: 300.5}, nn.Mirror)},
		{"one pixel", 5, 4, 1, 1, warp(nn.Resize(5, 4, 1, 1), nn.Mirror)},
		{"to one pixel", 1, 1, 5, 4, warp(nn.Resize(1, 1, 5, 4), nn.Wrap)},
		{"mix", 33, 21, 33, 21, func(e nn.Engine, dst, src nn.Canvas) error {
			w, h := dst.Size()
			mask, err := e.NewPicture(w, h)
			if err != nil {
				return err
			}
			defer mask.Release()
			if err := mask.Write(picture(w, h)); err != nil {
				return err
			}
			if err := e.Combine(dst, nn.Term{Canvas: src, Weight: 0.2}); err != nil {
				return err
			}
			if e.Mix(dst, src, src) == nil {
				return errors.New("a canvas was mixed by itself")
			}
			return e.Mix(dst, src, mask)
		}},
		{"hold", 31, 43, 31, 43, func(e nn.Engine, dst, src nn.Canvas) error {
			if err := e.Combine(dst, nn.Term{Canvas: src, Weight: 0.6}); err != nil {
				return err
			}
			return e.Hold(dst, nn.Tone{Mean: [3]float32{110, 10, -5}, Spread: [3]float32{50, 30, 20}}, 0.7)
		}},
		{"ascend", 61, 37, 61, 37, ascend(nn.Step{Size: 4})},
		{"ascend jittered", 61, 37, 61, 37, ascend(nn.Step{Size: 4, ShiftX: 13, ShiftY: -32})},
		{"ascend by depth", 61, 37, 61, 37, ascend(nn.Step{Size: 4, ShiftX: -9, ShiftY: 4, Depth: nn.Depth{Amount: 1, Levels: 4}})},
		{"ascend by some depth", 67, 40, 67, 40, ascend(nn.Step{Size: 3, Depth: nn.Depth{Amount: 0.5, Levels: 3}})},
		{"ascend by more depth than there is", 24, 7, 24, 7, ascend(nn.Step{Size: 3, Depth: nn.Depth{Amount: 0.7, Levels: 9}})},
		{"ascend jittered far", 24, 31, 24, 31, ascend(nn.Step{Size: -3, ShiftX: -77, ShiftY: 100})},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out [2]*image.RGBA
			for i, e := range []nn.Engine{p.got, p.want} {
				src, dst := canvas(t, e, c.sw, c.sh), canvas(t, e, c.dw, c.dh)
				if err := src.Write(picture(c.sw, c.sh)); err != nil {
					t.Fatalf("write: %v", err)
				}
				if err := c.do(e, dst, src); err != nil {
					t.Fatalf("%s: %v", e.Device(), err)
				}
				out[i] = read(t, dst)
			}
			closeImages(t, out[0], out[1], 0.02, tolerances(p.got).Pixels)
		})
	}
	t.Run("flat gradient", func(t *testing.T) { standStill(t, p.got) })
}

// standStill checks that a gradient that is zero everywhere leaves the canvas as it is.
func standStill(t *testing.T, e nn.Engine) {
	c := canvas(t, e, 20, 20)
	before := picture(20, 20)
	if err := c.Write(before); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Ascend(c, nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels}}, nn.Step{Size: 2}); err != nil {
		t.Fatal(err)
	}
	closeImages(t, read(t, c), before, 0, 1)
}

// closeImages wants no value apart by more than one and a mean difference of at most mean, each times slack.
func closeImages(t *testing.T, got, want *image.RGBA, mean, slack float64) {
	t.Helper()
	sum, worst := 0, 0
	for i, v := range got.Pix {
		d := max(int(v)-int(want.Pix[i]), int(want.Pix[i])-int(v))
		sum += d
		worst = max(worst, d)
	}
	if m := float64(sum) / float64(len(got.Pix)); float64(worst) > slack || m > mean*slack {
		t.Errorf("values differ by %.3g in the mean, %d at most; want %g and %g", m, worst, mean*slack, slack)
	}
}

// Dream compares a short dream: octaves with carried detail, jitter, tone and zoom
// feedback. Small differences grow with every step, hence the looser bound.
func Dream(t *testing.T, open Open) {
	p := openPair(t, open, Small())
	var out [2]*image.RGBA
	for i, e := range []nn.Engine{p.got, p.want} {
		m, err := dream(t, e, picture(60, 44))
		if err != nil {
			t.Fatalf("%s: %v", e.Device(), err)
		}
		out[i] = m
	}
	sum, moved := 0.0, 0.0
	before := picture(60, 44)
	for i, v := range out[0].Pix {
		sum += math.Abs(float64(v) - float64(out[1].Pix[i]))
		moved += math.Abs(float64(out[1].Pix[i]) - float64(before.Pix[i]))
	}
	if most := tolerances(p.got).Dream; sum > most*moved {
		t.Errorf("the dreams differ by %.3g of what they changed, want at most %g", sum/moved, most)
	}
}

func dream(t *testing.T, e nn.Engine, start *image.RGBA) (*image.RGBA, error) {
	w, h := start.Rect.Dx(), start.Rect.Dy()
	frame, next := canvas(t, e, w, h), canvas(t, e, w, h)
	if err := frame.Write(start); err != nil {
		return nil, err
	}
	obj := nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels, Weight: 1}}
	for n := range 2 {
		for _, scale := range []int{2, 1} {
			ow, oh := w/scale, h/scale
			base, work := canvas(t, e, ow, oh), canvas(t, e, ow, oh)
			if err := e.Warp(base, frame, nn.Resize(ow, oh, w, h), nn.Mirror); err != nil {
				return nil, err
			}
			if err := e.Combine(work, nn.Term{Canvas: base, Weight: 1}); err != nil {
				return nil, err
			}
			for s := range 3 {
				if _, err := e.Ascend(work, obj, nn.Step{Size: 1.5, ShiftX: 5*s - 7, ShiftY: 3 * n}); err != nil {
					return nil, err
				}
			}
			if err := e.Combine(work, nn.Term{Canvas: work, Weight: 1}, nn.Term{Canvas: base, Weight: -1}); err != nil {
				return nil, err
			}
			if err := e.Warp(next, work, nn.Resize(w, h, ow, oh), nn.Mirror); err != nil {
				return nil, err
			}
			if err := e.Combine(frame, nn.Term{Canvas: frame, Weight: 1}, nn.Term{Canvas: next, Weight: 1}); err != nil {
				return nil, err
			}
		}
		if err := e.Hold(frame, nn.Tone{Mean: [3]float32{120, 0, 0}, Spread: [3]float32{55, 25, 25}}, 0.5); err != nil {
			return nil, err
		}
		if err := e.Warp(next, frame, nn.Warp{A: 0.95, C: 1.5, E: 0.95, F: 1.1}, nn.Mirror); err != nil {
			return nil, err
		}
		frame, next = next, frame
	}
	return read(t, frame), nil
}
