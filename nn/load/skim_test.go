package load

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"zalgoscope/nn"
)

// A net of a file, whose weights stay there until they are needed, is that of the file's bytes, however its weights are stored.
func TestWeightsStayInTheFile(t *testing.T) {
	const n = 40 * 3 * 5 * 5
	w := ramp(n)
	conv := op("Conv", "x,w", "c")
	norm := cat(array32("p", []int{40}, slices.Repeat([]float32{2, 3}, 20)...), op("BatchNormalization", "c,p,p,p,p", "y"))
	dims := packed(1, 40, 3, 5, 5)
	for name, weights := range map[string][]byte{
		"raw data":    bytesField(5, dims, varint(2, 1), text(8, "w"), bytesField(9, singles(w...))),
		"float data":  bytesField(5, dims, varint(2, 1), text(8, "w"), bytesField(4, singles(w...))),
		"double data": bytesField(5, dims, varint(2, 11), text(8, "w"), bytesField(10, doubles(w...))),
		"a constant":  op("Constant", "", "w", attrTensor("value", dims, varint(2, 1), bytesField(9, singles(w...)))),
		"two pieces":  bytesField(5, dims, varint(2, 1), text(8, "w"), bytesField(4, singles(w[:10]...)), bytesField(4, singles(w[10:]...))),
	} {
		t.Run(name, func(t *testing.T) {
			data := model(13, weights, conv, norm)
			want := mustONNX(t, data)
			path := filepath.Join(t.TempDir(), "net.onnx")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if s, err := skim(path, onnxTrail); err != nil || name != "two pieces" && len(s.data) > 1000 {
				t.Fatalf("%d bytes are left, %v", len(s.data), err)
			}
			got, err := File(path, Options{})
			if name == "two pieces" { // a form that nobody writes, so large that only one piece stays in the file
				wantError(t, err, "which is 3000 numbers")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			near(t, run(t, got, "y"), run(t, want, "y"))
		})
	}
}

// Weights of a layer that is asked for are read, and no others; a file that was cut short meanwhile is an error then.
func TestWeightsAreReadWhenNeeded(t *testing.T) {
	data := cat(trained("a", blob(false, []int{40, 3, 5, 5}, ramp(3000)...)), trained("b", blob(false, []int{40, 40, 1, 1}, ramp(1600)...)))
	path := filepath.Join(t.TempDir(), "net.caffemodel")
	text := picture + `layer { name: "a" type: "Convolution" bottom: "x" top: "a" convolution_param { num_output: 40 kernel_size: 5 bias_term: false } }
		layer { name: "b" type: "Convolution" bottom: "a" top: "b" convolution_param { num_output: 40 kernel_size: 1 bias_term: false } }`
	write := func(path string, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(path, data)
	write(strings.TrimSuffix(path, ".caffemodel")+".prototxt", []byte(text))
	net, err := File(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 13000); err != nil {
		t.Fatal(err)
	}
	fetched := func(l int) bool { return net.Layers[l].Op.(*nn.Conv).W.(*later).data != nil }
	if fetched(0) || fetched(1) {
		t.Error("weights were read at once")
	}
	run(t, net, "a")
	if !fetched(0) || fetched(1) {
		t.Errorf("read for layer a: %v, %v", fetched(0), fetched(1))
	}
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ref.Activation(nn.TensorOf(ramp(3*7*9), 3, 7, 9), "b")
	wantError(t, err, `nn: the weights of layer "b": `)
}

// A file cannot say itself that its arrays lie elsewhere.
func TestForgedPlaces(t *testing.T) {
	place := bytesField(inFile, protowire.AppendVarint(protowire.AppendVarint([]byte{9}, 0), 12))
	data := model(13, bytesField(5, packed(1, 1, 3, 1, 1), varint(2, 1), text(8, "w"), place), op("Conv", "x,w", "y"))
	_, err := ONNX(data, "t.onnx", Options{})
	wantError(t, err, "the file is corrupt: field 536870911")
	path := filepath.Join(t.TempDir(), "net.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = File(path, Options{})
	wantError(t, err, "load: net.onnx: the file is corrupt: field 536870911")
}
