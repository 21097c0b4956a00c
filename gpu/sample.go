package gpu

import (
	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

type sampleParams struct{ Fill float32 } // where a row or column has no taps

// tapTable is the taps of rows and columns as sample.comp reads them: where those of each row and column begin and
// how many there are, then what each takes and its weight.
func tapTable(rows, columns *nn.Taps) []float32 {
	var heads, taps []float32
	first := rows.Out() + columns.Out()
	for _, t := range []*nn.Taps{rows, columns} {
		for i := range t.Out() {
			heads = append(heads, float32(first+t.First[i]), float32(t.First[i+1]-t.First[i]), 0, 0)
		}
		for k, from := range t.From {
			taps = append(taps, float32(from), t.Weight[k], 0, 0)
		}
		first += len(t.From)
	}
	return append(heads, taps...)
}

// table uploads what a pass of the plan looks up.
func (p *plan) table(layer string, data []float32) use {
	b := p.engine.upload(layer, data)
	p.bufs = append(p.bufs, b)
	return reads(1, b.whole())
}

func init() { lowers((*plan).forwardSample, (*plan).backwardSample) }

func (p *plan) forwardSample(l placed, op *nn.Sample) {
	table := p.table(l.name, tapTable(p.taps(l, op)))
	p.emit(l.name, "sample", nil, headerOf(l.y, l.x), sampleParams{op.Fill}, l.x.readAct(0), table, l.y.writeAct())
}

func (p *plan) backwardSample(l placed, op *nn.Sample) {
	rows, columns := p.taps(l, op)
	p.sendBack(l.name, rows, columns, l.x, l.y)
}

// taps are those of a layer's rows and columns.
func (p *plan) taps(l placed, op *nn.Sample) (rows, columns *nn.Taps) {
	return op.Taps(p.layout.shape(p.layout.net.Layers[l.i].In[0]), p.layout.shape(l.i))
}

// shape is that of layer i, or of the picture.
func (l *layout) shape(i int) tensor.Shape {
	if i == nn.Picture {
		return tensor.Shape{3, l.h, l.w}
	}
	return l.Shapes[i]
}

// sendBack sends the gradient of y back along the transposed taps.
func (p *plan) sendBack(layer string, rows, columns *nn.Taps, x, y *view) {
	table := p.table(layer, tapTable(rows.Transpose(), columns.Transpose()))
	p.gradient(layer, "sample", nil, x, y, sampleParams{}, table)
}
