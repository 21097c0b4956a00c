package load

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/x448/float16"

	"zalgoscope/nn"
)

func mustONNX(t *testing.T, data []byte) *nn.Net {
	t.Helper()
	net, err := ONNX(data, "t.onnx", Options{Warn: func(s string) { t.Error("warning:", s) }})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var weights3 = array32("w", []int{4, 3, 3, 3}, ramp(108)...)

// Each graph ends in "y".
func TestONNXOperators(t *testing.T) {
	conv := op("Conv", "x,w", "c", attrInts("kernel_shape", 3, 3), attrInts("pads", 1, 1, 1, 1))
	gap := op("GlobalAveragePool", "c", "g")
	four := array32("k", []int{4, 1, 1}, 1, 2, 3, 4)
	for _, c := range []struct {
		name  string
		opset int
		graph []byte
		kinds string
		shape string
	}{
		{"conv without kernel_shape", 13, cat(weights3, op("Conv", "x,w", "y", attrInts("strides", 2, 1))), "conv", "[4 3 7]"},
		{"conv dilated in groups", 13, cat(array32("w", []int{3, 1, 2, 2}, ramp(12)...),
			op("Conv", "x,w", "y", attrInt("group", 3), attrInts("dilations", 3, 2))), "conv", "[3 4 7]"},
		{"conv same upper", 13, cat(weights3, op("Conv", "x,w", "y", attrText("auto_pad", "SAME_UPPER"), attrInts("strides", 2, 2))), "conv", "[4 4 5]"},
		{"conv same lower", 13, cat(weights3, op("Conv", "x,w", "y", attrText("auto_pad", "SAME_LOWER"), attrInts("strides", 3, 3))), "conv", "[4 3 3]"},
		{"conv valid", 13, cat(weights3, op("Conv", "x,w", "y", attrText("auto_pad", "VALID"))), "conv", "[4 5 7]"},
		{"max pool floor", 13, op("MaxPool", "x", "y", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)), "max pool", "[3 3 4]"},
		{"max pool ceil", 13, op("MaxPool", "x", "y", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2), attrInt("ceil_mode", 1)), "max pool", "[3 4 5]"},
		{"avg pool", 13, op("AveragePool", "x", "y", attrInts("kernel_shape", 3, 3), attrInts("pads", 1, 1, 1, 1), attrInt("count_include_pad", 1)), "avg pool", "[3 7 9]"},
		{"global pools", 13, cat(op("GlobalMaxPool", "x", "m"), op("GlobalAveragePool", "x", "a"), op("Concat", "m,a", "y", attrInt("axis", 1))),
			"global max pool, global avg pool, concat", "[6 1 1]"},
		{"lrn", 13, op("LRN", "x", "y", attrInt("size", 5)), "lrn", "[3 7 9]"},
		{"relu and leaky", 13, cat(op("Relu", "x", "r"), op("LeakyRelu", "r", "y")), "relu, leaky relu", "[3 7 9]"},
		{"clip by attributes", 7, op("Clip", "x", "y", attrFloat("min", 0), attrFloat("max", 6)), "clip", "[3 7 9]"},
		{"clip by inputs", 13, cat(array32("lo", []int{}, 0), array32("hi", []int{}, 6), op("Clip", "x,lo,hi", "y")), "clip", "[3 7 9]"},
		{"clip above only", 13, cat(array32("hi", []int{}, 6), op("Clip", "x,,hi", "y")), "clip", "[3 7 9]"},
		{"batch norm folds", 13, cat(weights3, conv, array32("p", []int{4}, 1, 2, 3, 4), op("BatchNormalization", "c,p,p,p,p", "y")), "conv", "[4 7 9]"},
		{"batch norm alone", 13, cat(array32("p", []int{3}, 1, 2, 3), op("BatchNormalization", "x,p,p,p,p", "y")), "affine", "[3 7 9]"},
		{"constants fold", 13, cat(weights3, conv, four, op("Mul", "c,k", "m"), op("Add", "k,m", "y")), "conv", "[4 7 9]"},
		{"a conv that two read stays", 13, cat(weights3, conv, four, op("Mul", "c,k", "m"), op("Add", "c,m", "y")), "conv, affine, add", "[4 7 9]"},
		{"sum of maps", 13, cat(op("Relu", "x", "r"), op("Sum", "x,r,r", "y")), "relu, add", "[3 7 9]"},
		{"gemm", 13, cat(op("Flatten", "x", "f"), array32("w", []int{2, 189}, ramp(378)...), array32("b", []int{2}, 1, 2),
			op("Gemm", "f,w,b", "y", attrInt("transB", 1))), "conv", "[2 1 1]"},
		{"matmul and add", 13, cat(op("Flatten", "x", "f"), array32("w", []int{189, 2}, ramp(378)...), array32("b", []int{2}, 1, 2),
			op("MatMul", "f,w", "m"), op("Add", "m,b", "y")), "conv", "[2 1 1]"},
		{"two dense layers", 13, cat(op("Flatten", "x", "f"), array32("w", []int{2, 189}, ramp(378)...), array32("v", []int{2, 5}, ramp(10)...),
			op("Gemm", "f,w", "m", attrInt("transB", 1)), op("Relu", "m", "r"), op("Gemm", "r,v", "y")), "conv, relu, conv", "[5 1 1]"},
		{"reshape by a constant", 13, cat(array64("s", []int{2}, 1, -1), op("Reshape", "x,s", "f"), array32("w", []int{189, 1}, ramp(189)...),
			op("Gemm", "f,w", "y")), "conv", "[1 1 1]"},
		{"reshape by a chain of shapes", 9, cat(op("Shape", "x", "s"), op("Constant", "", "zero", attrTensor("value", varint(2, 7), packed(7, 0))),
			op("Gather", "s,zero", "b"), op("Unsqueeze", "b", "u", attrInts("axes", 0)), array64("rest", []int{1}, -1),
			op("Concat", "u,rest", "d", attrInt("axis", 0)), op("Reshape", "x,d", "f"), array32("w", []int{189, 1}, ramp(189)...),
			op("Gemm", "f,w", "y")), "conv", "[1 1 1]"},
		{"squeeze", 13, cat(weights3, conv, gap, array64("ax", []int{2}, 2, -1), op("Squeeze", "g,ax", "q"), array32("m", []int{4, 2}, ramp(8)...),
			op("MatMul", "q,m", "y")), "conv, global avg pool, conv", "[2 1 1]"},
		{"reduce mean", 13, cat(array32("m", []int{3, 2}, ramp(6)...), op("ReduceMean", "x", "q", attrInts("axes", -2, -1), attrInt("keepdims", 0)),
			op("MatMul", "q,m", "y")), "global avg pool, conv", "[2 1 1]"},
		{"softmax of a row, opset 13", 13, cat(op("GlobalAveragePool", "x", "g"), op("Flatten", "g", "f"), op("Softmax", "f", "y")), "global avg pool, softmax", "[3 1 1]"},
		{"softmax, opset 9", 9, cat(op("GlobalAveragePool", "x", "g"), op("Softmax", "g", "y")), "global avg pool, softmax", "[3 1 1]"},
		{"identity, dropout, cast", 13, cat(op("Identity", "x", "i"), op("Relu", "i", "r"), op("Dropout", "r", "d,mask"), op("Cast", "d", "y", attrInt("to", 1))), "relu", "[3 7 9]"},
		{"pad before a conv", 13, cat(weights3, array64("p", []int{8}, 0, 0, 2, 0, 0, 0, 1, 0), op("Pad", "x,p", "z"), op("Conv", "z,w", "y")), "conv", "[4 8 7]"},
		{"pad before a max pool of rectified values", 7, cat(op("Relu", "x", "r"), op("Pad", "r", "z", attrInts("pads", 0, 0, 1, 1, 0, 0, 1, 1)),
			op("MaxPool", "z", "y", attrInts("kernel_shape", 3, 3), attrInts("strides", 2, 2))), "relu, max pool", "[3 4 5]"},
		{"weights through identity and unsqueeze", 13, cat(weights3, op("Identity", "w", "v"), op("Conv", "x,v", "c"), array32("k", []int{4}, 1, 2, 3, 4),
			op("Unsqueeze", "k", "k3", attrInts("axes", 1, 2)), op("Mul", "c,k3", "y")), "conv", "[4 5 7]"},
		{"torchvision's transform_input", 13, cat(array64("one", []int{}, 1), array64("ax", []int{1}, 1), array32("k", []int{}, 0.5),
			op("Gather", "x,one", "ch", attrInt("axis", 1)), op("Unsqueeze", "ch,ax", "u"), op("Mul", "u,k", "m"), op("Concat", "m,m,m", "y", attrInt("axis", 1))),
			"conv, concat", "[3 7 9]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustONNX(t, model(c.opset, c.graph))
			if got := kinds(net); got != c.kinds {
				t.Errorf("operations are %q, want %q", got, c.kinds)
			}
			shapes, err := net.Shapes(9, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"y", "n_y"} {
				l, err := net.Find(name)
				if err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint([]int(shapes[l])); got != c.shape {
					t.Errorf("%s has shape %s, want %s", name, got, c.shape)
				}
			}
			run(t, net, "y")
		})
	}
}

