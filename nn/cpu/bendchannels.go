package cpu

import (
	"unsafe"

	"zalgoscope/nn/bend"
)

// wiring is which channels every block is fed from.
type wiring struct {
	clean []float32 // share of a lane's own value
	wires []wire
	first []int // wire of each block, and the end
	block int   // floats from block to block of what is read

	source []int     // what all this was made of
	wet    []float32 //
}

// prepare sets the wiring for channels that take source, or for the way back.
func (o *wiring) prepare(b *bent, source []int, back bool) {
	if unsafe.SliceData(o.source) == unsafe.SliceData(source) && unsafe.SliceData(o.wet) == unsafe.SliceData(b.op.Wet) {
		return
	}
	o.source, o.wet = source, b.op.Wet
	own, feeds := bend.Rewire{Source: source}.Feeds(o.wet, back)
	o.clean = append(append(o.clean[:0], own...), ones[:len(b.wet)-len(own)]...)
	feeds = append(feeds, make([][]bend.Feed, len(b.wet)-len(feeds))...)
	o.wires, o.first = o.wires[:0], o.first[:0]
	for i := 0; i < len(feeds); i += lanes {
		o.first = append(o.first, len(o.wires))
		o.wires = append(o.wires, wire{})
		for c, list := range feeds[i : i+lanes] {
			for k, f := range list {
				if o.first[i/lanes]+k == len(o.wires) {
					o.wires = append(o.wires, wire{})
				}
				w := &o.wires[o.first[i/lanes]+k]
				w.from[c], w.weight[c] = int32(f.From/lanes*o.block+f.From%lanes), f.Weight
			}
		}
	}
	o.first = append(o.first, len(o.wires))
}

// rewire sets the output of a bend that feeds channels from others, or the gradient at its input.
type rewire struct {
	bendRows
	wiring *wiring
}

// layout tells the wiring what is read.
func (o *rewire) layout() { o.wiring.block = o.x.block / 4 }

func (o *rewire) write(w *worker, r region) {
	o.each(w, r, true, o.k.wire, func(t *bendTile, b, y int) {
		t.f = w.address(o.x.at(0, y, 0))
		t.clean = unsafe.Pointer(&o.wiring.clean[b*lanes])
		t.sources, t.wires = unsafe.Pointer(&o.wiring.wires[o.wiring.first[b]]), o.wiring.first[b+1]-o.wiring.first[b]
	})
}
