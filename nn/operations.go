package nn

import (
	"reflect"
	"slices"
)

// Operations has one of each operation that a net may hold, but for bends (package bend). Every engine runs them.
var Operations = []Op{
	&Conv{}, &Pool{}, &LRN{}, &Softmax{}, &ReLU{}, &Clip{}, &Affine{}, &Concat{}, &Add{}, &Binary{}, &Unary{},
	&Sample{}, &Rearrange{}, &ConvTranspose{}, &Norm{}, &Reduce{}, &Row{}, &Attention{}, &Transpose{}, &MatMul{},
}

// Known tells whether an operation is one of these.
func Known(op Op) bool {
	return slices.ContainsFunc(Operations, func(o Op) bool { return reflect.TypeOf(o) == reflect.TypeOf(op) })
}
