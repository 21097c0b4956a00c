package load

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"zalgoscope/nn"
)

// compared is a net written as exporters write it at an opset; its output is y.
type compared struct {
	name        string
	first, last int // the opsets at which it can be written; 0 for any
	graph       func(opset int) []byte
	parts       []byte // of the model beside the graph
}

// axes are an attribute up to an opset, and an array with the given name from there, with the name that an operator reads it by.
func axesAt(opset, since int, name string, v ...int) (array, attr []byte, in string) {
	if opset < since {
		return nil, attrInts("axes", v...), ""
	}
	return array64(name, []int{len(v)}, v...), nil, "," + name
}

func comparedNets() []compared {
	one := func(name string, v float32) []byte { return array32(name, []int{}, v) }
	w := func(name string, dims ...int) []byte { return array32(name, dims, noisy(name, product(dims))...) }
	positive := func(name string, dims ...int) []byte {
		v := noisy(name, product(dims))
		for i := range v {
			v[i] = float32(math.Abs(float64(v[i]))) + 0.1
		}
		return array32(name, dims, v...)
	}
	same := attrInts("pads", 1, 1, 1, 1)
	always := func(parts ...[]byte) func(int) []byte { return func(int) []byte { return cat(parts...) } }
	stem := cat(w("stem", 8, 3, 3, 3), op("Conv", "x,stem", "s", same))
	return []compared{
		{name: "classifier", graph: always(stem, positive("bs", 8), w("bb", 8), w("bm", 8), positive("bv", 8), op("BatchNormalization", "s,bs,bb,bm,bv", "n", attrFloat("epsilon", 1e-3)),
			op("Relu", "n", "r"), op("MaxPool", "r", "p", attrInts("kernel_shape", 3, 3), attrInts("strides", 2, 2), same), op("GlobalAveragePool", "p", "g"), op("Flatten", "g", "f"),
			w("dw", 5, 8), w("db", 5), op("Gemm", "f,dw,db", "d", attrInt("transB", 1)), op("Softmax", "d", "y", attrInt("axis", 1)))},
		{name: "residual", graph: always(stem, w("a", 8, 8, 3, 3), op("Conv", "s,a", "c", same), op("Add", "c,s", "d"), op("Relu", "d", "e"),
			op("AveragePool", "e", "y", attrInts("kernel_shape", 2, 3), attrInts("strides", 2, 2), attrInts("pads", 0, 1, 1, 1), attrInt("count_include_pad", 1)))},
		{name: "squeeze and excite", graph: always(stem, op("GlobalAveragePool", "s", "g"), w("a", 4, 8, 1, 1), w("b", 8, 4, 1, 1), op("Conv", "g,a", "h"), op("Relu", "h", "i"), op("Conv", "i,b", "j"),
			op("Sigmoid", "j", "k"), op("Mul", "s,k", "l"), op("HardSigmoid", "l", "m", attrFloat("alpha", 1./6)), op("Mul", "l,m", "y"))},
		{name: "inverted residual", graph: always(stem, one("zero", 0), one("six", 6), w("d", 8, 1, 3, 3), op("Conv", "s,d", "e", same, attrInt("group", 8)),
			op("Max", "e,zero", "f"), op("Min", "f,six", "g"), w("p", 8, 8, 1, 1), op("Conv", "g,p", "h"), op("Add", "h,s", "y"))},
		{name: "constants of any shape", graph: always(stem, w("c", 8, 1, 1), w("m", 7, 9), positive("v", 1, 8, 1, 9), one("k", 2), op("Sub", "s,c", "a"), op("Mul", "a,m", "b"), op("Div", "b,v", "d"), op("Sub", "k,d", "y"))},
		{name: "joined branches", graph: always(stem, w("a", 4, 8, 1, 1), w("b", 4, 8, 5, 5), op("Conv", "s,a", "c"), op("Conv", "s,b", "d", attrInts("pads", 2, 2, 2, 2)), op("LeakyRelu", "d", "e", attrFloat("alpha", 0.2)),
			op("Concat", "c,e,s", "f", attrInt("axis", 1)), op("LRN", "f", "y", attrInt("size", 5), attrFloat("alpha", 0.5)))},
		{name: "functions of single values", graph: always(stem, op("Elu", "s", "a"), op("Softplus", "a", "b"), op("Selu", "b", "c"), op("Softsign", "c", "d"), op("Tanh", "d", "e"), op("Erf", "e", "f"),
			w("sl", 8, 1, 1), op("PRelu", "f,sl", "g"), op("Exp", "g", "h"), op("Sqrt", "h", "i"), op("ThresholdedRelu", "i", "j", attrFloat("alpha", 0.5)), op("Sin", "j", "y"))},
		{name: "shape arithmetic", graph: func(opset int) []byte {
			a, attr, in := axesAt(opset, 13, "ax", 0)
			return cat(stem, op("MaxPool", "s", "p", attrInts("kernel_shape", 3, 3), attrInts("strides", 3, 3)), op("Shape", "p", "sh"), array64("zero", []int{}, 0), op("Gather", "sh,zero", "n"), a, op("Unsqueeze", "n"+in, "u", attr), array64("rest", []int{1}, -1),
				op("Concat", "u,rest", "to", attrInt("axis", 0)), op("Reshape", "p,to", "f"), w("m", 8*2*3, 5), op("MatMul", "f,m", "y"))
		}},
		{name: "channels last", graph: always(stem, op("Transpose", "s", "l", attrInts("perm", 0, 2, 3, 1)), w("m", 8, 4), w("mb", 4), op("MatMul", "l,m", "a"), op("Add", "a,mb", "b"), op("Transpose", "b", "y", attrInts("perm", 0, 3, 1, 2)))},
		{name: "einsum and products", first: 12, graph: always(stem, w("a", 8, 4), op("Einsum", "s,a", "b", attrText("equation", "nchw,cd->ndhw")), w("c", 9, 6), op("MatMul", "b,c", "d"), w("e", 5, 7), op("MatMul", "e,d", "f"),
			w("g", 4, 6, 3), op("Einsum", "f,g", "y", attrText("equation", "bchw,cwk->bchk")))},
		{name: "expanded, repeated, chosen", graph: always(stem, op("GlobalAveragePool", "s", "g"), op("Shape", "s", "sh"), op("Expand", "g,sh", "e"), op("Sub", "s,e", "d"), array64("n", []int{4}, 1, 2, 1, 2), op("Tile", "d,n", "t"),
			boolean("c", []int{7, 18}), w("k", 16, 1, 1), op("Where", "c,t,k", "y"))},
		{name: "quantised activations", first: 12, graph: always(stem, one("sc", 0.05), typed("z", 2, []int{}, 100), op("QuantizeLinear", "s,sc,z", "q"), op("MaxPool", "q", "p", attrInts("kernel_shape", 2, 2)), op("DequantizeLinear", "p,sc,z", "d"),
			typed("wq", 3, []int{4, 8, 1, 1}, bytesOf("wq", 32)...), one("ws", 0.02), typed("wz", 3, []int{}, 0), op("DequantizeLinear", "wq,ws,wz", "wf"), op("Conv", "d,wf", "c"), one("s2", 0.11), typed("z2", 3, []int{}, 5),
			op("QuantizeLinear", "c,s2,z2", "q2"), op("DequantizeLinear", "q2,s2,z2", "y")), last: 18},
		{name: "quantised convolution", first: 10, graph: always(one("sc", 0.03), typed("z", 2, []int{}, 128), op("QuantizeLinear", "x,sc,z", "q"), typed("wq", 3, []int{4, 3, 3, 3}, bytesOf("wq", 108)...), array32("ws", []int{4}, 0.01, 0.02, 0.015, 0.03), typed("wz", 3, []int{4}, 0, 0, 0, 0),
			one("s2", 0.37), typed("z2", 2, []int{}, 120), bias32("b", 40, -300, 7, 1000), op("QLinearConv", "q,sc,z,wq,ws,wz,s2,z2,b", "c", same), op("DequantizeLinear", "c,s2,z2", "y"))},
		{name: "integer convolution", first: 10, graph: always(one("sc", 0.03), typed("z", 2, []int{}, 128), op("QuantizeLinear", "x,sc,z", "q"), typed("wq", 2, []int{4, 3, 3, 3}, bytesOf("wq", 108)...), typed("wz", 2, []int{}, 7),
			op("ConvInteger", "q,wq,z,wz", "c"), op("Cast", "c", "d", attrInt("to", 1)), one("k", 1e-4), op("Mul", "d,k", "y"))},
		{name: "quantised product", first: 10, graph: always(stem, op("Transpose", "s", "l", attrInts("perm", 0, 2, 3, 1)), one("sc", 0.05), typed("z", 2, []int{}, 100), op("QuantizeLinear", "l,sc,z", "q"),
			typed("wq", 3, []int{8, 4}, bytesOf("wq", 32)...), one("ws", 0.02), typed("wz", 3, []int{}, 3), one("s2", 0.11), typed("z2", 2, []int{}, 120), op("QLinearMatMul", "q,sc,z,wq,ws,wz,s2,z2", "c"), op("DequantizeLinear", "c,s2,z2", "o"), op("Transpose", "o", "y", attrInts("perm", 0, 3, 1, 2)))},
		{name: "product quantised by range", first: 11, graph: always(stem, op("Transpose", "s", "l", attrInts("perm", 0, 2, 3, 1)), op("DynamicQuantizeLinear", "l", "q,qs,qz"), typed("wq", 3, []int{8, 4}, bytesOf("wq", 32)...), typed("wz", 3, []int{4}, 3, 0, 255, 1),
			op("MatMulInteger", "q,wq,qz,wz", "c"), op("Cast", "c", "d", attrInt("to", 1)), array32("ws", []int{4}, 0.01, 0.02, 0.015, 0.03), op("Mul", "qs,ws", "k"), op("Mul", "d,k", "o"), op("Transpose", "o", "y", attrInts("perm", 0, 3, 1, 2)))},
		{name: "dense layer quantised by range", first: 11, graph: always(op("Relu", "x", "r"), op("GlobalAveragePool", "r", "g"), op("Flatten", "g", "f"), op("DynamicQuantizeLinear", "f", "q,qs,qz"), typed("wq", 2, []int{3, 5}, bytesOf("wq", 15)...), typed("wz", 2, []int{}, 120),
			op("MatMulInteger", "q,wq,qz,wz", "c"), op("Cast", "c", "d", attrInt("to", 1)), one("ws", 0.02), op("Mul", "qs,ws", "k"), op("Mul", "d,k", "y"))},
		{name: "attention of whole numbers", first: 11, graph: always(stem, array64("to", []int{3}, 1, 8, 63), op("Reshape", "s,to", "t"), op("Transpose", "t", "u", attrInts("perm", 0, 2, 1)), op("DynamicQuantizeLinear", "t", "q,qs,qz"), op("DynamicQuantizeLinear", "u", "r,rs,rz"),
			op("MatMulInteger", "q,r,qz,rz", "c"), op("Cast", "c", "d", attrInt("to", 1)), op("Mul", "qs,rs", "k"), op("Mul", "d,k", "y"))},
		{name: "convolution quantised by range", first: 11, graph: always(op("DynamicQuantizeLinear", "x", "q,qs,qz"), typed("wq", 2, []int{4, 3, 3, 3}, bytesOf("wq", 108)...), typed("wz", 2, []int{}, 7),
			op("ConvInteger", "q,wq,qz,wz", "c", same), op("Cast", "c", "d", attrInt("to", 1)), one("ws", 0.02), op("Mul", "qs,ws", "k"), op("Mul", "d,k", "y"))},
		{name: "branches", first: 11, graph: always(stem, boolean("yes", []int{}), op("If", "yes", "i", branchOf("then_branch", "o", op("Relu", "s", "o")), branchOf("else_branch", "o2", op("Neg", "s", "o2"))), op("Add", "i,s", "y"))},
		{name: "local functions", first: 13, graph: always(stem, w("a", 4, 8, 3, 3), op("Block", "s,a", "b", text(7, "d"), attrInts("st", 2, 1)), op("Block", "b,a2", "y", text(7, "d")), w("a2", 4, 4, 3, 3)),
			parts: cat(bytesField(8, text(1, "d"), varint(2, 1)), localFunction("Block", "p,q", "r", text(6, "st"), bytesField(9, text(1, ""), varint(2, 13)), op("Conv", "p,q", "c", attrRef("strides", "st"), same), op("Relu", "c", "r")))},
		{name: "half weights", first: 9, graph: always(typed("h", 10, []int{4, 3, 1, 1}, halves(12)...), op("Cast", "h", "f", attrInt("to", 1)), op("Conv", "x,f", "c"), one("k", 1), op("Add", "c,k", "y"))},
		{name: "dropped with a seed", first: 13, graph: always(stem, one("ratio", 0.3), boolean("yes", []int{}), op("Dropout", "s,ratio,yes", "y", attrInt("seed", 7)))},
		{name: "casts and bounds", first: 11, graph: always(stem, one("k", 3), op("Mul", "s,k", "t"), op("Cast", "t", "i", attrInt("to", 6)), op("Cast", "i", "f", attrInt("to", 1)), op("Sub", "t,f", "d"), one("lo", 0.75), one("hi", 0.5),
			op("Clip", "d,lo,hi", "c"), op("Add", "c,t", "y"))},
		{name: "weights of few bits", first: 19, graph: always(typed("e", 17, []int{4, 3, 1, 1}, 0x38, 0xb8, 0x30, 0x41, 0x2c, 0xc4, 0x38, 0x08, 0x81, 0x37, 0xb1, 0x40), op("Cast", "e", "f", attrInt("to", 1)), op("Conv", "x,f", "a"),
			typed("b", 16, []int{4, 1, 1}, 0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40, 0x10, 0xbe), op("Cast", "b", "g", attrInt("to", 1)), op("Mul", "a,g", "y"))},
		{name: "sparse weights", first: 11, graph: always(stem, sparse("w", []int{4, 8, 1, 1}, []int{1, 9, 17, 30}, 1, -2, 3, 0.5), op("Conv", "s,w", "y"))},
		{name: "contributed operators", first: 13, graph: always(stem, op("QuickGelu", "s", "a", text(7, "com.microsoft")), one("sc", 0.01), typed("z", 5, []int{}, 7, 0), op("QuantizeLinear", "a,sc,z", "q", text(7, "com.microsoft")),
			op("DequantizeLinear", "q,sc,z", "y", text(7, "com.microsoft"))), parts: bytesField(8, text(1, "com.microsoft"), varint(2, 1))},
		{name: "a pool that was expanded", first: 13, graph: always(stem, op("Shape", "s", "sh"), op("Size", "s", "n"), op("Cast", "n", "nf", attrInt("to", 1)), op("GlobalAveragePool", "s", "g"), op("Expand", "g,sh", "e"), op("Div", "e,nf", "d"), op("Concat", "s,d", "y", attrInt("axis", 1)))},
		{name: "single values moved", first: 13, graph: always(stem, array64("g", []int{2, 3}, 0, 1, 6, 0, 7, -7), op("GatherND", "s,g", "r"), array64("d", []int{4}, 1, 1, 2, 9), op("Reshape", "r,d", "a"), array64("e", []int{4}, 1, 9, 7, 8), op("Reshape", "s,e", "b"), array64("f", []int{4}, 1, 8, 7, 9), op("Sin", "b", "c"),
			op("Reshape", "c,f", "h"), array64("k", []int{1}, 3), op("TopK", "h,k", "t,i", attrInt("axis", 1)), op("Cast", "i", "n", attrInt("to", 1)), op("Concat", "t,n,s", "u", attrInt("axis", 1)), op("Concat", "a,a", "v", attrInt("axis", 2)),
			array64("p", []int{8}, 0, 0, 3, 0, 0, 0, 0, 0), op("Pad", "v,p", "w"), op("Add", "u,w", "y"))},
		{name: "corners aligned", first: 11, graph: always(stem, array32("none", []int{0}), array32("sc", []int{4}, 1, 1, 1.3, 1.5), op("Resize", "s,none,sc", "y", attrText("mode", "linear"), attrText("coordinate_transformation_mode", "align_corners")))},
		{name: "corners of a smaller map aligned", first: 11, graph: always(stem, array32("none", []int{0}), array32("sc", []int{4}, 1, 1, 0.7, 0.5), op("Resize", "s,none,sc", "y", attrText("mode", "linear"), attrText("coordinate_transformation_mode", "align_corners")))},
		{name: "sums of products", first: 12, graph: always(stem, w("a", 8, 4), w("k", 9, 5), op("Einsum", "s,a,k", "b", attrText("equation", "nchw,cd,wk->nhdk")), op("Transpose", "b", "t", attrInts("perm", 0, 2, 1, 3)), op("ReduceMean", "t", "m", attrInts("axes", 2), attrInt("keepdims", 1)),
			op("ArgMax", "t", "i", attrInt("axis", 2), attrInt("keepdims", 0)), array64("seven", []int{}, 7), array32("off", []int{2}, -1, 2), op("OneHot", "i,seven,off", "o", attrInt("axis", 2)), op("Mul", "o,m", "y")), last: 17},
		{name: "reductions", graph: func(opset int) []byte {
			a, attr, in := axesAt(opset, 18, "ax", 2, 3)
			b, attr2, in2 := axesAt(opset, 13, "ax2", 1)
			c, attr3, in3 := axesAt(opset, 18, "ax3", 1)
			return cat(stem, a, b, c, op("ReduceMean", "s"+in, "m", attr), op("Sub", "s,m", "d"), op("ReduceSum", "d"+in2, "t", attr2), op("ReduceMax", "d"+in3, "u", attr3), op("Add", "t,u", "v"), op("Mul", "v,d", "y"))
		}},
		{name: "four bits, by blocks", first: 21, graph: always(typed("q", 22, []int{4, 4}, bytesOf("q", 8)...), array32("sc", []int{4, 2}, ramp(8)...), op("DequantizeLinear", "q,sc", "wf", attrInt("axis", 1), attrInt("block_size", 2)), w("a", 4, 3, 1, 1), op("Conv", "x,a", "c"),
			array64("to", []int{4}, 4, 4, 1, 1), op("Reshape", "wf,to", "v"), op("Conv", "c,v", "y"))},
		{name: "layer norm", first: 17, graph: always(stem, op("Transpose", "s", "l", attrInts("perm", 0, 2, 3, 1)), positive("g", 8), w("b", 8), op("LayerNormalization", "l,g,b", "n"), op("Transpose", "n", "y", attrInts("perm", 0, 3, 1, 2)))},
		{name: "columns laid over each other", first: 18, graph: always(stem, array64("flat", []int{3}, 1, 8, -1), op("Reshape", "s,flat", "f"), array64("size", []int{2}, 15, 17), array64("block", []int{2}, 2, 2), op("Col2Im", "f,size,block", "y", attrInts("strides", 2, 2), attrInts("pads", 0, 1, 0, 0)))},
		{name: "columns that overlap", first: 18, graph: always(stem, array64("flat", []int{3}, 1, 8, -1), op("Reshape", "s,flat", "f"), array64("size", []int{2}, 8, 12), array64("block", []int{2}, 2, 4), op("Col2Im", "f,size,block", "y"))},
		{name: "columns that lie apart", first: 18, graph: always(stem, array64("flat", []int{3}, 1, 8, -1), op("Reshape", "s,flat", "f"), array64("size", []int{2}, 20, 12), array64("block", []int{2}, 2, 2), op("Col2Im", "f,size,block", "y", attrInts("strides", 3, 1), attrInts("dilations", 1, 3)))},
		{name: "newer functions", first: 20, graph: always(stem, op("Gelu", "s", "a"), op("Mish", "a", "b"), op("HardSwish", "b", "c"), op("Gelu", "c", "y", attrText("approximate", "tanh")))},
		{name: "a decoder", first: 11, graph: always(stem, w("t", 8, 4, 4, 4), op("ConvTranspose", "s,t", "u", attrInts("strides", 2, 2), same), op("InstanceNormalization", "u,g,b", "n"), positive("g", 4), w("b", 4), array64("p", []int{8}, 0, 0, 1, 1, 0, 0, 1, 1),
			op("Pad", "n,p", "q", attrText("mode", "reflect")), array32("none", []int{0}), array32("sc", []int{4}, 1, 1, 2, 2), op("Resize", "q,none,sc", "r", attrText("mode", "linear")), op("DepthToSpace", "r", "y", attrInt("blocksize", 2)))},
	}
}

