package cpu

import (
	"unsafe"

	"zalgoscope/nn/bend"
)

// measure is what bends that look at the whole gradient first know of it: sums over
// rows of blocks, taken as soon as the gradient is there, added up in one order.
type measure struct {
	bendRows // x is the gradient
	sums     [2][]float64
}

// measure gives the bend its measure of the gradient dy.
func (b *bent) measure(dy view) *measure {
	b.measured = &measure{bendRows: bendRows{bent: b, out: dy, x: dy}}
	for i := range b.measured.sums {
		b.measured.sums[i] = make([]float64, dy.n*dy.h)
	}
	return b.measured
}

func (o *measure) write(w *worker, r region) {
	if _, ok := o.op.Effect.(bend.GradientOrthogonal); !ok {
		o.sum(w, r, 0, o.k.size, nil)
		return
	}
	if past := o.at.Past; past != nil {
		o.sum(w, r, 0, o.k.dot, func(t *bendTile, b, y int) { t.f = o.line(past, b, y) })
		o.sum(w, r, 1, o.k.dot, func(t *bendTile, b, y int) {
			t.f = o.line(past, b, y)
			t.x, t.wet = t.f, unsafe.Pointer(&ones[0])
		})
	}
	if o.ascending {
		o.each(w, r, false, o.k.mix, func(t *bendTile, b, y int) {
			t.y, t.f = o.line(o.recall.next, b, y), t.x
			t.clean, t.flags = unsafe.Pointer(&zeros[0]), bendSound
		})
	}
}

// sum keeps what a kernel sums up in each row of a block.
func (o *measure) sum(w *worker, r region, which int, kernel func(t *bendTile), set func(t *bendTile, b, y int)) {
	var at *float64
	o.each(w, r, false, func(t *bendTile) {
		kernel(t)
		*at = float64(sumOf(&t.sums))
	}, func(t *bendTile, b, y int) {
		at = &o.sums[which][b*o.h+y]
		if set != nil {
			set(t, b, y)
		}
	})
}

// total adds up all rows of all blocks.
func (o *measure) total(which int) (sum float64) {
	for _, v := range o.sums[which] {
		sum += v
	}
	return sum
}

// mean is the mean size of the gradient's chosen channels.
func (o *measure) mean(count int) float64 { return o.total(0) / float64(count*o.h*o.w) }

// measuredBackward bends the gradient by what its measure tells.
type measuredBackward struct{ bendRows }

func (o *measuredBackward) write(w *worker, r region) {
	m := o.measured
	switch e := o.op.Effect.(type) {
	case bend.GradientSign:
		mean := float32(m.mean(e.Count))
		o.each(w, r, true, o.k.sign, func(t *bendTile, _, _ int) { t.p = mean })
	case bend.GradientQuantise:
		step := e.Step * float32(m.mean(e.Count))
		kernel := o.k.quantise
		if !(step > 0) {
			step, kernel = 0, o.k.sign // leaves the clean share
		}
		o.each(w, r, true, kernel, func(t *bendTile, _, _ int) { t.p = step })
	case bend.GradientOrthogonal:
		share := &w.row(0, 1)[0]
		fill(share, 0)
		if square := m.total(1); o.at.Past != nil && square != 0 {
			fill(share, -e.Amount*float32(m.total(0)/square))
		}
		o.each(w, r, true, o.k.mix, func(t *bendTile, b, y int) {
			t.clean, t.wet, t.f = unsafe.Pointer(&ones[0]), unsafe.Pointer(share), t.x
			if o.at.Past != nil {
				t.f = o.line(o.at.Past, b, y)
			}
		})
	default:
		panic(missing(e))
	}
}
