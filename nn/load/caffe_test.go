package load

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// blob is a BlobProto: shaped, or with the four dimensions of 2014 where dims are four and old is set.
func blob(old bool, dims []int, v ...float32) []byte {
	if old {
		return cat(varint(1, dims[0]), varint(2, dims[1]), varint(3, dims[2]), varint(4, dims[3]), bytesField(5, singles(v...)))
	}
	return cat(bytesField(7, packed(1, dims...)), bytesField(5, singles(v...)))
}

// trained is a layer of a .caffemodel.
func trained(name string, blobs ...[]byte) []byte {
	parts := [][]byte{text(1, name)}
	for _, b := range blobs {
		parts = append(parts, bytesField(7, b))
	}
	return bytesField(100, parts...)
}

const picture = `name: "t" input: "x" input_shape { dim: 1 dim: 3 dim: 7 dim: 9 } `

func mustCaffe(t *testing.T, text string, model []byte) *nn.Net {
	t.Helper()
	net, err := Caffe([]byte(text), model, "t.prototxt", Options{Random: model == nil, Warn: func(s string) { t.Error("warning:", s) }})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestCaffeInputs(t *testing.T) {
	relu := `layer { name: "r" type: "ReLU" bottom: "x" top: "y" }`
	for _, c := range []struct {
		text string
		want nn.Input
	}{
		{`input: "x" input_dim: 1 input_dim: 3 input_dim: 20 input_dim: 30 `, nn.Input{Width: 30, Height: 20}},
		{`input: "x" input_shape { dim: [1, 3, 20, 30] } `, nn.Input{Width: 30, Height: 20}},
		{`input: "x" `, nn.Input{}},
		{`layer { name: "in" type: "Input" top: "x" input_param { shape: { dim: 1 dim: 3 dim: 20 dim: 30 } } }`, nn.Input{Width: 30, Height: 20}},
		{`layer { name: "in" type: "MemoryData" top: "x" top: "label" memory_data_param { batch_size: 2 channels: 3 height: 20 width: 30 } }`, nn.Input{Width: 30, Height: 20}},
		{`layer { name: "a" type: "Data" top: "x" top: "label" include { phase: TRAIN } transform_param { crop_size: 99 mirror: true } }
		  layer { name: "b" type: "Data" top: "x" top: "label" include: { phase: TEST } transform_param { crop_size: 30 mean_value: 1 mean_value: 2 mean_value: 3 scale: 0.5 } data_param { backend: LMDB } }`,
			nn.Input{Width: 30, Height: 30, Mean: [3]float32{0.5, 1, 1.5}, Range: 127.5}},
	} {
		if c.want.BGR, c.want.Std = true, [3]float32{1, 1, 1}; c.want.Range == 0 {
			c.want.Range, c.want.Mean = 255, [3]float32{104, 117, 123}
		}
		if got := mustCaffe(t, c.text+relu, nil).Input; got != c.want {
			t.Errorf("%s\n got %+v\nwant %+v", c.text, got, c.want)
		}
	}
}

func TestCaffeLayers(t *testing.T) {
	for _, c := range []struct {
		name, text, kinds string
	}{
		{"convolution in every way", `layer { name: "y" type: "Convolution" bottom: "x" top: "y"
			convolution_param { num_output: 6 group: 3 kernel_h: 3 kernel_w: 2 pad_h: 1 stride: 2 stride: 1 dilation: 2 bias_term: false engine: CUDNN weight_filler { type: "xavier" } } }`, "conv"},
		{"pools", `layer { name: "a" type: "Pooling" bottom: "x" top: "a" pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
			layer { name: "b" type: "Pooling" bottom: "a" top: "b" pooling_param { pool: AVE kernel_size: 3 stride: 1 pad: 1 round_mode: FLOOR } }
			layer { name: "y" type: "Pooling" bottom: "b" top: "y" pooling_param { pool: AVE global_pooling: true } }`, "max pool, avg pool, global avg pool"},
		{"pass, drop, split", `# comments { and "quotes
			layer { name: "s" type: "Split" bottom: "x" top: "s1" top: 's2' }
			layer { name: "y" type: "ReLU" bottom: "s1" top: "y" relu_param { negative_slope: 0.1 } }
			layer { name: "d" type: "Dropout" bottom: "y" top: "y" dropout_param { dropout_ratio: 0.5 } param { lr_mult: 1 } }
			layer { name: "l" type: "SoftmaxWithLoss" bottom: "y" bottom: "x" top: "loss" }
			layer { name: "acc" type: "Accuracy" bottom: "y" bottom: "x" top: "acc" include { phase: TEST } }
			layer { name: "q" type: "Silence" bottom: "s2" }`, "leaky relu"},
		{"joins", `layer { name: "r" type: "ReLU" bottom: "x" top: "r" } layer { name: "n" type: "LRN" bottom: "x" top: "n" lrn_param { local_size: 3 norm_region: ACROSS_CHANNELS } }
			layer { name: "e" type: "Eltwise" bottom: "r" bottom: "n" top: "e" eltwise_param { operation: SUM } }
			layer { name: "y" type: "Concat" bottom: "e" bottom: "r" top: "y" concat_param { axis: 1 } }`, "relu, lrn, add, concat"},
		{"dense", `layer { name: "f" type: "Flatten" bottom: "x" top: "f" } layer { name: "a" type: "InnerProduct" bottom: "f" top: "a" inner_product_param { num_output: 5 } }
			layer { name: "ar" type: "ReLU" bottom: "a" top: "a" } layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" inner_product_param { num_output: 4 } }
			layer { name: "y" type: "Softmax" bottom: "b" top: "y" }`, "conv, relu, conv, softmax"},
		{"batch norm and scale fold", `layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 1 bias_term: false } }
			layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" batch_norm_param { use_global_stats: true } } layer { name: "sc" type: "Scale" bottom: "c" top: "c" scale_param { bias_term: true } }
			layer { name: "y" type: "ReLU" bottom: "c" top: "y" }`, "conv, relu"},
		{"power", `layer { name: "y" type: "Power" bottom: "x" top: "y" power_param { scale: 0.5 shift: 3 } }`, "affine"},
		{"training only", `layer { name: "n" type: "Nonesuch" bottom: "x" top: "n" include { phase: TRAIN } } layer { name: "y" type: "ReLU" bottom: "x" top: "y" exclude { phase: TRAIN } }`, "relu"},
		{"the format of 2014", `layers { name: "c" type: CONVOLUTION bottom: "x" top: "c" blobs_lr: 1 weight_decay: 0 convolution_param { num_output: 4 kernel_size: 3 } }
			layers { name: "r" type: RELU bottom: "c" top: "c" } layers { name: "n" type: LRN bottom: "c" top: "n" lrn_param { alpha: 1e-4 } }
			layers { name: "p" type: POOLING bottom: "n" top: "p" pooling_param { kernel_size: 2 stride: 2 } } layers { name: "d" type: DROPOUT bottom: "p" top: "p" }
			layers { name: "i" type: INNER_PRODUCT bottom: "p" top: "i" inner_product_param { num_output: 5 } } layers { name: "y" type: SOFTMAX bottom: "i" top: "y" }
			layers { name: "loss" type: SOFTMAX_LOSS bottom: "i" bottom: "x" }`, "conv, relu, lrn, max pool, conv, softmax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustCaffe(t, picture+c.text, nil)
			if got := kinds(net); got != c.kinds {
				t.Errorf("operations are %q, want %q", got, c.kinds)
			}
			if _, err := net.Find("y"); err != nil {
				t.Error(err)
			}
			run(t, net, "y")
		})
	}
}

