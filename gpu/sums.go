package gpu

import "github.com/go-gl/gl/v4.3-core/gl"

// Sums are taken in two stages: parts invocations add up every parts-th value,
// then one work group adds their sums.
const (
	parts = 8192
	slots = 48 // sums that may be wanted at a time

	gradientSlot = 29 // the gradient's absolute values, and pixels that need healing; targets have the slots before
	meanSlot     = 30 // a canvas's colours
	spreadSlot   = 31
	depthSlot    = spreadSlot + 1 // the absolute values of the levels of a pyramid, one more for each: no canvas has 16

	told = (gradientSlot + 1) * stride // bytes of the totals that tell of a step
)

// sums holds the totals of all slots, each where a binding may begin, then the parts of each, as vec4.
type sums struct {
	buf    *buffer
	engine *Engine
}

func newSums(e *Engine) *sums {
	return &sums{buf: e.alloc("sums", int64(sumParts(slots))*texel), engine: e}
}

func (s *sums) free() { s.buf.free() }

// sumParts is where the parts of a slot begin, in vec4.
func sumParts(slot int) int { return slots*stride/texel + slot*parts }

// parts is what the first stage of a slot writes.
func (s *sums) parts(slot int) region {
	return region{s.buf, int64(sumParts(slot)) * texel, parts * texel}
}

// total is where a slot's sum stands.
func (s *sums) total(slot int) region { return region{s.buf, int64(slot) * stride, texel} }

// finish adds the parts of n slots from first on.
func (s *sums) finish(first, n int) {
	e := s.engine
	q := e.program("sum", family{"sum", defines{"PARTS": parts, "STRIDE": stride / texel, "SLOTS": slots}, numbers{header{}}})
	e.enter("sums", "sum")
	order()
	gl.UseProgram(q.id)
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, outSlot, s.buf.id)
	e.ring.bind(encode(header{First: int32(first)}))
	gl.DispatchCompute(uint32(n), 1, 1)
}
