package nn

// Operations has one of each operation that a net may hold, but for bends (package bend), so that
// tests can want of every engine that it runs or refuses it.
var Operations = []Op{
	&Conv{}, &Pool{}, &LRN{}, &Softmax{}, &ReLU{}, &Clip{}, &Affine{}, &Concat{}, &Add{}, &Binary{}, &Unary{},
	&Sample{}, &Rearrange{}, &ConvTranspose{}, &Norm{}, &Reduce{}, &Row{}, &Attention{}, &Transpose{},
}
