package gpu

import "zalgoscope/nn"

type rearrangeParams struct{ Cells [2]int32 } // of what is read; x, y

const placeBits = 12 // of a column in a cell, as in rearrange.comp

// wireTable is how cells of a map of so many channels are made of those of another, as rearrange.comp reads it:
// for each position in the output's cell and each block where its wires begin, how many there are, and what stands where
// none leads; then the channels and positions that each wire takes for the four lanes.
func wireTable(channels int, from [][]int, start []float32, sources int, inCell [2]int) []float32 {
	blocks := blocksOf(channels)
	heads := len(from) / channels * blocks
	table := make([]float32, 8*heads)
	for h := range heads {
		first, count := len(table)/4, 0
		for lane := range min(4, channels-h%blocks*4) {
			i := h/blocks*channels + h%blocks*4 + lane
			table[8*h+4+lane] = start[i]
			for k, j := range from[i] {
				if k == count {
					table = append(table, -1, -1, -1, -1, 0, 0, 0, 0)
					count++
				}
				at, place := 4*(first+2*k)+lane, j/sources
				table[at], table[at+4] = float32(j%sources), float32(place/inCell[1]<<placeBits+place%inCell[1])
			}
		}
		table[8*h], table[8*h+1] = float32(first), float32(count)
	}
	return table
}

// cellsOf are the constants and parameters of a pass that reads src.
func cellsOf(outCell, inCell [2]int, src *view) (defines, rearrangeParams) {
	d := defines{"OUT_X": outCell[1], "OUT_Y": outCell[0], "IN_X": inCell[1], "IN_Y": inCell[0]}
	return d, rearrangeParams{[2]int32{int32(src.w), int32(src.h)}}
}

func init() { lowers((*plan).forwardRearrange, (*plan).backwardRearrange) }

func (p *plan) forwardRearrange(l placed, op *nn.Rearrange) {
	x, y := l.x, l.y
	if _, _, within := p.layout.Within(l.i, lanes); within {
		return
	}
	from, start := make([][]int, len(op.From)), make([]float32, len(op.From))
	for k, j := range op.From {
		if j >= 0 {
			from[k] = []int{j}
		} else {
			start[k] = op.Fill
		}
	}
	table := p.table(l.name, wireTable(y.channels, from, start, x.channels, op.In))
	d, params := cellsOf(op.Out, op.In, x)
	p.emit(l.name, "rearrange", d, headerOf(y, x), params, x.readAct(0), table, y.writeAct())
}

func (p *plan) backwardRearrange(l placed, op *nn.Rearrange) {
	x, y := l.x, l.y
	if _, _, within := p.layout.Within(l.i, lanes); within {
		return // the gradient of a part of x is a part of x's
	}
	back := make([][]int, x.channels*op.In[0]*op.In[1])
	for k, j := range op.From {
		if j >= 0 {
			back[j] = append(back[j], k)
		}
	}
	table := p.table(l.name, wireTable(x.channels, back, make([]float32, len(back)), y.channels, op.Out))
	d, params := cellsOf(op.In, op.Out, y)
	p.gradient(l.name, "rearrange", d, x, y, params, table)
}