// The picture is the first input of four dimensions.
func TestONNXPictureInput(t *testing.T) {
	net := mustONNX(t, modelOf(13, input("scale", 1, 2), input("x", 1, 3, 7, 9), op("Relu", "x", "y")))
	if net.Input.Width != 9 || net.Input.Height != 7 {
		t.Errorf("the picture has %dx%d", net.Input.Width, net.Input.Height)
	}
}

// Folding changes nothing but the number of layers: a second reader of the
// convolution keeps the same graph unfolded.
func TestONNXFoldedEqualsUnfolded(t *testing.T) {
	graph := cat(weights3, array32("b", []int{4}, ramp(4)...), op("Conv", "x,w,b", "c"),
		array32("s", []int{4}, 1, -2, 0.5, 3), array32("m", []int{4}, 0.1, 0.2, -0.3, 0.4), array32("v", []int{4}, 1, 2, 0.25, 4),
		op("BatchNormalization", "c,s,m,m,v", "n", attrFloat("epsilon", 0.01)),
		array32("k", []int{1, 4, 1, 1}, 2, 3, 4, 5), op("Sub", "n,k", "d"), op("Div", "d,k", "y"))
	folded := mustONNX(t, model(13, graph))
	unfolded := mustONNX(t, model(13, graph, op("Relu", "c", "r1"), op("Relu", "n", "r2"), op("Relu", "d", "r3")))
	if got, want := kinds(folded), "conv"; got != want {
		t.Errorf("operations are %q, want %q", got, want)
	}
	if got, want := kinds(unfolded), "conv, affine, affine, affine, relu, relu, relu"; got != want {
		t.Errorf("operations are %q, want %q", got, want)
	}
	near(t, run(t, folded, "y"), run(t, unfolded, "y"))
	for _, name := range []string{"c", "n_c", "n", "n_n", "d", "n_d", "y", "n_y"} {
		if l, err := folded.Find(name); err != nil || l != 0 {
			t.Errorf("Find(%q) = %d, %v", name, l, err)
		}
	}
}

