package gpu

import (
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// get reads a view of a region of its blob.
func (e *Engine) get(layer string, v *view, r region) *tensor.Dense {
	r = v.body(r)
	back := newReadback(e, int(r.size))
	defer back.free()
	back.start(r)
	out := nn.NewTensor(tensor.Shape{v.channels, v.h, v.w})
	back.wait(layer, func(data unsafe.Pointer) {
		in, values := unsafe.Slice((*float32)(data), r.size/4), nn.Floats(out)
		v.each(func(at, c, y, x int) { values[(c*v.h+y)*v.w+x] = in[at] })
	})
	return out
}

// put writes a tensor to a view of a region of its blob, the padding with zeros.
func (e *Engine) put(layer string, v *view, r region, t *tensor.Dense) {
	r = v.body(r)
	data, values := make([]float32, r.size/4), nn.Floats(t)
	v.each(func(at, c, y, x int) { data[at] = values[(c*v.h+y)*v.w+x] })
	e.bring(layer, r, data)
}

// bring writes values to a region of device memory by way of a buffer that is made for it: what passes write
// is no place that the processor writes as well.
func (e *Engine) bring(layer string, to region, data []float32) {
	from := e.inbox(layer, int64(4*len(data)))
	defer from.free()
	from.write(0, data)
	order()
	gl.BindBuffer(gl.COPY_READ_BUFFER, from.id)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, to.buf.id)
	gl.CopyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, 0, int(to.offset), int(from.size))
}

// each visits every value of a view: where it lies among the binding's floats, channel, row and column.
func (v *view) each(visit func(at, c, y, x int)) {
	for c := range v.channels {
		for y := range v.h {
			at := c/4*v.plane() + v.origin() + y*v.row()
			for x := range v.w {
				visit(4*(at+x)+c%4, c, y, x)
			}
		}
	}
}
