package load

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// wantError fails unless err is one line that has part.
func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", part)
		return
	}
	if msg := err.Error(); !strings.Contains(msg, part) || strings.ContainsAny(msg, "\n\r") || len(msg) > 6000 {
		t.Errorf("error is\n  %s\nwant one line with\n  %s", msg, part)
	}
}

// complaint is what is said of a file: the error, or else the first warning.
func complaint(err error, heard []string) error {
	if err == nil && len(heard) > 0 {
		return errors.New(heard[0])
	}
	return err
}

// withinMemory runs f and fails if it allocates 200 MB or more beyond the input's
// size, everything that it freed again counted too.
func withinMemory(t *testing.T, size int, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(size+200<<20); got > most {
		t.Errorf("allocated %d MB for a file of %d bytes", got>>20, size)
	}
}

// wide is weights of 60000 channels.
func wide() []byte { return array32("w", []int{60000, 3, 1, 1}, make([]float32, 180000)...) }

// What a file leaves out, or asks too much of, costs the layer that needs it, with a line that says which.
func TestLostLayers(t *testing.T) {
	onnxOps["Fault"] = func(*onnx, *node, []operand) (value, error) { panic("a\nb") }
	defer delete(onnxOps, "Fault")
	yes := array64("yes", []int{}, 1)
	withinMemory(t, 0, func() {
		for _, c := range []struct {
			graph []byte
			want  string
		}{
			{cat(yes, outless()), `layer "i" has a form of If that is not supported: it lacks a branch, or outputs of it`},
			{cat(yes, op("Greater", "x,yes", "c"), op("Where", "c,x,", "w")), `layer "n_w" (Where): lacks an input`},
			{cat(wide(), op("Conv", "x,w", "c"), array64("n", []int{4}, 1, 16384, 1, 1), op("Tile", "c,n", "y")), "makes 983040000 cells of 60000, which is too large"},
			{op("Fault", "x", "y"), `layer "n_y" (Fault): ` + readerFault + `: a\nb`},
		} {
			var heard []string
			_, err := ONNX(model(13, op("Relu", "x", "r"), c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), c.want)
		}
	})
}