// noisy is n numbers made of a name.
func noisy(name string, n int) []float32 {
	v := make([]float32, n)
	if err := random(name, 1, n, 8).read(v); err != nil {
		panic(err)
	}
	return v
}

// bytesOf is n bytes made of a name.
func bytesOf(name string, n int) []byte {
	out := make([]byte, n)
	for i, v := range noisy(name, n) {
		out[i] = byte(int(v * 40))
	}
	return out
}

// halves is n float16 numbers.
func halves(n int) (out []byte) {
	for i := range n {
		out = append(out, byte(i*37), byte(0x38+i%2*0x80+i%5))
	}
	return out
}

// bias32 is an initializer of int32.
func bias32(name string, v ...int32) []byte {
	var raw []byte
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(x))
	}
	return typed(name, 6, []int{len(v)}, raw...)
}

// boolean is an initializer of truth values, every third of which does not hold.
func boolean(name string, dims []int) []byte {
	raw := make([]byte, product(dims))
	for i := range raw {
		if i%3 != 1 {
			raw[i] = 1
		}
	}
	return typed(name, 9, dims, raw...)
}

// ortRuntime asks ONNX Runtime about nets, by files in a folder.
type ortRuntime struct {
	t            *testing.T
	modules, dir string
}

// newRuntime skips a test that make compare does not run.
func newRuntime(t *testing.T) *ortRuntime {
	modules := os.Getenv("ZALGOSCOPE_ONNXRUNTIME")
	if modules == "" {
		t.Skip("make compare runs this with ONNX Runtime")
	}
	return &ortRuntime{t, modules, t.TempDir()}
}

