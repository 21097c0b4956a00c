package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestImageNetNames(t *testing.T) {
	lines := bytes.Split(bytes.TrimSuffix(imagenetNames, []byte("\n")), []byte("\n"))
	labels := parseLabels(imagenetNames)
	if len(lines) != 1000 || len(labels) != 1000 {
		t.Fatalf("%d lines give %d labels, want 1000", len(lines), len(labels))
	}
	seen := map[string]int{}
	for i, l := range labels {
		if l == "" || l != string(lines[i]) {
			t.Errorf("line %d is %q, read as %q", i, lines[i], l)
		}
		if before, twice := seen[strings.ToLower(l)]; twice {
			t.Errorf("classes %d and %d are both %q", before, i, l)
		}
		seen[strings.ToLower(l)] = i
	}
	for i, want := range map[int]string{
		0: "tench", 1: "goldfish", 7: "rooster", 50: "American alligator", 71: "scorpion", 100: "black swan", 134: "crane (bird)",
		151: "Chihuahua", 207: "golden retriever", 254: "pug", 281: "tabby", 282: "tiger cat", 285: "Egyptian cat", 291: "lion",
		340: "zebra", 388: "giant panda", 409: "analog clock", 440: "beer bottle", 463: "bucket", 504: "coffee mug", 517: "crane (machine)",
		524: "cuirass", 530: "digital clock", 574: "golf ball", 623: "letter opener", 638: "maillot (tights)", 639: "maillot (one-piece)",
		671: "mountain bike", 717: "pickup truck", 755: "radio telescope", 801: "snorkel", 815: "spider web", 849: "teapot", 880: "unicycle",
		920: "traffic light", 948: "Granny Smith apple", 954: "banana", 963: "pizza", 970: "alp", 985: "daisy", 999: "toilet tissue",
	} {
		if labels[i] != want {
			t.Errorf("class %d is %q, want %q", i, labels[i], want)
		}
	}
}

// classify is a description of a net that only sorts pictures into so many classes.
func classify(name string, classes, pad int) string {
	return fmt.Sprintf(`name: %q input: "x" input_shape { dim: 1 dim: 3 dim: 7 dim: 9 }
		layer { name: "y" type: "Convolution" bottom: "x" top: "y" convolution_param { num_output: %d kernel_size: 1 pad: %d } }`, name, classes, pad)
}

func TestImageNetLabels(t *testing.T) {
	for _, c := range []struct {
		name         string
		classes, pad int
		want         bool
	}{
		{"GoogleNet", 1000, 0, true},
		{"CaffeNet", 1000, 0, true},
		{"AlexNet", 1000, 0, true},
		{"VGG_ILSVRC_16_layers", 1000, 0, true},
		{"squeezenet1.1", 1000, 0, true},
		{"FireNet", 1000, 0, true},
		{"resnet50-v1-7", 1000, 0, true},
		{"densenet121", 1000, 0, true},
		{"a", 1000, 1, true}, // padded as SqueezeNet 1.0 is
		{"a", 1000, 0, false},
		{"VGG_FACE_16_layers", 2622, 0, false},
		{"GoogleNet", 999, 0, false},
		{"googlenet_places365", 365, 0, false},
		{"resnet50_places", 1000, 0, false},
	} {
		net := mustCaffe(t, classify(c.name, c.classes, c.pad), nil)
		if got := len(imagenetLabels(net)); (got == 1000) != c.want || !c.want && got != 0 {
			t.Errorf("%s of %d classes, padded by %d, has %d labels; ImageNet's are wanted: %t", c.name, c.classes, c.pad, got, c.want)
		}
	}
}

func TestLabelPrecedence(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "net.prototxt")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := func(word string, n int) []string {
		return slices.Repeat([]string{word}, n)
	}
	first := func(o Options) (label string, warnings int) {
		o.Random, o.Warn = true, func(string) { warnings++ }
		net, err := File(path, o)
		if err != nil {
			t.Fatal(err)
		}
		if net.Labels == nil {
			return "", warnings
		}
		return net.Labels[0], warnings
	}
	write("net.prototxt", classify("AlexNet", 1000, 0))
	for _, c := range []struct {
		what     string
		beside   int // labels in the list beside the net
		given    []string
		want     string
		warnings int
	}{
		{"known net", 0, nil, "tench", 0},
		{"options", 0, list("given", 1000), "given", 0},
		{"options that do not fit", 0, list("given", 999), "tench", 1},
		{"list beside", 1000, nil, "beside", 0},
		{"list beside that does not fit", 1001, nil, "tench", 1},
		{"options and list", 1000, list("given", 1000), "given", 0},
		{"options that do not fit and list", 1000, list("given", 3), "beside", 1},
	} {
		os.Remove(filepath.Join(dir, "labels.txt"))
		if c.beside > 0 {
			write("labels.txt", strings.Join(list("beside", c.beside), "\n"))
		}
		if got, warnings := first(Options{Labels: c.given}); got != c.want || warnings != c.warnings {
			t.Errorf("%s: class 0 is %q with %d warnings, want %q with %d", c.what, got, warnings, c.want, c.warnings)
		}
	}
	os.Remove(filepath.Join(dir, "labels.txt"))
	write("net.prototxt", classify("unheard of", 1000, 0))
	if got, _ := first(Options{}); got != "" {
		t.Errorf("an unknown net calls class 0 %q", got)
	}
	// A layer after the classifier that changes its channels leaves the classes without a place.
	write("net.prototxt", classify("AlexNet", 1000, 0)+`layer { name: "both" type: "Concat" bottom: "y" bottom: "y" top: "both" }`)
	if got, warnings := first(Options{}); got != "" || warnings != 0 {
		t.Errorf("a net that ends in other channels calls class 0 %q, with %d warnings", got, warnings)
	}
}

// Metadata comes before ImageNet's labels too.
func TestLabelPrecedenceONNX(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alexnet.onnx")
	weights := array32("w", []int{1000, 3, 1, 1}, ramp(3000)...)
	graph := model(13, weights, op("Conv", "x,w", "y"))
	for _, c := range []struct {
		data []byte
		want string
	}{
		{graph, "tench"},
		{cat(graph, property("labels", strings.Repeat("stated\n", 1000))), "stated"},
	} {
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		net, err := File(path, Options{Warn: func(s string) { t.Error("warning:", s) }})
		if err != nil {
			t.Fatal(err)
		}
		if len(net.Labels) != 1000 || net.Labels[0] != c.want {
			t.Errorf("%d labels, %q first; want 1000 and %q", len(net.Labels), net.Labels[:min(1, len(net.Labels))], c.want)
		}
	}
}

func TestSharedSqueezeNetLabels(t *testing.T) {
	for _, file := range []string{"onnx", "prototxt"} {
		net := shared(t, "squeezenet/squeezenet_v1.0."+file, Options{})
		if len(net.Labels) != 1000 || net.Labels[281] != "tabby" {
			t.Errorf("%s: %d labels, want ImageNet's 1000", file, len(net.Labels))
		}
	}
}
