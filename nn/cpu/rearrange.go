package cpu

import (
	"unsafe"

	"zalgoscope/nn"
)

// rearrange moves channels, and positions into channels and back, forward or, with the wires turned, backward.
type rearrange struct {
	k       *kernels
	out     view
	outCell [2]int       // rows and columns of a cell
	inCell  [2]int       //
	wires   [][]laneWire // of each position in an output cell and each block
	start   []block      // of each of them what stands where no wire leads
	add     bool
}

// laneWire is what one block at one position of an input cell gives to a block.
type laneWire struct {
	x                  view
	block, row, column int
	from, mask         [lanes]int32
	whole              bool // all lanes that the block has stay in their places
}

func newRearrange(k *kernels, out view, outCell, inCell [2]int) *rearrange {
	o := &rearrange{k: k, out: out, outCell: outCell, inCell: inCell}
	o.wires = make([][]laneWire, outCell[0]*outCell[1]*out.n)
	o.start = make([]block, len(o.wires))
	return o
}

// lead adds to value k of an output cell, counted as nn.Rearrange does, those of the cell of x that from lists.
func (o *rearrange) lead(x view, from [][]int) *rearrange {
	for i, list := range from {
		at, lane := i/o.out.c*o.out.n+i%o.out.c/lanes, i%o.out.c%lanes
		for _, j := range list {
			o.wire(&o.wires[at], lane, x, j/x.c, j%x.c)
		}
	}
	for i := range o.wires {
		for k := range o.wires[i] {
			w := &o.wires[i][k]
			w.whole = w.straight(o.out.used(i%o.out.n), w.x.used(w.block))
		}
	}
	return o
}

// wire leads a channel at a position of a cell of x to a lane.
func (o *rearrange) wire(wires *[]laneWire, lane int, x view, position, channel int) {
	want := laneWire{x: x, block: channel / lanes, row: position / o.inCell[1], column: position % o.inCell[1]}
	k := 0
	for ; k < len(*wires); k++ {
		w := &(*wires)[k]
		if w.x == x && w.block == want.block && w.row == want.row && w.column == want.column && w.mask[lane] == 0 {
			break
		}
	}
	if k == len(*wires) {
		*wires = append(*wires, want)
	}
	(*wires)[k].from[lane], (*wires)[k].mask[lane] = int32(channel%lanes), -1
}

// straight tells whether a wire takes all of a block with so many channels and moves none.
func (w *laneWire) straight(to, from int) bool {
	for c := range to {
		if w.mask[c] == 0 || w.from[c] != int32(c) {
			return false
		}
	}
	return to == from
}

// single is a cell of one position.
var single = [2]int{1, 1}

// singles is a list of one for each value, empty for what is negative.
func singles(from []int) [][]int {
	list := make([][]int, len(from))
	for i, j := range from {
		if j >= 0 {
			list[i] = []int{j}
		}
	}
	return list
}

// turned lists where each of n values goes.
func turned(from []int, n int) [][]int {
	list := make([][]int, n)
	for i, j := range from {
		if j >= 0 {
			list[j] = append(list[j], i)
		}
	}
	return list
}

func init() { lowers((*compiler).forwardRearrange, (*gradientTask).fromRearrange) }

func (c *compiler) forwardRearrange(i int, op *nn.Rearrange) {
	n, x := c.node(i), c.first(i)
	if _, _, ok := c.Within(i, lanes); ok && n.out.blob == x.blob {
		n.level--
		return
	}
	o := newRearrange(c.packs.k, n.out, op.Out, op.In).lead(x, singles(op.From))
	for k, j := range op.From {
		if j < 0 {
			o.start[k/n.c*n.out.n+k%n.c/lanes][k%n.c%lanes] = op.Fill
		}
	}
	c.simple(i, 6, x.buf).add(o)
}

func (g *gradientTask) fromRearrange(_, u int, op *nn.Rearrange) {
	g.moved(newRearrange(g.packs.k, g.out, op.In, op.Out).lead(g.sent(u), turned(op.From, g.n.c*op.In[0]*op.In[1])))
}

// moved adds a rearrangement.
func (g *gradientTask) moved(o *rearrange) {
	o.add = g.started()
	g.cost += 6 * g.cells()
	g.add(o)
}

// choice lists n channels from channel from on for c channels of which they are those from to on.
func choice(c, to, from, n int) [][]int {
	list := make([][]int, c)
	for i := range n {
		list[to+i] = []int{from + i}
	}
	return list
}

func (o *rearrange) write(w *worker, r region) { writeRows(o, w, o.out, r) }

func (o *rearrange) setRow(w *worker, b, y int, to address) {
	for j := range min(o.outCell[1], o.out.w) {
		o.column(w, b, y, j, to.add(j*cellSize))
	}
}

// column sets the pixels at column j of the cells of a row, the first of which is to.
func (o *rearrange) column(w *worker, b, y, j int, to address) {
	place := (y%o.outCell[0]*o.outCell[1]+j)*o.out.n + b
	n := (o.out.w - j + o.outCell[1] - 1) / o.outCell[1]
	t := &w.lanes
	*t = laneTile{
		y: to, ystep: o.outCell[1] * cellSize, xstep: o.inCell[1] * cellSize,
	}
	begun := o.add
	for k := range o.wires[place] {
		wire := &o.wires[place][k]
		row := y/o.outCell[0]*o.inCell[0] + wire.row
		inside := min((wire.x.w-wire.column+o.inCell[1]-1)/o.inCell[1], n) // pixels that the input has
		if row >= wire.x.h || inside < 1 {
			continue
		}
		t.x, t.n = w.address(wire.x.at(wire.block, row, wire.column)), inside
		t.from, t.mask = &wire.from, &wire.mask
		if !begun && inside < n {
			t.clear(n, &o.start[place])
			begun = true
		}
		switch straight := wire.whole && t.xstep == cellSize && t.ystep == cellSize; {
		case straight && begun:
			w.line = rowTile{y: t.y, x: t.x, n: inside}
			o.k.plusRow(&w.line)
		case straight:
			copy(unsafe.Slice((*block)(to.pointer()), inside), w.cells(wire.x.at(wire.block, row, 0), inside))
		default:
			if t.base, t.step = addressOf(unsafe.Pointer(&o.start[place])), 0; begun {
				t.base, t.step = t.y, t.ystep
			}
			o.k.pickLanes(t)
		}
		begun = true
	}
	if !begun {
		t.clear(n, &o.start[place])
	}
}

// clear sets n pixels before any wire.
func (t *laneTile) clear(n int, start *block) {
	for i := range n {
		*t.y.at(i * t.ystep) = *start
	}
}