// A blob's name means what the last layer in place left there.
func TestCaffeInPlaceNames(t *testing.T) {
	net := mustCaffe(t, picture+`layer { name: "conv" type: "Convolution" bottom: "x" top: "blob" convolution_param { num_output: 2 kernel_size: 1 } }
		layer { name: "relu" type: "ReLU" bottom: "blob" top: "blob" } layer { name: "drop" type: "Dropout" bottom: "blob" top: "blob" }`, nil)
	for name, want := range map[string]int{"conv": 0, "blob": 1, "relu": 1, "drop": 1} {
		if got, err := net.Find(name); got != want || err != nil {
			t.Errorf("Find(%q) = %d, %v; want %d", name, got, err, want)
		}
	}
}

// The same weights in both formats of the file, and as doubles, give the same net.
func TestCaffeModelFormats(t *testing.T) {
	w, b := ramp(2*3*3*3), []float32{0.5, -1}
	desc := picture + `layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 3 } }`
	current := trained("c", blob(false, []int{2, 3, 3, 3}, w...), blob(false, []int{2}, b...))
	first := bytesField(2, varint(5, 4), text(4, "c"), bytesField(6, blob(true, []int{2, 3, 3, 3}, w...)), bytesField(6, blob(true, []int{1, 1, 1, 2}, b...)))
	double := trained("c", cat(bytesField(7, packed(1, 2, 3, 3, 3)), bytesField(8, doubles(w...))), blob(false, []int{2}, b...))
	want := run(t, mustCaffe(t, desc, current), "c")
	for name, model := range map[string][]byte{"2014": first, "double_data": double} {
		t.Run(name, func(t *testing.T) { near(t, run(t, mustCaffe(t, desc, model), "c"), want) })
	}
}

