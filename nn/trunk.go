package nn

// Trunk lists the layers through which everything from the picture to the net's
// end must pass, in order: the outputs of modules rather than their branches. Of
// a layer and the rectifier, clip or affine that only follows it, the last stands for both. The label map
// is beside it.
func (n *Net) Trunk() []int {
	// last[i] is the furthest layer that reads layer i.
	last := make([]int, len(n.Layers))
	readers := make([]int, len(n.Layers))
	fromPicture := 0
	for i, l := range n.Layers[:n.end()+1] {
		for _, j := range l.In {
			if j == Picture {
				fromPicture = i
				continue
			}
			last[j] = i
			readers[j]++
		}
	}
	var trunk []int
	reach := fromPicture
	for i := range n.Layers[:n.end()+1] {
		if reach <= i && !n.continued(i, last[i], readers[i]) {
			trunk = append(trunk, i)
		}
		reach = max(reach, last[i])
	}
	return trunk
}

// continued tells whether layer i is only the first part of what its single reader completes.
func (n *Net) continued(i, reader, readers int) bool {
	if readers != 1 || reader <= i {
		return false
	}
	switch n.Layers[reader].Op.(type) {
	case *ReLU, *Clip, *PerChannel:
		return true
	}
	return false
}
