package load

import (
	"math"
	"testing"
)

// An operator of maps gives of a constant what it gives of a map with its numbers.
func TestConstantsAsMaps(t *testing.T) {
	const c, h, w = 3, 7, 9
	arrays := cat(array32("w", []int{4, 3, 3, 3}, noisy("w", 108)...), array32("d", []int{3, 1, 2, 2}, noisy("d", 12)...), array32("b", []int{4}, noisy("b", 4)...), array32("p", []int{3}, 1.5, -2, 0.5),
		array32("q", []int{3}, 0.5, 1, 2), array32("l", []int{9}, noisy("l", 9)...), array32("none", []int{0}), array32("nothing", []int{}, 0), array32("k", []int{1, c, h, w}, ramp(c*h*w)...),
		array64("to", []int{4}, 1, 3, 10, 6), array64("pads", []int{8}, 0, 1, 2, 0, 0, 0, 1, 3), array64("parts", []int{2}, 1, 2), array64("three", []int{3}, 3, 7, 9), array64("zero", []int{1}, 0))
	instances := func(in, out string) []byte { return op("InstanceNormalization", in+",p,q", out) }
	for _, test := range []struct {
		name  string
		nodes func(in, out string) []byte
	}{
		{"convolution", func(in, out string) []byte {
			return op("Conv", in+",w,b", out, attrInts("pads", 1, 1, 1, 1), attrInts("strides", 2, 1))
		}},
		{"depthwise", func(in, out string) []byte { return op("Conv", in+",d", out, attrInt("group", 3)) }},
		{"transposed convolution", func(in, out string) []byte {
			return op("ConvTranspose", in+",d", out, attrInt("group", 3), attrInts("strides", 2, 2))
		}},
		{"batch norm", func(in, out string) []byte { return op("BatchNormalization", in+",p,q,q,q", out) }},
		{"batch norm of what it reads", func(in, out string) []byte {
			if in == "x" { // one picture is all of a batch
				return instances(in, out)
			}
			return op("BatchNormalization", in+",p,q,q,q", out+","+out+"m,"+out+"v", attrInt("training_mode", 1))
		}},
		{"instance norm", instances},
		{"layer norm", func(in, out string) []byte { return op("LayerNormalization", in+",l", out) }},
		{"resize", func(in, out string) []byte { return op("Resize", in+",none,none,to", out, attrText("mode", "cubic")) }},
		{"pad", func(in, out string) []byte { return op("Pad", in+",pads", out, attrText("mode", "edge")) }},
		{"softmax", func(in, out string) []byte { return op("Softmax", in, out, attrInt("axis", 1)) }},
		{"pools", func(in, out string) []byte {
			return cat(op("MaxPool", in, out+"m", attrInts("kernel_shape", 3, 2)), op("GlobalAveragePool", out+"m", out))
		}},
		{"depth to space", func(in, out string) []byte {
			return cat(op("Conv", in+",w", out+"m"), op("DepthToSpace", out+"m", out, attrInt("blocksize", 2)))
		}},
		{"parts", func(in, out string) []byte {
			return cat(op("Split", in+",parts", out+"e,"+out+"f", attrInt("axis", 1)), op("Concat", out+"f,"+out+"e", out, attrInt("axis", 1)))
		}},
		{"functions", func(in, out string) []byte {
			return cat(op("HardSigmoid", in, out+"m"), op("LeakyRelu", out+"m", out+"n"), op("Elu", out+"n", out))
		}},
		{"index", func(in, out string) []byte {
			return cat(op("ArgMax", in, out+"m", attrInt("axis", 1)), op("Cast", out+"m", out, attrInt("to", 1)))
		}},
		{"length", func(in, out string) []byte { return op("LpNormalization", in, out, attrInt("axis", 3)) }},
		{"without a batch", func(in, out string) []byte {
			return cat(op("Reshape", in+",three", out+"m"), op("Softmax", out+"m", out+"n", attrInt("axis", 2)), op("Unsqueeze", out+"n,zero", out))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			of := mustONNX(t, model(17, arrays, test.nodes("x", "y"), bytesField(12, text(1, "y"))))
			// The constant is added to nothing, in the shape of the map.
			folded := mustONNX(t, model(17, arrays, test.nodes("x", "u"), op("Mul", "u,nothing", "z"), test.nodes("k", "v"), op("Add", "z,v", "y"), bytesField(12, text(1, "y"))))
			near(t, run(t, folded, "y"), run(t, of, "y"))
		})
	}
}

