package load

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// twelve makes twelve channels of the picture as "c".
func twelve() []byte {
	return cat(array32("w12", []int{12, 3, 1, 1}, ramp(36)...), op("Conv", "x,w12", "c"))
}

func TestSplit(t *testing.T) {
	all := run(t, mustONNX(t, model(13, twelve())), "c")
	const plane = 7 * 9
	for name, c := range map[string]struct {
		opset int
		node  []byte
		want  map[string][]float32
	}{
		"by an attribute": {11, op("Split", "c", "a,b", attrInt("axis", 1), attrInts("split", 5, 7)),
			map[string][]float32{"a": all[:5*plane], "b": all[5*plane:]}},
		"by an input": {13, cat(array64("s", []int{3}, 1, 3, 8), op("Split", "c,s", "a,,b", attrInt("axis", -3))),
			map[string][]float32{"a": all[:plane], "b": all[4*plane:]}},
		"alike":  {13, op("Split", "c", "a,b", attrInt("axis", 1)), map[string][]float32{"b": all[6*plane:]}},
		"uneven": {18, op("Split", "c", "a,b,d", attrInt("axis", 1), attrInt("num_outputs", 5)), nil},
		"with a smaller last": {18, op("Split", "c", "a,b,d,e,f", attrInt("axis", 1), attrInt("num_outputs", 5)),
			map[string][]float32{"d": all[6*plane : 9*plane], "e": all[9*plane:]}},
	} {
		var heard []string
		net, err := ONNX(model(c.opset, twelve(), c.node), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := net.Find("a"); c.want == nil || name == "with a smaller last" {
			if err == nil || len(heard) == 0 {
				t.Errorf("%s: loads though a part would have nothing", name)
			}
			continue
		}
		for l, want := range c.want {
			near(t, run(t, net, l), want)
		}
	}
}

// What is spelled by Reshape and Transpose is one layer, at any size.
func TestSpelled(t *testing.T) {
	shape := func(name string, dims ...int) []byte { return array64(name, []int{len(dims)}, dims...) }
	spelled := func(first []int, perm []int, last []int) []byte {
		return cat(shape("first", first...), op("Reshape", "c,first", "apart"), op("Transpose", "apart", "turned", attrInts("perm", perm...)),
			shape("last", last...), op("Reshape", "turned,last", "y"))
	}
	crop := cat(shape("from", 0, 0), shape("to", 6, 8), shape("hw", 2, 3), op("Slice", "x,from,to,hw", "even"),
		array32("w12", []int{12, 3, 1, 1}, ramp(36)...), op("Conv", "even,w12", "c"))
	scales := array32("up", []int{4}, 1, 1, 2, 2)
	for name, c := range map[string]struct{ got, want []byte }{
		"channel shuffle": {spelled([]int{0, 3, 4, 6, 8}, []int{0, 2, 1, 3, 4}, []int{0, -1, 6, 8}),
			cat(shape("order", 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11), op("Gather", "c,order", "y", attrInt("axis", 1)))},
		"depth to space, DCR": {spelled([]int{1, 2, 2, 3, 6, 8}, []int{0, 3, 4, 1, 5, 2}, []int{1, 3, 12, 16}),
			op("DepthToSpace", "c", "y", attrInt("blocksize", 2))},
		"depth to space, CRD": {spelled([]int{1, 3, 2, 2, 6, 8}, []int{0, 1, 4, 2, 5, 3}, []int{1, 3, 12, -1}),
			op("DepthToSpace", "c", "y", attrInt("blocksize", 2), attrText("mode", "CRD"))},
		"space to depth": {spelled([]int{1, 12, 3, 2, 4, 2}, []int{0, 3, 5, 1, 2, 4}, []int{1, 48, 3, 4}),
			op("SpaceToDepth", "c", "y", attrInt("blocksize", 2))},
		"nothing": {spelled([]int{1, 4, 3, 48}, []int{0, 1, 2, 3}, []int{1, 12, 6, 8}), op("Relu", "c", "y")},
		"nearest": {cat(shape("axes", 3, 5), op("Unsqueeze", "c,axes", "apart"), shape("more", 1, 12, 6, 2, 8, 2), op("Expand", "apart,more", "turned"),
			shape("last", 0, 12, 12, 16), op("Reshape", "turned,last", "y")),
			cat(scales, op("Resize", "c,,up", "y", attrText("mode", "nearest"), attrText("coordinate_transformation_mode", "asymmetric"), attrText("nearest_mode", "floor")))},
		"with the channels last": {cat(op("Transpose", "c", "last1", attrInts("perm", 0, 2, 3, 1)), shape("first", 1, 6, 8, 3, 4), op("Reshape", "last1,first", "apart"),
			op("Transpose", "apart", "turned", attrInts("perm", 0, 1, 2, 4, 3)), shape("last", 1, 6, 8, 12), op("Reshape", "turned,last", "z"), op("Transpose", "z", "y", attrInts("perm", 0, 3, 1, 2))),
			cat(shape("order", 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11), op("Gather", "c,order", "y", attrInt("axis", 1)))},
	} {
		got, want := mustONNX(t, model(17, crop, c.got)), mustONNX(t, model(17, crop, c.want))
		if name == "nothing" {
			near(t, run(t, got, "y"), run(t, got, "c"))
			continue
		}
		near(t, run(t, got, "y"), run(t, want, "y"))
		l, _ := got.Find("y")
		if l != len(got.Layers)-1 || len(got.Layers) != 3 {
			t.Errorf("%s: layers are %s", name, kinds(got))
		}
	}
}

// A part that follows from the picture's size grows with it; one that does not stays.
func TestSlice(t *testing.T) {
	half := cat(op("Shape", "x", "s"), array64("i", []int{1}, 2), op("Gather", "s,i", "h"), array64("two", []int{1}, 2), op("Div", "h,two", "mid"),
		array64("zero", []int{1}, 0), array64("one", []int{1}, 1), op("Sub", "h,one", "but"), array64("axis", []int{1}, 2))
	for _, c := range []struct {
		name string
		node []byte
		want string // rows at 9x7 and at 18x14
	}{
		{"the first half", op("Slice", "x,zero,mid,axis", "y"), "3 6"},
		{"the second half", op("Slice", "x,mid,h,axis", "y"), "4 8"},
		{"what follows the middle", cat(array64("all", []int{1}, 1<<63-1), op("Slice", "x,mid,all,axis", "y")), "4 8"},
		{"what follows the middle but the last", cat(array64("last", []int{1}, -1), op("Slice", "x,mid,last,axis", "y")), "3 7"},
		{"all but the borders", op("Slice", "x,one,but,axis", "y"), "5 12"},
		{"three rows", cat(array64("four", []int{1}, 4), op("Slice", "x,one,four,axis", "y")), "3 3"},
		{"every other from the end", cat(array64("end", []int{1}, -1<<40), array64("start", []int{1}, -1), array64("back", []int{1}, -2),
			op("Slice", "x,start,end,axis,back", "y")), "4 7"},
		{"by attributes", op("Slice", "x", "y", attrInts("starts", 1, 2), attrInts("ends", 100, -1), attrInts("axes", 2, 3)), "6 13"},
	} {
		net := mustONNX(t, model(9, half, c.node))
		var got []string
		for _, s := range [][2]int{{9, 7}, {18, 14}} {
			shapes, err := net.Shapes(s[0], s[1])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(shapes[len(shapes)-1][1]))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: rows %s, want %s", c.name, g, c.want)
		}
	}
}

