package nn

import (
	"math"
	"reflect"
	"slices"
)

// Example is an operation as every engine and the exporter are tried with it: for maps of 8 channels, and how many of them it reads.
type Example struct {
	Op    Op
	Reads int
}

// Operations has one of each operation that a net may hold, but for bends (package bend). Every engine runs them. Each is told by
// operation in its own file.
var Operations []Example

func operation(op Op, reads int) { Operations = append(Operations, Example{op, reads}) }

// Known tells whether an operation is one of these.
func Known(op Op) bool {
	return slices.ContainsFunc(Operations, func(e Example) bool { return reflect.TypeOf(e.Op) == reflect.TypeOf(op) })
}

// numbers are n values of an example's weights.
func numbers(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(0.3 * math.Sin(float64(i+1)))
	}
	return out
}
