package load

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/npy"
)

// Of ONNX Runtime's answers to many small nets, all that load to their end are right.
func TestSharedAnswers(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/cases/onnx/*.onnx")
	if len(files) == 0 {
		t.Skip("needs ../shared/cases/onnx")
	}
	right := 0
	for _, path := range files {
		base := strings.TrimSuffix(path, ".onnx")
		net, err := File(path, Options{})
		if err != nil {
			continue
		}
		if _, err := net.Find("y"); err != nil {
			continue
		}
		got, want := answer(t, net, base), readArray(t, base+".out.npy")
		if worst := furthest(nn.Floats(got), nn.Floats(want)); worst > 2e-5 {
			t.Errorf("%s is off by %g", filepath.Base(path), worst)
			continue
		}
		right++
	}
	t.Logf("%d of %d load and are right", right, len(files))
	const known = 17
	if right < known {
		t.Errorf("%d nets are right, want %d at least", right, known)
	}
}

func answer(t *testing.T, net *nn.Net, base string) *tensor.Dense {
	t.Helper()
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	y, err := ref.Activation(readArray(t, base+".in.npy"), "y")
	if err != nil {
		t.Fatalf("%s: %v", base, err)
	}
	return y
}

// furthest is the largest difference, each divided by one more than the value that is wanted.
func furthest(got, want []float32) (worst float64) {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	for i, v := range want {
		d := math.Abs(float64(got[i]-v)) / (1 + math.Abs(float64(v)))
		if !(d <= worst) {
			worst = d
		}
	}
	return worst
}

func readArray(t *testing.T, path string) *tensor.Dense {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x, err := npy.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return x
}
