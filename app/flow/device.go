package flow

import (
	"image"

	"zalgoscope/nn"
)

// device finds a film's motion on an engine's device.
type device struct {
	nn.Flow
	film *Film
}

// between is Film.Between; what is decided for the whole picture is decided here.
func (d *device) between(before, m *image.RGBA) (*Motion, error) {
	f := d.film
	top := len(f.now) - 1
	a, b, err := d.Set(before, m, top)
	if err != nil {
		return nil, err
	}
	last, now := plane{pix: a}, plane{pix: b}
	lift := [2]float32{lifted(last, now), lifted(now, last)}
	if top > 1 {
		if last.pix, now.pix, err = d.Level(1); err != nil {
			return nil, err
		}
	}
	contrast := max(now.contrast(), last.contrast())
	fit(f.w*f.h, &f.miss)
	if err := d.Find(lift, f.miss); err != nil {
		return nil, err
	}
	out := f.newMotion()
	if out.Cut = cut(f.miss, contrast); out.Cut {
		return out, nil
	}
	ahead, back := make([][2]float32, f.w*f.h), make([][2]float32, f.w*f.h)
	least, most := doubtful(f.miss)
	if err := d.Seen(least, most, ahead, back, out.Seen); err != nil {
		return nil, err
	}
	for i, v := range ahead {
		out.Ahead.U[i], out.Ahead.V[i] = v[0], v[1]
		out.Back.U[i], out.Back.V[i] = back[i][0], back[i][1]
	}
	out.Speed = speed(out.Back, out.Seen)
	return out, nil
}
