package enginetest

import (
	"embed"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
	"zalgoscope/nn/npy"
)

// references holds, for each built-in net, a preprocessed input and the activations and
// gradients (NAME.npy, NAME.grad.npy) that PyTorch computed from it in float64.
//
//go:embed testdata
var references embed.FS

// References compares the built-in nets, small ones with attention, and from the shared folder SqueezeNet through
// both importers and some nets of today, with float64 references. With -short there are one built-in net and two with attention.
func References(t *testing.T, open Open) {
	for _, name := range tried([]string{"menagerie", "filigree"}, 2) {
		t.Run(name, func(t *testing.T) {
			data, ok := assets.Net(name)
			if !ok {
				t.Fatal("the net is not built in")
			}
			net, err := load.ONNX(data, name, load.Options{})
			if err != nil {
				t.Fatal(err)
			}
			dir, err := fs.Sub(references, "testdata/"+name)
			if err != nil {
				t.Fatal(err)
			}
			against(t, open, net, dir, strings.NewReplacer())
		})
	}
	for _, name := range tried(attentive, 5) {
		t.Run(name, func(t *testing.T) {
			dir, err := fs.Sub(references, "testdata/attention/"+name)
			if err != nil {
				t.Fatal(err)
			}
			data, err := fs.ReadFile(dir, "net.onnx")
			if err != nil {
				t.Fatal(err)
			}
			net, err := load.ONNX(data, name, load.Options{Warn: func(s string) { t.Error(s) }})
			if err != nil {
				t.Fatal(err)
			}
			against(t, open, net, dir, strings.NewReplacer())
		})
	}
	if testing.Short() {
		return // the larger nets take most of the suite's time
	}
	for file, rename := range map[string]*strings.Replacer{
		"squeezenet_v1.0.prototxt": strings.NewReplacer("_concat", "/concat"),
		// A torchvision export numbers its modules.
		"squeezenet_v1.0.onnx": strings.NewReplacer(
			"conv1", "/features/features.1/Relu", "pool1", "/features/features.2/MaxPool_output_0",
			"fire4_concat", "/features/features.5/Concat", "fire9_concat", "/features/features.12/Concat"),
	} {
		t.Run(file, func(t *testing.T) {
			dir := filepath.Join(Shared(t), "nets", "squeezenet")
			net, err := load.File(filepath.Join(dir, file), load.Options{})
			if err != nil {
				t.Fatal(err)
			}
			against(t, open, net, os.DirFS(dir), rename)
		})
	}
	for _, name := range modern {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(Shared(t), "nets", "modern", name)
			net, err := load.File(filepath.Join(dir, "net.onnx"), load.Options{Warn: func(s string) { t.Error(s) }})
			if err != nil {
				t.Fatal(err)
			}
			against(t, open, net, os.DirFS(dir), strings.NewReplacer())
		})
	}
}

// modern are the small nets of today's families in the shared folder that load whole.
var modern = []string{
	"activations", "clip_resnet", "convnext", "decoder", "densenet", "efficientnet", "mobilenet_v3", "shufflenet_v2",
}

// attentive are the small nets with attention that testdata/attention/make.py makes.
var attentive = []string{"block", "pooled", "pyramid", "registers", "swin", "vit"}

// against compares with every reference of a folder; rename turns its file names into layers.
func against(t *testing.T, open Open, net *nn.Net, dir fs.FS, rename *strings.Replacer) {
	engine, err := open(net)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	reference, err := openExact(net, path.Base(t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	x := readNPY(t, dir, "input.npy")
	files, err := fs.Glob(dir, "*.npy")
	if err != nil || len(files) < 3 {
		t.Fatalf("references: %v, %v", files, err)
	}
	for _, file := range files {
		name, grad := strings.CutSuffix(strings.TrimSuffix(file, ".npy"), ".grad")
		if name == "input" {
			continue
		}
		layer := rename.Replace(name)
		want := readNPY(t, dir, file)
		var got *tensor.Dense
		if grad {
			got, _, err = engine.Gradient(x, nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}})
		} else {
			got, err = engine.Activation(x, layer)
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if grad {
			gradients{net, engine, reference, x}.compare(t, file, got, want, layer)
		} else {
			compare(t, engine, file, got, want)
		}
	}
}

// Shared is the folder shared/ beside the repository; without it the test is skipped.
func Shared(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		shared := filepath.Join(dir, "..", "shared")
		if _, err := os.Stat(shared); err != nil {
			t.Skip("needs the project's shared folder beside the repository, with SqueezeNet and its references")
		}
		return shared
	}
	t.Fatal("no go.mod above the test")
	return ""
}

func readNPY(t *testing.T, dir fs.FS, name string) *tensor.Dense {
	t.Helper()
	f, err := dir.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	x, err := npy.Read(f, info.Size())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	shape := x.Shape().Clone()
	for len(shape) < 3 {
		shape = append(shape, 1)
	}
	return nn.TensorOf(nn.Floats(x), shape...)
}
