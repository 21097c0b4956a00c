package cpu

import (
	"errors"
	"fmt"

	"zalgoscope/nn"
)

// Mix moves dst to src by the mask.
func (e *Engine) Mix(dst, src, mask nn.Canvas) error {
	var all [3]*canvas
	for i, c := range []nn.Canvas{dst, src, mask} {
		p, err := e.own(c)
		if err != nil {
			return err
		}
		if all[i] = p; p.w != all[0].w || p.h != all[0].h {
			return fmt.Errorf("cpu: cannot mix canvases of %dx%d and %dx%d", all[0].w, all[0].h, p.w, p.h)
		}
	}
	o := &e.jobs.mixing
	*o = mixing{all[0], all[1], all[2]}
	if o.dst == o.src || o.dst == o.mask || o.src == o.mask {
		return errors.New("cpu: a canvas cannot be mixed with itself")
	}
	e.workers.run(o, o.dst.h, len(o.dst.pix) > shareFloats)
	return nil
}

// mixing is a canvas's move to another, a row an item.
type mixing struct{ dst, src, mask *canvas }

func (o *mixing) run(_ *worker, y int) {
	dst, src, mask := o.dst.row(y), o.src.row(y), o.mask.row(y)
	for i := 0; i+3 < len(dst); i += 4 {
		d, s, share := dst[i:i+3:i+3], src[i:i+3:i+3], mask[i]/255
		d[0] += (s[0] - d[0]) * share
		d[1] += (s[1] - d[1]) * share
		d[2] += (s[2] - d[2]) * share
	}
}