// Weights are a batch to the operators of images, each of them normalised or pooled by itself; nets that standardise their weights see
// them as channels of one picture.
func TestWeightsAsMaps(t *testing.T) {
	k := ramp(2 * 3 * 2 * 2)
	var largest, standard []float32
	for o := range 6 {
		largest = append(largest, max(k[4*o], k[4*o+1], k[4*o+2], k[4*o+3]))
	}
	for o := range 2 {
		var sum, squares float64
		for _, v := range k[12*o : 12*o+12] {
			sum += float64(v) / 12
		}
		for _, v := range k[12*o : 12*o+12] {
			squares += (float64(v) - sum) * (float64(v) - sum) / 12
		}
		for _, v := range k[12*o : 12*o+12] {
			standard = append(standard, float32((float64(v)-sum)/math.Sqrt(squares+1e-3)))
		}
	}
	ones, zeros := array32("one", []int{2}, 1, 1), array32("zero", []int{2}, 0, 0)
	turned := cat(array32("k", []int{2, 3, 2, 2}, k...), array64("flat", []int{3}, 1, 2, -1), array64("back", []int{4}, 2, 3, 2, 2), op("Reshape", "k,flat", "f"), ones, zeros)
	for _, test := range []struct {
		name  string
		nodes []byte
		want  []byte
	}{
		{"pooled", cat(array32("k", []int{2, 3, 2, 2}, k...), op("MaxPool", "k", "w", attrInts("kernel_shape", 2, 2))), array32("w", []int{2, 3, 1, 1}, largest...)},
		{"standardised by a batch norm", cat(turned, op("BatchNormalization", "f,one,zero,zero,one", "n,mean,variance", attrInt("training_mode", 1), attrFloat("epsilon", 1e-3)), op("Reshape", "n,back", "w")), array32("w", []int{2, 3, 2, 2}, standard...)},
		{"standardised by an instance norm", cat(turned, op("InstanceNormalization", "f,one,zero", "n", attrFloat("epsilon", 1e-3)), op("Reshape", "n,back", "w")), array32("w", []int{2, 3, 2, 2}, standard...)},
		{"a product", cat(array32("p", []int{2, 2}, 1, 2, 3, 4), array32("q", []int{3, 2}, 1, 0, 2, -1, 0.5, 1), array32("r", []int{3}, 1, 2, 3), op("Gemm", "p,q,r", "g", attrInt("transA", 1), attrInt("transB", 1), attrFloat("alpha", 2), attrFloat("beta", -1)),
			array64("back", []int{4}, 2, 3, 1, 1), op("Reshape", "g,back", "w")), array32("w", []int{2, 3, 1, 1}, 1, -4, 4, 3, -2, 7)},
	} {
		t.Run(test.name, func(t *testing.T) {
			near(t, run(t, mustONNX(t, model(17, test.nodes, op("Conv", "x,w", "y"))), "y"), run(t, mustONNX(t, model(17, test.want, op("Conv", "x,w", "y"))), "y"))
		})
	}
}

// A map of rows without columns has a scale for each channel, whatever numbers they are.
func TestInstanceNormOfRows(t *testing.T) {
	mean := op("ReduceMean", "x", "m", attrInts("axes", 2))
	want := cat(mean, array32("p", []int{3}, 1.5, -2, 0.5), array32("q", []int{3}, 0.5, 1, 2), op("InstanceNormalization", "m,p,q", "y"), bytesField(12, text(1, "y")))
	rows := cat(op("ReduceMean", "x", "m", attrInts("axes", 2), attrInt("keepdims", 0)), array32("p", []int{3}, 1.5, -2, 0.5), array32("q", []int{3}, 0.5, 1, 2), array64("a", []int{1}, 2),
		op("InstanceNormalization", "m,p,q", "n"), op("Unsqueeze", "n,a", "y"))
	near(t, run(t, mustONNX(t, model(13, rows)), "y"), run(t, mustONNX(t, model(13, want)), "y"))
}
