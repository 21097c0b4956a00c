package load

import (
	"slices"

	"zalgoscope/nn"
)

// exchanged is a map with its channels and positions changed for each other, of which the latter stand last: as many as at the net's own
// size; a larger map has several, one beside the other.
func (m *onnx) exchanged(l label, x value, why error) (value, error) {
	s, as := m.shape(x), slices.Clone(m.viewOf(x))
	last := len(as) - 1
	n := s[1] * s[2]
	if x.parts != nil || x.products != nil || last < 1 || n == 1 || !slices.Equal(as[last], positionsOf(s)) || max(s[0], s[1], s[2]) > maxWindow || n > maxChannels {
		return x, why
	}
	for i := range last {
		as[i] = slices.Clone(as[i])
		for k, f := range as[i] {
			if f.axis != 0 {
				return x, why
			}
			as[i][k].axis = 1
		}
	}
	if err := m.charge(n * s[0]); err != nil {
		return x, err
	}
	x, err := m.settle(x)
	if err != nil {
		return x, err
	}
	op := &nn.Rearrange{In: [2]int{s[1], s[2]}, Out: [2]int{s[0], 1}}
	for c := range s[0] {
		for p := range n {
			op.From = append(op.From, p*s[0]+c)
		}
	}
	v, err := m.add(l, op, value{layer: x.layer})
	if err != nil {
		return x, err
	}
	as[last] = []factor{{0, 1, n}}
	v.as = &as
	return v, nil
}

// restored is an exchanged map with its channels and positions changed back, beside a map that has its positions in the same dimension.
func (m *onnx) restored(l label, x, beside value) (v value, ok bool, err error) {
	s, as, like, other := m.shape(x), slices.Clone(m.viewOf(x)), m.shape(beside), m.viewOf(beside)
	if x.parts != nil || x.products != nil || s[0] != like[1]*like[2] || s[1] != like[0] || s[2] != 1 || s[0] == 1 {
		return x, false, nil
	}
	for i := range as {
		as[i] = slices.Clone(as[i])
		for k, f := range as[i] {
			switch {
			case f.axis == 1:
				as[i][k].axis = 0
			case f == factor{0, 1, s[0]} && len(as[i]) == 1:
				as[i] = positionsOf(like)
				if at := i + len(other) - len(as); at < 0 || !slices.Equal(other[at], as[i]) {
					return x, false, nil
				}
			default:
				return x, false, nil
			}
		}
	}
	if err := m.charge(like.TotalSize()); err != nil {
		return x, true, err
	}
	op := &nn.Rearrange{In: [2]int{s[1], 1}, Out: [2]int{like[1], like[2]}}
	for p := range s[0] {
		for c := range s[1] {
			op.From = append(op.From, c*s[0]+p)
		}
	}
	if v, err = m.add(l, op, value{layer: x.layer}); err != nil {
		return x, true, err
	}
	v, _ = m.seenAs(v, as.normal())
	return v, true, nil
}
