package load

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// alike is how some exporter spells what a plain graph makes. Its input is s, of 8 channels, and its output y.
type alike struct {
	name  string
	plain []byte // nil for what no other operators make
	graph []byte
}

// alikes are spellings that differ slightly from those that are known best, as PyTorch's exporters, tf2onnx, Keras, paddle2onnx
// and converters of Flax write them. Fixed are those whose masks have all pairs of positions, or that move
// single values, of which a file for any size has too many.
func alikes() (free, fixed []alike) {
	ints := func(name string, v ...int) []byte { return array64(name, []int{len(v)}, v...) }
	w := func(name string, dims ...int) []byte { return array32(name, dims, noisy(name, product(dims))...) }
	float, last := attrInt("to", 1), attrInt("axis", -1)
	perm := func(v ...int) []byte { return attrInts("perm", v...) }
	axes := func(v ...int) []byte { return attrInts("axes", v...) }
	drop := attrInt("keepdims", 0)

	// Normalisations of the channels at each position.
	ln := cat(op("Transpose", "s", "l", perm(0, 2, 3, 1)), op("LayerNormalization", "l,g8,b8", "n"), op("Transpose", "n", "y", perm(0, 3, 1, 2)))
	over := func(norm ...[]byte) []byte { // reads l, with the channels last, makes n
		return cat(op("Transpose", "s", "l", perm(0, 2, 3, 1)), cat(norm...), op("Transpose", "n", "y", perm(0, 3, 1, 2)))
	}
	moments := cat(op("ReduceMean", "l", "m", axes(-1)), op("Sub", "l,m", "d"), op("Mul", "d,d", "dd"), op("ReduceMean", "dd", "v", axes(-1)))
	scaled := cat(op("Mul", "z,g8", "zg"), op("Add", "zg,b8", "n"))
	rms := cat(op("Transpose", "s", "l", perm(0, 2, 3, 1)), op("Pow", "l,two", "d"), op("ReduceMean", "d", "v", axes(3)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "l,r", "z"), op("Mul", "z,g8", "n"), op("Transpose", "n", "y", perm(0, 3, 1, 2)))
	gn := cat(op("GroupNormalization", "s,g8,b8", "y", attrInt("num_groups", 2)))
	length := cat(op("ReduceL2", "s", "r", axes(1)), op("Div", "s,r", "y"))

	// Attention of two heads over positions, which makes o of the tokens t.
	tokens := cat(ints("flat", 0, 8, -1), op("Reshape", "s,flat", "f"), op("Transpose", "f", "t", perm(0, 2, 1)))
	back := cat(op("Transpose", "o", "ot", perm(0, 2, 1)), op("Shape", "s", "ss"), op("Reshape", "ot,ss", "y"))
	heads := cat(ints("heads", 0, -1, 2, 4), w("wq", 8, 8), w("wk", 8, 8), w("wv", 8, 8), op("MatMul", "t,wq", "q0"), op("MatMul", "t,wk", "k0"), op("MatMul", "t,wv", "v0"), op("Reshape", "q0,heads", "q1"), op("Reshape", "k0,heads", "k1"), op("Reshape", "v0,heads", "v1"))
	split := cat(op("Transpose", "q1", "q", perm(0, 2, 1, 3)), op("Transpose", "k1", "kt", perm(0, 2, 3, 1)), op("Transpose", "v1", "v", perm(0, 2, 1, 3)))
	joined := cat(ints("rows", 0, -1, 8), op("Transpose", "c", "c1", perm(0, 2, 1, 3)), op("Reshape", "c1,rows", "o"))
	attend := func(products ...[]byte) []byte { // reads q, kt, v; makes c
		return cat(tokens, heads, split, cat(products...), joined, back)
	}
	share := cat(op("Softmax", "a", "p", last), op("MatMul", "p,v", "c"))
	sdpa := attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a"), share)
	count := cat(op("Shape", "t", "ts"), ints("one1", 1), op("Gather", "ts,one1", "count"), op("Concat", "count,count", "square", attrInt("axis", 0)))
	causal := attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a1"), count, op("ConstantOfShape", "square", "ones", attrTensor("value", packed(1, 1), varint(2, 1), bytesField(9, singles(-1e9)))), op("Trilu", "ones,next", "mask", attrInt("upper", 1)), array64("next", []int{}, 1), op("Add", "a1,mask", "a"), share)

	gelu, tanh := op("Gelu", "s", "y"), op("Gelu", "s", "y", attrText("approximate", "tanh"))
	inner := func(cube ...[]byte) []byte { // reads i, the cube; makes h
		return cat(cat(cube...), op("Mul", "i,c044", "j"), op("Add", "s,j", "k"), op("Mul", "k,root2pi", "u"), op("Tanh", "u", "h"))
	}
	silu, hard := cat(op("Sigmoid", "s", "a"), op("Mul", "s,a", "y")), op("HardSwish", "s", "y")
	mish, plus := op("Mish", "s", "y"), op("Softplus", "s", "y")
	soft := op("Softmax", "s", "y", attrInt("axis", 1))
	gate := cat(op("GlobalAveragePool", "s", "g"), w("gw", 8, 8, 1, 1), op("Conv", "g,gw", "h"), op("Sigmoid", "h", "i"), op("Mul", "s,i", "y"))
	shuffled := cat(ints("of", 0, 4, 1, 5, 2, 6, 3, 7), op("Gather", "s,of", "y", attrInt("axis", 1)))
	doubled := cat(array32("scales", []int{4}, 1, 1, 2, 2), op("Resize", "s,,scales", "y", attrText("coordinate_transformation_mode", "asymmetric"), attrText("nearest_mode", "floor")))
	size := cat(op("Shape", "s", "ss"), ints("at2", 2), ints("at3", 3), op("Gather", "ss,at2", "hh"), op("Gather", "ss,at3", "ww"))

	free = []alike{
		{"layer norm, the variance at least eps", nil, over(moments, op("Max", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "d,r", "z"), scaled)},
		{"layer norm, eps added to the deviation", nil, over(moments, op("Sqrt", "v", "r0"), op("Add", "r0,eps", "r"), op("Div", "d,r", "z"), scaled)},
		{"layer norm of squares' mean", ln, over(op("ReduceMean", "l", "m", axes(-1)), op("Mul", "l,l", "ll"), op("ReduceMean", "ll", "q", axes(-1)), op("Mul", "m,m", "mm"), op("Sub", "q,mm", "v"), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Sub", "l,m", "d"), op("Div", "d,r", "z"), scaled)},
		{"layer norm by Keras", ln, over(moments, op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r0"), op("Reciprocal", "r0", "r"), op("Mul", "r,g8", "rg"), op("Mul", "l,rg", "lr"), op("Mul", "m,rg", "mr"), op("Sub", "b8,mr", "bm"), op("Add", "lr,bm", "n"))},
		{"layer norm by one over a root", ln, over(moments, op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r0"), op("Div", "one,r0", "r"), op("Mul", "d,r", "z"), scaled)},
		{"layer norm by a power", ln, over(moments, op("Add", "v,eps", "ve"), op("Pow", "ve,minushalf", "r"), op("Mul", "d,r", "z"), scaled)},
		{"layer norm, scaled before it is divided", ln, over(moments, op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Mul", "d,g8", "dg"), op("Div", "dg,r", "z"), op("Add", "z,b8", "n"))},
		{"layer norm of channels that come first", ln, cat(op("ReduceMean", "s", "m", axes(1)), op("Sub", "s,m", "d"), op("Pow", "d,two", "dd"), op("ReduceMean", "dd", "v", axes(1)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "d,r", "z"), op("Mul", "z,g811", "zg"), op("Add", "zg,b811", "y"))},
		{"rms norm by a reciprocal", rms, over(op("Mul", "l,l", "d"), op("ReduceMean", "d", "v", axes(-1)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r0"), op("Reciprocal", "r0", "r"), op("Mul", "l,r", "z"), op("Mul", "g8,z", "n"))},
		{"rms norm of a sum of squares", rms, over(op("ReduceSumSquare", "l", "d", axes(-1)), op("Mul", "d,eighth", "v"), op("Add", "eps,v", "ve"), op("Sqrt", "ve", "r"), op("Div", "l,r", "z"), op("Mul", "z,g8", "n"))},
		{"rms norm of a length", nil, over(op("ReduceL2", "l", "d", axes(-1)), op("Mul", "d,root8", "v"), op("Clip", "v,eps", "ve"), op("Div", "l,ve", "z"), op("Mul", "z,g8", "n"))},
		{"rms norm of a whole map", nil, cat(op("Pow", "s,two", "d"), op("ReduceMean", "d", "v", axes(1, 2, 3)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "s,r", "y"))},
		{"rms norm of each channel", nil, cat(op("Mul", "s,s", "d"), op("ReduceMean", "d", "v", axes(2, 3)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Reciprocal", "r", "i"), op("Mul", "i,s", "y"))},
		{"group norm by instances", gn, cat(ints("groups", 0, 2, -1), array32("g2", []int{2}, 1, 1), array32("b2", []int{2}, 0, 0), op("Reshape", "s,groups", "a"), op("InstanceNormalization", "a,g2,b2", "b"), op("Shape", "s", "ss"), op("Reshape", "b,ss", "z"), op("Mul", "z,g811", "zg"), op("Add", "zg,b811", "y"))},
		{"group norm of moments", gn, cat(ints("groups", 0, 2, -1), op("Reshape", "s,groups", "a"), op("ReduceMean", "a", "m", axes(2)), op("Sub", "a,m", "d"), op("Mul", "d,d", "dd"), op("ReduceMean", "dd", "v", axes(2)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "d,r", "z0"), op("Shape", "s", "ss"), op("Reshape", "z0,ss", "z"), op("Mul", "z,g811", "zg"), op("Add", "zg,b811", "y"))},
		{"group norm of five axes, by Keras", gn, cat(size, ints("n1", 1), ints("parts", 2, 4), op("Concat", "n1,hh,ww,parts", "five", attrInt("axis", 0)), op("Transpose", "s", "l", perm(0, 2, 3, 1)), op("Reshape", "l,five", "a"), op("ReduceMean", "a", "m", axes(1, 2, 4)), op("Sub", "a,m", "d"), op("Mul", "d,d", "dd"), op("ReduceMean", "dd", "v", axes(1, 2, 4)), op("Add", "v,eps", "ve"),
			op("Sqrt", "ve", "r0"), op("Reciprocal", "r0", "r"), array32("gg", []int{2, 4}, positives("g8", 8)...), array32("bb", []int{2, 4}, noisy("b8", 8)...), op("Mul", "r,gg", "rg"), op("Mul", "a,rg", "ar"), op("Mul", "m,rg", "mr"), op("Sub", "bb,mr", "bm"), op("Add", "ar,bm", "z0"), op("Shape", "l", "ls"), op("Reshape", "z0,ls", "n"), op("Transpose", "n", "y", perm(0, 3, 1, 2)))},
		{"a length at least eps", length, cat(op("ReduceL2", "s", "r0", axes(1)), op("Max", "r0,tiny", "r"), op("Shape", "s", "ss"), op("Expand", "r,ss", "re"), op("Div", "s,re", "y"))},
		{"a length by its square's root", length, cat(op("Mul", "s,s", "d"), op("ReduceSum", "d,ax1", "v"), ints("ax1", 1), op("Max", "v,tiny", "v1"), op("Sqrt", "v1", "r0"), op("Reciprocal", "r0", "r"), op("Mul", "s,r", "y"))},
		{"global response norm", nil, cat(op("ReduceL2", "s", "r", axes(2, 3)), op("ReduceMean", "r", "m", axes(1)), op("Add", "m,eps", "me"), op("Div", "r,me", "q"), op("Mul", "s,q", "sq"), op("Mul", "sq,g811", "a"), op("Add", "a,b811", "b"), op("Add", "b,s", "y"))},
		{"unbiased deviation", nil, cat(op("ReduceMean", "s", "m", axes(2, 3)), op("Sub", "s,m", "d"), op("Mul", "d,d", "dd"), op("ReduceMean", "dd", "v", axes(2, 3)), op("Shape", "s", "ss"), ints("hw", 2, 3), op("Gather", "ss,hw", "n0"), op("ReduceProd", "n0", "n1", drop), op("Cast", "n1", "n2", float), op("Mul", "v,n2", "vn"), op("Sub", "n2,one", "n3"), op("Div", "vn,n3", "vu"), op("Sqrt", "vu", "r"), op("Div", "d,r", "y"))},
		{"instance norm of a row for each channel", nil, cat(ints("each", 0, 8, -1), op("Reshape", "s,each", "a"), op("ReduceMean", "a", "m", axes(-1)), op("Sub", "a,m", "d"), op("Pow", "d,two", "dd"), op("ReduceMean", "dd", "v", axes(-1)), op("Add", "v,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "d,r", "z"), op("Shape", "s", "ss"), op("Reshape", "z,ss", "y"))},
		{"batch norm by its parts", nil, cat(op("Sub", "s,b811", "d"), array32("var", []int{1, 8, 1, 1}, positives("var", 8)...), op("Add", "var,eps", "ve"), op("Sqrt", "ve", "r"), op("Div", "d,r", "z"), op("Mul", "z,g811", "zg"), op("Add", "zg,b811", "y"))},

		{"gelu, the cube of products", tanh, cat(inner(op("Mul", "s,s", "s2"), op("Mul", "s2,s", "i")), op("Add", "h,one", "e"), op("Mul", "s,e", "v"), op("Mul", "v,half", "y"))},
		{"gelu, half of the tanh", tanh, cat(inner(op("Pow", "s,three", "i")), op("Mul", "h,half", "h2"), op("Add", "h2,half", "e"), op("Mul", "s,e", "y"))},
		{"gelu, one added within", tanh, cat(op("Mul", "s,s", "s2"), op("Mul", "s2,c044", "j"), op("Add", "j,one", "k"), op("Mul", "s,root2pi", "sr"), op("Mul", "sr,k", "u"), op("Tanh", "u", "h"), op("Add", "one,h", "e"), op("Mul", "s,half", "sh"), op("Mul", "sh,e", "y"))},
		{"gelu, half of erf", gelu, cat(op("Mul", "s,root12", "u"), op("Erf", "u", "e"), op("Mul", "e,half", "e2"), op("Add", "e2,half", "f"), op("Mul", "f,s", "y"))},
		{"gelu, half of each term", gelu, cat(op("Mul", "s,half", "sh"), op("Div", "s,root2", "u"), op("Erf", "u", "e"), op("Mul", "sh,e", "g"), op("Add", "sh,g", "y"))},
		{"gelu, less an erf below zero", gelu, cat(op("Neg", "s", "sn"), op("Mul", "sn,root12", "u"), op("Erf", "u", "e"), op("Sub", "one,e", "f"), op("Mul", "s,f", "v"), op("Mul", "v,half", "y"))},
		{"gelu, by a sigmoid", nil, cat(op("Mul", "s,c1702", "u"), op("Sigmoid", "u", "h"), op("Mul", "h,s", "y"))},
		{"silu by one over a sum", silu, cat(op("Neg", "s", "sn"), op("Exp", "sn", "e"), op("Add", "e,one", "f"), op("Div", "s,f", "y"))},
		{"silu by a reciprocal", silu, cat(op("Mul", "s,minus", "sn"), op("Exp", "sn", "e"), op("Add", "one,e", "f"), op("Reciprocal", "f", "g"), op("Mul", "s,g", "y"))},
		{"silu with a factor for each channel", nil, cat(op("Mul", "s,g811", "u"), op("Sigmoid", "u", "h"), op("Mul", "s,h", "y"))},
		{"silu by tanh", silu, cat(op("Mul", "s,half", "sh"), op("Tanh", "sh", "h"), op("Add", "h,one", "e"), op("Mul", "sh,e", "y"))},
		{"gated by the other half", nil, cat(op("Split", "s", "a,b", attrInt("axis", 1)), op("Sigmoid", "b", "h"), op("Mul", "a,h", "y"))},
		{"hard swish by min and max", hard, cat(op("Add", "s,three", "a"), op("Max", "a,zero", "b"), op("Min", "b,six", "c"), op("Mul", "c,s", "d"), op("Div", "d,six", "y"))},
		{"hard swish of a rectified sum", hard, cat(op("Add", "s,three", "a"), op("Relu", "a", "b"), op("Clip", "b,zero,six", "c"), op("Mul", "c,sixth", "d"), op("Mul", "s,d", "y"))},
		{"hard swish, divided before it is held", hard, cat(op("Div", "s,six", "a"), op("Add", "a,half", "b"), op("Clip", "b,zero,one", "c"), op("Mul", "s,c", "y"))},
		{"hard swish with bounds of one number", hard, cat(array32("lo", []int{1}, 0), array32("hi", []int{1}, 6), op("Add", "s,three", "a"), op("Max", "a,lo", "b"), op("Min", "b,hi", "c"), op("Mul", "s,sixth", "d"), op("Mul", "d,c", "y"))},
		{"mish by a logarithm", mish, cat(op("Exp", "s", "e"), op("Add", "e,one", "f"), op("Log", "f", "p"), op("Tanh", "p", "h"), op("Mul", "s,h", "y"))},
		{"softplus by a logarithm", plus, cat(op("Exp", "s", "e"), op("Add", "one,e", "f"), op("Log", "f", "y"))},
		{"softplus beyond a bound", nil, cat(op("Greater", "s,two", "c"), op("Softplus", "s", "p"), op("Where", "c,s,p", "y"))},
		{"leaky by the larger", nil, cat(op("Mul", "s,tenth", "a"), op("Max", "s,a", "y"))},
		{"slopes by two rectifiers", cat(op("PRelu", "s,g811", "y")), cat(op("Relu", "s", "a"), op("Neg", "s", "n"), op("Relu", "n", "b"), op("Neg", "b", "c"), op("Mul", "c,g811", "d"), op("Add", "a,d", "y"))},
		{"elu by a choice", op("Elu", "s", "y"), cat(op("Greater", "s,zero", "c"), op("Exp", "s", "e"), op("Sub", "e,one", "f"), op("Where", "c,s,f", "y"))},

		{"softmax by its parts", soft, cat(op("ReduceMax", "s", "m", axes(1)), op("Sub", "s,m", "d"), op("Exp", "d", "e"), op("ReduceSum", "e,ax1", "v"), ints("ax1", 1), op("Div", "e,v", "y"))},
		{"softmax of a log softmax", soft, cat(op("LogSoftmax", "s", "l", attrInt("axis", 1)), op("Exp", "l", "y"))},
		{"log of a softmax", op("LogSoftmax", "s", "y", attrInt("axis", 1)), cat(op("Softmax", "s", "p", attrInt("axis", -3)), op("Log", "p", "y"))},
		{"less the logarithm of a sum", op("LogSoftmax", "s", "y", attrInt("axis", 1)), cat(op("ReduceLogSumExp", "s", "l", axes(1)), op("Sub", "s,l", "y"))},
		{"softmax over positions by tokens", nil, cat(ints("flat", 0, 8, -1), op("Reshape", "s,flat", "f"), op("Softmax", "f", "p", last), op("Shape", "s", "ss"), op("Reshape", "p,ss", "y"))},
		{"softmax with the channels last", soft, cat(op("Transpose", "s", "l", perm(0, 2, 3, 1)), op("Softmax", "l", "p"), op("Transpose", "p", "y", perm(0, 3, 1, 2)))},
		{"softmax beyond a smallest sum", nil, cat(op("Exp", "s", "e"), op("ReduceSum", "e,ax1", "v"), ints("ax1", 1), op("Add", "v,eps", "ve"), op("Div", "e,ve", "y"))},

		{"attention, queries scaled", sdpa, attend(op("Mul", "q,half", "q2"), op("MatMul", "q2,kt", "a"), share)},
		{"attention, keys scaled", sdpa, attend(op("Mul", "kt,half", "k2"), op("MatMul", "q,k2", "a"), share)},
		{"attention, keys and queries scaled", sdpa, attend(op("Mul", "q,root12", "q2"), op("Mul", "kt,root12", "k2"), op("MatMul", "q2,k2", "a"), share)},
		{"attention, divided by a root of the shape", sdpa, attend(op("Shape", "q", "qs"), ints("from", -1), ints("to", math.MaxInt64), op("Slice", "qs,from,to", "d"), op("Cast", "d", "df", float), op("Sqrt", "df", "r"), op("Div", "one,r", "i"), op("Cast", "i", "i2", float), op("Sqrt", "i2", "ir"), op("Mul", "q,ir", "q2"), op("Sqrt", "i2", "ir2"), op("Mul", "kt,ir2", "k2"), op("MatMul", "q2,k2", "a"), share)},
		{"attention of keys that were folded to be turned", sdpa, cat(tokens, heads, op("Transpose", "q1", "q", perm(0, 2, 1, 3)), op("Transpose", "k1", "k", perm(0, 2, 1, 3)), op("Transpose", "v1", "v", perm(0, 2, 1, 3)), op("Shape", "k", "kl", attrInt("start", -1)), op("Shape", "k", "kn", attrInt("start", -2), attrInt("end", -1)), op("Shape", "k", "kf", attrInt("end", -2)), ints("open", -1),
			op("Concat", "open,kn,kl", "three3", attrInt("axis", 0)), op("Reshape", "k,three3", "k3"), op("Transpose", "k3", "k3t", perm(0, 2, 1)), op("Concat", "kf,kl,kn", "four4", attrInt("axis", 0)), op("Reshape", "k3t,four4", "kt"), op("Mul", "q,root12", "q2"), op("CastLike", "root12,kt", "r12"), op("Mul", "kt,r12", "k2"), op("MatMul", "q2,k2", "a"), op("Softmax", "a", "p0", last), array32("nothing", []int{}, 0), op("Dropout", "p0,nothing", "p"), op("MatMul", "p,v", "c"), joined, back)},
		{"attention without what is no number", sdpa, attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a"), op("Softmax", "a", "p0", last), op("IsNaN", "p0", "bad"), op("Where", "bad,zero,p0", "p"), op("MatMul", "p,v", "c"))},
		{"attention with shares of its own", sdpa, attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a"), op("ReduceMax", "a", "m", axes(-1)), op("Sub", "a,m", "d"), op("Exp", "d", "e"), op("ReduceSum", "e,axl", "u"), ints("axl", -1), op("Div", "e,u", "p"), op("MatMul", "p,v", "c"))},
		{"attention in half precision with shares in single", sdpa, attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a1"), op("Cast", "a1", "a", float), op("Softmax", "a", "p0", attrInt("axis", 3)), op("Cast", "p0", "p", float), op("MatMul", "p,v", "c"))},
		{"attention with nothing added", sdpa, attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a1"), op("Add", "a1,zero", "a"), share)},
		{"attention with a temperature for each head", nil, attend(array32("heat", []int{2, 1, 1}, 0.4, 1.3), op("MatMul", "q,kt", "a0"), op("Mul", "a0,heat", "a"), share)},
		{"attention by Keras", sdpa, cat(tokens, w("wq", 8, 8), w("wk", 8, 8), w("wv", 8, 8), array32("wq3", []int{8, 2, 4}, noisy("wq", 64)...), array32("wk3", []int{8, 2, 4}, noisy("wk", 64)...), array32("wv3", []int{8, 2, 4}, noisy("wv", 64)...), op("Einsum", "t,wq3", "q", attrText("equation", "abc,cde->abde")), op("Einsum", "t,wk3", "k", attrText("equation", "abc,cde->abde")), op("Einsum", "t,wv3", "v", attrText("equation", "abc,cde->abde")),
			op("Mul", "q,half", "q2"), op("Einsum", "k,q2", "a", attrText("equation", "aecd,abcd->acbe")), op("Softmax", "a", "p", last), op("Einsum", "p,v", "c", attrText("equation", "acbe,aecd->abcd")), ints("rows", 0, -1, 8), op("Reshape", "c,rows", "o"), back)},
		{"attention of queries, keys and values in one", sdpa, cat(tokens, array32("wqkv", []int{8, 24}, beside(8, noisy("wq", 64), noisy("wk", 64), noisy("wv", 64))...), op("MatMul", "t,wqkv", "qkv0"), ints("five5", 0, -1, 3, 2, 4), op("Reshape", "qkv0,five5", "qkv1"), op("Transpose", "qkv1", "qkv", perm(2, 0, 3, 1, 4)), ints("b0", 0), ints("b1", 1), ints("b2", 2), ints("b3", 3), ints("ax0", 0),
			op("Slice", "qkv,b0,b1,ax0", "qa"), op("Slice", "qkv,b1,b2,ax0", "ka"), op("Slice", "qkv,b2,b3,ax0", "va"), op("Squeeze", "qa,ax0", "q"), op("Squeeze", "ka,ax0", "k"), op("Squeeze", "va,ax0", "v"), op("Transpose", "k", "kt", perm(0, 1, 3, 2)), op("Mul", "q,half", "qh"), op("Add", "qh,zero", "q2"), op("MatMul", "q2,kt", "a"), share, joined, back)},
		{"attention of heads that are pictures of a batch", sdpa, cat(op("Reshape", "s,flat", "f"), ints("flat", 0, 8, -1), op("Transpose", "f", "t", perm(2, 0, 1)), w("wq", 8, 8), w("wk", 8, 8), w("wv", 8, 8), op("MatMul", "t,wq", "q0"), op("MatMul", "t,wk", "k0"), op("MatMul", "t,wv", "v0"), ints("pictures", -1, 2, 4), op("Reshape", "q0,pictures", "q1"), op("Reshape", "k0,pictures", "k1"), op("Reshape", "v0,pictures", "v1"), op("Transpose", "q1", "q", perm(1, 0, 2)), op("Transpose", "k1", "kt", perm(1, 2, 0)), op("Transpose", "v1", "v", perm(1, 0, 2)),
			op("Mul", "q,half", "q2"), op("MatMul", "q2,kt", "a"), share, op("Transpose", "c", "c1", perm(1, 0, 2)), ints("rows", -1, 1, 8), op("Reshape", "c1,rows", "o"), op("Transpose", "o", "ot", perm(1, 2, 0)), op("Shape", "s", "ss"), op("Reshape", "ot,ss", "y"))},
		{"attention of keys that all heads share", nil, cat(tokens, heads, op("Transpose", "q1", "q", perm(0, 2, 1, 3)), w("w1", 8, 4), op("MatMul", "t,w1", "k0a"), op("Transpose", "k0a", "k0t", perm(0, 2, 1)), ints("ax1", 1), op("Unsqueeze", "k0t,ax1", "kt"), op("Unsqueeze", "k0a,ax1", "v"), op("MatMul", "q,kt", "a"), share, joined, back)},
		{"products over the number of places", nil, attend(op("MatMul", "q,kt", "a0"), count, op("Cast", "count", "n", float), op("Div", "a0,n", "p"), op("MatMul", "p,v", "c"))},
		{"attention over the number of places", nil, attend(op("MatMul", "q,kt", "a0"), count, op("Cast", "count", "n", float), op("Sub", "n,one", "n1"), op("Reciprocal", "n1", "r"), op("Mul", "a0,r", "a"), share)},
		{"products over the number of a coarser map's places", nil, cat(tokens, op("MaxPool", "s", "sp", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)), op("Reshape", "sp,flat", "k"), op("Transpose", "k", "v", perm(0, 2, 1)), op("MatMul", "t,k", "a"),
			op("Shape", "k", "ks"), ints("at2", 2), op("Gather", "ks,at2", "count"), op("Cast", "count", "n", float), op("Div", "a,n", "p"), op("MatMul", "p,v", "o"), back)},
		{"linear attention", nil, attend(op("Softmax", "q", "qs", last), op("Softmax", "kt", "ks", last), op("MatMul", "ks,v", "kv"), op("MatMul", "qs,kv", "c"))},

		{"a gate of numbers without places", gate, cat(op("ReduceMean", "s", "g", axes(2, 3), drop), array32("gm", []int{8, 8}, noisy("gw", 64)...), op("Gemm", "g,gm", "h", attrInt("transB", 1)), op("Sigmoid", "h", "i"), ints("ends", 2, 3), op("Unsqueeze", "i,ends", "j"), op("Mul", "j,s", "y"))},
		{"a gate of a sum", gate, cat(op("ReduceSum", "s,hw", "g0", attrInt("keepdims", 1)), ints("hw", 2, 3), op("Shape", "s", "ss"), op("Gather", "ss,hw", "n0"), op("ReduceProd", "n0", "n1", drop), op("Cast", "n1", "n2", float), op("Div", "g0,n2", "g"), w("gw", 8, 8, 1, 1), op("Conv", "g,gw", "h"), op("Sigmoid", "h", "i"), op("Mul", "s,i", "y"))},
		{"means of columns and of rows of sums", nil, cat(size, op("ReduceSum", "s,rows", "u0"), ints("rows", 2), op("Cast", "hh", "h", float), op("Div", "u0,h", "u"), op("ReduceSum", "s,columns", "v0"), ints("columns", 3), op("Cast", "ww", "w", float), op("Div", "v0,w", "v"), op("Add", "u,v", "y"))},
		{"a gate with the channels last", gate, over(op("ReduceMean", "l", "g", axes(1, 2), drop), array32("gm", []int{8, 8}, turned(8, noisy("gw", 64))...), op("MatMul", "g,gm", "h"), op("Sigmoid", "h", "i"), ints("to4", -1, 1, 1, 8), op("Reshape", "i,to4", "j"), op("Mul", "l,j", "n"))},
		{"a gate of a row of tokens", gate, cat(ints("flat", 0, 8, -1), op("Reshape", "s,flat", "f"), op("ReduceMean", "f", "g", axes(2)), array32("gw3", []int{8, 8, 1}, noisy("gw", 64)...), op("Conv", "g,gw3", "h"), op("Sigmoid", "h", "i"), op("Mul", "f,i", "m"), op("Shape", "s", "ss"), op("Reshape", "m,ss", "y"))},
		{"channels shuffled by five axes of computed sizes", shuffled, cat(size, ints("n1", 1), ints("parts", 2, 4), op("Concat", "n1,parts,hh,ww", "five", attrInt("axis", 0)), op("Reshape", "s,five", "a"), op("Transpose", "a", "b", perm(0, 2, 1, 3, 4)), op("Shape", "s", "sz"), op("Reshape", "b,sz", "y"))},
		{"channels shuffled in tokens", shuffled, cat(ints("parts", 0, 2, 4, -1), op("Reshape", "s,parts", "a"), op("Transpose", "a", "b", perm(0, 2, 1, 3)), op("Shape", "s", "sz"), op("Reshape", "b,sz", "y"))},
		{"channels shuffled with the channels last", shuffled, over(size, ints("n1", 1), ints("parts", 2, 4), op("Concat", "n1,hh,ww,parts", "five", attrInt("axis", 0)), op("Reshape", "l,five", "a"), op("Transpose", "a", "b", perm(0, 1, 2, 4, 3)), op("Shape", "l", "sz"), op("Reshape", "b,sz", "n"))},
		{"doubled to computed sizes", doubled, cat(op("Shape", "s", "ss"), ints("b0", 0), ints("b2", 2), ints("b4", 4), op("Slice", "ss,b0,b2", "nc"), op("Slice", "ss,b2,b4", "hw"), op("Cast", "hw", "hwf", float), array32("twice", []int{2}, 2, 2), op("Mul", "hwf,twice", "to"), op("Floor", "to", "tof"), op("Cast", "tof", "toi", attrInt("to", 7)), op("Concat", "nc,toi", "sizes", attrInt("axis", 0)), op("Resize", "s,,,sizes", "y", attrText("coordinate_transformation_mode", "asymmetric"), attrText("nearest_mode", "floor")))},
		{"doubled by repeated places", doubled, cat(size, ints("c8", 1, 8), ints("n1", 1), ints("n2", 2), op("Concat", "c8,hh,n1,ww,n1", "six6", attrInt("axis", 0)), op("Reshape", "s,six6", "a"), op("Concat", "c8,hh,n2,ww,n2", "wide", attrInt("axis", 0)), op("Expand", "a,wide", "b"), op("Mul", "hh,n2", "h2"), op("Mul", "ww,n2", "w2"), op("Concat", "c8,h2,w2", "end", attrInt("axis", 0)), op("Reshape", "b,end", "y"))},
		{"focus by strided slices", op("SpaceToDepth", "even", "y", attrInt("blocksize", 2)), cat(ints("f0", 0), ints("f1", 1), ints("e", math.MaxInt64), ints("r", 2), ints("c", 3), ints("st", 2), op("Slice", "even,f0,e,r,st", "ra"), op("Slice", "ra,f0,e,c,st", "p00"), op("Slice", "ra,f1,e,c,st", "p01"), op("Slice", "even,f1,e,r,st", "rb"), op("Slice", "rb,f0,e,c,st", "p10"), op("Slice", "rb,f1,e,c,st", "p11"), op("Concat", "p00,p01,p10,p11", "y", attrInt("axis", 1)))},
		{"a layer's scale with the channels last", nil, over(op("Mul", "l,g8", "a"), op("Add", "l,a", "n"))},
		{"rolled by slices", nil, cat(ints("f0", 0), ints("f2", 2), ints("e", math.MaxInt64), ints("r", 2), op("Slice", "s,f2,e,r", "a"), op("Slice", "s,f0,f2,r", "b"), op("Concat", "a,b", "y", attrInt("axis", 2)))},
		{"a convolution of a row for each position", op("Conv", "s,g1", "y"), cat(over(op("MatMul", "l,g1t", "n")), array32("g1t", []int{8, 4}, turned(4, noisy("g1", 32))...))},
	}
	fixed = []alike{
		{"attention to the places before", causal, attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a1"), count, op("ConstantOfShape", "square", "ones", attrTensor("value", packed(1, 1), varint(2, 9), bytesField(9, []byte{1}))), op("Trilu", "ones,none0", "low", attrInt("upper", 0)), array64("none0", []int{}, 0), op("Where", "low,zero,infinite", "mask"), op("Add", "a1,mask", "a"), share)},
		{"attention to the places before, chosen", causal, attend(op("MatMul", "q,kt", "a0"), op("Mul", "a0,half", "a1"), count, op("ConstantOfShape", "square", "ones", attrTensor("value", packed(1, 1), varint(2, 9), bytesField(9, []byte{1}))), op("Trilu", "ones,none0", "low", attrInt("upper", 0)), array64("none0", []int{}, 0), op("Where", "low,a1,infinite", "a"), share)},
	}
	for _, mode := range []string{"bilinear", "nearest", "bicubic"} {
		for _, padding := range []string{"zeros", "border", "reflection"} {
			for corners := range 2 {
				grid := array32("grid", []int{1, 4, 5, 2}, noisy("grid", 40)...)
				graph := cat(grid, op("GridSample", "s,grid", "y", attrText("mode", mode), attrText("padding_mode", padding), attrInt("align_corners", corners)))
				fixed = append(fixed, alike{fmt.Sprintf("sampled at a grid, %s, %s, %d", mode, padding, corners), nil, graph})
			}
		}
	}
	return free, fixed
}

// alikeArrays are those that the spellings share, with the map s that they read and another one whose sides are even.
func alikeArrays() []byte {
	one := func(name string, v float32) []byte { return array32(name, []int{}, v) }
	return cat(array32("stem", []int{8, 3, 3, 3}, noisy("stem", 216)...), op("Conv", "x,stem", "s", attrInts("pads", 1, 1, 1, 1)), op("Concat", "s,s", "evenr", attrInt("axis", 2)), op("Concat", "evenr,evenr", "even", attrInt("axis", 3)),
		array32("g8", []int{8}, positives("g8", 8)...), array32("b8", []int{8}, noisy("b8", 8)...), array32("g811", []int{8, 1, 1}, positives("g8", 8)...), array32("b811", []int{8, 1, 1}, noisy("b8", 8)...), array32("g1", []int{4, 8, 1, 1}, noisy("g1", 32)...),
		one("zero", 0), one("tenth", 0.1), one("eighth", 0.125), one("sixth", 1./6), one("half", 0.5), one("one", 1), one("two", 2), one("three", 3), one("six", 6), one("minus", -1), one("minushalf", -0.5), one("eps", 1e-5), one("tiny", 1e-12), one("infinite", float32(math.Inf(-1))),
		one("root2", math.Sqrt2), one("root12", math.Sqrt2/2), one("root8", 0.35355338), one("root2pi", 0.7978846), one("c044", 0.044715), one("c1702", 1.702))
}

// positives are numbers above zero, made of a name.
func positives(name string, n int) []float32 {
	v := noisy(name, n)
	for i := range v {
		v[i] = abs32(v[i]) + 0.1
	}
	return v
}

// beside joins matrices of so many rows along their columns.
func beside(rows int, list ...[]float32) (out []float32) {
	for i := range rows {
		for _, v := range list {
			n := len(v) / rows
			out = append(out, v[i*n:(i+1)*n]...)
		}
	}
	return out
}

// turned is a matrix of so many rows, transposed.
func turned(rows int, v []float32) (out []float32) {
	for j := range len(v) / rows {
		for i := range rows {
			out = append(out, v[i*len(v)/rows+j])
		}
	}
	return out
}

// alikeSizes are widths and heights at which spellings are tried.
var alikeSizes = [][2]int{{9, 7}, {14, 10}}

// alikeModel is a file of a spelling, for a size or, with zeros, for any.
func alikeModel(opset, width, height int, graph []byte) []byte {
	out := bytesField(12, text(1, "y"), bytesField(2, bytesField(1, varint(1, 1))))
	return cat(varint(1, 10), bytesField(7, text(2, "g"), input("x", 1, 3, height, width), alikeArrays(), graph, out), bytesField(8, text(1, ""), varint(2, opset)))
}

// The last opset whose reductions have their axes as attributes, and one that has all operators that the plain graphs name.
const alikeOpset, plainOpset = 17, 22

// alikeNet reads a spelling, or fails.
func alikeNet(t *testing.T, opset, width, height int, graph []byte) *nn.Net {
	t.Helper()
	net, err := ONNX(alikeModel(opset, width, height, graph), "t.onnx", Options{Warn: func(s string) {
		if !strings.Contains(s, "it attends within windows") {
			t.Errorf("at %dx%d: %s", width, height, s)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := net.Find("y"); err != nil {
		var names []string
		for _, l := range net.Layers {
			names = append(names, l.Name)
		}
		t.Fatalf("it has no layer y, but %v", names)
	}
	return net
}

// runAt gives a layer's output for a picture of a size.
func runAt(t *testing.T, net *nn.Net, layer string, width, height int) []float32 {
	t.Helper()
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	y, err := ref.Activation(nn.TensorOf(ramp(3*height*width), 3, height, width), layer)
	if err != nil {
		t.Fatalf("at %dx%d: %v", width, height, err)
	}
	return nn.Floats(y)
}

// Spellings make what plain graphs make, in files for one size and for any.
func TestAlikes(t *testing.T) {
	free, fixed := alikes()
	for i, a := range append(free, fixed...) {
		t.Run(a.name, func(t *testing.T) {
			for _, size := range alikeSizes {
				w, h := size[0], size[1]
				got := runAt(t, alikeNet(t, alikeOpset, w, h, a.graph), "y", w, h)
				if i < len(free) {
					near(t, runAt(t, alikeNet(t, alikeOpset, 0, 0, a.graph), "y", w, h), got)
				}
				if a.plain != nil {
					near(t, got, runAt(t, alikeNet(t, plainOpset, w, h, a.plain), "y", w, h))
				}
			}
		})
	}
}

// ONNX Runtime makes of spellings what this program makes of them, at two sizes of picture; make compare runs this.
func TestCompareAlikes(t *testing.T) {
	r := newRuntime(t)
	nets := map[string]func() []float32{}
	free, fixed := alikes()
	for i, a := range append(free, fixed...) {
		for _, size := range alikeSizes {
			w, h := size[0], size[1]
			name := fmt.Sprintf("%s at %dx%d", strings.ReplaceAll(a.name, "/", " "), w, h)
			r.add(name, alikeModel(alikeOpset, w, h, a.graph), w, h)
			if i < len(free) {
				w, h = 0, 0
			}
			nets[name] = func() []float32 { return runAt(t, alikeNet(t, alikeOpset, w, h, a.graph), "y", size[0], size[1]) }
		}
	}
	r.run()
	for name, run := range nets {
		r.compare(name, run())
	}
}
