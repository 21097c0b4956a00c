package cpu

import "unsafe"

// region is the part of a map that one item of work sets: blocks b0 to b1, rows y0 to y1.
type region struct{ b0, b1, y0, y1 int }

// writer sets, or adds to, any region of its map.
type writer interface{ write(w *worker, r region) }

// gater is a writer that gates what it writes.
type gater interface{ setGates(gates []gateRef) }

// conv writes a sum of convolutions: a layer, or the gradient that several layers send to what they all read.
type conv struct {
	k      *kernels
	out    view
	spots  []spot // of each block of out, where that is several maps; else nil
	phases []phase
	bias   []float32 // a float for each lane of out, or nil
	addend *view     // added to the sum, a map of floats, or nil
	bound  *bound    // or nil
	gates  []gateRef // for each block: emitted to with bound, applied without it, or with a slope
	plus   bool      // to what is there in bfloat16, given by halves
	band   int       // of products: rows that are computed before the next blocks, given by layout
	rounds bool      // sets the bfloat16 of what it writes too, given by halves
}

// bound is a rectifier or clip. A leaky rectifier's slope is not zero: it bounds nothing, but is a gate that values
// pass as gradients do.
type bound struct{ lo, hi, slope float32 }

// phase is the cells y+i*sy, x+j*sx of the output.
type phase struct {
	y, x, sy, sx int
	parts        []part
	split        []int    // widths of the tiles of a row
	depth        []kernel // of a depthwise convolution, given by layout
	rows, pitch  int      // of products: rows at once, and pixels from row to row, given by layout
	first        int      // number of the first part among those of all phases, given by layout
}

// part is one summand of a phase.
type part struct {
	x            view
	ys, xs       []tap
	stepY, stepX int // cells of x from output to output
	panels       []panel
	offsets      []int        // of the taps, in bytes, given by layout
	groups       [][]tapGroup // of products: the taps of whole blocks by how many are joined, given by layout
	each         []tapGroup   // and all of them apart
	coupled      []tapGroup   // the same of blocks that are read as one
}

// layout computes what depends on the blobs' strides.
func (o *conv) layout() {
	parts := 0
	for i := range o.phases {
		p := &o.phases[i]
		p.first, parts = parts, parts+len(p.parts)
		p.split = split(o.width(p), o.k.wide(o.half()), o.k.unit(o.half()))
		for j := range p.parts {
			s := &p.parts[j]
			s.offsets = nil
			for _, y := range s.ys {
				for _, x := range s.xs {
					s.offsets = append(s.offsets, y.at*s.x.row+x.at*s.x.cell)
				}
			}
			if o.isTiled() {
				s.groupTaps()
			}
		}
		if o.isTiled() {
			o.joinRows(p)
		}
		if o.depthwise() {
			p.depth = o.k.depthFor(&p.parts[0])
			p.split = split(o.width(p), len(p.depth)-1, 1)
		}
	}
	if o.isTiled() {
		o.band = o.bandRows()
	}
}

// depthFor is the kernels for a part of a depthwise convolution.
func (k *kernels) depthFor(p *part) []kernel {
	single, rows := k.depth, k.rows
	if p.x.isHalf() {
		single, rows = k.half.depth, k.half.rows
	}
	for i, x := range p.xs {
		if x.at != p.xs[0].at+i {
			return single
		}
	}
	for _, r := range rows {
		if r.taps == len(p.xs) && r.stride == p.stepX {
			return r.run
		}
	}
	return single
}

// split cuts n pixels into near-equal tiles of at most wide, multiples of a unit but for the last.
func split(n, wide, unit int) []int {
	if n < 1 {
		return nil
	}
	units := (n + unit - 1) / unit
	tiles := (n + wide - 1) / wide
	out := make([]int, tiles)
	for i := range out {
		out[i] = min(units*(i+1)/tiles*unit, n) - units*i/tiles*unit
	}
	return out
}

func (o *conv) write(w *worker, r region) {
	if !o.isTiled() {
		o.writeBlocks(w, r)
		return
	}
	for y := r.y0; y < r.y1; y += o.band {
		band := region{r.b0, r.b1, y, min(y+o.band, r.y1)}
		o.couple(w, band.y0, band.y1)
		o.writeBlocks(w, band)
	}
}

// writeBlocks sets a region, one or two blocks after the other.
func (o *conv) writeBlocks(w *worker, r region) {
	for b := r.b0; b < r.b1; {
		n := min(o.pair(), r.b1-b)
		gated := false
		for i := range o.phases {
			gated = o.writePhase(w, &o.phases[i], b, n, r.y0, r.y1)
		}
		for i := b; i < b+n && !gated; i++ {
			o.gates[i].apply(o.k, w, o.out, i, r.y0, r.y1)
		}
		b += n
	}
}

// pair is how many blocks a kernel computes at once.
func (o *conv) pair() int {
	switch {
	case o.depthwise():
		return 1
	case o.isTiled():
		return productBlocks
	}
	return o.k.pair
}

func (o *conv) depthwise() bool {
	p := o.phases[0].parts[0].panels
	return len(p) > 0 && p[0].depthwise
}

