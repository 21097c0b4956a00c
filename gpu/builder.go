package gpu

import (
	"strings"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// builder makes the programs of convolutions that are to be measured, and then those of fatigue, depth and
// bends, one at a time and beside the steps: on a thread with a context that shares programs with the
// engine's. KHR_parallel_shader_compile would not do: where Mesa offers it, all but the last part of a
// compilation still keeps its caller. It is used on the engine's thread.
type builder struct {
	engine  *Engine
	context *context // nil where the driver shares no programs: they are then built between steps
	scratch *scratch // owned by the context's thread
	refused map[string]bool
	waiting string   // the key of the program under way, or ""
	came    int      // programs so far
	later   []family // what may be wanted, made while nothing else is
	done    chan *program
}

func newBuilder(e *Engine) *builder {
	b := &builder{engine: e, refused: map[string]bool{}, done: make(chan *program, 1)}
	// With a second context zink of Mesa 22.3 reads old values from mapped memory, glFinish or not.
	if e.options.Fixed || strings.Contains(e.device.Renderer, "zink") {
		return b
	}
	if c, err := e.context.openSibling(); err == nil {
		b.context = c
		b.later = append(e.stepPrograms(), e.bendPrograms()...)
	}
	return b
}

// ready gives the program by which k computes the convolution where there is one, and
// has it made where there is none. never tells that the driver makes none.
func (b *builder) ready(c *convolution, k kernel) (p *program, never bool) {
	f := b.engine.shaderOf(c, k)
	key := f.key()
	if p := b.engine.programs[key]; p != nil || b.refused[key] {
		return p, p == nil
	}
	if b.waiting == "" {
		b.begin(f)
	}
	return nil, false
}

// ahead has the next program made that may be wanted, unless one is under way.
func (b *builder) ahead() {
	for b.waiting == "" && len(b.later) > 0 {
		f := b.later[0]
		b.later = b.later[1:]
		if b.engine.programs[f.key()] == nil {
			b.begin(f)
		}
	}
}

func (b *builder) begin(f family) {
	b.waiting = f.key()
	source := b.engine.source(f)
	build := func() {
		p, err := b.engine.store.build(f.shader, source)
		if err == nil && b.context != nil {
			b.rouse(p)
		}
		b.done <- p
	}
	if b.context == nil {
		build()
		return
	}
	go func() { _ = b.context.do(build) }()
}

// collect takes the program that is finished, if one is.
func (b *builder) collect() {
	select {
	case p := <-b.done:
		b.take(p)
	default:
	}
}

// wait is collect that waits for the program under way.
func (b *builder) wait() {
	if b.waiting != "" {
		b.take(<-b.done)
	}
}

func (b *builder) take(p *program) {
	key := b.waiting
	b.waiting = ""
	b.came++
	switch {
	case p == nil:
		b.refused[key] = true
		b.engine.forgive()
	case b.engine.programs[key] != nil: // a plan needed it meanwhile
		p.free()
	default:
		b.engine.programs[key] = p
	}
}

func (b *builder) close() {
	b.wait()
	if b.context != nil {
		b.context.close()
	}
}

// scratch is what a program is bound to when it runs for nothing.
type scratch struct{ params, maps, texture uint32 }

// rouse runs a program over no positions: some drivers finish a program only then. On
// llvmpipe what comes of that is found by the engine's context in Mesa's cache.
func (b *builder) rouse(p *program) {
	if b.scratch == nil {
		b.scratch = newScratch()
	}
	s := b.scratch
	gl.UseProgram(p.id)
	gl.BindBufferBase(gl.UNIFORM_BUFFER, 0, s.params)
	for slot := range uint32(outSlot + 1) {
		gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, slot, s.maps)
		gl.ActiveTexture(gl.TEXTURE0 + slot)
		gl.BindTexture(gl.TEXTURE_BUFFER, s.texture)
	}
	gl.DispatchCompute(1, 1, 1)
	fence := gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
	gl.ClientWaitSync(fence, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(time.Second))
	gl.DeleteSync(fence)
}

func newScratch() *scratch {
	var ids [2]uint32
	gl.GenBuffers(2, &ids[0])
	s := &scratch{params: ids[0], maps: ids[1]}
	data := encode(header{Width: 1, Blocks: 1}, convParams{TapsX: 1, In4: 1, GroupOut4: 1, Bias: -1})
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.params)
	gl.BufferData(gl.COPY_WRITE_BUFFER, stride, nil, gl.STATIC_DRAW)
	gl.BufferSubData(gl.COPY_WRITE_BUFFER, 0, len(data), gl.Ptr(data))
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.maps)
	gl.BufferData(gl.COPY_WRITE_BUFFER, 4*stride, nil, gl.STATIC_COPY)
	gl.GenTextures(1, &s.texture)
	gl.BindTexture(gl.TEXTURE_BUFFER, s.texture)
	gl.TexBuffer(gl.TEXTURE_BUFFER, gl.RGBA32F, s.maps)
	return s
}
