package load

import (
	"fmt"

	"zalgoscope/nn"
)

// spaceDepth is DepthToSpace and SpaceToDepth.
func (m *onnx) spaceDepth(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	if x, err = m.settle(x); err != nil {
		return x, err
	}
	if err := x.first(); err != nil {
		return x, err
	}
	b, s := n.integer("blocksize", 0), m.shape(x)
	if b < 1 || b > maxWindow || x.flat || x.plane {
		return x, fmt.Errorf("has blocks of %d cells", b)
	}
	cell := [2]int{b, b}
	op := &nn.Rearrange{In: cell, Out: [2]int{1, 1}}
	if n.kind == "DepthToSpace" {
		op.In, op.Out = op.Out, op.In
		if s[0]%(b*b) != 0 {
			return x, fmt.Errorf("divides %d channels by blocks of %dx%d", s[0], b, b)
		}
	}
	if s[0] > maxChannels/(b*b) {
		return x, fmt.Errorf("has %d channels in blocks of %dx%d", s[0], b, b)
	}
	if n.kind == "SpaceToDepth" {
		op.From = upTo(s[0] * b * b)
		return m.add(n.label, op, x)
	}
	switch mode := n.word("mode"); mode {
	case "", "DCR":
		op.From = upTo(s[0])
	case "CRD":
		for i := range s[0] {
			c := s[0] / (b * b)
			op.From = append(op.From, i%c*b*b+i/c)
		}
	default:
		return x, fmt.Errorf("mode is %q", mode)
	}
	return m.add(n.label, op, x)
}