// Zeros around a map are a convolution's own padding, and a layer for all else.
func TestPadding(t *testing.T) {
	p := array64("p", []int{8}, 0, 0, 1, 2, 0, 0, 3, 0)
	conv := cat(weights3, p, op("Pad", "x,p", "z"))
	net := mustONNX(t, model(13, conv, op("Conv", "z,w", "y")))
	if got := kinds(net); got != "conv" {
		t.Errorf("before a convolution: %s", got)
	}
	for name, node := range map[string][]byte{
		"a rectifier": op("Relu", "z", "y"), "a pool": op("MaxPool", "z", "y", attrInts("kernel_shape", 2, 2)), "the output": bytesField(12, text(1, "z")),
		"a sum": cat(op("Add", "z,z", "y")), "one that pads by itself": op("Conv", "z,w", "y", attrText("auto_pad", "SAME_UPPER")),
	} {
		net := mustONNX(t, model(13, conv, node))
		if got := kinds(net); !strings.HasPrefix(got, "pad") {
			t.Errorf("before %s: %s", name, got)
		}
		shapes, err := net.Shapes(9, 7)
		if err != nil || !shapes[0].Eq(tensor.Shape{3, 11, 11}) {
			t.Errorf("before %s: %v, %v", name, shapes, err)
		}
	}
	two := mustONNX(t, model(13, conv, op("Relu", "z", "r"), op("Add", "z,r", "y")))
	if got := kinds(two); got != "pad, relu, add" {
		t.Errorf("read twice: %s", got)
	}
}

