package dream

import (
	"image"
	"math"
	"math/rand/v2"

	"zalgoscope/nn"
)

// fit brings the canvas to the size that the settings ask for.
func (d *Dream) fit(s Settings) error {
	w, h := d.Size()
	ww, wh := d.canvasSize(s)
	if ww == w && wh == h {
		return nil
	}
	if err := d.collect(true); err != nil {
		return err
	}
	next, err := d.engine.NewPicture(ww, wh)
	if err != nil {
		return err
	}
	if d.frames == 0 {
		// Before the first frame the start picture itself is brought to size, finely.
		err = next.Write(d.startAt(ww, wh))
	} else {
		err = d.rescale(next, d.frame)
		in := nn.Resize(w, h, ww, wh) // from pixels before to pixels now
		d.offset = [2]float64{d.offset[0] * in.A, d.offset[1] * in.E}
	}
	if err != nil {
		next.Release()
		return err
	}
	d.frame.Release()
	d.frame = next
	return nil
}

// canvasSize is the size that the settings ask for.
func (d *Dream) canvasSize(s Settings) (w, h int) {
	if s.Width == 0 || s.Height == 0 {
		return d.start.Rect.Dx(), d.start.Rect.Dy()
	}
	return int(s.Width), int(s.Height)
}

// startAt is the start picture at a size.
func (d *Dream) startAt(w, h int) *image.RGBA {
	if d.start.Rect != image.Rect(0, 0, w, h) {
		if m := d.input.Sized(w, h); m != nil {
			return m
		}
	}
	return scaled(d.start, w, h)
}

// move leads from one frame to the next: the affine feedback warp with mirrored
// edges, a share of the start picture, and the tone that is held. It returns the warp.
func (d *Dream) move(s Settings) (nn.Warp, error) {
	w, h := d.Size()
	m := Motion(s, d.time, w, h)
	if m != (nn.Warp{A: 1, E: 1}) {
		next := offset(s.Offset, d.seed, d.frames)
		m = displaced(m, d.offset, next)
		d.offset = next
		// The top octave's canvas is free between frames.
		if err := d.layOut(s); err != nil {
			return m, err
		}
		free := d.octave[0].work
		if err := d.engine.Warp(free, d.frame, m, nn.Mirror); err != nil {
			return m, err
		}
		d.frame, d.octave[0].work = free, d.frame
	}
	if err := d.blend(s); err != nil {
		return m, err
	}
	if s.Hold <= 0 {
		return m, nil
	}
	return m, d.engine.Hold(d.frame, dusk(d.tone, s.Zalgo), float32(s.Hold))
}

// offset is how far a frame's picture lies to the right and below its place: up to half of most to
// either side, at random. Where pixels fall between pixels is then another place in each frame,
// so that what the warp blurs less, a cross through the vanishing point, does not build up.
func offset(most float64, seed uint64, frame int) [2]float64 {
	if most == 0 {
		return [2]float64{}
	}
	rng := rand.New(rand.NewPCG(seed, uint64(frame)))
	return [2]float64{most * (rng.Float64() - 0.5), most * (rng.Float64() - 0.5)}
}

// displaced is the warp m between pictures that lie off their places: from is the last one's offset, to the next one's.
func displaced(m nn.Warp, from, to [2]float64) nn.Warp {
	m.C += from[0] - m.A*to[0] - m.B*to[1]
	m.F += from[1] - m.D*to[0] - m.E*to[1]
	return m
}

// blend mixes the start picture back in.
func (d *Dream) blend(s Settings) error {
	if s.Blend <= 0 {
		release(&d.origin)
		return nil
	}
	w, h := d.Size()
	if d.origin == nil || !sized(d.origin, w, h) {
		if err := d.remake(&d.origin, w, h); err != nil {
			return err
		}
		if err := d.origin.Write(d.startAt(w, h)); err != nil {
			return err
		}
	}
	origin := d.origin
	if d.offset != [2]float64{} {
		// It lies off its place as the frame does. The top octave's canvas is free between frames.
		if err := d.layOut(s); err != nil {
			return err
		}
		origin = d.octave[0].work
		if err := d.engine.Warp(origin, d.origin, displaced(nn.Warp{A: 1, E: 1}, [2]float64{}, d.offset), nn.Mirror); err != nil {
			return err
		}
	}
	b := float32(s.Blend)
	return d.engine.Combine(d.frame, nn.Term{Canvas: d.frame, Weight: 1 - b}, nn.Term{Canvas: origin, Weight: b})
}

func sized(c nn.Canvas, w, h int) bool {
	cw, ch := c.Size()
	return cw == w && ch == h
}

// Motion is the feedback warp of one frame of w x h at a time of the dream: what
// pixel of the last frame each pixel of the next one shows.
func Motion(s Settings, time float64, w, h int) nn.Warp {
	zoom := math.Pow(1-s.Zoom, s.Pace)
	sin, cos := math.Sincos(-s.Rotate * s.Pace * math.Pi / 180)
	dx, dy := wander(time)
	cx := (s.CentreX + s.Drift*dx) * float64(w-1)
	cy := (s.CentreY + s.Drift*dy) * float64(h-1)
	px := s.PanX * s.Pace * float64(w)
	py := s.PanY * s.Pace * float64(h)
	// source = centre + zoom * turn(target - pan - centre)
	m := nn.Warp{A: zoom * cos, B: -zoom * sin, D: zoom * sin, E: zoom * cos}
	m.C = cx - m.A*(cx+px) - m.B*(cy+py)
	m.F = cy - m.D*(cx+px) - m.E*(cy+py)
	return m
}

// wander is a smooth path in -1..1 that does not repeat within hours: sines of
// periods that have no common multiple near.
func wander(time float64) (x, y float64) {
	return (math.Sin(time/7.3) + math.Sin(time/11.9+1)) / 2, (math.Sin(time/8.7+2) + math.Sin(time/13.1)) / 2
}

// startTone is what Hold keeps the dream at: the start picture's, but never so
// flat, grey, dark or bright that the dream could not show.
func startTone(m *image.RGBA) nn.Tone {
	t := nn.ToneOf(m)
	t.Mean[0] = min(max(t.Mean[0], 90), 165)
	for i, least := range [3]float32{55, 28, 28} {
		t.Spread[i] = min(max(t.Spread[i], least), 1.6*least)
	}
	return t
}
