package load

import (
	"slices"
	"strings"
)

// equation is that of an Einsum, a letter for each axis.
type equation struct {
	in  []string
	out string
}

// equation is that of an Einsum in which no operand has a letter twice, with a letter for each axis that stands behind an ellipsis.
func (m *onnx) equation(n *node, in []operand) (e equation, ok bool) {
	text := strings.ReplaceAll(string(n.attrs["equation"].s), " ", "")
	left, right, explicit := strings.Cut(text, "->")
	parts := strings.Split(left, ",")
	if len(parts) != len(in) || len(text) > 64 {
		return e, false
	}
	const free = "ZYXWVUTS"
	most := 0
	for i, part := range parts {
		if !in[i].mapped && in[i].array == nil {
			return e, false
		}
		rest := len(m.dimsOf(in[i])) - len(strings.Replace(part, "...", "", 1))
		if rest < 0 || rest > len(free) || rest > 0 && !strings.Contains(part, "...") {
			return e, false
		}
		most = max(most, rest)
		parts[i] = strings.Replace(part, "...", free[len(free)-rest:], 1)
	}
	if !explicit { // letters that stand once, in order, behind the ellipsis
		all := strings.Join(parts, "")
		for _, c := range all {
			if strings.Count(all, string(c)) == 1 && !strings.Contains(free, string(c)) {
				right += string(c)
			}
		}
		ordered := []byte(right)
		slices.Sort(ordered)
		right = "..." + string(ordered)
	}
	right = strings.Replace(right, "...", free[len(free)-most:], 1)
	for _, part := range parts {
		for i := range part {
			if c := part[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') || slices.Contains([]byte(part[:i]), c) {
				return e, false
			}
		}
	}
	return equation{parts, right}, true
}

// errEquation refuses the equation of an Einsum.
func errEquation(n *node) error {
	return unsupported("its equation is " + oneLine(cut(string(n.attrs["equation"].s))))
}