// writePhase computes n blocks from block b, rows y0 to y1 of a phase; it
// returns whether it applied the gates.
func (o *conv) writePhase(w *worker, p *phase, b, n, y0, y1 int) (gated bool) {
	t := &w.tile
	*t = tile{step: p.sx * cellSize, astep: p.sx * cellSize, gstep: p.sx * gateSize, zstep: p.sx * halfSize}
	if o.bias != nil {
		t.bias = unsafe.Pointer(&o.bias[b*lanes])
	}
	gated = o.setFlags(t, b, n)
	if o.isTiled() {
		o.writeProducts(w, p, b, n, y0, y1)
		return gated
	}
	o.load(w, p, b)
	run := o.k.convs(o.half())[n-1]
	if o.depthwise() && t.nsegs > 0 {
		run = p.depth
	}
	for y := y0 + mod(p.y-y0, p.sy); y < y1; y += p.sy {
		o.row(w, p, b, n, y, run)
	}
	return gated
}

// row computes one row of tiles.
func (o *conv) row(w *worker, p *phase, b, n, y int, run []kernel) {
	t := &w.tile
	o.placeAll(w, b, n, y, p.x)
	panel, seg := b/o.pair(), 0
	for k := range p.parts {
		s := &p.parts[k]
		if q := &s.panels[panel]; q.n > 0 {
			w.segs[seg].x = w.address(s.x.at(q.first, (y-p.y)/p.sy*s.stepY, 0))
			seg++
		}
	}
	for j, n := range p.split {
		run[n](t)
		if j == len(p.split)-1 {
			return
		}
		for i := range w.segs[:seg] {
			s := &w.segs[i]
			s.x = s.x.add(n * s.step)
		}
		for i := range t.y {
			t.y[i] = t.y[i].add(n * t.step)
			t.a[i] = t.a[i].add(n * t.astep)
			t.z[i] = t.z[i].add(n * t.zstep)
			t.gate[i] = t.gate[i].add(n * t.gstep)
		}
	}
}

// placeAll tells a kernel where the n blocks that it writes lie, block b from a pixel on, and their gates.
func (o *conv) placeAll(w *worker, b, n, y, x int) {
	for i := range n {
		o.place(w, i, b+i, y, x)
		if o.gates != nil && o.gates[b+i].gate != nil {
			w.tile.gate[i] = w.address(o.gates[b+i].at(y, x))
		}
	}
}

// load sets the segments of a panel.
func (o *conv) load(w *worker, p *phase, b int) {
	w.segs = w.segs[:0]
	for k := range p.parts {
		s := &p.parts[k]
		q := &s.panels[b/o.pair()]
		if q.n == 0 {
			continue
		}
		w.segs = append(w.segs, segment{
			w: q.weights(), taps: unsafe.Pointer(&s.offsets[0]), ntaps: len(s.offsets),
			bstep: s.x.block, blocks: q.n, last: o.k.elements(q.last, s.x.isHalf()), step: s.stepX * s.x.cell,
		})
	}
	w.tile.nsegs = len(w.segs)
	if len(w.segs) > 0 {
		w.tile.segs = unsafe.Pointer(&w.segs[0])
	}
}

func (o *conv) setGates(gates []gateRef) { o.gates = gates }

// emit has the convolution note in a gate, where there is one, what its bound lets through.
func (o *conv) emit(g *gate) {
	if g == nil {
		return
	}
	o.gates = make([]gateRef, o.out.n)
	for b := range o.gates {
		o.gates[b] = gateRef{gate: g, block: b}
	}
}

// setFlags tells the kernel what follows the sum; it returns whether that includes every gate.
func (o *conv) setFlags(t *tile, b, n int) (gated bool) {
	if o.addend != nil {
		t.flags |= flagAdd
	}
	t.flags |= o.halfFlags(b, n)
	if o.bound != nil {
		t.lo, t.hi = o.bound.lo, o.bound.hi
		if o.gates != nil {
			t.flags |= flagEmit
		}
		if o.bound.slope == 0 {
			t.flags |= flagBound
			return true
		}
	}
	if o.gates == nil {
		return true
	}
	if !o.gatesFit(b, n) {
		return false
	}
	if g := o.gates[b].gate; g != nil {
		t.flags, t.slope = t.flags|flagGate, g.slope
	}
	return true
}

// gatesFit tells whether a kernel of n blocks from block b can apply their gates: each alone and of one slope, or none.
func (o *conv) gatesFit(b, n int) bool {
	g := o.gates[b].gate
	for _, r := range o.gates[b : b+n] {
		if r.next != nil || (r.gate == nil) != (g == nil) || g != nil && r.slope != g.slope {
			return false
		}
	}
	return true
}

// gatesAll tells whether kernels apply every gate.
func (o *conv) gatesAll() bool {
	for b := 0; b < len(o.gates) && o.bound == nil; b += o.pair() {
		if n := min(o.pair(), len(o.gates)-b); !o.gatesFit(b, n) {
			return false
		}
	}
	return true
}

// What a core moves in a nanosecond, roughly: of maps that it shares with others, and of weights, which come from farther away.
const mapPace, weightPace = 50, 20

// traffic adds the bytes that a convolution reads, and what they and those that it writes cost beside its arithmetic.
func (t *task) traffic(o *conv) {
	reads, weights := 0.0, 0.0
	for _, p := range o.phases {
		for _, s := range p.parts {
			reads += float64(s.x.n*s.x.h*s.x.w*s.x.cell) / float64(len(o.phases))
			for _, q := range s.panels {
				weights += float64(q.bytes())
			}
		}
	}
	t.reads, t.weights = t.reads+reads, t.weights+weights
	t.cost += (reads+float64(o.out.n*o.out.h*o.out.w*o.out.cell))/mapPace + weights/weightPace
}

// mod is the remainder in 0..n-1.
func mod(a, n int) int { return ((a % n) + n) % n }