func TestBadONNX(t *testing.T) {
	good := model(13, weights3, op("Conv", "x,w", "y"))
	w1x1 := array32("w", []int{2, 3, 1, 1}, ramp(6)...)
	for _, c := range []struct {
		name string
		data []byte
		err  string
	}{
		{"empty", nil, "load: bad.onnx: has no graph; is it an ONNX file?"},
		{"text", []byte("<html><body>404 not found"), "load: bad.onnx: the file is corrupt"},
		{"random", []byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}, "load: bad.onnx: the file is corrupt or cut short"},
		{"cut short", good[:len(good)/2], "load: bad.onnx: the file is corrupt or cut short"},
		{"absurd length", cat(good, []byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}), "the file is corrupt or cut short"},
		{"group", cat(good, []byte{0x0b, 0x0b, 0x0b, 0x0b}), "the file is corrupt: field 1 has wire type 3"},
		{"no input", modelOf(13, w1x1, op("Conv", "x,w", "y")), "has no input"},
		{"grey", modelOf(13, input("x", 1, 1, 28, 28), op("Relu", "x", "y")), `input "x" has 1 channels; only nets that see 3 colours, channels first, can dream`},
		{"channels last and grey", modelOf(13, input("x", 1, 224, 224, 1), op("Relu", "x", "y")), `input "x" has 224 channels`},
		{"channels last before a conv", modelOf(13, input("x", 1, 9, 9, 3), w1x1, op("Conv", "x,w", "y")), `layer "n_y" has a form of Conv that is not supported: it reads a map with the channels last`},
		{"words", modelOf(13, input("ids", 1, 128), op("Relu", "ids", "y")), `input "ids" has 2 dimensions, not the 4 of a picture`},
		{"huge picture", modelOf(13, input("x", 1, 3, 1<<40, 1<<40), op("Relu", "x", "y")), "4096 is the most"},
		{"many dimensions", modelOf(13, input("x", slices.Repeat([]int{1}, 9)...), op("Relu", "x", "y")), "more than 8 dimensions"},
		{"cycle", model(13, op("Add", "x,b", "a"), op("Relu", "a", "b")), `layer "n_a" (Add): reads "b", which nothing before it makes`},
		{"itself", model(13, op("Add", "x,a", "a")), `reads "a", which nothing before it makes`},
		{"dangling", model(13, op("Relu", "nowhere", "a")), `layer "n_a" (Relu): reads "nowhere", which nothing before it makes`},
		{"made twice", model(13, op("Relu", "x", "a"), op("Relu", "x", "a")), `layer "n_a" (Relu): makes "a", which is made already`},
		{"array twice", model(13, w1x1, w1x1, op("Conv", "x,w", "y")), `array "w" is there twice`},
		{"nameless", model(13, bytesField(1, text(4, "Relu"), text(1, "x"))), "has no output"},
		{"too few numbers", model(13, array32("w", []int{4, 3, 3, 3}, ramp(107)...), op("Conv", "x,w", "y")), `array "w" has shape [4 3 3 3], which is 108 numbers, but data of 428 bytes`},
		{"half a number", model(13, bytesField(5, packed(1, 1), varint(2, 1), text(8, "w"), text(9, "abcde")), op("Conv", "x,w", "y")), `array "w" has shape [1], which is 1 numbers, but data of 5 bytes`},
		{"huge dimensions", model(13, array32("w", []int{1 << 31, 1 << 31, 1 << 31}), op("Conv", "x,w", "y")), "has the impossible shape [2147483648 2147483648 2147483648]"},
		{"negative dimension", model(13, array32("w", []int{-1, 4}), op("Conv", "x,w", "y")), "has the impossible shape [-1 4]"},
		{"deep array", model(13, array32("w", slices.Repeat([]int{1}, 9)), op("Conv", "x,w", "y")), "9 integers where 8 are the most"},
		{"channels mismatch", model(13, array32("w", []int{2, 5, 1, 1}, ramp(10)...), op("Conv", "x,w", "y")), `layer "n_y" (Conv): weights of shape [2 5 1 1] in 1 groups do not fit an input of 3 channels`},
		{"kernel mismatch", model(13, weights3, op("Conv", "x,w", "y", attrInts("kernel_shape", 5, 5))), `layer "n_y" (Conv): kernel is 5x5 but the weights hold 3x3`},
		{"bias mismatch", model(13, weights3, array32("b", []int{3}, 1, 2, 3), op("Conv", "x,w,b", "y")), "bias holds 3 numbers where 4 are needed"},
		{"groups", model(13, w1x1, op("Conv", "x,w", "y", attrInt("group", 1<<40))), "groups do not fit"},
		{"no groups", model(13, w1x1, op("Conv", "x,w", "y", attrInt("group", 0))), "groups do not fit"},
		{"stride zero", model(13, w1x1, op("Conv", "x,w", "y", attrInts("strides", 0, 1))), "each must be 1 to 1024"},
		{"stride huge", model(13, w1x1, op("Conv", "x,w", "y", attrInts("strides", math.MaxInt64, 1))), "each must be 1 to 1024"},
		{"dilation huge", model(13, w1x1, op("Conv", "x,w", "y", attrInts("dilations", 1, math.MaxInt64))), "each must be 1 to 1024"},
		{"pad negative", model(13, w1x1, op("Conv", "x,w", "y", attrInts("pads", 0, -1, 0, 0))), "each must be 0 to 1024"},
		{"pads short", model(13, w1x1, op("Conv", "x,w", "y", attrInts("pads", 1, 1))), "pads has 2 numbers, not 4"},
		{"many pads", model(13, w1x1, op("Conv", "x,w", "y", attrInts("pads", make([]int, 100)...))), "pads: 100 integers where 64 are the most"},
		{"pool kernel huge", model(13, op("MaxPool", "x", "y", attrInts("kernel_shape", 2000, 1))), "each must be 1 to 1024"},
		{"auto_pad", model(13, w1x1, op("Conv", "x,w", "y", attrText("auto_pad", "DIAGONAL"))), `auto_pad is "DIAGONAL"`},
		{"sizes do not join", model(13, op("GlobalMaxPool", "x", "g"), op("Concat", "g,x", "y", attrInt("axis", 1))), `layer "n_y" (Concat): joins maps of 1x1 and 9x7`},
		{"channels do not add", model(13, w1x1, op("Conv", "x,w", "c"), op("Add", "x,c", "y")), `layer "n_y" (Add): cannot add maps of (3, 7, 9) and (2, 7, 9): each axis must be alike or one`},
		{"negative variance", model(13, array32("p", []int{3}, -1, -1, -1), op("BatchNormalization", "x,p,p,p,p", "y")), "channel 0 has a variance that is negative or zero"},
		{"dense mismatch", model(13, op("Flatten", "x", "f"), array32("w", []int{100, 2}, ramp(200)...), op("MatMul", "f,w", "y")), "weights take 100 numbers but the map has 189 ((3, 7, 9) at 9x7)"},
		{"lrn", model(13, op("LRN", "x", "y", attrInt("size", 0))), "size is 0; 1 to 1024 are possible"},
		{"channels without end", model(13, wide(), op("Conv", "x,w", "a"), op("Concat", "a,a", "b", attrInt("axis", 1))), "makes 120000 channels, more than 65536"},
		{"nothing but unknown operators", model(13, op("DeformConv", "x", "y")), "it has no layer that can be used"},
		{"gather outside", model(13, array64("i", []int{}, 9), op("Shape", "x", "s"), op("Gather", "s,i", "g")), "picks number 9 of 4"},
		{"reshape of weights", model(13, w1x1, array64("s", []int{1}, 5), op("Reshape", "w,s", "v")), "turns [2 3 1 1] into [5]"},
		{"long name", model(13, op("Relu", "x", strings.Repeat("y", 5000))), "a name of 5002 bytes is longer than 4096"},
		{"metadata", cat(good, property("input.mean", "a,b,c")), `metadata: mean is "a,b,c", not three numbers`},
		{"metadata std", cat(good, property("input.std", "0,1,1")), "is no preprocessing"},
		{"metadata size", cat(good, property("input.size", "-3")), `metadata: input.size is "-3", not a number up to 4096`},
	} {
		t.Run(c.name, func(t *testing.T) {
			withinMemory(t, len(c.data), func() {
				var heard []string
				_, err := ONNX(c.data, "bad.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
				wantError(t, complaint(err, heard), c.err)
			})
		})
	}
}

