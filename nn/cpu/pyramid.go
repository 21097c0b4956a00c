package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// pyramid evens out the levels of detail of a picture's gradient, as nn.Depth has it. As a job it makes one
// pass after another, in which an item is a row of the picture or of the smaller of two levels.
type pyramid struct {
	k      *kernels
	grad   *pictureGradient
	scale  [3]float32 // of the preprocessing
	healed []bool     // rows that had something not finite
	levels []level    // the finest first
	pass   pass
	at     int // the finer level at work
}

// level is one size of the picture, four floats a pixel like a canvas.
type level struct {
	w, h  int
	pix   []float32 // and room for what vectors read beyond
	sums  []float64 // of the values' sizes, a row each
	scale float32   // of what is put together
}

type pass int

const (
	lifting   pass = iota // the gradient with respect to the picture's pixels, healed
	shrinking             // the first smaller level
	splitting             // a level less what the next one shows of it, and the level after that
	merging               // a level and the next one together
)

const slack = 12 // floats beyond a row that vectors of four pixels touch

// row is row y, that of the border beyond it.
func (l *level) row(y int) unsafe.Pointer {
	return unsafe.Pointer(&l.pix[4*l.w*min(max(y, 0), l.h-1)])
}

// sum is that of all sizes.
func (l *level) sum() (sum float64) {
	for _, v := range l.sums {
		sum += v
	}
	return sum
}

// fit makes room for levels of the given sizes.
func (o *pyramid) fit(sizes [][2]int) {
	o.levels = resize(o.levels, len(sizes))
	for i, s := range sizes {
		l := &o.levels[i]
		l.w, l.h = s[0], s[1]
		l.pix, l.sums = resize(l.pix, 4*l.w*l.h+slack), resize(l.sums, l.h)
	}
}

// even sets the finest level to the gradient evened out, and its sums.
func (o *pyramid) even(ws *workers, d nn.Depth) {
	run := func(p pass, at, rows int) {
		o.pass, o.at = p, at
		ws.run(o, rows, len(o.levels[at].pix) > shareFloats)
	}
	last := len(o.levels) - 1
	run(lifting, 0, o.levels[0].h)
	run(shrinking, 0, o.levels[1].h)
	for at := range last {
		run(splitting, at, o.levels[at+1].h)
	}
	for i := range o.levels {
		l := &o.levels[i]
		l.scale = d.Scale(l.sum() / float64(3*l.w*l.h))
	}
	for at := last - 1; at >= 0; at-- {
		run(merging, at, o.levels[at+1].h)
	}
}

func (o *pyramid) run(w *worker, i int) {
	switch o.pass {
	case lifting:
		o.lift(w, i)
	case shrinking:
		o.shrink(w, 1, i)
	case splitting:
		o.grow(w, i, 1, -1)
		if o.at+2 < len(o.levels) && i%2 == 0 {
			o.shrink(w, o.at+2, i/2)
		}
	case merging:
		part := float32(1)
		if o.at+2 == len(o.levels) {
			part = o.levels[o.at+1].scale
		}
		o.grow(w, i, o.levels[o.at].scale, part)
	}
}

// lift sets a row of the finest level.
func (o *pyramid) lift(w *worker, y int) {
	t, g := &w.pyramid, o.grad
	row := g.row(w, y)
	t.y, t.x[0], t.n = o.levels[0].row(y), unsafe.Pointer(&row[0]), g.w
	t.steps = g.steps()
	t.weights = [5]float32{o.scale[0], o.scale[1], o.scale[2]}
	o.k.soundRow(t)
	if !whole(t) {
		o.healed[y] = true
	}
}

// shrink sets row y of a level from the finer one.
func (o *pyramid) shrink(w *worker, at, y int) {
	fine, small, t := &o.levels[at-1], &o.levels[at], &w.pyramid
	for i := range t.x {
		t.x[i] = fine.row(2*y + i - 2)
	}
	t.weights = [5]float32{1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16}
	o.blend(w, o.k.blend5, fine.w, 2)
	t.y, t.n = small.row(y), small.w
	o.k.shrinkRow(t)
	small.sums[y] = t.sum()
}

// grow multiplies the rows of the finer level at work that row k of the smaller one begins by own and adds part
// of the smaller level.
func (o *pyramid) grow(w *worker, k int, own, part float32) {
	fine, small, t := &o.levels[o.at], &o.levels[o.at+1], &w.pyramid
	for y := 2 * k; y < min(2*k+2, fine.h); y++ {
		t.x[0], t.x[1], t.x[2] = small.row(k-1), small.row(k), small.row(k+1)
		if y%2 == 0 {
			t.weights = [5]float32{part / 8, part * 6 / 8, part / 8}
		} else {
			t.weights = [5]float32{0, part / 2, part / 2}
		}
		o.blend(w, o.k.blend3, small.w, 1)
		t.y, t.n, t.own = fine.row(y), fine.w, own
		o.k.growRow(t)
		fine.sums[y] = t.sum()
	}
}

// blend makes a row of n pixels from others of a level and sets the kernels to read it, with some pixels of the border
// beyond each end.
func (o *pyramid) blend(w *worker, kernel func(t *pyramidTile), n, beyond int) {
	w.blended = resize(w.blended, 4*(n+2*beyond)+slack)
	t, row := &w.pyramid, w.blended
	t.y, t.n = unsafe.Pointer(&row[4*beyond]), n
	kernel(t)
	for i := range beyond {
		copy(row[4*i:][:4], row[4*beyond:])
		copy(row[4*(beyond+n+i):][:4], row[4*(beyond+n-1):])
	}
	t.x[0] = unsafe.Pointer(&row[0])
}

// sum is that of the row.
func (t *pyramidTile) sum() float64 { return t.sums[0] + t.sums[1] + t.sums[2] + t.sums[3] }
