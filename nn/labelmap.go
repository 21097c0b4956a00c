package nn

import "slices"

// AddLabelMap adds a layer that shows what a net with labels sees at every position: where its logits are a
// dense layer over the global average of a map, the same dense layer over the map itself, as the two commute (Zhou
// et al. 2016, "Learning deep features for discriminative localization"), and of that the positive values. Where the logits are
// themselves the average of a map it is that map. A net of another end stays as it is.
func (n *Net) AddLabelMap() {
	if len(n.Labels) == 0 || n.LabelMap != "" {
		return
	}
	end := n.Logits()
	if end < 0 {
		return
	}
	from, dense := n.Layers[end].In, (*Conv)(nil)
	pool, ok := n.Layers[end].Op.(*Pool)
	if !ok {
		if dense, ok = n.Layers[end].Op.(*Conv); !ok || dense.Kernel != [2]int{1, 1} || dense.Groups != 1 || from[0] == Picture {
			return
		}
		if pool, ok = n.Layers[from[0]].Op.(*Pool); !ok {
			return
		}
		from = n.Layers[from[0]].In
	}
	if pool.Max || !n.whole(pool, from) {
		return
	}
	name := "labels"
	if _, err := n.Find(name); err == nil {
		name = "label_map"
	}
	if dense != nil {
		n.Layers = append(n.Layers, Layer{Name: name + "/logits", Op: dense, In: slices.Clone(from)})
		from = []int{len(n.Layers) - 1}
	}
	n.Layers = append(n.Layers, Layer{Name: name, Op: &ReLU{}, In: slices.Clone(from)})
	n.LabelMap = name
}

// Logits is the layer at the net's end whose channels are its labels, before any softmax. Where the net has no labels,
// or no layer of so many channels, it is -1.
func (n *Net) Logits() int {
	shapes, err := n.Shapes(n.Size())
	if err != nil || len(n.Labels) == 0 {
		return -1
	}
	for i := n.end(); i >= 0; i-- {
		if !n.soft(i) && shapes[i][0] == len(n.Labels) {
			return i
		}
	}
	return -1
}

// Scores is the layer whose channels are what the net tells apart, before any softmax: the logits, or without labels the last.
func (n *Net) Scores() int {
	if l := n.Logits(); l >= 0 {
		return l
	}
	i := n.end()
	for i > 0 && n.soft(i) {
		i--
	}
	return i
}

func (n *Net) soft(i int) bool {
	_, soft := n.Layers[i].Op.(*Softmax)
	return soft
}

// end is the last layer but for those of the label map.
func (n *Net) end() int {
	end := len(n.Layers) - 1
	if n.LabelMap == "" {
		return end
	}
	if n.Layers[end-1].Name == n.LabelMap+"/logits" {
		end--
	}
	return end - 1
}

// whole tells whether a pool of such an input takes its whole map, with nothing beside it, at the net's usual size.
func (n *Net) whole(pool *Pool, from []int) bool {
	if pool.Global {
		return true
	}
	shapes, err := n.Shapes(n.Size())
	if err != nil || from[0] == Picture {
		return false
	}
	ys, xs, err := pool.Over(shapes[from[0]][1], shapes[from[0]][2])
	return err == nil && ys.Out == 1 && xs.Out == 1 && ys.Kernel == shapes[from[0]][1] && xs.Kernel == shapes[from[0]][2]
}
