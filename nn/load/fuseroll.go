package load

import (
	"math"

	"zalgoscope/nn"
)

// rolled takes layer j as its end before its start: a map that is rolled along its rows or columns.
func (f *fuser) rolled(j int) (op *nn.Sample, a int, ok bool) {
	o, is := f.op(j).(*nn.Concat)
	in := f.layers[j].In
	if !is || o.Axis == 0 || len(in) != 2 || in[0] == nn.Picture || in[1] == nn.Picture || f.in(in[0]) != f.in(in[1]) {
		return nil, 0, false
	}
	end, ok := f.crop(in[0], o.Axis)
	start, too := f.crop(in[1], o.Axis)
	a = f.in(in[0])
	all := end.To >= math.MaxInt32 || a != nn.Picture && end.To >= f.shapes[a][o.Axis]
	if !ok || !too || start.From != 0 || start.To != end.From || start.Of != 0 || end.Of != 0 || !all {
		return nil, 0, false
	}
	op = &nn.Sample{Rows: nn.Keep{}, Columns: nn.Keep{}}
	if o.Axis == 1 {
		op.Rows = nn.Roll{By: end.From}
	} else {
		op.Columns = nn.Roll{By: end.From}
	}
	return op, a, true
}

// crop tells whether layer i is a part of a map along one axis alone, each cell of it.
func (f *fuser) crop(i, axis int) (c nn.Crop, ok bool) {
	o, is := f.op(i).(*nn.Sample)
	if !is || o.Rows == nil {
		return c, false
	}
	axes := [3]nn.Axis{1: o.Rows, 2: o.Columns}
	c, ok = axes[axis].(nn.Crop)
	return c, ok && c.Step == 1 && axes[3-axis] == nn.Axis(nn.Keep{})
}
