package save

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/npy"
)

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
			if name == "OpenCV" {
				needOpenCV(t)
			} else if exec.Command("/usr/bin/python3", "-c", "import numpy, onnxruntime").Run() != nil {
				t.Skip("there is no ONNX Runtime here, and Debian has none")
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

func needOpenCV(t *testing.T) {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-c", "import numpy, cv2").Run(); err != nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatal("OpenCV for python3 is missing: python3-opencv")
		}
		t.Skip("there is no OpenCV here")
	}
}

// OpenCV reads many kinds of layers as they are written, and those as we do.
func TestOpenCVReads(t *testing.T) {
	needOpenCV(t)
	dir, want := t.TempDir(), map[string][]float32{}
	x := randoms(3 * 12 * 12)
	for kind, list := range kinds() {
		for i, op := range list {
			net := between(op)
			data, err := ONNX(net, nil)
			if err != nil {
				continue
			}
			name := fmt.Sprint(kind, " ", i)
			want[name] = values(t, net, x, 12, 12)
			if err := os.WriteFile(filepath.Join(dir, name+".onnx"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := os.Create(filepath.Join(dir, "x.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(f, nn.TensorOf(x, 1, 3, 12, 12)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out, err := exec.Command("/usr/bin/python3", "-c", `
import sys, glob, os, cv2, numpy as np
for f in glob.glob(sys.argv[1] + "/*.onnx"):
    if os.fork(): # a child for each, for some crash it
        os.wait()
        continue
    try:
        n = cv2.dnn.readNetFromONNX(f)
        n.setInput(np.load(sys.argv[1] + "/x.npy"))
        print(os.path.basename(f)[:-5] + ":", *n.forward().ravel())
    except cv2.error:
        pass
    sys.stdout.flush()
    os._exit(0)
`, dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	agree := map[string]int{}
	for line := range strings.Lines(string(out)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		have := strings.Fields(text)
		same := len(have) == len(want[name])
		for i, v := range want[name] {
			var got float64
			if same {
				fmt.Sscan(have[i], &got)
				same = math.Abs(got-float64(v)) <= 1e-3*max(1, math.Abs(float64(v))) || v != v
			}
		}
		kind, _, _ := strings.Cut(name, " ")
		if same {
			agree[kind]++
		} else {
			t.Logf("OpenCV reads %s otherwise", name)
		}
	}
	t.Log(agree)
	for kind, least := range map[string]int{"add": 1, "affine": 1, "binary": 14, "concat": 3, "conv": 3, "lrn": 1, "norm": 1, "pool": 2, "reduce": 2, "relu": 2, "sample": 5, "softmax": 1, "unary": 45} {
		if agree[kind] < least {
			t.Errorf("OpenCV agrees on %d of %q, want %d", agree[kind], kind, least)
		}
	}
}

// ONNX Runtime reads every kind of layer as it is written, at the net's own size and at another.
func TestCompare(t *testing.T) {
	modules := os.Getenv("ZALGOSCOPE_ONNXRUNTIME")
	if modules == "" {
		t.Skip("make compare runs this with ONNX Runtime")
	}
	dir, want := t.TempDir(), map[string][]float32{}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for kind, list := range kinds() {
		for i, op := range list {
			net := between(op)
			data, err := ONNX(net, nil)
			if err != nil {
				continue
			}
			for _, size := range [][2]int{{12, 12}, {36, 24}} {
				w, h := size[0], size[1]
				name, x := fmt.Sprintf("%s %d (%s) at %v", kind, i, op.Kind(), size), randoms(3*w*h)
				want[name] = values(t, net, x, w, h)
				raw := make([]byte, 0, 4*len(x))
				for _, v := range x {
					raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
				}
				write(name+".onnx", data)
				write(name+".in", raw)
				write(name+".dims", fmt.Appendf(nil, "[1, 3, %d, %d]", h, w))
			}
		}
	}
	if out, err := exec.Command("node", "../load/testdata/compare.js", modules, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range want {
		raw, err := os.ReadFile(filepath.Join(dir, name+".out"))
		if err != nil {
			said, _ := os.ReadFile(filepath.Join(dir, name+".json"))
			t.Errorf("%s: %s", name, said)
			continue
		}
		if len(raw) != 4*len(want) {
			t.Errorf("%s: %d values, want %d", name, len(raw)/4, len(want))
			continue
		}
		for i, v := range want {
			got := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
			if d := math.Abs(float64(v - got)); !(d <= 1e-3*max(1, math.Abs(float64(v)))) && (v == v || got == got) && v != got {
				t.Errorf("%s: value %d is %g, want %g", name, i, got, v)
				break
			}
		}
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
