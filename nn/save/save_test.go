package save

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

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

// kinds is operations of each kind, for maps of 8 channels.
func kinds() map[string][]nn.Op {
	at := func(v ...float32) *tensor.Dense { return nn.TensorOf(v, len(v), 1, 1) }
	win := nn.Square(3, 2, 1)
	dilated, ceil := nn.Square(3, 1, 2), nn.Square(3, 2, 0)
	dilated.Dilation, ceil.Ceil = [2]int{2, 2}, true
	transposed := func(groups int, extra int) *nn.ConvTranspose {
		return &nn.ConvTranspose{Conv: nn.Conv{Window: win, Groups: groups, W: nn.TensorOf(randoms(8*6/groups*9), 8, 6/groups, 3, 3)}, Bias: randoms(6), Extra: [2]int{extra, extra}}
	}
	all := map[string][]nn.Op{
		"conv": {&nn.Conv{Window: win, Groups: 2, W: nn.TensorOf(randoms(6*4*9), 6, 4, 3, 3)}}, "conv transpose": {transposed(1, 1), transposed(2, 0)},
		"pool": {&nn.Pool{Window: win, Max: true}, &nn.Pool{Window: win, IncludePad: true}, &nn.Pool{Window: win, Norm: 2}, &nn.Pool{Global: true, Norm: 3}, &nn.Pool{Global: true, Max: true},
			&nn.Pool{Window: dilated, Norm: 2}, &nn.Pool{Window: dilated}, &nn.Pool{Window: ceil, Norm: 3}},
		"lrn":     {&nn.LRN{Size: 5, Alpha: 0.1, Beta: 0.75, K: 1}},
		"softmax": {&nn.Softmax{}}, "relu": {&nn.ReLU{}, &nn.ReLU{Slope: 0.2}}, "clip": {&nn.Clip{Min: -0.1, Max: 0.3}}, "affine": {&nn.Affine{Scale: randoms(8), Shift: randoms(8)}},
		"concat": {&nn.Concat{}, &nn.Concat{Axis: 1}, &nn.Concat{Axis: 2}}, "add": {&nn.Add{}},
		"sample": {
			&nn.Sample{Rows: nn.Rescale{Scale: 2}, Columns: nn.Rescale{Scale: 2}}, &nn.Sample{Rows: nn.Rescale{Size: 7, Of: 3, Mode: nn.Linearly}, Columns: nn.Keep{}},
			&nn.Sample{Rows: nn.Rescale{Scale: 0.6, Mode: nn.Cubic, A: -0.5}, Columns: nn.Rescale{Scale: 1.7, Mode: nn.Cubic, A: -0.5}},
			&nn.Sample{Rows: nn.Rescale{Scale: 2, Coordinates: nn.Asymmetric, Rounding: nn.RoundBySize}, Columns: nn.Rescale{Scale: 2, Coordinates: nn.Asymmetric, Rounding: nn.RoundBySize}},
			&nn.Sample{Rows: nn.Pad{Before: 1, After: 2}, Columns: nn.Pad{Before: 3}, Fill: 0.5}, &nn.Sample{Rows: nn.Pad{Before: 2, With: nn.FillReflection}, Columns: nn.Pad{After: 1, With: nn.FillEdge}},
			&nn.Sample{Rows: nn.Crop{From: 1, To: -1, Step: 2}, Columns: nn.Crop{From: -1, To: -1 << 40, Step: -1}}, &nn.Sample{Rows: nn.Tile{Times: 2}, Columns: nn.Tile{Times: 3}},
			&nn.Sample{Rows: nn.Crop{From: 2, To: 9, Step: 1}, Columns: nn.Tile{Times: 2}}, &nn.Sample{}, &nn.Sample{Rows: nn.Roll{By: 2}, Columns: nn.Roll{By: 3}},
			&nn.Sample{Rows: nn.Fit{To: 1}, Columns: nn.Fit{To: 17}}, &nn.Sample{Rows: nn.Take{From: []int{3, 0, 0, 2}, Of: 4}, Columns: nn.Keep{}},
			&nn.Sample{Rows: nn.Keep{}, Columns: nn.Take{From: []int{11, 5, 0}, Of: 12}}, &nn.Sample{Rows: nn.Pad{Before: 3, With: nn.FillWrap}, Columns: nn.Pad{After: 2, With: nn.FillWrap}},
			&nn.Sample{Rows: nn.Rescale{Scale: 0.5, Mode: nn.Linearly, Antialias: true}, Columns: nn.Rescale{Scale: 0.25, Mode: nn.Linearly, Antialias: true}},
			&nn.Sample{Rows: nn.Rescale{Scale: 1.3, Mode: nn.Linearly, Coordinates: nn.AlignCorners}, Columns: nn.Rescale{Scale: 1.3, Mode: nn.Linearly, Coordinates: nn.AlignCorners}},
			&nn.Sample{Rows: nn.Rescale{Scale: 1.3, Mode: nn.Linearly, Coordinates: nn.HalfPixelSymmetric}, Columns: nn.Rescale{Scale: 1.3, Mode: nn.Linearly, Coordinates: nn.HalfPixelSymmetric}},
		},
		"rearrange": {
			nn.Pick([]int{3, 1, 7, 7}), &nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{1, 1}, From: []int{2, -1, 0}, Fill: 0.7},
			&nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{2, 2}, From: []int{0, 4, 1, 5, 2, 6, 3, 7}}, &nn.Rearrange{In: [2]int{2, 2}, Out: [2]int{1, 1}, From: []int{5, 31, 8, 16}},
			&nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{1, 2}, From: []int{0, 4, 1, 5, 2, 6}}, &nn.Rearrange{In: [2]int{3, 1}, Out: [2]int{1, 1}, From: []int{5, 23, 8, 16}},
			&nn.Rearrange{In: [2]int{1, 3}, Out: [2]int{3, 1}, From: []int{5, 23, 8, 16, 0, 1}}, &nn.Rearrange{In: [2]int{4, 4}, Out: [2]int{2, 1}, From: []int{127, 3}},
		},
		"reduce": {}, "row": {&nn.Row{}}, "matmul": {&nn.MatMul{Heads: 1, TurnB: true}, &nn.MatMul{Heads: 4, TurnB: true}}, "transpose": {&nn.Transpose{Axes: [3]int{2, 0, 1}}, &nn.Transpose{Axes: [3]int{0, 2, 1}}},
		"attention": {
			&nn.Attention{Heads: 2, Scale: 0.5}, &nn.Attention{Heads: 2, Scale: 0.5, Window: [2]int{4, 3}},
			&nn.Attention{Heads: 2, Scale: 2, Window: [2]int{3, 4}, Bias: nn.TensorOf(randoms(2*12*12), 1, 2, 12, 12)},
			&nn.Attention{Heads: 2, Scale: 2, Window: [2]int{3, 4}, Bias: nn.TensorOf(randoms(4*2*12*12), 4, 2, 12, 12)}, &nn.Attention{Heads: 4, Scale: 1, Window: [2]int{12, 12}},
			&nn.Attention{Heads: 2, Scale: 1, Window: [2]int{6, 2}, Bias: nn.TensorOf(randoms(4*12*12), 4, 1, 12, 12)},
		},
		"norm": {
			&nn.Norm{Groups: 8, Positions: true, Centred: true, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)}, &nn.Norm{Groups: 2, Positions: true, Centred: true, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)},
			&nn.Norm{Groups: 1, Centred: true, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)}, &nn.Norm{Groups: 1, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)},
			&nn.Norm{Groups: 8, Positions: true, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)}, &nn.Norm{Groups: 1, Positions: true, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)},
			&nn.Norm{Groups: 1, Positions: true, Centred: true, Eps: 1e-3, Scale: randoms(8), Shift: randoms(8)},
		},
	}
	for fn := range nn.Product + 1 {
		for axes := 1; axes < 8; axes++ {
			all["reduce"] = append(all["reduce"], &nn.Reduce{Fn: fn, Axes: [3]bool{axes&1 > 0, axes&2 > 0, axes&4 > 0}})
		}
	}
	for fn := range nn.UnaryFn(len(nn.Unaries)) {
		p, q := float32(0.3), float32(0.7)
		if fn == nn.Power {
			p = 3
		}
		op := nn.NewUnary(fn, p, q)
		all["unary"] = append(all["unary"], &op)
	}
	for _, op := range []nn.Unary{nn.NewUnary(nn.HardSwish, 1./6, 0.5), nn.NewUnary(nn.Elu, 0.5, 1), nn.NewUnary(nn.SiLU, 1, 0), nn.NewUnary(nn.Linear, 2, 0), nn.NewUnary(nn.Linear, 1, 2)} {
		all["unary"] = append(all["unary"], &op)
	}
	for fn := range nn.BinaryFn(len(nn.Binaries)) {
		all["binary"] = append(all["binary"], &nn.Binary{Fn: fn}, &nn.Binary{Fn: fn, Other: at(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)})
	}
	return all
}

