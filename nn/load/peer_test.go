package load

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// peerData is where Debian's libonnx-testdata has the conformance tests of ONNX itself.
const peerData = "/usr/share/libonnx-testdata/data"

// ONNX's own tests of each operator, and those made of PyTorch's modules, as far as they are about maps.
func TestPeer(t *testing.T) {
	dirs, _ := filepath.Glob(peerData + "/*/test_*")
	if len(dirs) == 0 {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatal("make test installs libonnx-testdata, but there is no " + peerData)
		}
		t.Skip("needs the Debian package libonnx-testdata")
	}
	var table strings.Builder
	count := map[string]int{}
	why := map[string]int{}
	for _, dir := range dirs {
		name := strings.TrimPrefix(dir, peerData+"/")
		word, err := "passed", error(nil)
		if odd := slices.IndexFunc(peerOdd, func(o [2]string) bool { ok, _ := filepath.Match(o[0], name); return ok }); odd >= 0 {
			err = skipped(peerOdd[odd][1])
		} else {
			err = tryPeer(dir)
		}
		var skip skipped
		switch {
		case errors.As(err, &skip):
			word = "skipped"
			why[string(skip)]++
		case err != nil:
			word = "failed"
			t.Errorf("%s: %v", name, err)
		}
		if count[word]++; word != "skipped" {
			fmt.Fprintf(&table, "%-8s %-70s %v\n", word, name, err)
		}
	}
	reasons := make([]string, 0, len(why))
	for r, n := range why {
		reasons = append(reasons, fmt.Sprintf("%4d skipped: %s\n", n, r))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(reasons)))
	t.Logf("%d passed, %d failed, %d skipped\n%s%s", count["passed"], count["failed"], count["skipped"], &table, strings.Join(reasons, ""))
}

// peerOdd are patterns of tests whose numbers nobody else can make, with the reason.
var peerOdd = [][2]string{
	{"node/test_resize_downsample_scales_*_align_corners", "it aligns corners of a size that is not whole, as neither PyTorch nor ONNX Runtime does"},
	{"node/*BFLOAT16*", "its file holds bfloat16 as uint16"},
	{"node/test_training_dropout*", "it drops what NumPy's random numbers say"},
}

// skipped is why a test is not about a map, or about an operator that is not claimed.
type skipped string

func (s skipped) Error() string { return string(s) }

// refused is why a test's output was lost.
type refused struct{ *loss }

func (r refused) Error() string { return r.reason() }
func (r refused) Unwrap() error { return r.err }

