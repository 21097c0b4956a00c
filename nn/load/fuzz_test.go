package load

import (
	"regexp"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// check fails on an error of several lines and on a net that is not fit to run.
func check(t *testing.T, net *nn.Net, err error) {
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("error of several lines: %q", err)
		}
		return
	}
	if err := net.Validate(); err != nil {
		t.Errorf("loaded an invalid net: %v", err)
	}
	if err := net.Fetch(net.Upto(len(net.Layers) - 1)); err != nil && strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("error of several lines: %q", err)
	}
	for _, l := range net.Layers {
		if _, err := net.Find(l.Name); err != nil {
			t.Error(err)
		}
	}
}

func FuzzONNX(f *testing.F) {
	conv := op("Conv", "x,w", "c", attrInts("pads", 1, 1, 1, 1))
	p := array32("p", []int{4}, 1, 2, 3, 4)
	for _, graph := range [][]byte{
		cat(weights3, conv, p, op("BatchNormalization", "c,p,p,p,p", "y")),
		cat(weights3, conv, op("GlobalAveragePool", "c", "g"), op("Flatten", "g", "f"), array32("m", []int{4, 2}, ramp(8)...), op("Gemm", "f,m", "y"), op("Softmax", "y", "z")),
		cat(array64("p", []int{8}, 0, 0, 1, 1, 0, 0, 1, 1), op("Pad", "x,p", "z"), op("AveragePool", "z", "y", attrInts("kernel_shape", 2, 2))),
		cat(op("Shape", "x", "s"), array64("i", []int{1}, 0), op("Gather", "s,i", "b"), array64("r", []int{1}, -1), op("Concat", "b,r", "d", attrInt("axis", 0)), op("Reshape", "x,d", "y")),
		cat(array32("k", []int{3, 1, 1}, 1, 2, 3), op("Mul", "x,k", "m"), op("Sub", "m,k", "y"), op("Clip", "y", "q"), op("LRN", "q", "l", attrInt("size", 3))),
		cat(array64("i", []int{}, 1), array64("ax", []int{1}, 1), op("Gather", "x,i", "ch", attrInt("axis", 1)), op("Unsqueeze", "ch,ax", "u"), op("Concat", "u,x", "y")),
		external("w", "w.bin", "8", "12"),
		cat(op("GlobalAveragePool", "x", "g"), op("Mul", "x,g", "m"), op("Div", "g,m", "q"), op("Sum", "q,g,x", "y")),
		cat(array32("t", []int{3, 3, 3, 4}, ramp(108)...), op("Transpose", "t", "w", attrInts("perm", 3, 2, 0, 1)), op("Conv", "x,w", "c"),
			op("Transpose", "c", "l", attrInts("perm", 0, 2, 3, 1)), array32("m", []int{4, 2}, ramp(8)...), op("MatMul", "l,m", "y"), op("Softmax", "y", "z"), op("Flatten", "z", "f")),
		cat(array64("a", []int{1}, 1), array64("b", []int{1}, -1), array64("n", []int{2}, 2, 4), op("ConstantOfShape", "n", "k"), op("Slice", "k,a,b,b,a", "s"),
			op("Expand", "s,n", "e"), op("Concat", "e,k", "j", attrInt("axis", 0)), op("Gather", "j,a", "h"), op("Cast", "h", "i", attrInt("to", 7)), op("Add", "i,n", "u"), op("Range", "a,b,b", "r")),
		cat(array64("yes", []int{}, 1), op("If", "yes", "i", branchOf("then_branch", "o", op("Relu", "x", "o"))), op("F", "i", "j", text(7, "d"), attrFloat("a", 2)), array32("e", []int{4, 3}, ramp(12)...), op("Einsum", "j,e", "y", attrText("equation", "nchw,oc->nohw"))),
		cat(array32("sc", []int{}, 0.1), typed("z", 2, []int{}, 7), op("QuantizeLinear", "x,sc,z", "q"), op("DequantizeLinear", "q,sc,z", "d"), array32("m", []int{9, 2}, ramp(18)...), op("MatMul", "d,m", "e"), sparse("sp", []int{3, 7, 2}, []int{1, 5}, 2, 3), op("Add", "e,sp", "y")),
		cat(op("GlobalAveragePool", "x", "g"), op("Shape", "x", "s"), op("Expand", "g,s", "e"), typed("c", 9, []int{7, 1}, 1, 0, 1, 0, 1, 0, 1), op("Where", "c,e,x", "w"), typed("b", 22, []int{4}, 0x21, 0x43), array32("r", []int{2}, 1, 2), op("DequantizeLinear", "b,r", "k", attrInt("axis", 0), attrInt("block_size", 2)),
			op("Dropout", "w,sc,c", "y", attrInt("seed", 3))),
		cat(array32("s", []int{4}, 1, 2, 1.5, 0.6), op("Resize", "x,,s", "r", attrText("mode", "cubic"), attrInt("antialias", 1)), array64("n", []int{3}, 1, 2, 3),
			op("Split", "r,n", "a,b,c", attrInt("axis", 1)), array64("p", []int{8}, 0, 1, 2, -1, 0, 0, 3, 1), op("Pad", "c,p", "e", attrText("mode", "reflect")), op("Concat", "b,b", "y", attrInt("axis", 2))),
		cat(array32("w", []int{3, 2, 2, 2}, ramp(24)...), op("ConvTranspose", "x,w", "t", attrInts("strides", 2, 2), attrInts("output_shape", 13, 17)),
			array64("d", []int{6}, 1, 2, 1, 13, 1, 17), op("Reshape", "t,d", "r"), op("Transpose", "r", "u", attrInts("perm", 0, 2, 1, 3, 4, 5)), array64("e", []int{4}, 0, 2, 13, 17), op("Reshape", "u,e", "v"),
			array64("k", []int{4}, 1, 2, 1, 1), op("Tile", "v,k", "q"), op("DepthToSpace", "q", "z", attrInt("blocksize", 2)), op("LpPool", "z", "y", attrInts("kernel_shape", 2, 2))),
		cat(array64("f", []int{2}, 1, -1), array64("to", []int{2}, 9, -9), array64("ax", []int{2}, 2, 3), array64("st", []int{2}, 2, -1), op("Slice", "x,f,to,ax,st", "s"),
			op("SpaceToDepth", "s", "d", attrInt("blocksize", 2)), op("MaxPool", "x", "m", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)), array32("up", []int{4}, 1, 1, 2, 2),
			op("Upsample", "m,up", "u"), op("Relu", "x", "r"), op("Add", "u,r", "y")),
		cat(array64("yes", []int{}, 1), outless(), op("Greater", "x,yes", "c"), op("Where", "c,x,", "w"), op("Where", "c,yes,x", "y"), op("Cast", "c", "z", attrInt("to", 9))),
	} {
		f.Add(cat(model(13, graph), localFunction("F", "a", "b", op("LeakyRelu", "a", "b", attrRef("alpha", "a"))), property("labels", "a\nb"), property("input.mean", "1,2,3")))
		f.Add(model(9, graph))
		f.Add(modelOf(13, input("x", 0, 0, 0, 3), graph))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		faultless := func(said string) {
			if strings.Contains(said, readerFault) {
				t.Error(said)
			}
		}
		net, err := ONNX(data, "fuzz.onnx", Options{Warn: faultless})
		if err != nil {
			faultless(err.Error())
		}
		check(t, net, err)
	})
}

