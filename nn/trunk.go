package nn

import "slices"

// Trunk names the layers that a dream can glide along, in order: those through which everything from the
// picture to the net's end must pass, without pools, which only repeat what is before them, and without the end,
// where no map is left. Where nothing is left it is the net's Middle.
func (n *Net) Trunk() []string {
	shapes, err := n.Shapes(n.Size())
	var names []string
	for _, l := range n.spine() {
		if err != nil || shapes[l][1]*shapes[l][2] <= 1 {
			break
		}
		if _, pool := n.Layers[l].Op.(*Pool); !pool {
			names = append(names, n.Layers[l].Name)
		}
	}
	if len(names) == 0 {
		names = []string{n.Middle()}
	}
	return names
}

// Middle names the layer at three fifths of the net's depth.
func (n *Net) Middle() string {
	spine := n.spine()
	if len(spine) == 0 {
		return n.Layers[len(n.Layers)-1].Name
	}
	return n.Layers[spine[len(spine)*3/5]].Name
}

// spine lists the layers through which everything from the picture to the net's end must pass. Where maps go on beside
// these, as in a net that asks its patches by a class token, it is those through which all that is a map must pass.
func (n *Net) spine() []int {
	end := n.end()
	needed := n.Upto(end)
	spine := n.passed(needed)
	shapes, err := n.Shapes(n.Size())
	if err != nil {
		return spine
	}
	lastMap, passed := -1, -1
	for i := range n.Layers[:end+1] {
		if _, row := n.Layers[i].Op.(*Row); row || shapes[i][1]*shapes[i][2] <= 1 {
			needed[i] = false
		}
		if needed[i] {
			lastMap = i
			if slices.Contains(spine, i) {
				passed = i
			}
		}
	}
	if maps := n.passed(needed); lastMap > passed && len(maps) > 0 && maps[len(maps)-1] > passed {
		return maps
	}
	return spine
}

// passed lists the layers that all others of those that count must pass, in order: the outputs of modules rather than their
// branches. Of a layer and the function of single values or affine that only follows it, the last stands for both. The label map is
// beside it.
func (n *Net) passed(counts []bool) []int {
	// last[i] is the furthest layer that reads layer i.
	last := make([]int, len(n.Layers))
	readers := make([]int, len(n.Layers))
	fromPicture, end := 0, n.end()
	for i, l := range n.Layers[:end+1] {
		if !counts[i] {
			continue
		}
		for _, j := range l.In {
			if j == Picture {
				fromPicture = i
				continue
			}
			last[j] = i
			readers[j]++
		}
	}
	var passed []int
	reach := fromPicture
	for i := range n.Layers[:end+1] {
		if counts[i] && reach <= i && !n.continued(i, last[i], readers[i]) {
			passed = append(passed, i)
		}
		reach = max(reach, last[i])
	}
	return passed
}

// continued tells whether layer i is only the first part of what its single reader completes.
func (n *Net) continued(i, reader, readers int) bool {
	if readers != 1 || reader <= i {
		return false
	}
	switch n.Layers[reader].Op.(type) {
	case *ReLU, *Clip, *Affine, *Unary:
		return true
	}
	return false
}