// Folding Caffe's BatchNorm, with its scale factor, and Scale changes nothing.
func TestCaffeFoldedEqualsUnfolded(t *testing.T) {
	model := cat(trained("c", blob(false, []int{2, 3, 1, 1}, ramp(6)...), blob(false, []int{2}, 0.5, -1)),
		trained("bn", blob(false, []int{2}, 20, -10), blob(false, []int{2}, 40, 90), blob(false, []int{1}, 10)),
		trained("sc", blob(false, []int{2}, 3, -2), blob(false, []int{2}, 0.25, 0.75)))
	text := picture + `layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }
		layer { name: "bn" type: "BatchNorm" bottom: "c" top: "bn" } layer { name: "sc" type: "Scale" bottom: "bn" top: "sc" scale_param { bias_term: true } } `
	folded := mustCaffe(t, text, model)
	unfolded := mustCaffe(t, text+`layer { name: "r" type: "ReLU" bottom: "c" top: "r" } layer { name: "s" type: "ReLU" bottom: "bn" top: "s" }`, model)
	if got := kinds(folded); got != "conv" {
		t.Errorf("operations are %q, want conv", got)
	}
	if got, want := kinds(unfolded), "conv, affine, affine, relu, relu"; got != want {
		t.Errorf("operations are %q, want %q", got, want)
	}
	got := run(t, folded, "sc")
	near(t, got, run(t, unfolded, "sc"))
	// By hand: mean 2, variance 4 of channel 0.
	near(t, got[:1], []float32{(run(t, unfolded, "c")[0]-2)/2*3 + 0.25})
}

func TestCaffeUnsupported(t *testing.T) {
	var heard []string
	net, err := Caffe([]byte(picture+`layer { name: "a" type: "ReLU" bottom: "x" top: "a" } layer { name: "s" type: "SPP" bottom: "a" top: "b" top: "c" }
		layer { name: "d" type: "ReLU" bottom: "b" top: "b" } layer { name: "e" type: "Reduction" bottom: "a" top: "e" reduction_param { axis: 3 } }`),
		nil, "t", Options{Random: true, Warn: func(s string) { heard = append(heard, s) }})
	want := []string{
		`layer "b" has the operation SPP, which is not supported; it and 1 layer that needs it are left out`,
		`layer "e" has a form of Reduction that is not supported: it reduces from axis 3 on; it is left out`,
	}
	if err != nil || kinds(net) != "relu" || strings.Join(heard, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %v, warned %q", err, heard)
	}
}

// Random weights keep activations in size through ten layers, and are the same for the same seed.
func TestCaffeRandom(t *testing.T) {
	text := picture
	for i, in := 0, "x"; i < 10; i++ {
		out := string(rune('a' + i))
		text += `layer { name: "` + out + `" type: "Convolution" bottom: "` + in + `" top: "` + out + `" convolution_param { num_output: 64 kernel_size: 3 pad: 1 } }
			layer { name: "r` + out + `" type: "ReLU" bottom: "` + out + `" top: "` + out + `" }`
		in = out
	}
	size := func(v []float32) float64 {
		sum := 0.0
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		return sum / float64(len(v))
	}
	load := func(seed uint64) []float32 {
		net, err := Caffe([]byte(text), nil, "t", Options{Random: true, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return run(t, net, "j")
	}
	one := load(1)
	if got, in := size(one), size(ramp(3*7*9)); got < in/30 || got > in*30 {
		t.Errorf("mean square is %g at the end and %g at the start", got, in)
	}
	near(t, load(1), one)
	if other := load(2); other[0] == one[0] && other[1] == one[1] {
		t.Error("another seed gives the same weights")
	}
}

func TestFileSpecs(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := []byte(picture + `layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 1 bias_term: false } }`)
	model := trained("c", blob(false, []int{2, 3, 1, 1}, ramp(6)...))
	proto, other := write("net.prototxt", text), write("other.caffemodel", model)
	lone := write("lone.caffemodel", model)
	write("net.labels.txt", []byte("first\nn00000001 second\n"))

	_, err := File(proto, Options{})
	wantError(t, err, "load: net.prototxt: has no weights: name its .caffemodel after a comma, or put it beside under the same stem")
	for _, spec := range []string{proto + "," + other, other + "," + proto} {
		net, err := File(spec, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(net.Labels) != 2 || net.Labels[1] != "second" {
			t.Errorf("labels are %q", net.Labels)
		}
	}
	beside := write("net.caffemodel", model)
	for _, spec := range []string{proto, beside} {
		if _, err := File(spec, Options{}); err != nil {
			t.Error(err)
		}
	}
	_, err = File(lone, Options{})
	wantError(t, err, "lone.caffemodel has weights only: name its .prototxt before it, with a comma between")
	_, err = File(filepath.Join(dir, "none.onnx"), Options{})
	wantError(t, err, "none.onnx: no such file or directory")
	_, err = File(dir, Options{})
	wantError(t, err, "is no net: NET.onnx, NET.prototxt or NET.prototxt,NET.caffemodel is")
	if err := os.Mkdir(filepath.Join(dir, "dir.onnx"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = File(filepath.Join(dir, "dir.onnx"), Options{})
	wantError(t, err, "dir.onnx is a folder; give a regular file")
}