// outless is an If on "yes" that makes nothing.
func outless() []byte {
	return bytesField(1, text(3, "i"), text(4, "If"), text(1, "yes"), branchOf("then_branch", "o", op("Relu", "x", "o")))
}

func FuzzCaffe(f *testing.F) {
	text := picture + `layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }
		layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" } layer { name: "sc" type: "Scale" bottom: "c" top: "c" scale_param { bias_term: true } }
		layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { kernel_size: 2 stride: 2 pool: AVE } }
		layer { name: "i" type: "InnerProduct" bottom: "p" top: "i" inner_product_param { num_output: 2 bias_term: false } } layer { name: "s" type: "Softmax" bottom: "i" top: "s" }`
	f.Add(text, cat(trained("c", blob(false, []int{2, 3, 1, 1}, ramp(6)...), blob(false, []int{2}, 0.5, -1)),
		trained("bn", blob(false, []int{2}, 20, -10), blob(false, []int{2}, 40, 90), blob(false, []int{1}, 10)),
		trained("sc", blob(false, []int{2}, 3, -2), blob(false, []int{2}, 0.25, 0.75)), trained("i", blob(true, []int{1, 1, 2, 40}, ramp(80)...))))
	f.Add(text, []byte{})
	f.Add(picture+`layers { name: "r" type: RELU bottom: "x" top: "x" } layers { name: "e" type: ELTWISE bottom: "x" bottom: "x" top: "e" } layers { name: "l" type: SOFTMAX_LOSS bottom: "e" }`, []byte{})
	f.Add(`layer { name: "d" type: "Data" top: "x" top: "l" transform_param { crop_size: 9 mean_value: 3 } } layer { name: "n" type: "LRN" bottom: "x" top: "n" }
		layer { name: "f" type: "Flatten" bottom: "n" top: "f" } layer { name: "r" type: "Reshape" bottom: "f" top: "r" reshape_param { shape { dim: 0 dim: -1 } } }`, []byte{})
	large := regexp.MustCompile(`\d{4}`) // would only spend the fuzzer's time on random weights
	f.Fuzz(func(t *testing.T, text string, model []byte) {
		if len(model) == 0 {
			model = nil
		}
		net, err := Caffe([]byte(text), model, "fuzz.prototxt", Options{Random: !large.MatchString(text), Warn: func(string) {}})
		check(t, net, err)
	})
}
