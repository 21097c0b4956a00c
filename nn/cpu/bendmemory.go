package cpu

import (
	"unsafe"

	"zalgoscope/nn/bend"
)

// pattern is a noise pattern over a map, in blocks, drawn by who first needs a row.
type pattern struct {
	key   uint32
	v     []float32
	drawn []bool // of each row of each block
}

// draw sees to the patterns of a step. One that fades out is often the one that faded in before.
func (b *bent) draw(e bend.Noise, step int64) {
	keys, weights := e.Patterns(step)
	b.weights = weights
	if b.pattern[1] != nil && b.pattern[1].key == keys[0] {
		b.pattern[0], b.pattern[1] = b.pattern[1], b.pattern[0]
	}
	for i, key := range keys {
		b.shares[i] = b.wetted(b.shares[i], weights[i])
		if weights[i] == 0 || b.pattern[i] != nil && b.pattern[i].key == key {
			continue
		}
		if b.pattern[i] == nil {
			b.pattern[i] = &pattern{v: make([]float32, len(b.wet)*b.h*b.w), drawn: make([]bool, len(b.wet)/lanes*b.h)}
		}
		b.pattern[i].key = key
		clear(b.pattern[i].drawn)
	}
}

// row is where a row of pattern i lies.
func (b *bent) patternRow(i, block, y int) address {
	p := b.pattern[i]
	if drawn := &p.drawn[block*b.h+y]; !*drawn {
		*drawn = true
		row := p.v[(block*b.h+y)*b.w*lanes:][:b.w*lanes]
		for c := range min(lanes, b.c-block*lanes) {
			channel := bend.ChannelKey(p.key, block*lanes+c)
			for x := range b.w {
				row[x*lanes+c] = bend.Draw(channel, y*b.w+x)
			}
		}
	}
	return b.line(p.v, block, y)
}

// noiseForward sets the output of a noise bend.
type noiseForward struct{ bendRows }

func (o *noiseForward) write(w *worker, r region) {
	for y := r.y0; y < r.y1; y++ {
		row := region{r.b0, r.b1, y, y + 1}
		from := o.x
		for i, weight := range o.weights {
			if weight == 0 && i > 0 {
				continue
			}
			o.each(w, row, true, o.k.mix, func(t *bendTile, b, y int) {
				t.clean, t.wet = unsafe.Pointer(&ones[0]), unsafe.Pointer(&o.shares[i][b*lanes])
				t.x = w.address(from.at(b, y, 0))
				if t.f = t.x; weight != 0 {
					t.f = o.patternRow(i, b, y)
				}
			})
			from = o.out
		}
	}
}

// memoryForward sets the output of a bend that remembers activations.
type memoryForward struct{ bendRows }

func (o *memoryForward) write(w *worker, r region) {
	past := o.at.Past
	if e, ok := o.op.Effect.(bend.SampleHold); ok && e.Fresh(o.at) {
		past = nil
	}
	_, echo := o.op.Effect.(bend.Feedback)
	for y := r.y0; y < r.y1; y++ {
		row := region{r.b0, r.b1, y, y + 1}
		// What is kept comes first, for the output may overwrite the input.
		if o.ascending && o.renews() {
			o.each(w, row, false, o.k.mix, func(t *bendTile, b, y int) {
				t.y, t.f, t.flags = o.line(o.recall.next, b, y), t.x, bendSound
				t.clean, t.wet = unsafe.Pointer(&ones[0]), unsafe.Pointer(&zeros[0])
				if echo && past != nil {
					t.f, t.wet = o.line(past, b, y), unsafe.Pointer(&o.echo[1][0])
				}
			})
		}
		if past == nil && o.out == o.x {
			continue
		}
		o.each(w, row, true, o.k.mix, func(t *bendTile, b, y int) {
			switch {
			case past == nil:
				t.f, t.clean, t.wet = t.x, unsafe.Pointer(&ones[0]), unsafe.Pointer(&zeros[0])
			case echo:
				t.clean, t.wet = unsafe.Pointer(&ones[0]), unsafe.Pointer(&o.echo[0][b*lanes])
				fallthrough
			default:
				t.f = o.line(past, b, y)
			}
		})
	}
}
