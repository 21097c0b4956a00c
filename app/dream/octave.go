package dream

import (
	"math"

	"zalgoscope/nn"
)

// octave is one size at which the picture is dreamed.
type octave struct {
	w, h int
	base nn.Canvas // the undreamed picture; at full size the frame itself serves, and base is nil
	work nn.Canvas
}

// climb dreams every octave from the smallest up, each on the base picture plus
// the detail that the smaller ones found.
func (d *Dream) climb(s Settings, at Source) error {
	if err := d.layOut(s); err != nil {
		return err
	}
	for i := 1; i < len(d.octave); i++ {
		if err := d.lay(i); err != nil {
			return err
		}
	}
	for i := len(d.octave) - 1; i >= 0; i-- {
		if err := d.climbOctave(i, at); err != nil {
			return err
		}
	}
	top := &d.octave[0]
	d.frame, top.work = top.work, d.frame
	return nil
}

// lay sets octave i's base to the one above at its size. The start picture is made anew there, where it
// can be: static of every size is as strong, where shrunk it would average to grey.
func (d *Dream) lay(i int) error {
	o := d.octave[i]
	if d.frames == 0 {
		if m := d.input.Sized(o.w, o.h); m != nil {
			return o.base.Write(m)
		}
	}
	return d.rescale(o.base, d.base(i-1))
}

func (d *Dream) climbOctave(i int, at Source) error {
	o, base := d.octave[i], d.base(i)
	if i == len(d.octave)-1 {
		if err := d.engine.Combine(o.work, nn.Term{Canvas: base, Weight: 1}); err != nil {
			return err
		}
	} else {
		if err := d.rescale(o.work, d.octave[i+1].work); err != nil {
			return err
		}
		if err := d.engine.Combine(o.work, nn.Term{Canvas: o.work, Weight: 1}, nn.Term{Canvas: base, Weight: 1}); err != nil {
			return err
		}
	}
	for n := 0; ; n++ {
		s, err := d.ask(at)
		if err != nil {
			return err
		}
		if n >= d.stepsOf(s) {
			break
		}
		if err := d.ascend(o.work, s); err != nil {
			return err
		}
	}
	if i == 0 {
		return nil
	}
	return d.engine.Combine(o.work, nn.Term{Canvas: o.work, Weight: 1}, nn.Term{Canvas: base, Weight: -1})
}

// ascend makes one gradient step at a random shift of up to jitter pixels, each region of the map towards its own
// objective.
func (d *Dream) ascend(c nn.Canvas, s Settings) error {
	obj, err := d.resolver.objective(s)
	if err != nil {
		return err
	}
	step := nn.Step{Size: float32(s.Step), Depth: nn.Depth{Amount: float32(s.Depth), Levels: int(s.DepthLevels)}, Number: d.steps}
	if j := int(s.Jitter); j > 0 {
		step.ShiftX = d.rng.IntN(2*j+1) - j
		step.ShiftY = d.rng.IntN(2*j+1) - j
	}
	w, h := c.Size()
	d.steps, d.done = d.steps+1, d.done+int64(w)*int64(h)
	if err := d.bender.apply(d.bends); err != nil {
		return err
	}
	if s.Where == "" {
		d.score, err = d.climbStep(c, obj, s, step)
	} else {
		d.score, err = d.ascendRegions(c, obj, s, step)
	}
	switch {
	case d.score-d.score != 0:
		d.healed++
	case d.score == 0 && err == nil:
		d.dead++
	}
	return err
}

// climbStep makes a gradient step towards an objective that tires as the settings say.
func (d *Dream) climbStep(c nn.Canvas, obj nn.Objective, s Settings, step nn.Step) (float32, error) {
	obj, err := d.fatigue.of(obj, s)
	if err != nil {
		return 0, err
	}
	return d.engine.Ascend(c, obj, step)
}

// base is the undreamed picture at octave i.
func (d *Dream) base(i int) nn.Canvas {
	if i == 0 {
		return d.frame
	}
	return d.octave[i].base
}

// layOut makes the canvases of the octaves, reusing those of the right size.
func (d *Dream) layOut(s Settings) error {
	w, h := d.Size()
	sizes := octaveSizes(w, h, int(s.Octaves), s.OctaveScale)
	for i := len(sizes); i < len(d.octave); i++ {
		release(&d.octave[i].base)
		release(&d.octave[i].work)
	}
	d.octave = append(d.octave[:min(len(d.octave), len(sizes))], make([]octave, max(len(sizes)-len(d.octave), 0))...)
	for i, size := range sizes {
		o := &d.octave[i]
		o.w, o.h = size[0], size[1]
		if i > 0 {
			if err := d.remake(&o.base, o.w, o.h); err != nil {
				return err
			}
		}
		if err := d.remake(&o.work, o.w, o.h); err != nil {
			return err
		}
	}
	return nil
}

// octaveSizes gives the sizes from full to smallest. Octaves that would be
// smaller than a few pixels, where a net sees nothing, are left out.
func octaveSizes(w, h, n int, scale float64) [][2]int {
	const smallest = 16
	sizes := [][2]int{{w, h}}
	for i := 1; i < n; i++ {
		f := math.Pow(scale, -float64(i))
		ow, oh := int(math.Round(float64(w)*f)), int(math.Round(float64(h)*f))
		if min(ow, oh) < smallest {
			break
		}
		sizes = append(sizes, [2]int{ow, oh})
	}
	return sizes
}

// remake makes *c a canvas of w x h, keeping it where it already is one.
func (d *Dream) remake(c *nn.Canvas, w, h int) error {
	if *c != nil {
		if cw, ch := (*c).Size(); cw == w && ch == h {
			return nil
		}
	}
	release(c)
	made, err := d.engine.NewPicture(w, h)
	if err != nil {
		return err
	}
	*c = made
	return nil
}

func release(c *nn.Canvas) {
	if *c != nil {
		(*c).Release()
		*c = nil
	}
}

// rescale sets dst to src at dst's size.
func (d *Dream) rescale(dst, src nn.Canvas) error {
	dw, dh := dst.Size()
	sw, sh := src.Size()
	return d.engine.Warp(dst, src, nn.Resize(dw, dh, sw, sh), nn.Mirror)
}
