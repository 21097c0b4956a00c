package record

import (
	"fmt"
	"image"
	"os"
	"runtime"

	"zalgoscope/app/beside"
)

// pingpong plays a recording forwards and then backwards, so that its last frame meets its first one. The
// frames wait for their way back in a file beside the recording, which nobody else sees: memory
// does not grow with the length, and a recording that is cut off is the way forward.
type pingpong struct {
	next    Recorder
	folder  string
	closing func(done, total int) // may be nil
	spool   *beside.File          // of the frames' pixels without alpha; nil before the first one
	size    image.Point
	frames  int
	buf     []byte
	err     error // of the spool
	closed  bool
}

func (p *pingpong) Add(m *image.RGBA) error {
	if p.err == nil {
		p.err = p.hold(m)
	}
	if p.err != nil {
		return p.err
	}
	return p.next.Add(m)
}

// hold writes a frame to the spool.
func (p *pingpong) hold(m *image.RGBA) error {
	if p.spool == nil {
		f, err := beside.Scratch(p.folder)
		if err != nil {
			return err
		}
		if runtime.GOOS != "windows" {
			_ = os.Remove(f.Name()) // the file lives on without a name, and ends with the program
		}
		p.spool, p.size = f, m.Rect.Size()
		p.buf = make([]byte, 3*p.size.X*p.size.Y)
	}
	i := 0
	for y := range p.size.Y {
		row := m.Pix[y*m.Stride:][:4*p.size.X]
		for x := 0; x < len(row); x += 4 {
			p.buf[i], p.buf[i+1], p.buf[i+2] = row[x], row[x+1], row[x+2]
			i += 3
		}
	}
	if _, err := p.spool.WriteAt(p.buf, int64(p.frames)*int64(len(p.buf))); err != nil {
		return fmt.Errorf("record: cannot hold more frames for the way back: %w; what was recorded so far is safe", err)
	}
	p.frames++
	return nil
}

// fetch reads a frame back.
func (p *pingpong) fetch(n int) (*image.RGBA, error) {
	if _, err := p.spool.ReadAt(p.buf, int64(n)*int64(len(p.buf))); err != nil {
		return nil, fmt.Errorf("record: cannot read the way back: %w", err)
	}
	m := image.NewRGBA(image.Rectangle{Max: p.size})
	for i := range p.size.X * p.size.Y {
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = p.buf[3*i], p.buf[3*i+1], p.buf[3*i+2], 255
	}
	return m, nil
}

// ender is a recorder of which the frames that follow are no news to the recipe. It is written to the
// end before them, so that it counts the recording's frames even where the way back is cut off.
type ender interface{ endRecipe() }

// Close adds the way back, without the two frames at which it turns.
func (p *pingpong) Close() error {
	if p.closed {
		return p.next.Close()
	}
	p.closed = true
	err := p.err
	if e, ok := p.next.(ender); ok {
		e.endRecipe()
	}
	for n := p.frames - 2; n > 0 && err == nil; n-- {
		var m *image.RGBA
		if m, err = p.fetch(n); err == nil {
			err = p.next.Add(m)
		}
		if p.closing != nil {
			p.closing(p.frames-1-n, p.frames-2)
		}
	}
	if p.spool != nil {
		p.spool.Discard()
	}
	if cerr := p.next.Close(); err == nil {
		err = cerr
	}
	return err
}
