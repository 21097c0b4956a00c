package gpu

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
)

// Picture is an engine's canvas. It implements nn.Canvas.
type Picture struct {
	engine   *Engine
	w, h     int
	pixels   *buffer   // a vec4 for each pixel
	gradient *buffer   // of the whole canvas, where it is dreamed in tiles
	levels   []region  // of its gradient, where depth evens them out
	detail   []*buffer // that they lie in
	packed   *buffer   // 8-bit pixels on their way up or down, or nil
	read     *readback // of the 8-bit pixels, or nil
	released bool
}

var _ nn.Canvas = (*Picture)(nil)

// NewPicture makes a black canvas. Its pixels must fit one shader storage
// block: 8192x1024 where blocks end at 128 MiB.
func (e *Engine) NewPicture(w, h int) (nn.Canvas, error) {
	if w < 1 || h < 1 {
		return nil, fmt.Errorf("gpu: a canvas of %dx%d pixels is empty", w, h)
	}
	size := int64(w) * int64(h) * texel
	if size > e.device.Limits.Block {
		return nil, fmt.Errorf("gpu: a canvas of %dx%d pixels takes %d MiB, %s binds at most %d",
			w, h, size>>20, e.device.Renderer, e.device.Limits.Block>>20)
	}
	c := &Picture{engine: e, w: w, h: h}
	err := e.do(func() {
		c.pixels = e.alloc("picture", size)
		e.canvases[c] = true
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Picture) Size() (w, h int) { return c.w, c.h }

// Release frees the canvas.
func (c *Picture) Release() {
	if c.released || c.engine.context == nil {
		return
	}
	c.released = true
	// A lost device's memory is freed with the engine.
	_ = c.engine.do(func() {
		c.free()
		delete(c.engine.canvases, c)
	})
}

// free deletes the buffers, on the context's thread.
func (c *Picture) free() {
	c.pixels.free()
	if c.gradient != nil {
		c.gradient.free()
	}
	for _, b := range c.detail {
		b.free()
	}
	if c.packed != nil {
		c.packed.free()
	}
	if c.read != nil {
		c.read.free()
	}
}

func (c *Picture) fits(m *image.RGBA) error {
	switch {
	case c.released:
		return errors.New("gpu: the canvas is released")
	case m.Rect != image.Rect(0, 0, c.w, c.h):
		return fmt.Errorf("gpu: an image of %v does not fit a canvas of %dx%d", m.Rect, c.w, c.h)
	}
	return nil
}

// Write sets the canvas from an image of its size.
func (c *Picture) Write(m *image.RGBA) error {
	if err := c.fits(m); err != nil {
		return err
	}
	return c.engine.do(func() {
		c.prepare()
		c.packed.writeImage(m)
		c.engine.paint("picture", "canvas_write", nil, numbers{pixelParams{int32(c.w * c.h)}}, c.w*c.h,
			reads(0, c.packed.whole()), writes(outSlot, c.pixels.whole()))
	})
}

// writeImage sets a buffer to an image's pixels, row after row.
func (b *buffer) writeImage(m *image.RGBA) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	if m.Stride == 4*w {
		gl.BufferSubData(gl.COPY_WRITE_BUFFER, 0, 4*w*h, gl.Ptr(m.Pix))
		return
	}
	for y := range h {
		gl.BufferSubData(gl.COPY_WRITE_BUFFER, 4*w*y, 4*w, gl.Ptr(m.Pix[y*m.Stride:]))
	}
}

// prepare makes what the 8-bit pixels pass through.
func (c *Picture) prepare() {
	if c.packed == nil {
		c.packed = c.engine.inbox("picture", int64(4*c.w*c.h))
		c.read = newReadback(c.engine, 4*c.w*c.h)
	}
}

// Read sets an image from the canvas; it waits for the copy, and so for all work before it.
func (c *Picture) Read(m *image.RGBA) error {
	r, err := c.StartRead(m)
	if err != nil {
		return err
	}
	return r.Wait()
}

// StartRead starts to copy the canvas as it is now and does not wait. One copy is
// under way at a time: another one before Wait drops the first.
func (c *Picture) StartRead(m *image.RGBA) (nn.Reading, error) {
	if err := c.fits(m); err != nil {
		return nil, err
	}
	return &reading{c, m}, c.engine.do(func() {
		c.prepare()
		c.engine.paint("picture", "canvas_read", nil, numbers{pixelParams{int32(c.w * c.h)}}, c.w*c.h,
			reads(0, c.pixels.whole()), writes(outSlot, c.packed.whole()))
		c.read.start(c.packed.whole())
	})
}

// reading is a copy of a canvas on its way to an image.
type reading struct {
	canvas *Picture
	image  *image.RGBA
}

// Done asks the fence behind the copy. A failure is told by Wait.
func (r *reading) Done() bool {
	done := true
	err := r.canvas.engine.do(func() { done = r.canvas.read.come() })
	return done || err != nil
}

// Wait waits for the copy and sets the image. Work queued since it was started goes on
// meanwhile, so a frame that is read one frame late costs no wait.
func (r *reading) Wait() error {
	c, m := r.canvas, r.image
	if err := c.fits(m); err != nil {
		return err
	}
	return c.engine.do(func() {
		if c.read == nil || c.read.fence == 0 {
			fail(errors.New("gpu: no copy of the canvas is under way"))
		}
		c.read.wait("picture", func(data unsafe.Pointer) {
			pix := unsafe.Slice((*byte)(data), 4*c.w*c.h)
			for y := range c.h {
				copy(m.Pix[y*m.Stride:][:4*c.w], pix[4*c.w*y:])
			}
		})
	})
}

// own checks that a canvas is this engine's and alive.
func (e *Engine) own(c nn.Canvas) (*Picture, error) {
	p, ok := c.(*Picture)
	if !ok || p.engine != e || p.released {
		return nil, errors.New("gpu: the canvas is released or belongs to another engine")
	}
	return p, nil
}
