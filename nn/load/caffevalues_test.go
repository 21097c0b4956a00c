package load

import (
	"math"
	"testing"
)

// Layers of Caffe are the operators of ONNX that say the same, with the same numbers; each ends in "y".
func TestCaffeAsONNX(t *testing.T) {
	layer := func(kind, bottoms, param string) string {
		return `layer { name: "y" type: "` + kind + `" ` + bottoms + ` top: "y" ` + param + ` }`
	}
	const x, xr = `bottom: "x"`, `bottom: "x" bottom: "r"`
	relu := `layer { name: "r" type: "ReLU" bottom: "x" top: "r" } `
	r := op("Relu", "x", "r")
	one := func(name string, v float32) []byte { return array32(name, []int{}, v) }
	five := trained("y", blob(false, []int{3}, 1, -2, 0.5), blob(false, []int{3}, 3, 4, 5))
	for _, c := range []struct {
		name, text string
		model      []byte
		graph      []byte
	}{
		{"a sum with coefficients", relu + layer("Eltwise", xr, `eltwise_param { operation: SUM coeff: 2 coeff: -0.5 }`), nil,
			cat(r, one("a", 2), one("b", -0.5), op("Mul", "x,a", "p"), op("Mul", "r,b", "q"), op("Add", "p,q", "y"))},
		{"a product", relu + layer("Eltwise", xr+` bottom: "x"`, `eltwise_param { operation: PROD }`), nil, cat(r, op("Mul", "x,r", "p"), op("Mul", "p,x", "y"))},
		{"the largest", relu + layer("Eltwise", xr, `eltwise_param { operation: MAX }`), nil, cat(r, op("Max", "x,r", "y"))},
		{"a power", layer("Power", x, `power_param { power: 2 scale: 3 shift: 1 }`), nil,
			cat(one("a", 3), one("b", 1), op("Mul", "x,a", "p"), op("Add", "p,b", "q"), op("Mul", "q,q", "y"))},
		{"a root", relu + layer("Power", `bottom: "r"`, `power_param { power: 0.5 }`), nil, cat(r, op("Sqrt", "r", "y"))},
		{"elu", layer("ELU", x, `elu_param { alpha: 0.5 }`), nil, op("Elu", "x", "y", attrFloat("alpha", 0.5))},
		{"exp", layer("Exp", x, ``), nil, op("Exp", "x", "y")},
		{"exp of a base", layer("Exp", x, `exp_param { base: 2 scale: 0.5 shift: 1 }`), nil,
			cat(one("two", 2), one("h", 0.5), one("b", 1), op("Mul", "x,h", "p"), op("Add", "p,b", "q"), op("Pow", "two,q", "y"))},
		{"log of a base", layer("Log", x, `log_param { base: 10 shift: 3 }`), nil, cat(one("three", 3), one("ln", float32(math.Log(10))), op("Add", "x,three", "p"), op("Log", "p", "q"), op("Div", "q,ln", "y"))},
		{"abs", layer("AbsVal", x, ``), nil, op("Abs", "x", "y")},
		{"sigmoid", layer("Sigmoid", x, ``), nil, op("Sigmoid", "x", "y")},
		{"tanh", layer("TanH", x, ``), nil, op("Tanh", "x", "y")},
		{"bnll", layer("BNLL", x, ``), nil, op("Softplus", "x", "y")},
		{"swish", layer("Swish", x, `swish_param { beta: 2 }`), nil, cat(one("two", 2), op("Mul", "x,two", "p"), op("Sigmoid", "p", "q"), op("Mul", "x,q", "y"))},
		{"relu6", layer("ReLU6", x, ``), nil, cat(one("zero", 0), one("six", 6), op("Clip", "x,zero,six", "y"))},
		{"prelu", layer("PReLU", x, ``), trained("y", blob(false, []int{3}, 0.1, 2, -1)), cat(array32("s", []int{3, 1, 1}, 0.1, 2, -1), op("PRelu", "x,s", "y"))},
		{"prelu of one slope", layer("PReLU", x, `prelu_param { channel_shared: true }`), trained("y", blob(false, []int{1}, 0.3)), op("LeakyRelu", "x", "y", attrFloat("alpha", 0.3))},
		{"a scale of channels", layer("Scale", x, `scale_param { bias_term: true }`), five,
			cat(array32("a", []int{3, 1, 1}, 1, -2, 0.5), array32("b", []int{3, 1, 1}, 3, 4, 5), op("Mul", "x,a", "p"), op("Add", "p,b", "y"))},
		{"a scale of one number", layer("Scale", x, `scale_param { num_axes: 0 }`), trained("y", blob(false, []int{}, 3)), cat(one("a", 3), op("Mul", "x,a", "y"))},
		{"a scale of columns", layer("Scale", x, `scale_param { axis: 3 }`), trained("y", blob(false, []int{9}, ramp(9)...)), cat(array32("a", []int{9}, ramp(9)...), op("Mul", "x,a", "y"))},
		{"a scale of positions", layer("Scale", x, `scale_param { axis: 2 num_axes: -1 }`), trained("y", blob(false, []int{7, 9}, ramp(63)...)), cat(array32("a", []int{7, 9}, ramp(63)...), op("Mul", "x,a", "y"))},
		{"a bias of rows", layer("Bias", x, `bias_param { axis: -2 }`), trained("y", blob(false, []int{7}, ramp(7)...)), cat(array32("a", []int{7, 1}, ramp(7)...), op("Add", "x,a", "y"))},
		{"a gate", `layer { name: "g" type: "Pooling" bottom: "x" top: "g" pooling_param { pool: AVE global_pooling: true } } layer { name: "f" type: "Flatten" bottom: "g" top: "f" } ` +
			layer("Scale", `bottom: "x" bottom: "f"`, `scale_param { axis: 0 }`), nil, cat(op("GlobalAveragePool", "x", "g"), op("Mul", "x,g", "y"))},
		{"a gate and a sum", `layer { name: "g" type: "Pooling" bottom: "x" top: "g" pooling_param { pool: AVE global_pooling: true } } ` + relu +
			layer("Axpy", `bottom: "g" bottom: "x" bottom: "r"`, ``), nil, cat(r, op("GlobalAveragePool", "x", "g"), op("Mul", "x,g", "p"), op("Add", "p,r", "y"))},
		{"a crop", `layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { kernel_size: 3 } } ` + layer("Crop", `bottom: "x" bottom: "p"`, `crop_param { offset: 1 offset: 2 }`), nil,
			cat(array64("a", []int{2}, 1, 2), array64("b", []int{2}, 6, 9), array64("ax", []int{2}, 2, 3), op("Slice", "x,a,b,ax", "y"))},
		{"slices", `layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" slice_param { slice_point: 1 } } layer { name: "y" type: "Concat" bottom: "b" bottom: "a" top: "y" }`, nil,
			cat(array64("i", []int{3}, 1, 2, 0), op("Gather", "x,i", "y", attrInt("axis", 1)))},
		{"a transposed convolution", layer("Deconvolution", x, `convolution_param { num_output: 2 kernel_size: 4 stride: 2 pad: 1 }`), trained("y", blob(false, []int{3, 2, 4, 4}, ramp(96)...), blob(false, []int{2}, 1, -1)),
			cat(array32("w", []int{3, 2, 4, 4}, ramp(96)...), array32("b", []int{2}, 1, -1), op("ConvTranspose", "x,w,b", "y", attrInts("strides", 2, 2), attrInts("pads", 1, 1, 1, 1)))},
		{"a transposed convolution in groups", layer("Deconvolution", x, `convolution_param { num_output: 3 kernel_size: 4 stride: 2 pad: 1 group: 3 bias_term: false }`), trained("y", blob(false, []int{3, 1, 4, 4}, ramp(48)...)),
			cat(array32("w", []int{3, 1, 4, 4}, ramp(48)...), op("ConvTranspose", "x,w", "y", attrInts("strides", 2, 2), attrInts("pads", 1, 1, 1, 1), attrInt("group", 3)))},
		{"a transposed dense layer", layer("InnerProduct", x, `inner_product_param { num_output: 2 bias_term: false transpose: true }`), trained("y", blob(false, []int{189, 2}, ramp(378)...)),
			cat(op("Flatten", "x", "f"), array32("w", []int{189, 2}, ramp(378)...), op("Gemm", "f,w", "y"))},
		{"response within channels", layer("LRN", x, `lrn_param { local_size: 3 alpha: 0.7 beta: 0.75 norm_region: WITHIN_CHANNEL }`), nil,
			cat(op("Mul", "x,x", "s"), op("AveragePool", "s", "m", attrInts("kernel_shape", 3, 3), attrInts("pads", 1, 1, 1, 1), attrInt("count_include_pad", 1)), one("a", 0.7), one("b", 1), one("e", 0.75),
				op("Mul", "m,a", "n"), op("Add", "n,b", "o"), op("Pow", "o,e", "p"), op("Div", "x,p", "y"))},
		{"the mean taken away", layer("MVN", x, `mvn_param { normalize_variance: false }`), nil, cat(op("GlobalAveragePool", "x", "g"), op("Sub", "x,g", "y"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			near(t, run(t, mustCaffe(t, picture+c.text, c.model), "y"), run(t, mustONNX(t, model(13, c.graph)), "y"))
		})
	}
}

// Reductions and MVN by hand.
func TestCaffeSums(t *testing.T) {
	x := ramp(3 * 7 * 9)
	sum := func(v []float32, f func(float64) float64) float32 {
		s := 0.0
		for _, x := range v {
			s += f(float64(x))
		}
		return float32(s)
	}
	reduced := func(param string) []float32 {
		return run(t, mustCaffe(t, picture+`layer { name: "y" type: "Reduction" bottom: "x" top: "y" reduction_param { `+param+` } }`, nil), "y")
	}
	near(t, reduced("operation: ASUM axis: 1 coeff: 2"), []float32{2 * sum(x, math.Abs)})
	near(t, reduced("operation: SUMSQ axis: 2"), []float32{sum(x[:63], square), sum(x[63:126], square), sum(x[126:], square)})
	near(t, reduced("operation: MEAN axis: 1"), []float32{sum(x, func(v float64) float64 { return v }) / 189})
	for _, across := range []string{"false", "true"} {
		y := run(t, mustCaffe(t, picture+`layer { name: "y" type: "MVN" bottom: "x" top: "y" mvn_param { across_channels: `+across+` } }`, nil), "y")
		part := y
		if across == "false" {
			part = y[63:126]
		}
		n := float32(len(part))
		near(t, []float32{sum(part, func(v float64) float64 { return v }) / n, sum(part, square) / n}, []float32{0, 1})
	}
}

func square(v float64) float64 { return v * v }
