package gpu

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// readback is a buffer through which values come back: filled by a copy behind
// a fence, so that no tensor is ever mapped. Where the driver can, it stays mapped.
type readback struct {
	engine *Engine
	buf    buffer
	mapped unsafe.Pointer // persistently, or nil
	fence  uintptr        // of the copy under way, or 0
}

func newReadback(e *Engine, size int) *readback {
	r := &readback{engine: e, buf: buffer{size: int64(size)}}
	gl.GenBuffers(1, &r.buf.id)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, r.buf.id)
	if e.persistent {
		const flags = gl.MAP_READ_BIT | gl.MAP_PERSISTENT_BIT | gl.MAP_COHERENT_BIT
		gl.BufferStorage(gl.COPY_WRITE_BUFFER, size, nil, flags|gl.CLIENT_STORAGE_BIT)
		r.mapped = gl.MapBufferRange(gl.COPY_WRITE_BUFFER, 0, size, flags)
	} else {
		gl.BufferData(gl.COPY_WRITE_BUFFER, size, nil, gl.STREAM_READ)
	}
	return r
}

func (r *readback) free() {
	r.drop()
	r.buf.free()
}

func (r *readback) drop() {
	if r.fence != 0 {
		gl.DeleteSync(r.fence)
		r.fence = 0
	}
}

// start queues the copy of a region and a fence behind it.
func (r *readback) start(from region) {
	r.drop()
	order()
	gl.BindBuffer(gl.COPY_READ_BUFFER, from.buf.id)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, r.buf.id)
	gl.CopyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, int(from.offset), 0, int(min(from.size, r.buf.size)))
	if r.mapped != nil {
		gl.MemoryBarrier(gl.CLIENT_MAPPED_BUFFER_BARRIER_BIT)
	}
	r.fence = gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
	gl.Flush()
}

// come tells whether waiting for the copy would not wait.
func (r *readback) come() bool {
	return r == nil || r.fence == 0 || gl.ClientWaitSync(r.fence, 0, 0) != gl.TIMEOUT_EXPIRED
}

// wait waits for the copy and shows the values to see.
func (r *readback) wait(layer string, see func(data unsafe.Pointer)) {
	r.engine.await(layer, r.fence)
	r.drop()
	data := r.mapped
	if data == nil {
		gl.BindBuffer(gl.COPY_READ_BUFFER, r.buf.id)
		data = gl.MapBufferRange(gl.COPY_READ_BUFFER, 0, int(r.buf.size), gl.MAP_READ_BIT)
		defer gl.UnmapBuffer(gl.COPY_READ_BUFFER)
	}
	if data == nil {
		r.engine.failed(layer, fmt.Errorf("%w: a buffer cannot be mapped", ErrMemory))
	}
	see(data)
}

// patience is how long a fence may take before the device counts as lost.
const patience = 60 * time.Second

// await waits for a fence; a device that died or gives no answer is lost.
func (e *Engine) await(layer string, fence uintptr) {
	e.alive(layer)
	switch gl.ClientWaitSync(fence, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(patience)) {
	case gl.TIMEOUT_EXPIRED:
		e.failed(layer, fmt.Errorf("%w: no answer in %v", ErrLost, patience))
	case gl.WAIT_FAILED:
		e.failed(layer, fmt.Errorf("%w: waiting for it failed", ErrLost))
	}
	e.alive(layer)
}

// alive checks, where the driver tells, that the context was not reset.
func (e *Engine) alive(layer string) {
	if e.reset != nil && e.reset() != gl.NO_ERROR {
		e.failed(layer, fmt.Errorf("%w: the driver reset it", ErrLost))
	}
}
