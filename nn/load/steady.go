package load

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// steady fits rows or columns that become channels to as many as at the net's own size, where a layer after them takes no other number.
func (g *graph) steady() {
	const rounds = 256 // each finds what comes before one layer
	done := map[nn.Op]bool{}
	for more, round := true, 0; more && round < rounds; round++ {
		found := g.growing()
		more = false
		moved := make([]int, len(g.layers))
		to := func(j int) int {
			if j == nn.Picture {
				return j
			}
			return moved[j]
		}
		var layers []nn.Layer
		var shapes []tensor.Shape
		for i, l := range g.layers {
			in := make([]int, len(l.In))
			for k, j := range l.In {
				in[k] = to(j)
			}
			if found[i] && !done[l.Op] {
				more, done[l.Op] = true, true
				s, axis := g.shapesAt(i)[0], l.Op.(*nn.Transpose).Axes[0]
				axes := layout{1: nn.Keep{}, 2: nn.Keep{}}
				axes[axis] = nn.Fit{To: s[axis]}
				layers = append(layers, nn.Layer{Name: fmt.Sprintf("%s/cells", l.Name), Op: &nn.Sample{Rows: axes[1], Columns: axes[2]}, In: in})
				shapes = append(shapes, s)
				in = []int{len(layers) - 1}
			}
			l.In = in
			moved[i] = len(layers)
			layers, shapes = append(layers, l), append(shapes, g.shapes[i])
		}
		g.layers, g.shapes = layers, shapes
	}
}

// growing finds the transpositions whose channels grow with the picture before the first layer that takes no larger one.
func (g *graph) growing() map[int]bool {
	const beside = 64 // which is more cells after five halvings too
	shapes, met := make([]tensor.Shape, len(g.layers)), map[int][]bool{}
	from := make([]map[int]bool, len(g.layers)) // the transpositions that the growing channels of each layer come from
	for i, l := range g.layers {
		in, own := make([]tensor.Shape, len(l.In)), g.shapesAt(i)
		from[i] = map[int]bool{}
		for k, j := range l.In {
			if in[k] = (tensor.Shape{3, g.height + beside, g.width + beside}); j == nn.Picture {
				continue
			}
			if in[k] = shapes[j]; in[k][0] != own[k][0] {
				for t := range from[j] {
					from[i][t] = true
				}
			}
		}
		g.meet(i, in, own, met)
		var err error
		if shapes[i], err = l.Op.Shape(in); err != nil {
			return from[i]
		}
		if t, ok := l.Op.(*nn.Transpose); ok && t.Axes[0] > 0 {
			from[i] = map[int]bool{i: true}
		}
	}
	return nil
}
