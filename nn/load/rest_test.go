package load

import (
	"strings"
	"testing"
)

// Whatever is wrong with a part of a net costs that part and what needs it: the layers before it and
// beside it load.
func TestRestLoads(t *testing.T) {
	head := cat(op("Relu", "x", "r"), op("LeakyRelu", "x", "side"))
	w := array32("w", []int{2, 5, 1, 1}, ramp(10)...)
	for _, c := range []struct {
		name  string
		graph []byte
		warn  string
	}{
		{"weights of another shape", cat(w, op("Conv", "r,w", "y"), op("Relu", "y", "z")), `layer "n_y" (Conv): weights of shape [2 5 1 1] in 1 groups do not fit an input of 3 channels; it and 1 layer that needs it are left out`},
		{"a broken array", cat(array32("b", []int{4}, 1, 2, 3), op("Conv", "r,b", "y")), `array "b" has shape [4], which is 4 numbers, but data of 12 bytes; it and 1 layer that needs it are left out`},
		{"a broken array that nothing reads", array32("b", []int{4}, 1, 2, 3), ""},
		{"a sparse array without places", cat(bytesField(15, bytesField(1, packed(1, 4), varint(2, 1), text(8, "s"), bytesField(9, singles(1, 2, 3, 4)))), op("Conv", "r,s", "y")), `array "s" is sparse and has no indices; it and 1 layer`},
		{"an If that depends on the picture", op("If", "r", "y", branchOf("then_branch", "b", op("Relu", "r", "b")), branchOf("else_branch", "c", op("Relu", "r", "c"))), `layer "n_y" has a form of If that is not supported: its condition is not constant; it is left out`},
		{"an If without a branch", cat(array64("yes", []int{}, 1), op("If", "yes", "y", branchOf("else_branch", "b", op("Relu", "r", "b")))), `layer "n_y" has a form of If that is not supported: it lacks a branch, or outputs of it; it is left out`},
		{"a branch with a wrong tail", cat(array64("yes", []int{}, 1), op("If", "yes", "y", branchOf("then_branch", "b", op("Oops", "r", "b")))), `layer "n_y/n_b" has the operation Oops, which is not supported; it is left out`},
		{"a name that nothing makes", op("Relu", "nowhere", "y"), `layer "n_y" (Relu): reads "nowhere", which nothing before it makes; it is left out`},
		{"a name that is made twice", op("Relu", "x", "r"), `layer "n_r" (Relu): makes "r", which is made already; it is left out`},
		{"an operator of two lines", op("Sig\nmoid\x1b[2J", "r", "y"), `layer "n_y" has the operation Sig\nmoid\x1b[2J, which is not supported; it is left out`},
		{"an operator of a domain of two lines", op("Relu", "r", "y", text(7, "a\rb")), `layer "n_y" has a form of Relu that is not supported: it is an operator of a\rb; it is left out`},
		{"a constant of another size joined to a map", cat(array32("k", []int{1, 1, 7, 8}, ramp(56)...), op("Concat", "k,r", "y", attrInt("axis", 1))), `layer "n_y" has a form of Concat that is not supported: it joins a map with a constant; it is left out`},
		{"nothing joined to a map", op("Concat", ",r", "y", attrInt("axis", 1)), `layer "n_y" has a form of Concat that is not supported: it joins a map with a constant; it is left out`},
		{"nothing added to a map", op("Add", ",r", "y"), `layer "n_y" (Add): lacks an input; it is left out`},
		{"nothing rectified beside a map", op("Relu", ",r", "y"), `layer "n_y" has a form of Relu that is not supported: it reads a constant first; it is left out`},
		{"a dense layer that fits nowhere", cat(op("Flatten", "r", "f"), array32("m", []int{5, 2}, ramp(10)...), op("MatMul", "f,m", "y")),
			`layer "n_y" (MatMul): weights take 5 numbers but the map has 189 ((3, 7, 9) at 9x7); it is left out`},
		{"data in a file that is not there", cat(external("e", "w.bin", "0", "12"), op("Conv", "r,e", "y")), `array "e" has its data in another file, which cannot be reached from here; it and 1 layer`},
		{"a channel that is not there", cat(array64("i", []int{}, 7), op("Gather", "r,i", "y", attrInt("axis", 1))), `layer "n_y" (Gather): picks channel 7 of 3; it is left out`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var heard []string
			net, err := ONNX(model(13, head, c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			if err != nil {
				t.Fatal(err)
			}
			if got := kinds(net); got != "relu, leaky relu" {
				t.Errorf("operations are %q", got)
			}
			if got := strings.Join(heard, "\n"); !strings.HasPrefix(got, c.warn) || (c.warn == "") != (got == "") {
				t.Errorf("warned %q\n want %q", got, c.warn)
			}
		})
	}
}

func TestRestLoadsCaffe(t *testing.T) {
	head := picture + `layer { name: "r" type: "ReLU" bottom: "x" top: "r" } `
	for _, c := range []struct{ name, tail, warn string }{
		{"no weights", `layer { name: "c" type: "Convolution" bottom: "r" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }`,
			`layer "c" (Convolution): the .caffemodel has no weights for it; it is left out`},
		{"a blob that nothing makes", `layer { name: "c" type: "ReLU" bottom: "q" top: "c" } layer { name: "d" type: "ReLU" bottom: "c" top: "d" }`,
			`layer "c" (ReLU): reads "q", which no layer before it makes; it and 1 layer that needs it are left out`},
		{"a blob that is made twice", `layer { name: "c" type: "ReLU" bottom: "x" top: "r" }`, `layer "c" (ReLU): makes "r", which is made already; it is left out`},
		{"a window of nothing", `layer { name: "p" type: "Pooling" bottom: "r" top: "p" pooling_param { kernel_size: 0 } }`, `layer "p" (Pooling): kernel [0 0]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var heard []string
			net, err := Caffe([]byte(head+c.tail), trained("other", blob(false, []int{1}, 1)), "t.prototxt", Options{Warn: func(s string) { heard = append(heard, s) }})
			if err != nil {
				t.Fatal(err)
			}
			if got := kinds(net); got != "relu" {
				t.Errorf("operations are %q", got)
			}
			if len(heard) != 1 || !strings.HasPrefix(heard[0], c.warn) {
				t.Errorf("warned %q, want %q", heard, c.warn)
			}
		})
	}
}

// An operation that fails halfway leaves no layers behind.
func TestHalfAnOperation(t *testing.T) {
	graph := cat(op("Relu", "x", "r"), op("GlobalAveragePool", "r", "g"), op("MaxPool", "r", "p", attrInts("kernel_shape", 2, 2)), op("Sum", "r,g,p", "y"))
	net, err := ONNX(model(13, graph), "t.onnx", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := kinds(net), "relu, global avg pool, max pool"; got != want {
		t.Errorf("operations are %q, want %q", got, want)
	}
}

// A net that names no picture size gets the one that its dense layer fits.
func TestDenseFindsItsSize(t *testing.T) {
	conv := cat(weights3, op("Conv", "x,w", "c", attrInts("pads", 1, 1, 1, 1), attrInts("strides", 2, 2)), op("Flatten", "c", "f"))
	dense := func(n int) []byte {
		return cat(conv, array32("m", []int{n, 2}, ramp(2*n)...), op("MatMul", "f,m", "y"))
	}
	for _, c := range []struct {
		name  string
		data  []byte
		side  int
		kinds string
	}{
		{"any size", modelOf(13, input("x", 0, 3, 0, 0), dense(4*16*16)), 32, "conv, conv"},
		{"any size, through a Reshape", modelOf(13, input("x", 0, 3, 0, 0), weights3, op("Conv", "x,w", "c", attrInts("strides", 8, 8)), array64("s", []int{2}, -1, 4*28*28), op("Reshape", "c,s", "f"),
			array32("m", []int{4 * 28 * 28, 2}, ramp(8*28*28)...), op("MatMul", "f,m", "y")), 0, "conv, conv"},
		{"another size, through a Reshape", modelOf(13, input("x", 0, 3, 0, 0), weights3, op("Conv", "x,w", "c", attrInts("strides", 8, 8)), array64("s", []int{2}, -1, 4*8*8), op("Reshape", "c,s", "f"),
			array32("m", []int{4 * 8 * 8, 2}, ramp(8*8*8)...), op("MatMul", "f,m", "y")), 64, "conv, conv"},
		{"none fits", modelOf(13, input("x", 0, 3, 0, 0), dense(4*16*16+1)), 0, "conv"},
		{"a size that is named", modelOf(13, input("x", 1, 3, 64, 64), dense(4*16*16)), 64, "conv"},
	} {
		net, err := ONNX(c.data, "t.onnx", Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := kinds(net); got != c.kinds || net.Input.Width != c.side || net.Input.Height != c.side {
			t.Errorf("%s: %s at %dx%d, want %s at %d", c.name, got, net.Input.Width, net.Input.Height, c.kinds, c.side)
		}
		for _, size := range [][2]int{{32, 32}, {31, 57}, {224, 160}} {
			if _, err := net.Shapes(size[0], size[1]); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// Batch norms that were saved for training use what they have learnt, with one warning for all.
func TestTrainingBatchNorm(t *testing.T) {
	p := array32("p", []int{3}, 1, 2, 3)
	norm := func(in, out string, attrs ...[]byte) []byte {
		return op("BatchNormalization", in+",p,p,p,p", out, attrs...)
	}
	training := attrInt("training_mode", 1)
	var heard []string
	net, err := ONNX(model(15, p, norm("x", "a,m1,v1", training), norm("a", "y,m2,v2", training)), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
	if err != nil {
		t.Fatal(err)
	}
	const want = `layer "n_a,m1,v1" and 1 more: saved in training mode; the stored statistics are used in place of the batch's`
	if len(heard) != 1 || heard[0] != want {
		t.Errorf("warned %q, want %q", heard, want)
	}
	near(t, run(t, net, "y"), run(t, mustONNX(t, model(15, p, norm("x", "a"), norm("a", "y"))), "y"))
}

// Weights that all pass a Transpose cost their file's allowance once.
func TestTransposedWeightsCountOnce(t *testing.T) {
	first := array32("v", []int{1024, 3, 1, 1}, make([]float32, 3072)...)
	halves := bytesField(5, packed(1, 3, 3, 1024, 1024), varint(2, int(float16s)), text(8, "h"), bytesField(9, make([]byte, 2*9<<20)))
	net := mustONNX(t, model(13, first, halves, op("Conv", "x,v", "c"), op("Transpose", "h", "w", attrInts("perm", 3, 2, 0, 1)), op("Conv", "c,w", "y")))
	wantShapes(t, net, 9, 7, map[string]string{"y": "[1024 5 7]"})
}
