package load

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// meets tells whether an operation wants maps of one size.
func meets(op nn.Op) bool {
	switch o := op.(type) {
	case *nn.Concat:
		return o.Axis == 0
	case *nn.Add, *nn.Binary:
		return true
	case *nn.Attention:
		return o.Windowed()
	}
	return false
}

// meetings finds which inputs of each layer are not as large as its first at some size of the picture, though they are at the
// net's own: a map that was halved and doubled again beside one that was not.
func (g *graph) meetings() map[int][]bool {
	const beside = 32 // what follows a map that was halved five times has seen all remainders
	own := make(map[int][]bool)
	for more := range beside + 1 {
		shapes := make([]tensor.Shape, len(g.layers))
		picture := tensor.Shape{3, g.height + more, g.width + more}
		for i, l := range g.layers {
			in := make([]tensor.Shape, len(l.In))
			for k, j := range l.In {
				if in[k] = picture; j != nn.Picture {
					in[k] = shapes[j]
				}
			}
			g.meet(i, in, g.shapesAt(i), own)
			var err error
			if shapes[i], err = l.Op.Shape(in); err != nil {
				return own // of some other reason; the engines will tell
			}
		}
	}
	return own
}

// shapesAt is what layer i reads at the net's own size.
func (g *graph) shapesAt(i int) []tensor.Shape {
	in := make([]tensor.Shape, len(g.layers[i].In))
	for k, j := range g.layers[i].In {
		in[k] = g.shape(value{layer: j})
	}
	return in
}

// meet notes the inputs of layer i, of shapes in, that need to be fitted to the one that comes first in the net, and
// fits their shapes. Those that are broadcast at the net's own size are left.
func (g *graph) meet(i int, in, own []tensor.Shape, found map[int][]bool) {
	if !meets(g.layers[i].Op) {
		return
	}
	_, broadcasts := g.layers[i].Op.(*nn.Binary)
	first := g.first(i)
	for k := range in {
		for a := 1; a < 3; a++ {
			if own[k][a] != own[first][a] || in[k][a] == in[first][a] || broadcasts && own[k][a] == 1 {
				continue
			}
			if found[i] == nil {
				found[i] = make([]bool, len(in))
			}
			found[i][k] = true
		}
		if found[i] != nil && found[i][k] {
			in[k] = tensor.Shape{in[k][0], in[first][1], in[first][2]}
		}
	}
}

// first is which input of layer i stands first in the net: of an encoder and a decoder the encoder's.
func (g *graph) first(i int) int {
	best := 0
	for k, j := range g.layers[i].In {
		if j < g.layers[i].In[best] {
			best = k
		}
	}
	return best
}

// fitted adds the layers that fit maps to each other that meet, where they must at some size.
func (g *graph) fitted() []nn.Layer {
	found := g.meetings()
	if len(found) == 0 {
		return g.layers
	}
	var out []nn.Layer
	moved := make([]int, len(g.layers))
	to := func(j int) int {
		if j == nn.Picture {
			return j
		}
		return moved[j]
	}
	for i, l := range g.layers {
		in := make([]int, len(l.In))
		for k, j := range l.In {
			in[k] = to(j)
		}
		first := in[g.first(i)]
		for k, fit := range found[i] {
			if fit {
				out = append(out, nn.Layer{Name: fmt.Sprintf("%s/fit%d", l.Name, k), Op: &nn.Sample{}, In: []int{in[k], first}})
				in[k] = len(out) - 1
			}
		}
		l.In = in
		moved[i] = len(out)
		out = append(out, l)
	}
	return out
}