// flatKinds are operators to which it is the same whether a map has a batch: their tests are of maps without one.
var flatKinds = []string{"Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Celu", "Ceil", "Clip", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu",
	"HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh",
	"Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu", "Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "Mean", "Sum"}

// tryPeer runs a test's first data set, each picture of a batch of PyTorch's for itself.
func tryPeer(dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
	if err != nil {
		return skipped("it has no model")
	}
	in, err := peerArrays(dir, "input")
	if err != nil {
		return err
	}
	out, err := peerArrays(dir, "output")
	if err != nil {
		return err
	}
	if len(in) == 0 || len(out) == 0 || len(in[0].dims) == 0 {
		return skipped("it has no inputs of numbers")
	}
	batch := 1
	if strings.HasPrefix(filepath.Base(filepath.Dir(dir)), "pytorch") && len(in) == 1 && len(in[0].dims) == 4 && in[0].dims[0] == out[0].dims[0] {
		batch = max(in[0].dims[0], 1)
	}
	for i := range batch {
		file, err := readONNX(whole(data), nil)
		if err != nil {
			return err
		}
		file.inputs = slices.DeleteFunc(file.inputs, func(i onnxInput) bool { return file.arrays[i.name] != nil })
		if len(in) != len(file.inputs) {
			return skipped("it has no inputs of numbers")
		}
		if batch == 1 {
			err = onePeer(file, in, out[0])
		} else {
			err = onePeer(file, []*array{part(in[0], i)}, part(out[0], i))
		}
		var u unsupported
		switch {
		case errors.As(err, &u) && u == "":
			return skipped("it has an operator that is not claimed")
		case err != nil:
			return err
		}
	}
	return nil
}

// part is one picture of a batch.
func part(a *array, i int) *array {
	n := product(a.dims[1:])
	v, err := a.floats(a.len())
	if err != nil {
		return a
	}
	return numbers{real: v[i*n : (i+1)*n]}.of(append([]int{1}, a.dims[1:]...))
}

// onePeer runs one picture, or where nothing is a map the arithmetic of constants.
func onePeer(file *onnxFile, in []*array, out *array) error {
	constant := !slices.ContainsFunc(file.nodes, func(n *node) bool {
		return onnxConstants[n.kind] == nil && onnxViews[n.kind] == nil && n.kind != "Constant"
	})
	flat := !slices.ContainsFunc(file.nodes, func(n *node) bool { return !slices.Contains(flatKinds, n.kind) })
	if flat && len(in[0].dims) == 3 {
		for _, a := range append(slices.Clone(in), out) {
			for len(a.dims) > 0 && len(a.dims) < 4 {
				a.dims = append([]int{1}, a.dims...)
			}
		}
	}
	var why string
	switch first := in[0]; {
	case first.kind != float32s:
		why = "its first input is no map of float32"
	case len(first.dims) != 4:
		why = fmt.Sprintf("its first input has %d dimensions", len(first.dims))
	case slices.Contains(first.dims, 0):
		why = "its first input is empty"
	case first.dims[0] != 1:
		why = "its first input is a batch"
	case out.kind != float32s:
		why = "its output is no map of float32"
	default:
		return runPeer(file, in, out)
	}
	if !constant || slices.ContainsFunc(append(slices.Clone(in), out), func(a *array) bool { return a.kind.width() == 0 }) {
		return skipped(why)
	}
	for i, a := range in {
		file.arrays[file.inputs[i].name] = a
	}
	file.inputs = []onnxInput{{name: "picture", dims: []int64{1, 3, 8, 8}}}
	return comparePeer(file, out, nil, nil)
}

// runPeer gives the file its inputs: the first and those alike as maps, all others as constants.
func runPeer(file *onnxFile, in []*array, out *array) error {
	dims := in[0].dims
	var head []*node
	given := map[string]*tensor.Dense{}
	for i, a := range in {
		name := file.inputs[i].name
		if !slices.Equal(a.dims, dims) || a.kind != float32s || i > 0 && slices.ContainsFunc(file.nodes, func(n *node) bool { return n.kind == "Conv" }) {
			file.arrays[name] = a
			continue
		}
		v, err := a.floats(a.len())
		if err != nil {
			return err
		}
		given[name] = nn.TensorOf(v, dims[1:]...)
		// A map of as many channels, whose values are put in place when the net runs; the pool keeps the convolution
		// from being merged with what follows.
		wide, w := "wide/"+name, "w/"+name
		file.arrays[w] = numbers{real: make([]float32, 3*dims[1])}.of([]int{dims[1], 3, 1, 1})
		head = append(head, &node{label: label{name: wide}, kind: "Conv", in: []string{"picture", w}, out: []string{wide}},
			&node{label: label{name: "given/" + name, aliases: []string{name}}, kind: "MaxPool", in: []string{wide}, out: []string{name}, attrs: map[string]attribute{"kernel_shape": {ints: []byte{1, 1}}}})
	}
	file.nodes = append(head, file.nodes...)
	file.inputs = []onnxInput{{name: "picture", dims: []int64{1, 3, int64(dims[2]), int64(dims[3])}}}
	return comparePeer(file, out, dims, given)
}

func comparePeer(file *onnxFile, out *array, dims []int, given map[string]*tensor.Dense) error {
	target := file.outputs[0]
	m, _, err := buildONNX(file, 1<<20, [2]int{}, Options{})
	if err != nil {
		return err
	}
	y := m.values[target]
	if y.lost != nil {
		return refused{y.lost}
	}
	var got []float32
	var seen []int
	if y.array != nil {
		seen = y.array.dims
		if got, err = y.array.floats(y.array.len()); err != nil {
			return err
		}
	} else {
		seen = m.dims(y.value)
		net := &nn.Net{Name: "peer"}
		m.finish(net)
		l, err := net.Find(target)
		if err != nil {
			return err
		}
		if got, err = peerRun(net, l, dims, given); err != nil {
			return err
		}
		if y.value.last {
			got = channelsToLast(got, m.shape(y.value))
		}
	}
	want, err := out.floats(out.len())
	if err != nil {
		return err
	}
	if !slices.Equal(seen, out.dims) {
		return fmt.Errorf("its output is seen as %v, not %v", seen, out.dims)
	}
	for i, v := range want {
		same := got[i] == v || math.IsNaN(float64(got[i])) && math.IsNaN(float64(v))
		if d := math.Abs(float64(got[i]-v)) / (1 + math.Abs(float64(v))); !same && !(d < 1e-4) {
			return fmt.Errorf("number %d is %g, not %g", i, got[i], v)
		}
	}
	return nil
}

// peerRun runs a net up to a layer with some layers' values given.
func peerRun(net *nn.Net, upto int, dims []int, given map[string]*tensor.Dense) ([]float32, error) {
	shapes, err := net.Shapes(dims[3], dims[2])
	if err != nil {
		return nil, err
	}
	picture := nn.NewTensor(tensor.Shape{3, dims[2], dims[3]})
	acts := make([]*tensor.Dense, len(net.Layers))
	for i, l := range net.Layers[:upto+1] {
		acts[i] = nn.NewTensor(shapes[i])
		if name, ok := strings.CutPrefix(l.Name, "given/"); ok && given[name] != nil {
			acts[i] = given[name]
			continue
		}
		in := make([]*tensor.Dense, len(l.In))
		for k, j := range l.In {
			if in[k] = picture; j != nn.Picture {
				in[k] = acts[j]
			}
		}
		l.Op.Forward(acts[i], in)
	}
	return nn.Floats(acts[upto]), nil
}

func channelsToLast(v []float32, s tensor.Shape) []float32 {
	out := make([]float32, len(v))
	n := s[1] * s[2]
	for c := range s[0] {
		for p := range n {
			out[p*s[0]+c] = v[c*n+p]
		}
	}
	return out
}

// peerArrays reads input_0.pb and so on of the first data set; what is no tensor has no dimensions.
func peerArrays(dir, what string) (out []*array, err error) {
	for i := 0; ; i++ {
		data, err := os.ReadFile(filepath.Join(dir, "test_data_set_0", fmt.Sprintf("%s_%d.pb", what, i)))
		if err != nil {
			return out, nil
		}
		_, a, err := (&onnxFile{}).tensor(data)
		if err != nil {
			return nil, skipped("its data are no tensors")
		}
		out = append(out, a)
	}
}