// A dense layer gives the same whichever way its weights are stored.
func TestONNXGemmForms(t *testing.T) {
	k, out := 189, 2
	w := ramp(k * out) // out x k
	turned := make([]float32, len(w))
	for i := range out {
		for j := range k {
			turned[j*out+i] = w[i*k+j]
		}
	}
	flat, bias := op("Flatten", "x", "f"), array32("b", []int{1, 2}, 3, 4)
	x := ramp(k)
	want := []float32{3 * 0.25, 4 * 0.25}
	for i := range want {
		for j := range x {
			want[i] += 0.5 * w[i*k+j] * x[j]
		}
	}
	scaled := cat(attrFloat("alpha", 0.5), attrFloat("beta", 0.25))
	near(t, run(t, mustONNX(t, model(13, flat, bias, array32("w", []int{out, k}, w...), op("Gemm", "f,w,b", "y", attrInt("transB", 1), scaled))), "y"), want)
	near(t, run(t, mustONNX(t, model(13, flat, bias, array32("w", []int{k, out}, turned...), op("Gemm", "f,w,b", "y", scaled))), "y"), want)
}

func TestONNXNumberFormats(t *testing.T) {
	dims, v := packed(1, 1, 3, 1, 1), []float32{0.5, -1.25, 3}
	var halves, halfInts, brains []byte
	for _, x := range v {
		b := float16.Fromfloat32(x).Bits()
		halves = append(halves, byte(b), byte(b>>8))
		halfInts = append(halfInts, packed(5, int(b))[2:]...)
		s := singles(x)
		brains = append(brains, s[2:]...)
	}
	unpacked := cat(protoFloat(4, v[0]), protoFloat(4, v[1]), protoFloat(4, v[2]))
	for name, data := range map[string][]byte{
		"float32 raw":        cat(varint(2, 1), bytesField(9, singles(v...))),
		"float_data":         cat(varint(2, 1), bytesField(4, singles(v...))),
		"float_data, loose":  cat(varint(2, 1), unpacked),
		"float16 raw":        cat(varint(2, 10), bytesField(9, halves)),
		"float16 int32_data": cat(varint(2, 10), bytesField(5, halfInts)),
		"float64 raw":        cat(varint(2, 11), bytesField(9, doubles(v...))),
		"double_data":        cat(varint(2, 11), bytesField(10, doubles(v...))),
		"bfloat16 raw":       cat(varint(2, 16), bytesField(9, brains)),
	} {
		net := mustONNX(t, model(13, bytesField(5, dims, text(8, "w"), data), op("Conv", "x,w", "y")))
		if got := nn.Floats(net.Layers[0].Op.(*nn.Conv).W); !slices.Equal(got, v) {
			t.Errorf("%s: weights are %v, want %v", name, got, v)
		}
	}
}

