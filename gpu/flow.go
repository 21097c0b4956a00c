package gpu

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
)

type flowParams struct {
	Width, Height  int32   // in cells, of what is written
	PlaneW, PlaneH int32   // in pixels, of the plane that is read
	Spacing, Reach int32   // pixels of the plane from cell to cell, and cells to each side
	Lift           float32 // by how much brighter the other picture is
	Scale, Shift   float32 // cell x lies at scale*x+shift of what is enlarged
	Times          float32 // by what its flow is multiplied
	Least, Most    float32 // misses that count as none, and as something else
}

// flowFinder finds optical flow on the device: the passes of flow_*.comp in the order of app/flow. It implements nn.Flow.
type flowFinder struct {
	engine   *Engine
	w, h     int
	o        nn.FlowOptions
	levels   []flowLevel
	spacing  int // pixels from cell to cell of the last descent
	pictures [2]*buffer
	planes   [2]*buffer // the pyramid of each
	cells    [6]*buffer // a vec4 for each cell: see their names below
	moves    [2]*buffer // a vec2 for each cell: the flow, and the one in the making
	results  *buffer
	found    [4]region // of results: see their names below
	some     *readback // of misses or a level
	all      *readback // of results
	released bool
}

// flowLevel is a plane of the pyramid: its size, and where it lies.
type flowLevel struct {
	w, h   int
	region [2]region
}

// The buffers of a vec4 for each cell.
const (
	flowGrid    = iota // luma and gradient
	flowInverse        // of the gradient's products, and the weight
	flowCentre         // of the weights around
	flowSlopes
	flowValues // what is summed next
	flowRows   // sums of rows of it
)

// The results, the flows first, by the picture that they lead from.
const (
	flowAhead = iota
	flowBack
	flowMiss
	flowSeen
)

// flowWindow is how many cells to each side are matched together, as flow.glsl has it.
const flowWindow = 3

var _ nn.FlowEngine = (*Engine)(nil)

