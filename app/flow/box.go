package flow

// box takes sums over square windows, which are cut off at the edges, of two planes at once.
type box struct {
	p, q   []float32 // sums of columns, with r+1 zeros before
	op, oq []float32 // sums of windows along a row
	none   []float32 // a row of zeros, above and below the planes
}

// sums calls do for each row y with the sums of p, and of q where that is not nil, over the windows of (2r+1)^2 pixels
// around y's pixels.
func (b *box) sums(p, q []float32, w, h, r int, do func(y int, p, q []float32)) {
	fit(w+r+1, &b.p, &b.q)
	fit(w, &b.op, &b.oq, &b.none)
	clear(b.p)
	clear(b.q)
	row := func(p []float32, y int) []float32 {
		if y < 0 || y >= h {
			return b.none
		}
		return p[y*w:][:w]
	}
	for y := -r; y < h; y++ {
		in, out := y+r, y-r-1
		if q == nil {
			slide(b.op, b.p, row(p, in), row(p, out), r)
		} else {
			slideBoth(b.op, b.oq, b.p, b.q, row(p, in), row(q, in), row(p, out), row(q, out), r)
		}
		if y >= 0 {
			do(y, b.op, b.oq)
		}
	}
}

// slide moves sums of columns down, to the row in and from the row out, and sets to to their sums from r to the left of each
// pixel to r to the right.
func slide(to, sum, in, out []float32, r int) {
	w, head := len(to), min(r, len(to))
	col, n := sum[r+1:][:w], w-head
	var a float32
	for x := range head {
		col[x] += in[x] - out[x]
		a += col[x]
	}
	left, enters := sum[:n], col[head:][:n]
	in, out = in[head:][:n], out[head:][:n]
	for x := range enters {
		c := enters[x] + (in[x] - out[x])
		enters[x] = c
		a += c - left[x]
		to[x] = a
	}
	for x := n; x < w; x++ {
		a -= sum[x]
		to[x] = a
	}
}

// slideBoth is slide for two planes at once, which takes less time than one after the other.
func slideBoth(toP, toQ, sumP, sumQ, inP, inQ, outP, outQ []float32, r int) {
	w, head := len(toP), min(r, len(toP))
	colP, colQ, n := sumP[r+1:][:w], sumQ[r+1:][:w], w-head
	var a, b float32
	for x := range head {
		colP[x] += inP[x] - outP[x]
		colQ[x] += inQ[x] - outQ[x]
		a += colP[x]
		b += colQ[x]
	}
	leftP, leftQ, entersP, entersQ := sumP[:n], sumQ[:n], colP[head:][:n], colQ[head:][:n]
	inP, inQ, outP, outQ = inP[head:][:n], inQ[head:][:n], outP[head:][:n], outQ[head:][:n]
	firstP, firstQ := toP[:n], toQ[:n]
	for x := range entersP {
		c, d := entersP[x]+(inP[x]-outP[x]), entersQ[x]+(inQ[x]-outQ[x])
		entersP[x], entersQ[x] = c, d
		a += c - leftP[x]
		b += d - leftQ[x]
		firstP[x], firstQ[x] = a, b
	}
	for x := n; x < w; x++ {
		a -= sumP[x]
		b -= sumQ[x]
		toP[x], toQ[x] = a, b
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
