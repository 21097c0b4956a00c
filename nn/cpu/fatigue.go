package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn"
)

// tired is a target with fatigue at work: the gains of its channels, and what a step has to be remembered by,
// row by row, so that sums do not depend on who computed what.
type tired struct {
	nn.Fatigue
	v        []float32 // the memory's values
	c, w     int
	gains    []float32   // of the channels, padded to whole blocks
	weighted []float32   // times the target's weight
	energies []float32   // [row][channel]
	sums     []float64   // of the channels' energies
	norms    []float64   // [row], sums over the row
	rows     [][]float32 // [row]: the evenness of its pixels
}

// tire readies a target for the next step on a map of node n.
func (g *goal) tire(v []float32, n *node) {
	t := &g.room
	if t.c != n.c || t.w != n.w || len(t.norms) != n.h {
		padded := blocks(n.c) * lanes
		*t = tired{
			c: n.c, w: n.w, gains: make([]float32, padded), weighted: make([]float32, padded),
			energies: make([]float32, n.h*padded), sums: make([]float64, n.c), norms: make([]float64, n.h), rows: make([][]float32, n.h),
		}
		for y := range t.rows {
			t.rows[y] = make([]float32, n.w)
		}
	}
	g.tired = t
	t.Fatigue, t.v = g.Fatigue, v
	t.Gains(t.gains, v, 1)
	for i, gain := range t.gains {
		t.weighted[i] = g.Weight * gain
	}
}

// seed adds the gradient, notes its value and what is to be remembered. It writes whole columns of blocks.
func (t *tired) seed(w *worker, o *seed, r region) {
	for y := r.y0; y < r.y1; y++ {
		evens := t.rows[y]
		w.fatigue = fatigueTile{
			x: w.address(o.a.at(0, y, 0)), n: o.a.w, block: o.a.block, blocks: o.a.n,
			gains: unsafe.Pointer(&t.gains[0]), evens: unsafe.Pointer(&evens[0]),
		}
		o.k.normRow(&w.fatigue)
		t.norms[y] = t.even(evens)
		for b := range o.a.n {
			w.fatigue.y, w.fatigue.x = w.address(o.out.at(b, y, 0)), w.address(o.a.at(b, y, 0))
			w.fatigue.gains = unsafe.Pointer(&t.weighted[b*lanes])
			o.k.tireRow(&w.fatigue)
			copy(t.energies[(y*o.a.n+b)*lanes:], w.fatigue.squares[:])
			o.value(b, y, 0.5, w.fatigue.values[:min(lanes, o.a.c-b*lanes)])
		}
	}
}

// even turns sums of squares into the evenness of their positions and returns the sum of the norms.
func (t *tired) even(row []float32) (sum float64) {
	scale := 1 / float32(t.c)
	norm := t.v[t.c]
	for i, v := range row {
		n := float32(math.Sqrt(float64(v * scale)))
		sum += float64(n)
		row[i] = n
	}
	if norm == 0 || t.Even == 0 {
		for i := range row {
			row[i] = 1
		}
		return sum
	}
	powers(row, 1/norm, nn.Floor, -t.Even)
	return sum
}

// remember takes the step into the memory.
func (t *tired) remember() {
	clear(t.sums)
	norm := 0.0
	stride := len(t.gains)
	for y, n := range t.norms {
		for c, e := range t.energies[y*stride:][:t.c] {
			t.sums[c] += float64(e)
		}
		norm += n
	}
	t.Remember(t.v, t.sums, norm/float64(t.w*len(t.norms)))
}

// powers sets each x from zero on to (scale*x + offset)^exponent, for bases of normal positive floats, to 2e-6
// relative for exponents of -1 to 1.
func powers(row []float32, scale, offset, exponent float32) {
	for i, x := range row {
		row[i] = exp2(exponent * log2(scale*x+offset))
	}
}

// log2 is the logarithm to base 2 of a normal positive number, by the series of the area tangent between
// the square roots of 1/2 and 2. What is not finite stays that.
func log2(x float32) float32 {
	bits := math.Float32bits(x)
	if bits >= 0x7f800000 {
		return x - x + x
	}
	const rootHalf = 0x3f3504f3
	e := int32(bits-rootHalf) >> 23
	m := math.Float32frombits(bits - uint32(e)<<23)
	s := (m - 1) / (m + 1)
	z := s * s
	const unit = 2.8853901 // 2 / ln 2
	return float32(e) + unit*s*(1+z*(1./3+z*(1./5+z*(1./7+z*(1./9)))))
}

// exp2 is 2^x for x within the exponents of normal floats, by the Taylor series between -1/2 and 1/2.
func exp2(x float32) float32 {
	if !(x > -126 && x < 127) {
		return float32(math.Exp2(float64(x)))
	}
	n := floor(x + 0.5)
	f := (x - n) * math.Ln2
	p := 1 + f*(1+f*(1./2+f*(1./6+f*(1./24+f*(1./120+f*(1./720))))))
	return math.Float32frombits(math.Float32bits(p) + uint32(int32(n))<<23)
}