// add gives it a model, which is to see a picture of a size.
func (r *ortRuntime) add(name string, model []byte, width, height int) {
	for ending, data := range map[string][]byte{".onnx": model, ".in": singles(ramp(3 * width * height)...), ".dims": fmt.Appendf(nil, "[1, 3, %d, %d]", height, width)} {
		if err := os.WriteFile(filepath.Join(r.dir, name+ending), data, 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
}

// run has it compute all.
func (r *ortRuntime) run() {
	if out, err := exec.Command("node", "testdata/compare.js", r.modules, r.dir).CombinedOutput(); err != nil {
		r.t.Fatalf("%v: %s", err, out)
	}
}

// compare fails unless its answer is got.
func (r *ortRuntime) compare(name string, got []float32) {
	r.t.Helper()
	var said struct {
		Dims  []int
		Error string
	}
	data, err := os.ReadFile(filepath.Join(r.dir, name+".json"))
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil || said.Error != "" {
		r.t.Errorf("%s: ONNX Runtime: %v %s", name, err, said.Error)
		return
	}
	raw, err := os.ReadFile(filepath.Join(r.dir, name+".out"))
	if err != nil {
		r.t.Fatal(err)
	}
	if len(got)*4 != len(raw) {
		r.t.Errorf("%s: %d numbers, want %v", name, len(got), said.Dims)
		return
	}
	worst := 0.0
	for i, v := range got {
		want := float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
		worst = max(worst, math.Abs(float64(v)-want)/(1+math.Abs(want)))
	}
	if !(worst <= 1e-4) {
		r.t.Errorf("%s: off by %.2g", name, worst)
	} else {
		r.t.Logf("%s: %.1g", name, worst)
	}
}

// ONNX Runtime gives the same for nets of all kinds at all opsets; make compare brings it and runs this.
func TestCompare(t *testing.T) {
	r := newRuntime(t)
	nets := map[string]*nn.Net{}
	for _, c := range comparedNets() {
		for _, opset := range []int{9, 11, 13, 17, 18, 20, 21} {
			if c.first > opset || c.last > 0 && opset > c.last {
				continue
			}
			name := fmt.Sprintf("%s, opset %d", c.name, opset)
			graph := cat(input("x", 1, 3, 7, 9), c.graph(opset), bytesField(12, text(1, "y"), bytesField(2, bytesField(1, varint(1, 1)))))
			data := cat(varint(1, 10), bytesField(7, text(2, "g"), graph), bytesField(8, text(1, ""), varint(2, opset)), c.parts)
			r.add(name, data, 9, 7)
			net, err := ONNX(data, "compare.onnx", Options{Warn: func(s string) { t.Errorf("%s: %s", name, s) }})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			nets[name] = net
		}
	}
	r.run()
	for name, net := range nets {
		if _, err := net.Find("y"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r.compare(name, run(t, net, "y"))
	}
}