// A batch norm after a transposed convolution is part of it.
func TestTransposedFolds(t *testing.T) {
	deconv := cat(array32("w", []int{3, 2, 2, 2}, ramp(24)...), op("ConvTranspose", "x,w", "d", attrInts("strides", 2, 2)))
	norm := cat(array32("s", []int{2}, 2, -1), array32("b", []int{2}, 1, 3), array32("m", []int{2}, 0.5, 0), array32("v", []int{2}, 1, 4),
		op("BatchNormalization", "d,s,b,m,v", "y"))
	net := mustONNX(t, model(13, deconv, norm))
	if got := kinds(net); got != "conv transpose" {
		t.Fatal(got)
	}
	got, plain := run(t, net, "y"), run(t, mustONNX(t, model(13, deconv)), "d")
	n := len(plain) / 2
	for i := range plain {
		if i < n {
			plain[i] = 2*(plain[i]-0.5) + 1
		} else {
			plain[i] = -plain[i]/2 + 3
		}
	}
	for i, v := range got {
		if d := v - plain[i]; d > 1e-3 || d < -1e-3 {
			t.Fatalf("value %d: %g, want %g", i, v, plain[i])
		}
	}
}

// What asks for too much, or makes no sense, is refused in one line.
func TestBadMoves(t *testing.T) {
	scales := func(v ...float32) []byte { return array32("s", []int{len(v)}, v...) }
	dims := func(v ...int) []byte { return array64("d", []int{len(v)}, v...) }
	back := array32("w", []int{3, 4, 3, 3}, ramp(108)...)
	for _, c := range []struct {
		node []byte
		want string
	}{
		{cat(scales(1, 1, 1e-30, 1), op("Resize", "x,,s", "y")), "by the scale"},
		{cat(scales(1, 1, 1e9, 1), op("Resize", "x,,s", "y")), "by the scale"},
		{cat(scales(1, 1, -2, 1), op("Resize", "x,,s", "y")), "by the scale"},
		{cat(scales(1, 2, 2), op("Resize", "x,,s", "y")), "scales"},
		{cat(scales(2, 1, 2, 2), op("Resize", "x,,s", "y")), "axis 0"},
		{cat(dims(1, 3, 0, 4), op("Resize", "x,,,d", "y")), "cells"},
		{op("Resize", "x", "y"), "neither scales nor sizes"},
		{cat(dims(1, 1, 1<<40, 1), op("Tile", "x,d", "y")), "repeats"},
		{cat(dims(1, 1, 9000, 9000), op("Tile", "x,d", "y")), "too large"},
		{cat(dims(1, 1<<15, 1, 1), op("Tile", "x,d", "y")), "it repeats"},
		{cat(dims(1, 2, 7, 9), op("Expand", "x,d", "y")), "it repeats"},
		{cat(dims(0, 0, -9, 0, 0, 0, 0, 0), op("Pad", "x,d", "y")), "pads 7 cells"},
		{cat(dims(0, 0, 1<<20, 0, 0, 0, 0, 0), op("Pad", "x,d", "y")), "pads 7 cells"},
		{cat(dims(0, 0, 1), op("Pad", "x,d", "y")), "pads for"},
		{cat(dims(1, 0, 0, 0, 0, 0, 0, 0), op("Pad", "x,d", "y")), "axis 0"},
		{op("Pad", "x", "y"), "lacks its pads"},
		{cat(dims(5), array64("e", []int{1}, 5), array64("a", []int{1}, 2), op("Slice", "x,d,e,a", "y")), "it takes nothing"},
		{cat(dims(5), array64("e", []int{1}, 5), array64("a", []int{1}, 9), op("Slice", "x,d,e,a", "y")), "axis 9"},
		{op("Slice", "x", "y"), "lacks its starts"},
		{op("DepthToSpace", "x", "y", attrInt("blocksize", 2)), "divides 3 channels"},
		{op("DepthToSpace", "x", "y", attrInt("blocksize", 0)), "blocks of 0"},
		{op("SpaceToDepth", "x", "y", attrInt("blocksize", 1000)), "blocks of 1000"},
		{cat(back, op("ConvTranspose", "x,w", "y", attrInts("output_shape", -1, 4))), "its output has -1 cells"},
		{cat(back, op("ConvTranspose", "x,w", "y", attrInts("pads", 9, 9, 9, 9))), "is not possible"},
		{cat(weights3, op("ConvTranspose", "x,w", "y", attrInt("group", 2))), "do not fit"},
		{op("LpPool", "x", "y", attrInts("kernel_shape", 2, 2), attrInt("p", -1)), "takes the -1-norm"},
		{cat(dims(1, 3, 63), op("Reshape", "x,d", "r"), op("Relu", "r", "t"), op("MaxPool", "t", "y", attrInts("kernel_shape", 1, 1))), "order of dimensions"},
	} {
		var heard []string
		net, err := ONNX(model(13, op("Relu", "x", "r0"), c.node), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		wantError(t, complaint(err, heard), c.want)
		if err == nil {
			if _, err := net.Find("y"); err == nil {
				t.Errorf("%s: y is there", c.want)
			}
		}
		if len(heard) > 1 || slices.ContainsFunc(heard, func(s string) bool { return strings.Contains(s, "\n") }) {
			t.Errorf("%s: heard %q", c.want, heard)
		}
	}
}

// A resize by sizes is one by their ratio at other sizes of the picture.
func TestResizeSizes(t *testing.T) {
	net := mustONNX(t, model(13, array64("d", []int{4}, 1, 3, 14, 27), op("Resize", "x,,,d", "y")))
	shapes, err := net.Shapes(18, 21)
	if err != nil || !shapes[0].Eq(tensor.Shape{3, 42, 54}) {
		t.Errorf("at 18x21: %v, %v", shapes, err)
	}
	if _, ok := net.Layers[0].Op.(*nn.Sample); !ok {
		t.Error(kinds(net))
	}
}

// The channels of a single position become a map of rows and columns.
func TestPixelReshaped(t *testing.T) {
	for dims, want := range map[[4]int]string{{1, 2, 3, 1}: "[2 3 1]", {1, 1, 2, 3}: "[1 2 3]", {1, 1, 6, 1}: "[1 6 1]"} {
		net := mustONNX(t, model(13, array32("w", []int{6, 3, 1, 1}, ramp(18)...), op("Conv", "x,w", "c"), op("GlobalAveragePool", "c", "g"), array64("d", []int{4}, dims[:]...),
			op("Reshape", "g,d", "r"), op("Abs", "r", "y")))
		wantShapes(t, net, 9, 7, map[string]string{"y": want})
		sizes := run(t, net, "g")
		for i, v := range sizes {
			sizes[i] = max(v, -v)
		}
		near(t, run(t, net, "y"), sizes)
	}
}