// between is a net whose last layer is the operation.
func between(op nn.Op) *nn.Net {
	in := nn.DefaultInput()
	in.Width, in.Height = 12, 12
	net := &nn.Net{Name: "one", Input: in}
	conv := func(k int) *nn.Conv {
		return &nn.Conv{Window: nn.Square(k, 1, k/2), Groups: 1, W: nn.TensorOf(randoms(24*k*k), 8, 3, k, k), Bias: randoms(8)}
	}
	net.Layers = []nn.Layer{{Name: "a", Op: conv(3), In: []int{nn.Picture}}, {Name: "b", Op: conv(1), In: []int{nn.Picture}}, {Name: "soft", Op: &nn.Softmax{}, In: []int{1}}, {Name: "sum", Op: &nn.Add{}, In: []int{0, 2}}}
	reads := []int{3} // or two, of which the second is above zero
	switch o := op.(type) {
	case *nn.Concat, *nn.Add, *nn.Row, *nn.MatMul:
		reads = []int{3, 2}
	case *nn.Attention:
		reads = []int{3, 2, 3}
	case *nn.Sample:
		if o.Rows == nil {
			net.Layers = append(net.Layers, nn.Layer{Name: "other", Op: &nn.Sample{Rows: nn.Pad{Before: 2}, Columns: nn.Crop{From: 3, To: 1 << 40, Step: 1}}, In: []int{2}})
			reads = []int{3, 4}
		}
	case *nn.Binary:
		if o.Other == nil {
			reads = []int{3, 2}
		}
	case *nn.Unary:
		if slices.Contains([]nn.UnaryFn{nn.Log, nn.Sqrt, nn.Asin, nn.Acos, nn.Atanh}, o.Fn) {
			reads = []int{2}
		}
	}
	net.Layers = append(net.Layers, nn.Layer{Name: "it", Op: op, In: reads})
	if _, ok := op.(*nn.Transpose); ok { // which is a layer once another reads it
		net.Layers = append(net.Layers, nn.Layer{Name: "after", Op: &nn.Pool{Window: nn.Square(1, 1, 0), Max: true}, In: []int{len(net.Layers) - 1}})
	}
	return net
}