// NewFlow makes room for the flow between pictures of w x h.
func (e *Engine) NewFlow(w, h int, o nn.FlowOptions) (nn.Flow, error) {
	if o.Levels < 1 || min(w, h)>>(o.Levels-1) < 1 || o.Finest < 0 || o.Finest >= o.Levels || o.Reach < 1 {
		return nil, fmt.Errorf("gpu: there is no flow of %dx%d pixels by %+v", w, h, o)
	}
	f := &flowFinder{engine: e, w: w, h: h, o: o, spacing: 1 << o.Finest}
	cells := int64((w+f.spacing-1)/f.spacing) * int64((h+f.spacing-1)/f.spacing)
	pixels := int64(w) * int64(h)
	need := cells*int64(len(f.cells)+1)*texel + pixels*(2*4+2*4*4/3+2*2*12+4)
	if largest := max(cells*texel, 8*pixels); largest > e.device.Limits.Block || e.room > 0 && need > e.room/2 {
		return nil, fmt.Errorf("gpu: the flow of %dx%d pixels takes %d MiB, more than %s has to spare", w, h, need>>20, e.device.Renderer)
	}
	err := e.do(func() {
		for i := range f.pictures {
			f.pictures[i] = e.inbox("flow", 4*pixels)
		}
		f.layOut()
		for i := range f.cells {
			f.cells[i] = e.alloc("flow", cells*texel)
		}
		for i := range f.moves {
			f.moves[i] = e.alloc("flow", 8*cells)
		}
		offset := int64(0)
		for i, size := range [...]int64{flowAhead: 8 * pixels, flowBack: 8 * pixels, flowMiss: 4 * pixels, flowSeen: 4 * pixels} {
			f.found[i] = region{nil, offset, size}
			offset += aligned(size)
		}
		f.results = e.alloc("flow", offset)
		for i := range f.found {
			f.found[i].buf = f.results
		}
		f.some, f.all = newReadback(e, int(4*pixels)), newReadback(e, int(offset))
		e.flows[f] = true
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// aligned is a size after which a binding may begin.
func aligned(size int64) int64 { return (size + stride - 1) / stride * stride }

// layOut places the levels of both pyramids.
func (f *flowFinder) layOut() {
	w, h, offset := f.w, f.h, int64(0)
	for range f.o.Levels {
		size := int64(4 * w * h)
		f.levels = append(f.levels, flowLevel{w: w, h: h, region: [2]region{{nil, offset, size}, {nil, offset, size}}})
		offset += aligned(size)
		w, h = w/2, h/2
	}
	for i := range f.planes {
		f.planes[i] = f.engine.alloc("flow", offset)
		for j := range f.levels {
			f.levels[j].region[i].buf = f.planes[i]
		}
	}
}

// free deletes the buffers, on the context's thread.
func (f *flowFinder) free() {
	for _, list := range [][]*buffer{f.pictures[:], f.planes[:], f.cells[:], f.moves[:], {f.results}} {
		for _, b := range list {
			b.free()
		}
	}
	f.some.free()
	f.all.free()
}

// Release frees the device's memory.
func (f *flowFinder) Release() {
	if f.released || f.engine.context == nil {
		return
	}
	f.released = true
	_ = f.engine.do(func() { // a lost device's memory is freed with the engine
		f.free()
		delete(f.engine.flows, f)
	})
}

// do runs a call that is one of a flow that is still there.
func (f *flowFinder) do(call func()) error {
	if f.released {
		return errors.New("gpu: the flow is released")
	}
	return f.engine.do(call)
}

// pass runs one of the shaders over cells.
func (f *flowFinder) pass(name string, d defines, p flowParams, bufs ...use) {
	f.engine.paint("flow", "flow_"+name, d, numbers{p}, int(p.Width*p.Height), bufs...)
}

// second is the slot of what a shader writes beside.
const second = outSlot + 1

// Set takes two pictures.
func (f *flowFinder) Set(before, now *image.RGBA, level int) (a, b []float32, err error) {
	size := image.Rect(0, 0, f.w, f.h)
	if before.Rect != size || now.Rect != size {
		return nil, nil, fmt.Errorf("gpu: pictures of %v and %v for a flow of %v", before.Rect, now.Rect, size)
	}
	err = f.do(func() {
		for i, m := range []*image.RGBA{before, now} {
			f.pictures[i].writeImage(m)
			first := f.levels[0]
			f.pass("luma", nil, flowParams{Width: int32(f.w), Height: int32(f.h)}, reads(0, f.pictures[i].whole()), writes(outSlot, first.region[i]))
			for j, l := range f.levels[1:] {
				from := f.levels[j]
				f.pass("halve", nil, flowParams{Width: int32(l.w), Height: int32(l.h), PlaneW: int32(from.w), PlaneH: int32(from.h)},
					reads(0, from.region[i]), writes(outSlot, l.region[i]))
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return f.Level(level)
}

// Level gives the luma of both pictures at a level.
func (f *flowFinder) Level(level int) (a, b []float32, err error) {
	l := f.levels[level]
	err = f.do(func() {
		a, b = f.values(l.region[0], l.w*l.h), f.values(l.region[1], l.w*l.h)
	})
	return a, b, err
}

// values reads back some numbers.
func (f *flowFinder) values(r region, n int) []float32 {
	out := make([]float32, n)
	f.some.start(r)
	f.some.wait("flow", func(data unsafe.Pointer) { copy(out, unsafe.Slice((*float32)(data), n)) })
	return out
}

// Find finds the flow both ways, and what it misses.
func (f *flowFinder) Find(lift [2]float32, miss []float32) error {
	if len(miss) != f.w*f.h {
		return fmt.Errorf("gpu: %d misses for a flow of %dx%d pixels", len(miss), f.w, f.h)
	}
	return f.do(func() {
		for i := range lift {
			f.search(i, lift[i])
		}
		f.pass("miss", nil, flowParams{Width: int32(f.w), Height: int32(f.h), Lift: lift[1]},
			reads(0, f.pictures[1].whole()), reads(1, f.pictures[0].whole()), reads(2, f.found[flowBack]), writes(outSlot, f.found[flowMiss]))
		copy(miss, f.values(f.found[flowMiss], len(miss)))
	})
}

// search finds the flow from a picture to the other one, from coarse to fine.
func (f *flowFinder) search(from int, lift float32) {
	top := len(f.levels) - 1
	l := f.levels[top]
	f.clear()
	for i := top; i >= f.o.Finest; i-- {
		descents := 2
		if i == f.o.Finest {
			descents = 1 // another one follows
		}
		if i < top {
			next := f.levels[i]
			f.enlarge(f.moves[1].whole(), l.w, l.h, next.w, next.h, .5, -.25, 2)
			f.moves[0], f.moves[1] = f.moves[1], f.moves[0]
			l = next
		}
		f.improve(f.params(l.w, l.h, l, 1, lift), i, from, descents)
	}
	s := f.spacing
	w, h := (f.w+s-1)/s, (f.h+s-1)/s
	f.enlarge(f.moves[1].whole(), l.w, l.h, w, h, 1, .5/float32(s)-.5, float32(s))
	f.moves[0], f.moves[1] = f.moves[1], f.moves[0]
	p := f.params(w, h, f.levels[0], s, lift)
	f.improve(p, 0, from, 1)
	f.still(p, from)
	f.enlarge(f.found[from], w, h, f.w, f.h, 1/float32(s), 0, 1)
}

// params are those of passes over w x h cells of a level.
func (f *flowFinder) params(w, h int, l flowLevel, spacing int, lift float32) flowParams {
	return flowParams{Width: int32(w), Height: int32(h), PlaneW: int32(l.w), PlaneH: int32(l.h), Spacing: int32(spacing), Lift: lift}
}

// clear has no motion be the flow.
func (f *flowFinder) clear() {
	order()
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, f.moves[0].id)
	gl.ClearBufferData(gl.COPY_WRITE_BUFFER, gl.R32F, gl.RED, gl.FLOAT, nil)
}

// enlarge sets a flow of w x h to the present one of fromW x fromH.
func (f *flowFinder) enlarge(to region, fromW, fromH, w, h int, scale, shift, times float32) {
	f.pass("enlarge", nil, flowParams{Width: int32(w), Height: int32(h), PlaneW: int32(fromW), PlaneH: int32(fromH), Scale: scale, Shift: shift, Times: times},
		reads(0, f.moves[0].whole()), writes(outSlot, to))
}

// improve brings the flow between two planes nearer to the truth.
func (f *flowFinder) improve(p flowParams, level, from, descents int) {
	grid, inverse, centre := f.cells[flowGrid].whole(), f.cells[flowInverse].whole(), f.cells[flowCentre].whole()
	slopes, values, rows := f.cells[flowSlopes].whole(), f.cells[flowValues].whole(), f.cells[flowRows].whole()
	here, there := f.levels[level].region[from], f.levels[level].region[1-from]
	f.pass("gradient", nil, p, reads(0, here), writes(outSlot, grid), writes(second, values))
	f.sumRows(p, flowWindow, values)
	f.pass("invert", nil, p, reads(0, rows), writes(outSlot, inverse))
	wide := p
	wide.Reach = int32(f.o.Reach)
	f.pass("rows", defines{"MOMENT": 1}, wide, reads(0, inverse), writes(outSlot, rows))
	f.pass("centre", nil, wide, reads(0, rows), writes(outSlot, centre))
	for range descents {
		flow := f.moves[0].whole()
		f.pass("push", nil, p, reads(0, grid), reads(1, there), reads(2, flow), writes(outSlot, values))
		f.sumRows(p, flowWindow, values)
		f.pass("descend", nil, p, reads(0, rows), reads(1, inverse), reads(2, flow), writes(outSlot, values))
		f.sumRows(p, f.o.Reach, values)
		f.pass("mean", nil, wide, reads(0, rows), reads(1, centre), writes(outSlot, values))
		f.pass("slope", nil, p, reads(0, values), reads(1, centre), writes(outSlot, slopes), writes(second, flow))
	}
	far := p
	far.Reach = int32(f.o.Reach + 1)
	// Those of the flow itself come where sums of rows are, which are not wanted now.
	f.pass("costs", nil, far, reads(0, grid), reads(1, there), reads(2, f.moves[0].whole()), reads(3, slopes), writes(outSlot, rows), writes(second, values))
	f.pass("choose", nil, far, reads(0, rows), reads(1, values), reads(2, f.moves[0].whole()), reads(3, slopes), writes(outSlot, f.moves[1].whole()))
	f.moves[0], f.moves[1] = f.moves[1], f.moves[0]
}

// sumRows sums values over cells to the left and right.
func (f *flowFinder) sumRows(p flowParams, reach int, values region) {
	p.Reach = int32(reach)
	f.pass("rows", defines{"MOMENT": 0}, p, reads(0, values), writes(outSlot, f.cells[flowRows].whole()))
}

// still ends motion that nothing shows.
func (f *flowFinder) still(p flowParams, from int) {
	values, moves := f.cells[flowValues].whole(), f.moves[0].whole()
	f.pass("still", nil, p, reads(0, f.cells[flowGrid].whole()), reads(1, f.levels[0].region[1-from]), reads(2, moves), writes(outSlot, values))
	f.sumRows(p, flowWindow, values)
	f.pass("rest", nil, p, reads(0, f.cells[flowRows].whole()), reads(1, f.cells[flowInverse].whole()), writes(outSlot, moves))
}

// Seen sets the flows, and how sure it is that each pixel was seen.
func (f *flowFinder) Seen(least, most float32, ahead, back [][2]float32, seen []float32) error {
	n := f.w * f.h
	if len(ahead) != n || len(back) != n || len(seen) != n {
		return fmt.Errorf("gpu: no room for a flow of %dx%d pixels", f.w, f.h)
	}
	return f.do(func() {
		f.pass("seen", nil, flowParams{Width: int32(f.w), Height: int32(f.h), Least: least, Most: most},
			reads(0, f.found[flowMiss]), reads(1, f.found[flowBack]), reads(2, f.found[flowAhead]), writes(outSlot, f.found[flowSeen]))
		f.all.start(f.results.whole())
		f.all.wait("flow", func(data unsafe.Pointer) {
			copy(ahead, unsafe.Slice((*[2]float32)(unsafe.Add(data, f.found[flowAhead].offset)), n))
			copy(back, unsafe.Slice((*[2]float32)(unsafe.Add(data, f.found[flowBack].offset)), n))
			copy(seen, unsafe.Slice((*float32)(unsafe.Add(data, f.found[flowSeen].offset)), n))
		})
	})
}
