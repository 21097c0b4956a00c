package save

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
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
