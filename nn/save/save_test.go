package save

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
	"zalgoscope/nn/npy"
)

func randoms(n int) []float32 {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(0.3 * r.NormFloat64())
	}
	return out
}

// everything is a net with each kind of layer that is written.
func everything() *nn.Net {
	conv := func(in, out, k, stride, pad, groups int) *nn.Conv {
		return &nn.Conv{Window: nn.Square(k, stride, pad), Groups: groups, W: nn.TensorOf(randoms(out*in/groups*k*k), out, in/groups, k, k), Bias: randoms(out)}
	}
	uneven := conv(3, 8, 3, 2, 0, 1)
	uneven.Mode = nn.PadSameUpper
	ceil := nn.Square(3, 2, 0)
	ceil.Ceil = true
	net := &nn.Net{Name: "every", Input: nn.Input{Width: 33, Height: 33, BGR: true, Range: 255, Mean: [3]float32{1, 2.5, 3}, Std: [3]float32{50, 60, 70}}, Labels: []string{"a", "b c", "d", "e", "f"}}
	add := func(op nn.Op, in ...int) {
		net.Layers = append(net.Layers, nn.Layer{Name: fmt.Sprint("layer", len(net.Layers)), Op: op, In: in})
	}
	add(uneven, nn.Picture)
	add(&nn.ReLU{Slope: 0.1}, 0)
	add(&nn.Affine{Scale: randoms(8), Shift: randoms(8)}, 1)
	add(conv(8, 8, 3, 1, 1, 8), 2)
	add(&nn.Clip{Min: -1, Max: 2}, 3)
	add(&nn.Add{}, 2, 4)
	add(&nn.LRN{Size: 5, Alpha: 0.1, Beta: 0.75, K: 1}, 5)
	add(&nn.Pool{Window: ceil, Max: true}, 6)
	add(&nn.Pool{Window: nn.Square(3, 1, 1)}, 7)
	add(&nn.Concat{}, 7, 8)
	add(&nn.ReLU{}, 9)
	add(&nn.Add{}, 10, 10, 9)
	add(&nn.Pool{Global: true}, 11)
	add(conv(16, 5, 1, 1, 0, 1), 12)
	return net
}

// What is written is read as the same net: its values, labels and preprocessing.
func TestONNX(t *testing.T) {
	menagerie, _ := assets.Net("menagerie")
	net, err := load.ONNX(menagerie, "menagerie", load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	net.Layers, net.LabelMap = net.Layers[:net.Logits()+1], ""
	for _, net := range []*nn.Net{everything(), net} {
		t.Run(net.Name, func(t *testing.T) {
			data, err := ONNX(net, map[string]string{"train.epochs": "3"})
			if err != nil {
				t.Fatal(err)
			}
			var warnings []string
			got, err := load.ONNX(data, "again", load.Options{Warn: func(s string) { warnings = append(warnings, s) }})
			if err != nil || warnings != nil {
				t.Fatal(err, warnings)
			}
			if !slices.Equal(got.Labels, net.Labels) || got.Input.Mean != net.Input.Mean || got.Input.Std != net.Input.Std || got.Input.BGR != net.Input.BGR || got.Input.Range != net.Input.Range {
				t.Errorf("labels or preprocessing differ: %v %+v", got.Labels, got.Input)
			}
			x := randoms(3 * 33 * 47)
			want, have := logits(t, net, x, 47, 33), logits(t, got, x, 47, 33)
			for i, v := range want {
				if math.Abs(float64(v-have[i])) > 1e-4 {
					t.Errorf("logit %d is %g, want %g", i, have[i], v)
				}
			}
		})
	}
}

func logits(t *testing.T, net *nn.Net, x []float32, w, h int) []float32 {
	t.Helper()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	y, err := e.Activation(nn.TensorOf(x, 3, h, w), net.Layers[net.Logits()].Name)
	if err != nil {
		t.Fatal(err)
	}
	return nn.Floats(y)
}

// OpenCV and ONNX Runtime, where the machine has them, see what we see.
func TestOtherReaders(t *testing.T) {
	net := everything()
	net.Input = nn.DefaultInput()
	net.Layers[4].Op = &nn.ReLU{} // OpenCV 4.6 reads no Clip since opset 11
	data, err := ONNX(net, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	x := nn.TensorOf(randoms(3*33*33), 1, 3, 33, 33)
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("net.onnx", data)
	picture := filepath.Join(dir, "x.npy")
	f, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(f, x); err != nil {
		t.Fatal(err)
	}
	f.Close()
	want := logits(t, net, nn.Floats(x), 33, 33)
	for name, script := range map[string]string{
		"OpenCV":       "import sys,cv2,numpy as np\nn=cv2.dnn.readNetFromONNX(sys.argv[1]);n.setInput(np.load(sys.argv[2]));print(*n.forward().ravel())",
		"ONNX Runtime": "import sys,onnxruntime as o,numpy as np\nprint(*o.InferenceSession(sys.argv[1]).run(None,{'data':np.load(sys.argv[2])})[0].ravel())",
	} {
		t.Run(name, func(t *testing.T) {
			module := map[string]string{"OpenCV": "cv2", "ONNX Runtime": "onnxruntime"}[name]
			if err := exec.Command("/usr/bin/python3", "-c", "import numpy, "+module).Run(); err != nil {
				t.Skipf("there is no %s here", name)
			}
			out, err := exec.Command("/usr/bin/python3", "-c", script, file, picture).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for i, v := range want {
				var got float64
				rest := string(out)
				for range i + 1 {
					fmt.Sscan(rest, &got)
					_, rest, _ = cutSpace(rest)
				}
				if math.Abs(got-float64(v)) > 1e-3 {
					t.Errorf("logit %d is %g, want %g; all: %s", i, got, v, out)
				}
			}
		})
	}
}

func cutSpace(s string) (string, string, bool) {
	for i, r := range s {
		if r == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