// Every kind of layer is read again as what gives the same values, at the size that the net was made for and at another.
func TestEveryKind(t *testing.T) {
	all := kinds()
	covered := map[string]bool{}
	for _, list := range all {
		for _, op := range list {
			covered[fmt.Sprintf("%T", op)] = true
		}
	}
	for _, op := range nn.Operations {
		if !covered[fmt.Sprintf("%T", op)] {
			t.Errorf("%T is not tried", op)
		}
	}
	for kind, list := range all {
		for i, op := range list {
			net := between(op)
			if err := net.Validate(); err != nil {
				t.Fatalf("%s %d: %v", kind, i, err)
			}
			data, err := ONNX(net, nil)
			if slices.Contains([]string{"fold", "turn"}, op.Kind()) {
				if err == nil || !strings.Contains(err.Error(), "cannot be written as ONNX") {
					t.Errorf("%s is written, or another error: %v", op.Kind(), err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s %d (%s): %v", kind, i, op.Kind(), err)
				continue
			}
			sizes := [][2]int{{12, 12}, {36, 24}}
			if sample, ok := op.(*nn.Sample); ok && sample.Rows == nil {
				sizes = sizes[:1] // at which the maps do not fit; where they do it is left out, and put in again by what reads it
			}
			reads(t, fmt.Sprintf("%s %d (%s)", kind, i, op.Kind()), net, data, sizes...)
		}
	}
}

// reads fails unless what is written of a net is read as what gives the same values at some sizes.
func reads(t *testing.T, name string, net *nn.Net, data []byte, sizes ...[2]int) {
	t.Helper()
	var warnings []string
	got, err := load.ONNX(data, "again", load.Options{Warn: func(s string) {
		if !strings.Contains(s, "attends within windows of that many") { // as is true of it
			warnings = append(warnings, s)
		}
	}})
	if err != nil || warnings != nil {
		t.Errorf("%s: %v %q", name, err, warnings)
		return
	}
	for _, size := range sizes {
		x := randoms(3 * size[0] * size[1])
		want, have := values(t, net, x, size[0], size[1]), values(t, got, x, size[0], size[1])
		if len(want) != len(have) {
			t.Errorf("%s at %v: %d values, want %d", name, size, len(have), len(want))
			continue
		}
		for j, v := range want {
			if d := math.Abs(float64(v - have[j])); !(d <= 1e-4*max(1, math.Abs(float64(v)))) && (v == v || have[j] == have[j]) && v != have[j] {
				t.Errorf("%s at %v: value %d is %g, want %g", name, size, j, have[j], v)
				break
			}
		}
	}
}

// A transformer with a token of its own before its patches is read again as one.
func TestTransformer(t *testing.T) {
	in := nn.DefaultInput()
	in.Width, in.Height = 16, 16
	net := &nn.Net{Name: "transformer", Input: in}
	add := func(op nn.Op, from ...int) int {
		net.Layers = append(net.Layers, nn.Layer{Name: fmt.Sprint("layer", len(net.Layers)), Op: op, In: from})
		return len(net.Layers) - 1
	}
	dense := func(in, out int) nn.Op {
		return &nn.Conv{Window: nn.Square(1, 1, 0), Groups: 1, W: nn.TensorOf(randoms(in*out), out, in, 1, 1), Bias: randoms(out)}
	}
	patches := add(&nn.Conv{Window: nn.Square(4, 4, 0), Groups: 1, W: nn.TensorOf(randoms(6*3*16), 6, 3, 4, 4)}, nn.Picture)
	zero := nn.NewUnary(nn.Linear, 0, 0)
	class := add(&nn.Sample{Rows: nn.Fit{To: 1}, Columns: nn.Fit{To: 1}}, patches)
	class = add(&nn.Binary{Fn: nn.Plus, Other: nn.TensorOf(randoms(6), 6, 1, 1)}, add(&zero, class))
	patches = add(&nn.Binary{Fn: nn.Plus, Other: nn.TensorOf(randoms(6*4*4), 6, 4, 4)}, patches)
	norm := &nn.Norm{Groups: 1, Centred: true, Eps: 1e-3, Scale: randoms(6), Shift: randoms(6)}
	q, k, v := dense(6, 6), dense(6, 6), dense(6, 6)
	a, b := add(norm, class), add(norm, patches)
	keys := add(&nn.Row{}, add(k, a), add(k, b))
	values := add(&nn.Row{}, add(v, a), add(v, b))
	attention := &nn.Attention{Heads: 2, Scale: 0.6}
	patches = add(&nn.Add{}, patches, add(attention, add(q, b), keys, values))
	class = add(&nn.Add{}, class, add(attention, add(q, a), keys, values))
	add(&nn.Binary{Fn: nn.Plus}, patches, class)
	data, err := ONNX(net, nil)
	if err != nil {
		t.Fatal(err)
	}
	reads(t, "transformer", net, data, [2]int{16, 16}, [2]int{32, 20})
}

// A map that gets the size of another is written as such, and not at all where it has that at the net's own size.
func TestFit(t *testing.T) {
	for _, axes := range [][2]nn.Axis{{nn.Keep{}, nn.Keep{}}, {nn.Fit{To: 1}, nn.Fit{To: 1}}} {
		net := between(&nn.Sample{Rows: axes[0], Columns: axes[1]})
		net.Layers = append(net.Layers, nn.Layer{Name: "fit", Op: &nn.Sample{}, In: []int{len(net.Layers) - 1, 0}}, nn.Layer{Name: "met", Op: &nn.Add{}, In: []int{len(net.Layers), 0}})
		data, err := ONNX(net, nil)
		if err != nil {
			t.Fatal(err)
		}
		reads(t, fmt.Sprint(axes), net, data, [2]int{12, 12}, [2]int{36, 24})
	}
}

// Windows that do not divide a map are refused before anything is learnt.
func TestCutWindows(t *testing.T) {
	_, err := ONNX(between(&nn.Attention{Heads: 2, Scale: 1, Window: [2]int{5, 4}}), nil)
	if err == nil || !strings.Contains(err.Error(), "windows of 4x5 do not divide its map of 12x12") {
		t.Error(err)
	}
}

// values are those of the last layer.
func values(t *testing.T, net *nn.Net, x []float32, w, h int) []float32 {
	t.Helper()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	y, err := e.Activation(nn.TensorOf(x, 3, h, w), net.Layers[len(net.Layers)-1].Name)
	if err != nil {
		t.Fatal(err)
	}
	return nn.Floats(y)
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
