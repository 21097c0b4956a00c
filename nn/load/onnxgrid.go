package load

import (
	"fmt"
	"math"
	"slices"

	"zalgoscope/nn"
)

// gridSample samples a map at places that a constant lists: values that are moved, each as often as it counts somewhere, weighted and summed. As
// all that moves single values it does so at other sizes than the net's own within parts of the map that are as large.
func (m *onnx) gridSample(n *node, in []operand) (value, error) {
	x, err := one(in, 2)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	if len(dims) != 4 || product(dims) > maxPlaces || max(m.shape(x)[1], m.shape(x)[2]) > maxWindow {
		return x, unsupported(fmt.Sprintf("it samples %v at single places", dims))
	}
	grid := in[1].array
	if len(grid.dims) != 4 || grid.dims[0] != 1 || grid.dims[3] != 2 || dims[1]*grid.len()/2 > maxPlaces || grid.len() == 0 {
		return x, unsupported(fmt.Sprintf("its grid has the shape %v", grid.dims))
	}
	at, err := grid.floats(grid.len())
	if err != nil {
		return x, err
	}
	side, err := n.sampling()
	if err != nil {
		return x, err
	}
	h, w, cells := dims[2], dims[3], len(at)/2
	// The taps of each place along rows and columns. Each pair of them is a map of values that are moved.
	rows, columns := make([][]gridTap, cells), make([][]gridTap, cells)
	for i := range cells {
		columns[i], rows[i] = side(at[2*i], w), side(at[2*i+1], h)
	}
	var list []placesWeighed
	taps := len(rows[0])
	for k := range taps * taps {
		g := placesWeighed{make([]int, dims[1]*cells), make([]float32, cells)}
		for i := range cells {
			r, c := rows[i][k/taps], columns[i][k%taps]
			g.weights[i] = r.weight * c.weight
			for channel := range dims[1] {
				g.from[channel*cells+i] = (channel*h+r.cell)*w + c.cell
			}
		}
		if slices.ContainsFunc(g.weights, func(v float32) bool { return v != 0 }) {
			list = append(list, g)
		}
	}
	if len(list) == 0 {
		return x, unsupported("all of its grid lies beyond the map")
	}
	var terms []value
	for i, g := range list {
		l := n.label
		if len(list) > 1 {
			l = label{name: fmt.Sprintf("%s/%d", n.name, i)}
		}
		v, err := m.fromPlaces(label{name: l.name + "/moved"}, x, g.from, []int{1, dims[1], grid.dims[1], grid.dims[2]}, nil)
		if err == nil {
			v, err = m.withConstant(l, nn.Times, nn.TensorOf(g.weights, 1, grid.dims[1], grid.dims[2]), v)
		}
		if err != nil {
			return x, err
		}
		terms = append(terms, v)
	}
	if len(terms) == 1 {
		return terms[0], nil
	}
	return m.add(n.label, &nn.Add{}, terms...)
}

// placesWeighed are numbers of a map's values for all channels, and what those at each place count.
type placesWeighed struct {
	from    []int
	weights []float32
}

// gridTap is a cell of an axis and what it counts.
type gridTap struct {
	cell   int
	weight float32
}

// sampling gives the taps of a coordinate from -1 to 1 along an axis of so many cells, as many for each.
func (n *node) sampling() (func(at float32, cells int) []gridTap, error) {
	corners := n.integer("align_corners", 0) != 0
	padding := n.word("padding_mode")
	if !slices.Contains([]string{"", "ZEROS", "BORDER", "REFLECTION"}, padding) {
		return nil, fmt.Errorf("padding_mode is %q", padding)
	}
	mode := n.word("mode")
	if !slices.Contains([]string{"", "LINEAR", "BILINEAR", "NEAREST", "CUBIC", "BICUBIC"}, mode) {
		return nil, fmt.Errorf("mode is %q", mode)
	}
	within := func(v float64, cells int) float64 { // a coordinate that is beyond the map, laid on it
		low, high := -0.5, float64(cells)-0.5
		if corners {
			low, high = 0, float64(cells)-1
		}
		if padding == "REFLECTION" && high > low {
			span := high - low
			v = math.Mod(math.Abs(v-low), 2*span)
			v = low + min(v, 2*span-v)
		}
		if padding == "REFLECTION" || padding == "BORDER" {
			v = min(max(v, 0), float64(cells)-1)
		}
		return v
	}
	return func(at float32, cells int) []gridTap {
		v := ((float64(at)+1)*float64(cells) - 1) / 2
		if corners {
			v = (float64(at) + 1) / 2 * float64(cells-1)
		}
		if !(math.Abs(v) < maxWide) { // no number, or far beyond
			v = -maxWide
		}
		cubic := mode == "CUBIC" || mode == "BICUBIC"
		if !cubic {
			v = within(v, cells)
		}
		first, weights := int(math.Floor(v)), []float32{1}
		switch {
		case mode == "NEAREST":
			first = int(math.RoundToEven(v))
		case cubic:
			t := v - math.Floor(v)
			first--
			weights = make([]float32, 4)
			for i := range weights {
				weights[i] = float32(nn.Keys(math.Abs(float64(i-1)-t), -0.75)) // as PyTorch's
			}
		default:
			t := float32(v - math.Floor(v))
			weights = []float32{1 - t, t}
		}
		taps := make([]gridTap, len(weights))
		for i, weight := range weights {
			cell := first + i
			if cubic {
				cell = int(within(float64(cell), cells))
			}
			if cell < 0 || cell >= cells {
				cell, weight = min(max(cell, 0), cells-1), 0
			}
			taps[i] = gridTap{cell, weight}
		}
		return taps
	}, nil
}