func protoFloat(num int, v float32) []byte { return cat([]byte{byte(num<<3 | 5)}, singles(v)) }

// What is not supported goes with all that needs it; the rest loads.
func TestONNXUnsupported(t *testing.T) {
	head := cat(op("Relu", "x", "r"), op("LeakyRelu", "r", "side"))
	for _, c := range []struct {
		graph   []byte
		warning string
	}{
		{op("DeformConv", "r", "s"), `layer "n_s" has the operation DeformConv, which is not supported; it is left out`},
		{cat(op("RoiAlign", "r", "s"), op("Relu", "s", "t"), op("Add", "t,side", "u")),
			`layer "n_s" has the operation RoiAlign, which is not supported; it and 2 layers that need it are left out`},
		{op("MaxPool", "r", "s", attrInts("kernel_shape", 2)),
			`layer "n_s" has a form of MaxPool that is not supported: its kernel has 1 dimensions; it is left out`},
		{cat(op("Transpose", "r", "t", attrInts("perm", 0, 2, 3, 1)), op("Mul", "t,side", "s")),
			`layer "n_s" has a form of Mul that is not supported: it combines [1 7 9 3] and [1 3 7 9]; it is left out`},
		{cat(op("MaxPool", "r", "m,i", attrInts("kernel_shape", 2, 2)), op("MaxUnpool", "m,i", "s")),
			`layer "n_m,i" has a form of MaxPool that is not supported: it has more than one output; it and 1 layer that needs it are left out`},
		{op("Relu", "r", "s", text(7, "com.example")), `layer "n_s" has a form of Relu that is not supported: it is an operator of com.example; it is left out`},
	} {
		var heard []string
		net, err := ONNX(model(13, head, c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		if err != nil {
			t.Errorf("%s: %v", c.warning, err)
			continue
		}
		if got := strings.Join(heard, "\n"); got != c.warning {
			t.Errorf("warned %q\n want %q", got, c.warning)
		}
		if _, err := net.Find("side"); err != nil {
			t.Error(err)
		}
		if _, err := net.Find("s"); err == nil {
			t.Error("the unsupported layer is there")
		}
	}
}

func TestONNXMetadata(t *testing.T) {
	data := cat(model(13, op("Relu", "x", "y")), property("labels", "cat\ndog\nn02123045 tabby, tabby cat\n"),
		property("input.order", "BGR"), property("input.range", "0..255"), property("input.mean", "1,2,3"), property("input.std", "4 5 6"))
	net := mustONNX(t, data)
	want := nn.Input{Width: 9, Height: 7, BGR: true, Range: 255, Mean: [3]float32{1, 2, 3}, Std: [3]float32{4, 5, 6}}
	if net.Input != want {
		t.Errorf("input is %+v, want %+v", net.Input, want)
	}
	if got := fmt.Sprintf("%q", net.Labels); got != `["cat" "dog" "tabby, tabby cat"]` {
		t.Errorf("labels are %s", got)
	}
	over := nn.Input{Range: 1, Std: [3]float32{1, 1, 1}}
	net, err := ONNX(data, "t.onnx", Options{Input: &over, Labels: []string{"a", "b", "c"}})
	if over.Width, over.Height = 9, 7; err != nil || net.Input != over || net.Labels[0] != "a" {
		t.Errorf("with options: %+v %q %v", net.Input, net.Labels, err)
	}
	var heard string
	net, err = ONNX(data, "t.onnx", Options{Labels: []string{"a"}, Warn: func(s string) { heard = s }})
	if want := `1 labels do not fit the 3 channels of the last layer "n_y" and are left out`; err != nil || net.Labels != nil || heard != want {
		t.Errorf("warned %q, want %q; %v", heard, want, err)
	}
}
