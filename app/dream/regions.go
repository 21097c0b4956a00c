package dream

import (
	"errors"

	"zalgoscope/nn"
)

// where keeps the map of the settings and its masks on the engine.
type where struct {
	text  string
	m     *Map // of text; nil before the first
	masks map[maskKey]nn.Canvas
	spare map[[2]int][2]nn.Canvas // by size: the picture before a step, and another one climbed
}

// maskKey is which mask, of the present map.
type maskKey struct {
	w, h int
	r    Region
}

// parse gives the map of a text, which it remembers.
func (v *where) parse(text string) (*Map, error) {
	if v.m != nil && v.text == text {
		return v.m, nil
	}
	m, err := ParseMap(text)
	if err != nil {
		return nil, err
	}
	v.releaseMasks()
	v.text, v.m = text, m
	return m, nil
}

// mask is the mask of a region at a size.
func (v *where) mask(e nn.Engine, w, h int, r Region) (nn.Canvas, error) {
	key := maskKey{w, h, r}
	if c := v.masks[key]; c != nil {
		return c, nil
	}
	const most = 32 // octaves come back, until the canvas has another size
	if len(v.masks) >= most {
		v.releaseMasks()
	}
	c, err := e.NewPicture(w, h)
	if err != nil {
		return nil, err
	}
	if err := c.Write(v.m.Mask(w, h, r)); err != nil {
		c.Release()
		return nil, err
	}
	if v.masks == nil {
		v.masks = map[maskKey]nn.Canvas{}
	}
	v.masks[key] = c
	return c, nil
}

// spares are two canvases of a size to work on.
func (v *where) spares(e nn.Engine, w, h int) (a, b nn.Canvas, err error) {
	if s, ok := v.spare[[2]int{w, h}]; ok {
		return s[0], s[1], nil
	}
	const most = 12
	if len(v.spare) >= most {
		v.releaseSpares()
	}
	if a, err = e.NewPicture(w, h); err != nil {
		return nil, nil, err
	}
	if b, err = e.NewPicture(w, h); err != nil {
		a.Release()
		return nil, nil, err
	}
	if v.spare == nil {
		v.spare = map[[2]int][2]nn.Canvas{}
	}
	v.spare[[2]int{w, h}] = [2]nn.Canvas{a, b}
	return a, b, nil
}

func (v *where) releaseMasks() {
	for _, c := range v.masks {
		c.Release()
	}
	clear(v.masks)
}

func (v *where) releaseSpares() {
	for _, s := range v.spare {
		s[0].Release()
		s[1].Release()
	}
	clear(v.spare)
}

func (v *where) release() {
	v.releaseMasks()
	v.releaseSpares()
}

// otherObjective is what is dreamed where the map says so.
func (d *Dream) otherObjective(s Settings) (nn.Objective, error) {
	o, err := s.WithOther()
	if err != nil {
		return nil, err
	}
	return d.second.objective(o)
}

// ascendRegions makes a gradient step on the places of the map: towards the objective, towards the other one from the
// same picture, and back to that picture where nothing is to be dreamed.
func (d *Dream) ascendRegions(c nn.Canvas, obj nn.Objective, s Settings, step nn.Step) (score float32, err error) {
	m, err := d.where.parse(s.Where)
	if err != nil {
		return 0, err
	}
	w, h := c.Size()
	before, other, err := d.where.spares(d.engine, w, h)
	if err != nil {
		return 0, err
	}
	if err := d.engine.Combine(before, nn.Term{Canvas: c, Weight: 1}); err != nil {
		return 0, err
	}
	two := m.Share(Other) > 0
	if two {
		if err := d.engine.Combine(other, nn.Term{Canvas: c, Weight: 1}); err != nil {
			return 0, err
		}
		obj, err := d.otherObjective(s)
		if err != nil {
			return 0, err
		}
		if score, err = d.climbStep(other, obj, s, step); err != nil {
			return 0, err
		}
	}
	first, err := d.climbStep(c, obj, s, step)
	if err != nil {
		return 0, err
	}
	var mixed error
	mix := func(src nn.Canvas, r Region) {
		mask, err := d.where.mask(d.engine, w, h, r)
		if err == nil {
			err = d.engine.Mix(c, src, mask)
		}
		mixed = errors.Join(mixed, err)
	}
	if two {
		mix(other, Other)
	}
	if m.Share(Never) > 0 {
		mix(before, Never)
	}
	return first + score, mixed
}
