package cpu

import (
	"errors"
	"fmt"
	"image"

	"zalgoscope/nn"
)

// canvas is a picture of four floats a pixel: red, green, blue and nothing.
type canvas struct {
	owner *Engine
	w, h  int
	pix   []float32 // nil once released
}

var (
	errForeign       = errors.New("cpu: the canvas is released or belongs to another engine")
	errForeignMemory = errors.New("cpu: the memory of a target is released, belongs to another engine or does not fit its layer")
)

// maxPixels bounds a canvas to what 32-bit sizes of its maps can follow.
const maxPixels = 1 << 28

// NewPicture makes a black canvas.
func (e *Engine) NewPicture(w, h int) (nn.Canvas, error) {
	if w < 1 || h < 1 {
		return nil, fmt.Errorf("cpu: a canvas of %dx%d pixels is empty", w, h)
	}
	if w > maxPixels/h {
		return nil, fmt.Errorf("cpu: a canvas of %dx%d pixels is too large", w, h)
	}
	return &canvas{owner: e, w: w, h: h, pix: make([]float32, 4*w*h)}, nil
}

func (e *Engine) own(c nn.Canvas) (*canvas, error) {
	if o, ok := c.(*canvas); ok && o.owner == e && o.pix != nil {
		return o, nil
	}
	return nil, errForeign
}

func (c *canvas) Size() (w, h int) { return c.w, c.h }
func (c *canvas) Release()         { c.pix = nil }

func (c *canvas) row(y int) []float32 { return c.pix[4*c.w*y:][:4*c.w] }

func (c *canvas) fits(m *image.RGBA) error {
	if c.pix == nil {
		return errForeign
	}
	if m.Rect != image.Rect(0, 0, c.w, c.h) {
		return fmt.Errorf("cpu: an image of %v does not fit a canvas of %dx%d", m.Rect, c.w, c.h)
	}
	return nil
}

func (c *canvas) Write(m *image.RGBA) error {
	if err := c.fits(m); err != nil {
		return err
	}
	for y := range c.h {
		out, in := c.row(y), m.Pix[y*m.Stride:][:4*c.w]
		for i := 0; i < len(in); i += 4 {
			out[i], out[i+1], out[i+2], out[i+3] = float32(in[i]), float32(in[i+1]), float32(in[i+2]), 0
		}
	}
	return nil
}

func (c *canvas) Read(m *image.RGBA) error {
	if err := c.fits(m); err != nil {
		return err
	}
	e := c.owner
	e.jobs.read = readOut{c, m}
	e.workers.run(&e.jobs.read, c.h, 4*c.w*c.h > shareFloats)
	return nil
}

// readOut rounds a canvas to 8 bits, a row an item.
type readOut struct {
	c *canvas
	m *image.RGBA
}

func (o *readOut) run(_ *worker, y int) {
	in, out := o.c.row(y), o.m.Pix[y*o.m.Stride:][:4*o.c.w]
	for i := 0; i < len(out); i += 4 {
		for k := range 3 {
			out[i+k] = uint8(min(max(in[i+k], 0), 255) + 0.5)
		}
		out[i+3] = 255
	}
}

// Combine sets dst to a weighted sum.
func (e *Engine) Combine(dst nn.Canvas, terms ...nn.Term) error {
	d, err := e.own(dst)
	if err != nil {
		return err
	}
	o := &e.jobs.combine
	o.dst, o.src, o.weight = d, o.src[:0], o.weight[:0]
	for _, t := range terms {
		s, err := e.own(t.Canvas)
		if err != nil {
			return err
		}
		if s.w != d.w || s.h != d.h {
			return fmt.Errorf("cpu: cannot combine canvases of %dx%d and %dx%d", d.w, d.h, s.w, s.h)
		}
		o.src, o.weight = append(o.src, s), append(o.weight, t.Weight)
	}
	e.workers.run(o, d.h, len(d.pix) > shareFloats)
	return nil
}

// combine is a weighted sum of canvases, a row an item.
type combine struct {
	dst    *canvas
	src    []*canvas
	weight []float32
}

func (o *combine) run(_ *worker, y int) {
	const run = 256 // floats summed aside, since dst may be among the terms
	dst := o.dst.row(y)
	for at := 0; at < len(dst); at += run {
		var sum [run]float32
		n := min(run, len(dst)-at)
		for k, s := range o.src {
			weight := o.weight[k]
			for i, v := range s.row(y)[at : at+n] {
				sum[i] += weight * v
			}
		}
		copy(dst[at:at+n], sum[:n])
	}
}
