package cpu

import "unsafe"

// groupNorm normalises groups of channels over all positions.
type groupNorm layerNorm

// groupNormGradient is its way back.
type groupNormGradient layerNormGradient

func (o *groupNorm) write(w *worker, r region) {
	mean, inverse := o.of(w)
	clear(mean[r.b0*lanes : r.b1*lanes])
	if o.op.Centred {
		o.sum(r, func(b, y int) *block { return w.sumRow(o.k, o.x, b, y) }, mean)
	}
	o.sum(r, func(b, y int) *block {
		row := w.centred(o.k, o.x, b, y, mean)
		return w.dotRow(o.k, row, row, o.x.w)
	}, inverse)
	scale, shift := make([]float32, len(o.scale)), make([]float32, len(o.scale))
	for c := r.b0 * lanes; c < min(r.b1*lanes, o.x.c); c++ {
		inverse[c] = inverseRoot(inverse[c] + o.op.Eps)
		scale[c] = inverse[c] * o.scale[c]
		shift[c] = o.shift[c] - mean[c]*scale[c]
	}
	(&perChannel{k: o.k, out: o.out, x: o.x, scale: scale, shift: shift}).write(w, r)
}

// sum sets each channel's number to the mean over its group and all positions; row gives the sums of a row.
func (o *groupNorm) sum(r region, row func(b, y int) *block, to []float32) {
	from, per := r.b0*lanes, o.x.c/o.op.Groups
	sums := make([]float64, min(r.b1*lanes, o.x.c)-from)
	for b := r.b0; b < r.b1; b++ {
		own := sums[b*lanes-from:]
		for y := range o.x.h {
			for c, v := range row(b, y)[:min(len(own), lanes)] {
				own[c] += float64(v)
			}
		}
	}
	for g := 0; g < len(sums); g += per {
		total := 0.0
		for _, v := range sums[g : g+per] {
			total += v
		}
		for c := range per {
			to[from+g+c] = float32(total / float64(per*o.x.h*o.x.w))
		}
	}
}

func (o *groupNormGradient) write(w *worker, r region) {
	forward := groupNorm(o.layerNorm)
	mean, inverse := o.of(w)
	sums, dots := make([]float32, len(o.scale)), make([]float32, len(o.scale))
	scaled := func(v *block, b int) *block {
		for c := range v {
			v[c] *= o.scale[b*lanes+c]
		}
		return v
	}
	if o.op.Centred {
		forward.sum(r, func(b, y int) *block { return scaled(w.sumRow(o.k, o.dy, b, y), b) }, sums)
	}
	forward.sum(r, func(b, y int) *block {
		row := w.centred(o.k, o.x, b, y, mean)
		return scaled(w.dotRow(o.k, row, w.address(o.dy.at(b, y, 0)), o.x.w), b)
	}, dots)
	scale, pull, offset := make([]float32, len(o.scale)), make([]float32, len(o.scale)), make([]float32, len(o.scale))
	for c := r.b0 * lanes; c < min(r.b1*lanes, o.x.c); c++ {
		v := inverse[c]
		scale[c], pull[c] = v*o.scale[c], -v*v*v*dots[c]
		offset[c] = -v*sums[c] - mean[c]*pull[c]
	}
	(&perChannel{k: o.k, out: o.out, x: o.x, scale: pull, shift: offset, add: o.add}).write(w, r)
	(&perChannel{k: o.k, out: o.out, x: o.dy, scale: scale, add: true}).write(w, r)
}

// centred is a row of a block less the channels' means, in the worker's first row.
func (w *worker) centred(k *kernels, x view, b, y int, mean []float32) address {
	var less block
	for c := range less {
		less[c] = -mean[b*lanes+c]
	}
	t, row := &w.bend, w.row(0, x.w)
	*t = bendTile{n: x.w, y: addressOf(unsafe.Pointer(&row[0])), x: w.address(x.at(b, y, 0)), f: addressOf(unsafe.Pointer(&ones[0])),
		clean: unsafe.Pointer(&ones[0]), wet: unsafe.Pointer(&less[0])}
	k.mix(t)
	return t.y
}

// sumRow is each channel's sum over a row of a block.
func (w *worker) sumRow(k *kernels, x view, b, y int) *block {
	t := &w.bend
	*t = bendTile{n: x.w, x: w.address(x.at(b, y, 0)), f: addressOf(unsafe.Pointer(&ones[0])), clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
	k.dot(t)
	return &t.sums
}

// dotRow is each channel's sum of products over two rows of n pixels.
func (w *worker) dotRow(k *kernels, x, f address, n int) *block {
	t := &w.bend
	*t = bendTile{n: n, x: x, f: f, fstep: cellSize, clean: unsafe.Pointer(&zeros[0]), wet: unsafe.Pointer(&ones[0])}
	k.dot(t)
	return &t.sums
}
