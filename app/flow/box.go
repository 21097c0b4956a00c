package flow

// box takes sums over square windows, which are cut off at the edges, of two planes at once.
type box struct {
	p, q   []float32 // sums of columns, with r+1 zeros before and r behind
	op, oq []float32 // sums of windows along a row
}

// sums calls do for each row y with the sums of p, and of q where that is not nil, over the windows of (2r+1)^2 pixels
// around y's pixels.
func (b *box) sums(p, q []float32, w, h, r int, do func(y int, p, q []float32)) {
	n := w + 2*r + 1
	fit(n, &b.p, &b.q)
	fit(w, &b.op, &b.oq)
	clear(b.p)
	clear(b.q)
	for y := -r; y < h; y++ {
		slide(b.p[r+1:][:w], p, y, w, h, r)
		if q != nil {
			slide(b.q[r+1:][:w], q, y, w, h, r)
		}
		switch {
		case y < 0:
			continue
		case q == nil:
			along(b.op, b.p, r)
		default:
			alongBoth(b.op, b.oq, b.p, b.q, r)
		}
		do(y, b.op, b.oq)
	}
}

// slide moves sums of columns down to the window around row y.
func slide(sum, p []float32, y, w, h, r int) {
	in, out := (y+r)*w, (y-r-1)*w
	switch {
	case y+r < h && out >= 0:
		exchange(sum, p[in:], p[out:])
	case y+r < h:
		add(sum, p[in:])
	case out >= 0:
		subtract(sum, p[out:])
	}
}

// along sets out to the sums of 2r+1 values around each, of a row that has r+1 zeros before it and r behind.
func along(out, p []float32, r int) {
	var a float32
	for _, v := range p[:2*r+1] { // one too far to the left
		a += v
	}
	in := p[2*r+1:][:len(out)]
	p = p[:len(out)]
	for x, v := range in {
		a += v - p[x]
		out[x] = a
	}
}

// alongBoth is along for two rows at once, which takes less time than one after the other.
func alongBoth(op, oq, p, q []float32, r int) {
	var a, b float32
	for x, v := range p[:2*r+1] {
		a += v
		b += q[x]
	}
	w := len(op)
	oq = oq[:w]
	inP, inQ := p[2*r+1:][:w], q[2*r+1:][:w]
	p, q = p[:w], q[:w]
	for x, v := range inP {
		a += v - p[x]
		b += inQ[x] - q[x]
		op[x], oq[x] = a, b
	}
}

func add(sum, row []float32) {
	row = row[:len(sum)]
	for i, v := range row {
		sum[i] += v
	}
}

func subtract(sum, row []float32) {
	row = row[:len(sum)]
	for i, v := range row {
		sum[i] -= v
	}
}

func exchange(sum, in, out []float32) {
	in, out = in[:len(sum)], out[:len(sum)]
	for i, v := range in {
		sum[i] += v - out[i]
	}
}

// fit gives slices a length, keeping their memory where it suffices.
func fit(n int, slices ...*[]float32) {
	for _, s := range slices {
		if cap(*s) < n {
			*s = make([]float32, n)
		}
		*s = (*s)[:n]
	}
}
