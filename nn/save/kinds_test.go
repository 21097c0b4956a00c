package save

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

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
	reads := []int{3} // or more, of which the second is above zero
	for _, e := range nn.Operations {
		if fmt.Sprintf("%T", e.Op) == fmt.Sprintf("%T", op) {
			reads = []int{3, 2, 3}[:e.Reads]
		}
	}
	switch o := op.(type) {
	case *nn.Sample:
		if o.Rows == nil {
			net.Layers = append(net.Layers, nn.Layer{Name: "other", Op: &nn.Sample{Rows: nn.Pad{Before: 2}, Columns: nn.Crop{From: 3, To: 1 << 40, Step: 1}}, In: []int{2}})
			reads = []int{3, 4}
		}
	case *nn.Binary:
		if o.Other != nil {
			reads = []int{3}
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
	for _, e := range nn.Operations {
		all["as its file gives it"] = append(all["as its file gives it"], e.Op)
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
