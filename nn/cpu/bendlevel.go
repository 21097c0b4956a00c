package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn/bend"
)

// balance is a normalisation's parameters.
type balance struct {
	bend.Normalise
	chosen []float32 // for each lane of the blocks
}

func (o *balance) prepare(e bend.Normalise) {
	o.Normalise = e
	o.chosen = resize(o.chosen, blocks(len(e.Chosen))*lanes)
	clear(o.chosen[copy(o.chosen, e.Chosen):])
}

// rms is the level of the chosen channels where their squares have that sum.
func (o *balance) rms(sum float32) float64 {
	level := float64(o.Level)
	return math.Sqrt(float64(sum)/float64(o.Count) + bend.Floor*level*level)
}

// row is room for a row of n pixels, the i-th of several.
func (w *worker) row(i, n int) []block {
	w.rows[i] = resize(w.rows[i], n)
	return w.rows[i]
}

// sumOf adds up the channels of a pixel.
func sumOf(v *block) float32 {
	var s [4]float32
	for i := range s {
		s[i] = v[i] + v[i+4] + v[i+8] + v[i+12]
	}
	return s[0] + s[1] + s[2] + s[3]
}

// products sums weight*x*f over the blocks of a row, a sum for each lane of a pixel.
func (o *bendRows) products(w *worker, r region, into []block, weight []float32, x, f view) {
	o.each(w, r, false, o.k.scale, func(t *bendTile, b, y int) {
		t.y, t.x, t.f = addressOf(unsafe.Pointer(&into[0])), w.address(x.at(b, y, 0)), w.address(f.at(b, y, 0))
		t.clean, t.wet = unsafe.Pointer(&zeros[0]), unsafe.Pointer(&weight[b*lanes])
		if b > r.b0 {
			t.flags |= bendAdd
		}
	})
}

// fill puts one value into all lanes.
func fill(v *block, f float32) {
	for c := range v {
		v[c] = f
	}
}

// normaliseForward sets the output of a bend that scales places to one level. Regions hold all blocks.
type normaliseForward struct{ bendRows }

func (o *normaliseForward) write(w *worker, r region) {
	squares, factors := w.row(0, o.w), w.row(1, o.w)
	for y := r.y0; y < r.y1; y++ {
		row := region{r.b0, r.b1, y, y + 1}
		o.products(w, row, squares, o.balance.chosen, o.x, o.x)
		for x := range squares {
			fill(&factors[x], float32(float64(o.balance.Level)/o.balance.rms(sumOf(&squares[x]))))
		}
		o.each(w, row, true, o.k.scale, func(t *bendTile, _, _ int) { t.f = addressOf(unsafe.Pointer(&factors[0])) })
	}
}

// normaliseBackward is its way back, as bend.Normalise has it.
type normaliseBackward struct {
	bendRows
	at view // the input
}

func (o *normaliseBackward) write(w *worker, r region) {
	squares, dots, factors, pulls := w.row(0, o.w), w.row(1, o.w), w.row(2, o.w), w.row(3, o.w)
	e := o.balance
	for y := r.y0; y < r.y1; y++ {
		row := region{r.b0, r.b1, y, y + 1}
		o.products(w, row, squares, e.chosen, o.at, o.at)
		o.products(w, row, dots, o.wet, o.at, o.x)
		for x := range squares {
			rms := e.rms(sumOf(&squares[x]))
			f := float32(float64(e.Level) / rms)
			fill(&factors[x], f)
			fill(&pulls[x], -f*float32(float64(sumOf(&dots[x]))/(float64(e.Count)*rms*rms)))
		}
		o.each(w, row, false, o.k.scale, func(t *bendTile, b, y int) {
			t.x, t.f = w.address(o.at.at(b, y, 0)), addressOf(unsafe.Pointer(&pulls[0]))
			t.clean, t.wet = unsafe.Pointer(&zeros[0]), unsafe.Pointer(&e.chosen[b*lanes])
			if o.add {
				t.flags |= bendAdd
			}
		})
		o.each(w, row, true, o.k.scale, func(t *bendTile, _, _ int) {
			t.f = addressOf(unsafe.Pointer(&factors[0]))
			t.flags |= bendAdd
		})
	}
}
