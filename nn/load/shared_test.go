package load

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"zalgoscope/nn"
)

// shared loads a net of the folder beside the repository.
func shared(t *testing.T, file string, o Options) *nn.Net {
	t.Helper()
	path := filepath.Join("../../../shared/nets", file)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s", path)
	}
	o.Warn = func(s string) { t.Error("warning:", s) }
	net, err := File(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// wantShapes compares layers' shapes at one picture size.
func wantShapes(t *testing.T, net *nn.Net, w, h int, want map[string]string) {
	t.Helper()
	shapes, err := net.Shapes(w, h)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range want {
		l, err := net.Find(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := fmt.Sprint([]int(shapes[l])); got != s {
			t.Errorf("%s at %dx%d is %s, want %s", name, w, h, got, s)
		}
	}
}

func TestSharedSqueezeNet(t *testing.T) {
	bgr := nn.Input{BGR: true, Range: 255, Mean: [3]float32{104, 117, 123}, Std: [3]float32{1, 1, 1}}
	onnx := shared(t, "squeezenet/squeezenet_v1.0.onnx", Options{})
	caffe := shared(t, "squeezenet/squeezenet_v1.0.prototxt", Options{})
	if onnx.Input != bgr {
		t.Errorf("ONNX input is %+v, want %+v", onnx.Input, bgr)
	}
	if bgr.Width, bgr.Height = 227, 227; caffe.Input != bgr {
		t.Errorf("Caffe input is %+v, want %+v", caffe.Input, bgr)
	}
	if got, want := kinds(onnx), kinds(caffe); got != want || len(onnx.Layers) != 65 {
		t.Errorf("ONNX gives %d layers\n%s\nCaffe gives\n%s", len(onnx.Layers), got, want)
	}
	wantShapes(t, caffe, 227, 227, map[string]string{"conv1": "[96 111 111]", "pool1": "[96 55 55]", "fire4/concat": "[256 55 55]",
		"pool4": "[256 27 27]", "fire9/concat": "[512 13 13]", "conv_final": "[1000 15 15]", "pool_final": "[1000 1 1]"})
	for _, net := range []*nn.Net{onnx, caffe} {
		wantShapes(t, net, 131, 107, map[string]string{"pool_final": "[1000 1 1]"})
		wantShapes(t, net, 5, 3, map[string]string{"pool_final": "[1000 1 1]"})
	}
	for i, l := range onnx.Layers {
		if a, ok := l.Op.(*nn.Conv); ok {
			b := caffe.Layers[i].Op.(*nn.Conv)
			near(t, nn.Floats(a.W), nn.Floats(b.W))
			near(t, a.Bias, b.Bias)
		}
	}
}

func TestSharedOwnNets(t *testing.T) {
	for _, name := range []string{"menagerie", "filigree"} {
		net := shared(t, name+"/"+name+".onnx", Options{})
		want := nn.Input{Width: 64, Height: 64, Range: 1, Mean: [3]float32{0.45, 0.45, 0.45}, Std: [3]float32{0.225, 0.225, 0.225}}
		if net.Name != name || net.Input != want || len(net.Labels) != 200 || net.Labels[0] != "goldfish" {
			t.Errorf("%s: input %+v, %d labels", net.Name, net.Input, len(net.Labels))
		}
		wantShapes(t, net, 64, 64, map[string]string{"conv1": "[32 32 32]", "conv1/conv": "[32 32 32]", "inception_4c": "[304 8 8]", "logits": "[200 1 1]"})
		wantShapes(t, net, 91, 77, map[string]string{"conv1/pre": "[32 39 46]", "inception_5b": "[512 5 6]"})
		for a, b := range map[string]string{"conv1/conv": "conv", "conv1/pre": "conv", "conv1": "relu"} {
			if l, err := net.Find(a); err != nil || net.Layers[l].Op.Kind() != b {
				t.Errorf("%s is layer %d, %v; want a %s", a, l, err, b)
			}
		}
	}
}

func TestSharedGoogLeNet(t *testing.T) {
	net := shared(t, "bvlc_googlenet.prototxt", Options{Random: true})
	if got, want := len(net.Layers), 143; got != want {
		t.Errorf("%d layers, want %d", got, want)
	}
	wantShapes(t, net, 224, 224, map[string]string{
		"conv1/7x7_s2": "[64 112 112]", "pool1/3x3_s2": "[64 56 56]", "conv2/3x3": "[192 56 56]", "pool2/3x3_s2": "[192 28 28]",
		"inception_3a/output": "[256 28 28]", "inception_3b/output": "[480 28 28]", "pool3/3x3_s2": "[480 14 14]",
		"inception_4a/output": "[512 14 14]", "inception_4b/output": "[512 14 14]", "inception_4c/output": "[512 14 14]",
		"inception_4d/output": "[528 14 14]", "inception_4e/output": "[832 14 14]", "pool4/3x3_s2": "[832 7 7]",
		"inception_5a/output": "[832 7 7]", "inception_5b/output": "[1024 7 7]", "pool5/7x7_s1": "[1024 1 1]",
		"loss3/classifier": "[1000 1 1]", "prob": "[1000 1 1]", "conv1/relu_7x7": "[64 112 112]", "inception_4c/5x5_reduce": "[24 14 14]",
	})
	wantShapes(t, net, 301, 173, map[string]string{
		"conv1/7x7_s2": "[64 87 151]", "pool1/3x3_s2": "[64 43 75]", "pool2/3x3_s2": "[192 21 37]", "pool3/3x3_s2": "[480 10 18]",
		"inception_4c/output": "[512 10 18]", "pool4/3x3_s2": "[832 5 9]", "inception_5b/output": "[1024 5 9]", "pool5/7x7_s1": "[1024 1 3]", "prob": "[1000 1 3]",
	})
}
