package gpu

import "github.com/go-gl/gl/v4.3-core/gl"

// ring holds the parameters of passes that belong to no plan, one after the
// other: by the time that it comes round the device is done with the first.
type ring struct {
	buf  *buffer
	next int
}

const ringSlots = 256

func newRing(e *Engine) *ring { return &ring{buf: e.inbox("parameters", ringSlots*stride)} }

func (r *ring) free() { r.buf.free() }

// bind makes data the parameters of the next dispatch.
func (r *ring) bind(data []byte) {
	at := r.next * stride
	r.next = (r.next + 1) % ringSlots
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, r.buf.id)
	gl.BufferSubData(gl.COPY_WRITE_BUFFER, at, len(data), gl.Ptr(data))
	gl.BindBufferRange(gl.UNIFORM_BUFFER, 0, r.buf.id, at, stride)
}

// paint runs a shader over w*h positions outside any plan.
func (e *Engine) paint(layer, shader string, d defines, n numbers, items int, bufs ...use) {
	q := e.program(layer, family{shader, e.macros(d, false, false), n})
	e.enter(layer, shader)
	order()
	gl.UseProgram(q.id)
	for _, u := range bufs {
		gl.BindBufferRange(gl.SHADER_STORAGE_BUFFER, u.slot, u.region.buf.id, int(u.region.offset), int(u.region.size))
	}
	e.ring.bind(encode(n...))
	dispatch(groups(items, q.local[0]), 1)
}
