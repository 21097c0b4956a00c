package cpu

// maxPoolGradient gathers, for each cell, from the windows that took it.
type maxPoolGradient struct {
	window
	k       *kernels
	run     func(t *poolTile)
	out, dy view
	arg     *argmax
	add     bool
	gates   []gateRef // of an output in bfloat16, each alone, or nil
	rows    []covered // over each row and column of the output
	columns []covered
}

func newMaxPoolGradient(k *kernels, at window, out, dy view, arg *argmax, add bool) *maxPoolGradient {
	o := &maxPoolGradient{window: at, k: k, out: out, dy: dy, arg: arg, add: add, rows: overs(at.ys), columns: overs(at.xs)}
	if o.run = k.maxPoolGradient; dy.isHalf() && !o.widens() {
		o.run = k.half.poolBack[0]
	}
	return o
}

// rounds has it write bfloat16.
func (o *maxPoolGradient) rounds() {
	o.out = o.out.half()
	if o.run = o.k.half.poolBack[1]; o.dy.isHalf() && !o.widens() {
		o.run = o.k.half.poolBack[2]
	}
}

// widens tells whether values of bfloat16, each of which is read for many cells, are first taken to floats.
func (o *maxPoolGradient) widens() bool {
	return o.dy.isHalf() && o.ys.Kernel >= 2*o.ys.Stride && o.xs.Kernel >= 2*o.xs.Stride
}

// gathered is where a block's gradient is gathered from: the place of row y, and the bytes from pixel to pixel and row to row.
type gathered struct {
	at        address
	y         int
	cell, row int
}

// widened is rows of a block in floats, in the worker's scratch: those that the worker's runs read.
func (o *maxPoolGradient) widened(w *worker, b, y0, y1 int) gathered {
	v := &o.dy
	g := gathered{y: y0, cell: cellSize, row: v.w * cellSize}
	g.at = w.room(max(y1-y0, 0) * g.row)
	for y := y0; y < y1; y++ {
		w.line = rowTile{y: g.at.add((y - g.y) * g.row), x: w.address(v.at(b, y, 0)), n: v.w}
		o.k.half.widen(&w.line)
	}
	return g
}

func (o *maxPoolGradient) write(w *worker, r region) {
	s, cell, row := o.xs.Stride, o.dy.cell, o.dy.row
	if o.widens() {
		cell, row = cellSize, o.dy.w*cellSize
	}
	t := &w.pool
	*t = poolTile{xstep: cell, ystep: s * o.out.cell, argstep: lanes, gstep: s * gateSize}
	if o.add {
		t.add = 1
	}
	for y := r.y0; y < r.y1; {
		first := y
		y = o.lay(w, y, r.y1, row, cell)
		y0, y1 := o.dy.h, 0
		for _, c := range o.rows[first:y] {
			y0, y1 = min(y0, c.first), max(y1, c.last)
		}
		for b := r.b0; b < r.b1; b++ {
			from := gathered{at: w.address(o.dy.at(b, 0, 0)), cell: cell, row: row}
			if o.widens() {
				from = o.widened(w, b, y0, y1)
			}
			o.block(w, &from, b)
		}
	}
}

// lay lists the runs of the first of rows y to end, of a gradient whose rows and pixels lie so many bytes apart. It gives the row after
// them. Cells a stride apart lie under the same cells of their windows, but near the ends, where windows are missing.
func (o *maxPoolGradient) lay(w *worker, y, end, row, cell int) int {
	w.taps, w.runs = w.taps[:0], w.runs[:0]
	s := o.xs.Stride
	in, out := o.middle()
	for ; y < end && len(w.taps) < mostTaps; y++ {
		for x := range o.out.w {
			switch {
			case x >= in && x < min(in+s, out):
				o.list(w, y, x, (out-x+s-1)/s, row, cell)
			case x < in || x >= out:
				o.list(w, y, x, 1, row, cell)
			}
		}
	}
	return y
}

// middle is the cells, first to last+1, that no missing window would cover.
func (o *maxPoolGradient) middle() (from, to int) {
	s := o.xs
	return max(s.Reach()-s.Stride-s.Pad, 0), max(min(s.Start(s.Out), s.In), 0)
}

// list lists n cells from x, a stride apart.
func (o *maxPoolGradient) list(w *worker, y, x, n, row, cell int) {
	ys, xs := o.rows[y], o.columns[x]
	first := len(w.taps)
	for i := ys.first; i < ys.last; i += ys.step {
		for j := xs.first; j < xs.last; j += xs.step {
			w.taps = append(w.taps, poolTap{
				x:    (i-ys.first)*row + (j-xs.first)*cell,
				arg:  ((i-ys.first)*o.arg.w + j - xs.first) * lanes,
				cell: (y-o.ys.Start(i))/o.ys.Dilation*o.xs.Kernel + (x-o.xs.Start(j))/o.xs.Dilation,
			})
		}
	}
	w.runs = append(w.runs, poolRun{y: y, x: x, n: n, row: ys.first, column: xs.first, first: first, last: len(w.taps)})
}

// block computes the worker's runs of a block.
func (o *maxPoolGradient) block(w *worker, from *gathered, b int) {
	t := &w.pool
	for i := range w.runs {
		u := &w.runs[i]
		t.x = from.at.add((u.row-from.y)*from.row + u.column*from.cell)
		t.y, t.arg = w.address(o.out.at(b, u.y, u.x)), w.address(o.arg.at(b, u.row, u.column))
		if t.gate = 0; o.gates != nil && o.gates[b].gate != nil {
			t.gate, t.slope = w.address(o.gates[b].at(u.y, u.x)), o.gates[b].slope
		}
		t.load(w, u)
		o.run(t)
	}
}
