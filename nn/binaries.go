package nn

import "strings"

// BinaryFn names a row of Binaries.
type BinaryFn int

const (
	Plus BinaryFn = iota
	Minus
	Times
	Over    // the quotient
	Raised  // a to the b; no number for a below zero but where b is whole
	Least   // the smaller
	Most    // the larger
	Modulo  // what a division leaves, with the sign of a
	Leaking // a, and a*b where a is below zero: a rectifier whose slopes are b
	Above   // 1 where a is above b, else 0
	Equal   // 1 where they are the same, else 0
	Passing // b where a is above zero, else 0, whatever b is there
	Gated   // a where b is above zero, else 0, whatever a is there
	Growing // b to the a
)

// BinaryRow is a function of two values with its slopes along either, of which shaders/generate makes GLSL.
type BinaryRow struct {
	Name    string
	F, A, B func(a, b float32) float32
}

// Macro is the name of the row to GLSL.
func (r *BinaryRow) Macro() string { return strings.ToUpper(r.Name) }

// Binaries is the one table of functions of two values. Slopes at corners are PyTorch's.
var Binaries = [...]BinaryRow{
	Plus: {
		Name: "add",
		F:    func(a, b float32) float32 { return a + b },
		A:    func(_, _ float32) float32 { return 1 },
		B:    func(_, _ float32) float32 { return 1 },
	},
	Minus: {
		Name: "sub",
		F:    func(a, b float32) float32 { return a - b },
		A:    func(_, _ float32) float32 { return 1 },
		B:    func(_, _ float32) float32 { return -1 },
	},
	Times: {
		Name: "mul",
		F:    func(a, b float32) float32 { return a * b },
		A:    func(_, b float32) float32 { return b },
		B:    func(a, _ float32) float32 { return a },
	},
	Over: {
		Name: "div",
		F:    func(a, b float32) float32 { return a / b },
		A:    func(_, b float32) float32 { return 1 / b },
		B:    func(a, b float32) float32 { return -(a / b / b) },
	},
	Raised: {
		Name: "pow",
		F:    func(a, b float32) float32 { return raised(a, b) },
		A:    func(a, b float32) float32 { return b * raised(a, b-1) },
		B:    func(a, b float32) float32 { return choose(a > 0, raised(a, b)*log(a), 0) },
	},
	Least: {
		Name: "min",
		F:    func(a, b float32) float32 { return min(a, b) },
		A:    func(a, b float32) float32 { return choose(a < b, 1, choose(a > b, 0, 0.5)) },
		B:    func(a, b float32) float32 { return choose(a < b, 0, choose(a > b, 1, 0.5)) },
	},
	Most: {
		Name: "max",
		F:    func(a, b float32) float32 { return max(a, b) },
		A:    func(a, b float32) float32 { return choose(a > b, 1, choose(a < b, 0, 0.5)) },
		B:    func(a, b float32) float32 { return choose(a > b, 0, choose(a < b, 1, 0.5)) },
	},
	Modulo: {
		Name: "mod",
		F:    func(a, b float32) float32 { return a - b*times(a, b) },
		A:    func(_, _ float32) float32 { return 1 },
		B:    func(a, b float32) float32 { return -times(a, b) },
	},
	Leaking: {
		Name: "prelu",
		F:    func(a, b float32) float32 { return choose(a < 0, a*b, a) },
		A:    func(a, b float32) float32 { return choose(a > 0, 1, b) },
		B:    func(a, _ float32) float32 { return min(a, 0) },
	},
	Above: {
		Name: "above",
		F:    func(a, b float32) float32 { return choose(a > b, 1, 0) },
		A:    func(_, _ float32) float32 { return 0 },
		B:    func(_, _ float32) float32 { return 0 },
	},
	Equal: {
		Name: "equal",
		F:    func(a, b float32) float32 { return choose(a > b, 0, choose(a < b, 0, 1)) },
		A:    func(_, _ float32) float32 { return 0 },
		B:    func(_, _ float32) float32 { return 0 },
	},
	Passing: {
		Name: "gate",
		F:    func(a, b float32) float32 { return choose(a > 0, b, 0) },
		A:    func(_, _ float32) float32 { return 0 },
		B:    func(a, _ float32) float32 { return choose(a > 0, 1, 0) },
	},
	Gated: {
		Name: "gated",
		F:    func(a, b float32) float32 { return choose(b > 0, a, 0) },
		A:    func(_, b float32) float32 { return choose(b > 0, 1, 0) },
		B:    func(_, _ float32) float32 { return 0 },
	},
	Growing: {
		Name: "base",
		F:    func(a, b float32) float32 { return raised(b, a) },
		A:    func(a, b float32) float32 { return choose(b > 0, raised(b, a)*log(b), 0) },
		B:    func(a, b float32) float32 { return a * raised(b, a-1) },
	},
}