// Small files that ask for much: nodes, attributes, layers and uses of the same weights.
func TestGreedyONNX(t *testing.T) {
	many := func(n int, part []byte) []byte { return slices.Repeat(part, n) }
	big := array32("w", []int{1024, 1024, 1, 1}, make([]float32, 1<<20)...)
	var again [][]byte
	for i := range 200 {
		again = append(again, op("Conv", "c,w", fmt.Sprint("y", i)))
	}
	var chain [][]byte
	for i := range 16000 {
		chain = append(chain, op("Mul", fmt.Sprintf("y%d,k", i), fmt.Sprint("y", i+1)))
	}
	var deep []byte
	for range 2000 {
		deep = bytesField(6, deep) // AttributeProto.g, in itself
	}
	empty := array32("e", []int{maxNumbers >> 9, 1, 0})
	var picks, joins [][]byte
	for i := range 2000 {
		picks = append(picks, op("Gather", "e,k", fmt.Sprint("w", i), attrInt("axis", 1)))
		joins = append(joins, op("Concat", strings.Repeat("e,", 100)+"e", fmt.Sprint("w", i), attrInt("axis", 1)))
	}
	var lists, kept [][]byte
	for i := range 300 {
		lists = append(lists, op("GatherND", "e,g", fmt.Sprint("w", i)))
		kept = append(kept, op("Compress", "d,b", fmt.Sprint("w", i)))
	}
	reader := cat(array32("first", []int{1024, 3, 1, 1}, make([]float32, 3072)...), op("Conv", "x,first", "c"))
	for _, c := range []struct {
		name string
		data []byte
		err  string
	}{
		{"empty nodes", model(13, many(1_000_000, []byte{0x0a, 0})), "has more than 32768 nodes"},
		{"empty attributes", model(13, bytesField(1, text(4, "Relu"), many(1_000_000, []byte{0x2a, 0}))), "more than 262144 inputs, outputs and attributes"},
		{"empty inputs", model(13, bytesField(1, text(4, "Relu"), many(1_000_000, []byte{0x0a, 0}))), "more than 262144 inputs, outputs and attributes"},
		{"empty arrays", model(13, many(1_000_000, []byte{0x2a, 0})), "has more than 65536 arrays"},
		{"empty graph inputs", modelOf(13, many(1_000_000, []byte{0x5a, 0})), "has more than 65536 inputs"},
		{"empty properties", cat(model(13, op("Relu", "x", "y")), many(1_000_000, []byte{0x72, 0})), "it has"},
		{"picks of nothing", model(13, empty, array64("k", []int{500}, make([]int, 500)...), cat(picks...), op("Conv", "x,w9", "y")), "its weights have 3 dimensions"},
		{"nothing joined", model(13, empty, cat(joins...), op("Conv", "x,w9", "y")), "its weights have 3 dimensions"},
		{"lists of places in nothing", model(13, array32("e", []int{0}), array64("g", []int{maxNumbers, 0}), cat(lists...), op("Conv", "x,w9", "y")), "its weights have 2 dimensions"},
		{"numbers kept again and again", model(13, array64("s", []int{1}, 1<<18), op("ConstantOfShape", "s", "d"), boolean("b", []int{1 << 18}), cat(kept...), op("Conv", "x,w299", "y")), "the layers up to here ask for"},
		{"a huge shape of nothing", model(13, array32("w", []int{0, maxNumbers, maxNumbers, maxNumbers}), op("Conv", "x,w", "y")), "impossible shape"},
		{"weights used again and again", model(13, big, reader, cat(again...)), "weights, more than the 12"},
		{"one number for many channels", model(13, wide(), op("Conv", "x,w", "y0"), array32("k", []int{1}, 2), cat(chain...)), "the layers up to here ask for"},
		{"functions that call each other", cat(model(13, op("F14", "x", "y", text(7, "d"))), cat(eights(14)...)), "functions and branches make more than 524288 nodes, inputs, outputs and attributes"},
		{"a function of long names", cat(model(13, many(2000, op("F0", "x", strings.Repeat("y", 4000), text(7, "d")))), localFunction("F0", "a", "b", op("Relu", "a", "b"), op("Relu", "a", strings.Repeat("c", 4000)))), "makes \"yyy"},
		{"a function that calls itself", cat(model(13, op("F", "x", "y", text(7, "d"))), localFunction("F", "a", "b", op("F", "a", "b", text(7, "d")))), `layer "n_y" has a form of F that is not supported: its function calls itself`},
		{"a sparse array without end", model(13, sparse("s", []int{1 << 14, 1 << 14}, []int{0}, 1), op("Conv", "x,s", "y")), "its weights have 2 dimensions"},
		{"subgraphs", model(13, op("If", "x", "y", bytesField(5, text(1, "then_branch"), deep))), "it has no layer that can be used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			withinMemory(t, len(c.data), func() {
				var heard []string
				_, err := ONNX(c.data, "bad.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
				if c.name != "empty properties" {
					wantError(t, complaint(err, heard), c.err)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// eights are n functions, each of which calls the one before it eight times.
func eights(n int) (out [][]byte) {
	out = append(out, localFunction("F0", "a", "b"))
	for i := range n {
		var calls [][]byte
		for k := range 8 {
			calls = append(calls, op(fmt.Sprint("F", i), "a", fmt.Sprint("b", k), text(7, "d")))
		}
		out = append(out, localFunction(fmt.Sprint("F", i+1), "a", "b0", calls...))
	}
	return out
}

func TestBadCaffe(t *testing.T) {
	conv := func(p string) string {
		return picture + `layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { ` + p + ` } }`
	}
	small := trained("c", blob(false, []int{2, 3, 3, 3}, ramp(54)...), blob(false, []int{2}, 1, 2))
	for _, c := range []struct {
		name  string
		text  string
		model []byte
		err   string
	}{
		{"empty", "", nil, "load: bad.prototxt: has no input: no input field and no Input or data layer"},
		{"binary", "\x00\x01\x02\xff", nil, "load: bad.prototxt: syntax error"},
		{"cut short", conv("num_output: 2")[:80], nil, "load: bad.prototxt: "},
		{"wrong type", `layer { name: 5 }`, nil, "invalid value for string"},
		{"unknown enum", picture + `layers { name: "a" type: NONESUCH }`, nil, "NONESUCH"},
		{"deep", strings.Repeat("a {", 100000), nil, "nests deeper than 16 levels"},
		{"many messages", strings.Repeat("layer{}", 100000), nil, "has more than 32768 messages"},
		{"long", strings.Repeat("#", 2<<20), nil, "is 2097152 bytes long; 1048576 are the most"},
		{"both formats", picture + `layer { } layers { }`, nil, "mixes layer { } and layers { }"},
		{"format of 2013", picture + `layers { layer { name: "c" type: "conv" } bottom: "x" top: "c" }`, nil, "is in Caffe's format of 2013"},
		{"no layers", picture, nil, "it has no layer that can be used"},
		{"cycle", picture + `layer { name: "a" type: "Eltwise" bottom: "x" bottom: "b" top: "a" } layer { name: "b" type: "ReLU" bottom: "a" top: "b" }`, nil,
			`layer "a" (Eltwise): reads "b", which no layer before it makes`},
		{"made twice", picture + `layer { name: "a" type: "ReLU" bottom: "x" top: "a" } layer { name: "b" type: "ReLU" bottom: "x" top: "a" }`, nil, `layer "b" (ReLU): makes "a", which is made already`},
		{"grey", `input: "x" input_dim: 1 input_dim: 1 input_dim: 8 input_dim: 8 ` + `layer { name: "a" type: "ReLU" bottom: "x" top: "a" }`, nil, `input "x" has 1 channels`},
		{"huge picture", `input: "x" input_dim: 1 input_dim: 3 input_dim: 1000000000 input_dim: 8 `, nil, "4096 is the most"},
		{"no outputs", conv("kernel_size: 3"), nil, "has 0 outputs in 1 groups"},
		{"no parameters", picture + `layer { name: "c" type: "Convolution" bottom: "x" top: "c" }`, nil, "has no convolution_param"},
		{"pool without parameters", picture + `layer { name: "c" type: "Pooling" bottom: "x" top: "c" }`, nil, "has no pooling_param"},
		{"no kernel", conv("num_output: 2"), nil, "each must be 1 to 1024"},
		{"kernel huge", conv("num_output: 2 kernel_size: 18446744073709551615"), nil, "each must be 1 to 1024"},
		{"kernel large", conv("num_output: 2 kernel_size: 2000"), nil, "each must be 1 to 1024"},
		{"outputs huge", conv("num_output: 4000000000 kernel_size: 3"), nil, "would have 2147483647 x 27 weights"},
		{"weights huge", picture + `layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 60000 } }
			layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" inner_product_param { num_output: 60000 } }`, nil, `layer "b" (InnerProduct): would have 60000 x 60000 weights`},
		{"stride zero", conv("num_output: 2 kernel_size: 3 stride: 0"), nil, "each must be 1 to 1024"},
		{"pad huge", conv("num_output: 2 kernel_size: 3 pad: 5000"), nil, "each must be 0 to 1024"},
		{"kernel twice", conv("num_output: 2 kernel_size: 3 kernel_h: 3"), nil, "gives its kernel twice"},
		{"groups", conv("num_output: 2 kernel_size: 3 group: 2"), nil, "groups do not divide 3 channels"},
		{"many tops", picture + `layer { name: "s" type: "Split" bottom: "x" ` + strings.Repeat(`top:"" `, 100000) + `}`, nil, "reads 1 blobs and makes 100000; 1024 are the most"},
		{"many inputs", strings.Repeat(`input:"" `, 100000), nil, "has 100000 inputs"},
		{"lrn even", picture + `layer { name: "n" type: "LRN" bottom: "x" top: "n" lrn_param { local_size: 4 } }`, nil, "local_size is 4; it must be odd and at most 1024"},
		{"two inputs", picture + `layer { name: "n" type: "ReLU" bottom: "x" bottom: "x" top: "n" }`, nil, "reads 2 blobs, not 1"},
		{"sizes do not join", picture + `layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { global_pooling: true } } layer { name: "j" type: "Concat" bottom: "p" bottom: "x" top: "j" }`, nil,
			`layer "j" (Concat): joins maps of 1x1 and 9x7`},

		{"model is text", conv("num_output: 2 kernel_size: 3"), []byte("not protobuf"), "weights: the file is corrupt"},
		{"model cut short", conv("num_output: 2 kernel_size: 3"), small[:100], "weights: the file is corrupt or cut short"},
		{"model empty", conv("num_output: 2 kernel_size: 3"), []byte{}, `layer "c" (Convolution): the .caffemodel has no weights for it`},
		{"model of another net", conv("num_output: 2 kernel_size: 3"), trained("d", blob(false, []int{1}, 1)), `layer "c" (Convolution): the .caffemodel has no weights for it`},
		{"kernel mismatch", conv("num_output: 2 kernel_size: 5"), small, `layer "c" (Convolution): kernel is 5x5 but the weights hold 3x3`},
		{"count mismatch", conv("num_output: 4 kernel_size: 3 bias_term: false"), small, `layer "c" (Convolution): needs weights of shape [4 3 3 3], which is 108 numbers, but the file has 54`},
		{"bias mismatch", conv("num_output: 4 kernel_size: 3"), small, "bias holds 2 numbers where 4 are needed"},
		{"no bias", conv("num_output: 2 kernel_size: 3"), trained("c", blob(false, []int{2, 3, 3, 3}, ramp(54)...)), "needs 2 arrays of weights, but the .caffemodel has 1"},
		{"blob lies", conv("num_output: 2 kernel_size: 3 bias_term: false"), trained("c", blob(false, []int{2, 3, 3, 3}, ramp(53)...)), `layer "c" (Convolution): array 0 has shape [2 3 3 3], which is 54 numbers, but data of 212 bytes`},
		{"blob huge", conv("num_output: 2 kernel_size: 3 bias_term: false"), trained("c", blob(false, []int{1 << 40, 1 << 40})), "has the impossible shape"},
		{"layer twice", conv("num_output: 2 kernel_size: 3"), cat(small, small), `weights: layer "c" has weights twice`},
		{"many blobs", conv("num_output: 2 kernel_size: 3"), bytesField(100, text(1, "c"), slices.Repeat([]byte{0x3a, 0}, 1_000_000)), `weights: layer "c" has more than 16 arrays`},
		{"variance", picture + `layer { name: "b" type: "BatchNorm" bottom: "x" top: "b" }`,
			trained("b", blob(false, []int{3}, 1, 1, 1), blob(false, []int{3}, -1, 1, 1), blob(false, []int{1}, 1)), "channel 0 has a variance that is negative or zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			withinMemory(t, len(c.text)+len(c.model), func() {
				var heard []string
				_, err := Caffe([]byte(c.text), c.model, "bad.prototxt", Options{Random: true, Warn: func(s string) { heard = append(heard, s) }})
				wantError(t, complaint(err, heard), c.err)
			})
		})
	}
}

// A real file cut or damaged anywhere is an error or a net, never more.
func TestDamagedSqueezeNet(t *testing.T) {
	path := filepath.Join("../../../shared/nets/squeezenet/squeezenet_v1.0.onnx")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("needs %s", path)
	}
	for _, n := range []int{1, 100, 5000, len(data) / 2, len(data) - 1} {
		withinMemory(t, len(data), func() {
			_, err := ONNX(data[:n], "cut.onnx", Options{})
			wantError(t, err, "load: cut.onnx: ")
		})
	}
	for at := 0; at < 12000; at += 37 {
		damaged := slices.Clone(data[:min(len(data), 40000)])
		damaged[at] ^= 0x55
		if _, err := ONNX(damaged, "damaged.onnx", Options{}); err != nil {
			wantError(t, err, "load: damaged.onnx: ")
		}
	}
}
