package gpu

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// texel is the size of the unit that maps are counted in: a vec4.
const texel = 16

// buffer is a block of device memory.
type buffer struct {
	id   uint32
	size int64
}

// alloc makes a buffer of zeros in device memory for the named layer.
func (e *Engine) alloc(layer string, size int64) *buffer {
	return e.newBuffer(layer, size, gl.STATIC_COPY)
}

// inbox makes a buffer of zeros that the processor writes again and again.
func (e *Engine) inbox(layer string, size int64) *buffer {
	return e.newBuffer(layer, size, gl.DYNAMIC_DRAW)
}

func (e *Engine) newBuffer(layer string, size int64, usage uint32) *buffer {
	e.enter(layer, "memory")
	e.suffer(layer, size)
	b := &buffer{size: size}
	for gl.GetError() == gl.OUT_OF_MEMORY { // an earlier failure's
	}
	gl.GenBuffers(1, &b.id)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	gl.BufferData(gl.COPY_WRITE_BUFFER, int(size), nil, usage)
	gl.ClearBufferData(gl.COPY_WRITE_BUFFER, gl.R32F, gl.RED, gl.FLOAT, nil)
	if err := gl.GetError(); err != gl.NO_ERROR {
		gl.DeleteBuffers(1, &b.id)
		e.failed(layer, fmt.Errorf("%w: no %d MiB (error 0x%x)", ErrMemory, size>>20, err))
	}
	return b
}

// upload makes a buffer of the given values.
func (e *Engine) upload(layer string, data []float32) *buffer {
	b := e.alloc(layer, max(int64(len(data))*4, texel))
	if len(data) > 0 {
		b.write(0, data)
	}
	return b
}

func (b *buffer) write(offset int64, data []float32) {
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	gl.BufferSubData(gl.COPY_WRITE_BUFFER, int(offset), 4*len(data), unsafe.Pointer(&data[0]))
}

func (b *buffer) free() { gl.DeleteBuffers(1, &b.id) }

func (b *buffer) whole() region { return region{b, 0, b.size} }

// region is a run of bytes of a buffer.
type region struct {
	buf          *buffer
	offset, size int64
}

func (r region) overlaps(o region) bool {
	return r.buf == o.buf && r.offset < o.offset+o.size && o.offset < r.offset+r.size
}

// arena hands out aligned regions of few buffers, none larger than a shader
// may bind unless one region alone is.
type arena struct {
	sizes []int64 // of the buffers to be
	slots []slot
	limit int64
}

type slot struct {
	buffer       int
	offset, size int64
	layer        string
}

// reserve asks for size bytes and returns the number of the slot.
func (a *arena) reserve(layer string, size int64) int {
	const align = 256 // no driver asks for more
	size = (size + align - 1) / align * align
	n := len(a.sizes) - 1
	if n < 0 || a.sizes[n]+size > a.limit {
		a.sizes = append(a.sizes, 0)
		n++
	}
	a.slots = append(a.slots, slot{n, a.sizes[n], size, layer})
	a.sizes[n] += size
	return len(a.slots) - 1
}

func (a *arena) total() (sum int64) {
	for _, s := range a.sizes {
		sum += s
	}
	return sum
}

// build allocates the buffers, each handed to keep, and gives every slot its region.
func (a *arena) build(e *Engine, keep func(*buffer)) []region {
	bufs := make([]*buffer, len(a.sizes))
	regions := make([]region, len(a.slots))
	for i, s := range a.slots {
		if bufs[s.buffer] == nil {
			bufs[s.buffer] = e.alloc(s.layer, a.sizes[s.buffer])
			keep(bufs[s.buffer])
		}
		regions[i] = region{bufs[s.buffer], s.offset, s.size}
	}
	return regions
}
