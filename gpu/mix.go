package gpu

import (
	"errors"
	"fmt"

	"zalgoscope/nn"
)

type pixelParams struct{ Count int32 }

// Mix moves dst to src by the mask.
func (e *Engine) Mix(dst, src, mask nn.Canvas) error {
	var all [3]*Picture
	for i, c := range []nn.Canvas{dst, src, mask} {
		p, err := e.own(c)
		if err != nil {
			return err
		}
		if all[i] = p; p.w != all[0].w || p.h != all[0].h {
			return fmt.Errorf("gpu: cannot mix canvases of %dx%d and %dx%d", all[0].w, all[0].h, p.w, p.h)
		}
	}
	d, s, m := all[0], all[1], all[2]
	if d == s || d == m || s == m {
		return errors.New("gpu: a canvas cannot be mixed with itself")
	}
	return e.do(func() {
		e.paint("picture", "mix", nil, numbers{pixelParams{int32(d.w * d.h)}}, d.w*d.h,
			reads(0, s.pixels.whole()), reads(1, m.pixels.whole()), writes(outSlot, d.pixels.whole()))
	})
}
