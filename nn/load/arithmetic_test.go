package load

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"zalgoscope/nn"
)

// Every operator on constants, seen as the scale of the picture's channels: "k" must come out as want.
func TestONNXConstants(t *testing.T) {
	ints := func(name string, v ...int) []byte { return array64(name, []int{len(v)}, v...) }
	floats := func(name string, dims []int, v ...float32) []byte { return array32(name, dims, v...) }
	six := floats("s", []int{2, 3}, 1, 2, 3, 4, 5, 6)
	for _, c := range []struct {
		name  string
		graph []byte
		dims  []int
		want  []float32
	}{
		{"transpose", cat(six, op("Transpose", "s", "k")), []int{3, 2}, []float32{1, 4, 2, 5, 3, 6}},
		{"transpose of three axes", cat(floats("s", []int{1, 2, 3}, 1, 2, 3, 4, 5, 6), op("Transpose", "s", "k", attrInts("perm", 2, 0, 1))), []int{3, 1, 2}, []float32{1, 4, 2, 5, 3, 6}},
		{"slice by inputs", cat(six, ints("a", 1), ints("b", 1<<40), ints("ax", -1), op("Slice", "s,a,b,ax", "k")), []int{2, 2}, []float32{2, 3, 5, 6}},
		{"slice by attributes", cat(six, op("Slice", "s", "k", attrInts("starts", 0, -2), attrInts("ends", 1, -1))), []int{1, 1}, []float32{2}},
		{"slice backwards", cat(six, ints("a", -1), ints("b", -100), ints("ax", 1), ints("by", -2), op("Slice", "s,a,b,ax,by", "k")), []int{2, 2}, []float32{3, 1, 6, 4}},
		{"slice of nothing", cat(six, ints("a", 2), ints("b", 1), op("Slice", "s,a,b", "k")), []int{0, 3}, nil},
		{"concat along an axis", cat(six, op("Concat", "s,s", "k", attrInt("axis", 1))), []int{2, 6}, []float32{1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}},
		{"gather rows", cat(six, ints("i", -1, 0), op("Gather", "s,i", "k")), []int{2, 3}, []float32{4, 5, 6, 1, 2, 3}},
		{"gather one column", cat(six, array64("i", []int{}, 1), op("Gather", "s,i", "k", attrInt("axis", 1))), []int{2}, []float32{2, 5}},
		{"expand", cat(floats("s", []int{2, 1}, 1, 2), ints("to", 3, 1, 2), op("Expand", "s,to", "k")), []int{3, 2, 2}, []float32{1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2}},
		{"constant of shape", cat(ints("n", 2, 2), op("ConstantOfShape", "n", "k", attrTensor("value", packed(1, 1), varint(2, 1), bytesField(9, singles(7))))), []int{2, 2}, []float32{7, 7, 7, 7}},
		{"zeros of shape", cat(ints("n", 2), op("ConstantOfShape", "n", "k")), []int{2}, []float32{0, 0}},
		{"range", cat(array64("a", []int{}, 7), array64("b", []int{}, 0), array64("by", []int{}, -3), op("Range", "a,b,by", "k")), []int{3}, []float32{7, 4, 1}},
		{"cast there and back", cat(floats("s", []int{2}, 2.9, -2.9), op("Cast", "s", "i", attrInt("to", 7)), op("Cast", "i", "k", attrInt("to", 1))), []int{2}, []float32{2, -2}},
		{"shape of weights", cat(six, op("Shape", "s", "d"), op("Cast", "d", "k", attrInt("to", 1))), []int{2}, []float32{2, 3}},
		{"size of weights", cat(six, op("Size", "s", "d"), op("Cast", "d", "k", attrInt("to", 1))), []int{}, []float32{6}},
		{"flatten", cat(six, op("Flatten", "s", "k", attrInt("axis", 0))), []int{1, 6}, []float32{1, 2, 3, 4, 5, 6}},
		{"broadcast", cat(six, floats("r", []int{3}, 10, 20, 30), op("Sub", "s,r", "k")), []int{2, 3}, []float32{-9, -18, -27, -6, -15, -24}},
		{"whole division", cat(ints("a", 7, -7), ints("b", 2), op("Div", "a,b", "k")), []int{2}, []float32{3, -3}},
		{"remainder", cat(ints("a", 7, -7), ints("b", 4), op("Mod", "a,b", "k")), []int{2}, []float32{3, 1}},
		{"max, min, pow, sqrt", cat(floats("a", []int{2}, 4, 9), floats("b", []int{}, 5), floats("c", []int{}, 2), op("Max", "a,b", "m"), op("Pow", "m,c", "p"), op("Sqrt", "p", "q"), op("Min", "q,b", "k")), []int{2}, []float32{5, 5}},
		{"functions", cat(floats("a", []int{2}, -1.5, 2.5), op("Neg", "a", "b"), op("Floor", "b", "c"), op("Abs", "c", "k")), []int{2}, []float32{1, 3}},
		{"constants by attributes", cat(op("Constant", "", "a", attrInts("value_ints", 3, 4)), op("Constant", "", "b", attrInt("value_int", 2)), op("Mul", "a,b", "k")), []int{2}, []float32{6, 8}},
		{"comparisons", cat(ints("a", 1, 2, 3), ints("b", 2), op("Less", "a,b", "l"), op("Equal", "a,b", "e"), op("Or", "l,e", "o"), op("Not", "o", "g"), op("Cast", "g", "k", attrInt("to", 1))), []int{3}, []float32{0, 0, 1}},
		{"where", cat(ints("c", 1, 0), floats("a", []int{2, 1}, 5, 6), floats("b", []int{}, 7), op("Where", "c,a,b", "k")), []int{2, 2}, []float32{5, 7, 6, 7}},
		{"cast to a narrow integer wraps", cat(ints("a", 255, 3), op("Cast", "a", "i", attrInt("to", 3)), op("Cast", "i", "k", attrInt("to", 1))), []int{2}, []float32{-1, 3}},
		{"cast to half loses digits", cat(floats("a", []int{2}, 1.0001, 2049), op("Cast", "a", "k", attrInt("to", 10))), []int{2}, []float32{1, 2048}},
		{"cast to bfloat16", cat(floats("a", []int{2}, 1.0001, 257), op("Cast", "a", "k", attrInt("to", 16))), []int{2}, []float32{1, 256}},
		{"cast to float8", cat(floats("a", []int{3}, 1.05, -0.3, 1e9), op("Cast", "a", "k", attrInt("to", 17))), []int{3}, []float32{1, -0.3125, 448}},
		{"cast like", cat(floats("a", []int{1}, 2.7), ints("i", 0), op("CastLike", "a,i", "b"), op("Cast", "b", "k", attrInt("to", 1))), []int{1}, []float32{2}},
		{"sum along an axis", cat(six, ints("ax", 1), op("ReduceSum", "s,ax", "k", attrInt("keepdims", 0))), []int{2}, []float32{6, 15}},
		{"a norm", cat(floats("s", []int{2, 2}, 3, 4, 6, 8), op("ReduceL2", "s", "k", attrInts("axes", -1))), []int{2, 1}, []float32{5, 10}},
		{"product of a shape", cat(six, op("Shape", "s", "d"), op("ReduceProd", "d", "p", attrInt("keepdims", 0)), op("Cast", "p", "k", attrInt("to", 1))), []int{}, []float32{6}},
		{"mean of constants", cat(floats("a", []int{}, 1), floats("b", []int{2}, 3, 5), op("Mean", "a,b", "k")), []int{2}, []float32{2, 3}},
		{"tile", cat(floats("s", []int{1, 2}, 1, 2), ints("n", 2, 2), op("Tile", "s,n", "k")), []int{2, 4}, []float32{1, 2, 1, 2, 1, 2, 1, 2}},
		{"cumulated", cat(six, ints("ax", 1), op("CumSum", "s,ax", "k")), []int{2, 3}, []float32{1, 3, 6, 4, 9, 15}},
		{"places that are not zero", cat(floats("s", []int{2, 2}, 0, 1, 2, 0), op("NonZero", "s", "z"), op("Cast", "z", "k", attrInt("to", 1))), []int{2, 2}, []float32{0, 1, 1, 0}},
		{"a product of matrices", cat(six, op("Transpose", "s", "t"), op("MatMul", "s,t", "k")), []int{2, 2}, []float32{14, 32, 32, 77}},
		{"sparse by one index", cat(sparse("s", []int{2, 3}, []int{1, 5}, 7, 8), op("Identity", "s", "k")), []int{2, 3}, []float32{0, 7, 0, 0, 0, 8}},
		{"clip upside down", cat(six, floats("lo", []int{}, 4), floats("hi", []int{}, 2), op("Clip", "s,lo,hi", "k")), []int{2, 3}, []float32{2, 2, 2, 2, 2, 2}},
		{"dequantised by one scale", cat(typed("q", 3, []int{2}, 0xff, 4), floats("s", []int{}, 0.5), typed("z", 3, []int{}, 2), op("DequantizeLinear", "q,s,z", "k")), []int{2}, []float32{-1.5, 1}},
		{"dequantised along an axis", cat(typed("q", 2, []int{2, 2}, 1, 2, 3, 255), floats("s", []int{2}, 1, 10), op("DequantizeLinear", "q,s", "k", attrInt("axis", 0))), []int{2, 2}, []float32{1, 2, 30, 2550}},
		{"dequantised by blocks", cat(typed("q", 2, []int{2, 3}, 1, 2, 3, 4, 5, 6), floats("s", []int{2, 2}, 1, 10, 100, 1000), op("DequantizeLinear", "q,s", "k", attrInt("axis", 1), attrInt("block_size", 2))), []int{2, 3}, []float32{1, 2, 30, 400, 500, 6000}},
		{"four bits", cat(typed("q", 22, []int{3}, 0x9f, 0x07), floats("s", []int{}, 1), op("DequantizeLinear", "q,s", "k")), []int{3}, []float32{-1, -7, 7}},
		{"two bits", cat(typed("q", 25, []int{5}, 0xe4, 0x01), floats("s", []int{}, 1), op("DequantizeLinear", "q,s", "k")), []int{5}, []float32{0, 1, 2, 3, 1}},
		{"quantised", cat(floats("a", []int{4}, -9, 1.25, 1.75, 900), floats("s", []int{}, 0.5), typed("z", 2, []int{}, 10), op("QuantizeLinear", "a,s,z", "k")), []int{4}, []float32{0, 12, 14, 255}},
		{"float8 of either kind", cat(typed("a", 17, []int{2}, 0x38, 0xfe), typed("b", 19, []int{2}, 0x3c, 0x7b), op("Cast", "a", "c", attrInt("to", 1)), op("Cast", "b", "d", attrInt("to", 1)), op("Concat", "c,d", "k", attrInt("axis", 0))), []int{4}, []float32{1, -448, 1, 57344}},
		{"float8 without minus zero", cat(typed("a", 18, []int{2}, 0x40, 0x01), typed("b", 20, []int{1}, 0x40), op("Cast", "a", "c", attrInt("to", 1)), op("Cast", "b", "d", attrInt("to", 1)), op("Concat", "c,d", "k", attrInt("axis", 0))), []int{3}, []float32{1, 0.0009765625, 1}},
		{"float4", cat(typed("a", 23, []int{3}, 0x71, 0x0a), op("Cast", "a", "k", attrInt("to", 1))), []int{3}, []float32{0.5, 6, -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := readONNX(whole(model(13, c.graph)), nil)
			if err != nil {
				t.Fatal(err)
			}
			m, _, err := buildONNX(file, 1000, [2]int{}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			k := m.values["k"]
			if k.array == nil {
				t.Fatalf("no constant: %v", k.lost)
			}
			got, err := k.array.floats(product(c.dims))
			if err != nil || !slices.Equal(k.array.dims, c.dims) || !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("got %v %v, want %v %v; %v", k.array.dims, got, c.dims, c.want, err)
			}
		})
	}
}

// What constants must not ask for is refused by name.
func TestBadConstants(t *testing.T) {
	six := array32("s", []int{2, 3}, 1, 2, 3, 4, 5, 6)
	for _, c := range []struct {
		graph []byte
		warn  string
	}{
		{cat(six, op("Transpose", "s", "k", attrInts("perm", 0, 0))), "perm [0 0] is no order of 2 axes"},
		{cat(six, array64("a", []int{1}, 0), op("Slice", "s,a,a,a,a", "k")), "slices a shape [2 3] along axis 0 by 0"},
		{cat(six, array64("a", []int{1}, 5), op("Gather", "s,a", "k")), "picks number 5 of 2"},
		{cat(six, array32("two", []int{2}, 1, 2), op("Add", "s,two", "k")), "constants of [2 3] and [2] do not go together"},
		{cat(array64("n", []int{3}, 1<<20, 1<<20, 4), op("ConstantOfShape", "n", "k")), "has the impossible shape"},
		{cat(array64("n", []int{2}, 1<<14, 1<<14), op("ConstantOfShape", "n", "k")), "more than the 8"},
		{cat(array64("n", []int{1}, 1<<14), array64("a", []int{}, 0), array64("b", []int{}, 1), op("Range", "a,n,a", "k")), "counts from 0 to 16384 by 0"},
		{cat(array64("a", []int{}, 0), array64("b", []int{}, 1), op("Div", "b,a", "k")), "divides by zero"},
		{cat(six, op("Concat", "s,s", "k", attrInt("axis", 2))), "has axis 2 of 2"},
	} {
		var heard []string
		_, err := ONNX(model(13, op("Relu", "x", "r"), c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		wantError(t, complaint(err, heard), c.warn)
	}
}

// Arithmetic between maps broadcasts over positions and channels, in either order.
func TestONNXBroadcast(t *testing.T) {
	narrow := array32("n", []int{1, 3, 1, 1}, 1, 2, 3)
	parts := cat(op("GlobalAveragePool", "x", "g"), narrow, op("Conv", "x,n", "m")) // a gate and a mask
	for _, c := range []struct{ kind, in, kinds string }{
		{"Add", "x,g", "global avg pool, conv, add"}, {"Mul", "g,x", "global avg pool, conv, mul"}, {"Sub", "x,m", "global avg pool, conv, sub"},
		{"Div", "m,x", "global avg pool, conv, div"}, {"Sum", "x,g,m", "global avg pool, conv, add, add"}, {"Mul", "g,m", "global avg pool, conv, mul"},
	} {
		net := mustONNX(t, model(13, parts, op(c.kind, c.in, "y")))
		if got := kinds(net); got != c.kinds {
			t.Errorf("%s %s: operations are %q, want %q", c.kind, c.in, got, c.kinds)
		}
		wantShapes(t, net, 13, 11, map[string]string{"y": "[3 11 13]", "n_y": "[3 11 13]"})
	}
	// A constant over a map, and its square by two maps.
	x := ramp(189)
	net := mustONNX(t, model(13, array32("k", []int{3, 1, 1}, 1, 2, 3), op("Div", "k,x", "q"), op("Mul", "q,q", "y")))
	want := make([]float32, len(x))
	for i, v := range x {
		k := float32(1 + i/63)
		want[i] = k / v * (k / v)
	}
	got := run(t, net, "y")
	for i := range want {
		if d := got[i]/want[i] - 1; d > 1e-5 || d < -1e-5 {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
	}
}

// The same net with the channels last, as TensorFlow writes it, gives the same numbers.
func TestChannelsLast(t *testing.T) {
	lastPicture := input("x", 1, 7, 9, 3)
	toFirst, toLast := attrInts("perm", 0, 3, 1, 2), attrInts("perm", 0, 2, 3, 1)
	conv := op("Conv", "t,w", "c", attrInts("pads", 1, 1, 1, 1))
	in := cat(weights3, op("Transpose", "x", "t", toFirst))
	dense := ramp(4 * 63 * 2) // of 252 numbers, channels last
	turned := make([]float32, len(dense))
	for p := range 63 {
		for c := range 4 {
			copy(turned[(c*63+p)*2:][:2], dense[(p*4+c)*2:])
		}
	}
	first := func(graph ...[]byte) []byte {
		return model(13, cat(weights3, op("Identity", "x", "t"), conv), cat(graph...))
	}
	last := func(graph ...[]byte) []byte {
		return modelOf(13, lastPicture, in, conv, op("Transpose", "c", "l", toLast), cat(graph...))
	}
	for _, c := range []struct {
		name        string
		last, first []byte
		kinds       string
	}{
		{"a scale and a rectifier", last(array32("k", []int{4}, 1, 2, 3, 4), op("Mul", "l,k", "m"), op("Relu", "m", "y")),
			first(array32("k", []int{4, 1, 1}, 1, 2, 3, 4), op("Mul", "c,k", "m"), op("Relu", "m", "y")), "conv, relu"},
		{"back to a pool", last(op("Transpose", "l", "b", toFirst), op("MaxPool", "b", "y", attrInts("kernel_shape", 2, 2))),
			first(op("MaxPool", "c", "y", attrInts("kernel_shape", 2, 2))), "conv, max pool"},
		{"a dense layer", last(op("Flatten", "l", "f"), array32("m", []int{252, 2}, dense...), op("MatMul", "f,m", "y")),
			first(op("Flatten", "c", "f"), array32("m", []int{252, 2}, turned...), op("MatMul", "f,m", "y")), "conv, conv"},
		{"a mean", last(op("ReduceMean", "l", "y", attrInts("axes", 1, 2), attrInt("keepdims", 0))), first(op("GlobalAveragePool", "c", "y")), "conv, global avg pool"},
		{"a join", last(op("Concat", "l,l", "y", attrInt("axis", -1))), first(op("Concat", "c,c", "y", attrInt("axis", 1))), "conv, concat"},
		{"shares", last(op("Softmax", "l", "y")), first(op("Softmax", "c", "y", attrInt("axis", 1))), "conv, softmax"},
		{"a matrix at each position", last(array32("m", []int{4, 2}, ramp(8)...), op("MatMul", "l,m", "y")),
			first(array32("m", []int{4, 2}, ramp(8)...), op("Transpose", "m", "q"), op("Unsqueeze", "q", "v", attrInts("axes", 2, 3)), op("Conv", "c,v", "y")), "conv, conv"},
		{"a gate", last(op("ReduceMean", "l", "g", attrInts("axes", 1, 2)), op("Mul", "l,g", "y")), first(op("GlobalAveragePool", "c", "g"), op("Mul", "c,g", "y")), "conv, global avg pool, mul"},
		{"a pad", last(array64("p", []int{8}, 0, 1, 2, 0, 0, 0, 1, 0), op("Pad", "l,p", "z"), op("Transpose", "z", "b", toFirst), array32("v", []int{1, 4, 1, 1}, 1, 2, 3, 4), op("Conv", "b,v", "y")),
			first(array64("p", []int{8}, 0, 0, 1, 2, 0, 0, 0, 1), op("Pad", "c,p", "z"), array32("v", []int{1, 4, 1, 1}, 1, 2, 3, 4), op("Conv", "z,v", "y")), "conv, conv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := mustONNX(t, c.last), mustONNX(t, c.first)
			if k := kinds(got); k != c.kinds {
				t.Errorf("operations are %q, want %q", k, c.kinds)
			}
			if got.Input != want.Input {
				t.Errorf("input is %+v, want %+v", got.Input, want.Input)
			}
			near(t, run(t, got, "y"), run(t, want, "y"))
		})
	}
}

// Padding that exporters compute: as PyTorch writes ZeroPad2d, from constants; and from the picture's size, of which that at the net's own is
// kept, which is said where it pads something.
func TestComputedPadding(t *testing.T) {
	torch := cat(weights3, array64("given", []int{4}, 1, 2, 0, 1), array64("more", []int{1}, 4),
		op("ConstantOfShape", "more", "zeros", attrTensor("value", packed(1, 1), varint(2, 7), bytesField(7, []byte{0}))),
		op("Concat", "given,zeros", "all", attrInt("axis", 0)), array64("two", []int{2}, -1, 2), op("Reshape", "all,two", "pairs"),
		array64("end", []int{1}, -1), array64("past", []int{1}, -1<<62), array64("axis", []int{1}, 0), array64("back", []int{1}, -1),
		op("Slice", "pairs,end,past,axis,back", "turned"), op("Transpose", "turned", "rows", attrInts("perm", 1, 0)), array64("flat", []int{1}, -1),
		op("Reshape", "rows,flat", "list"), op("Cast", "list", "p", attrInt("to", 7)))
	read := cat(op("Pad", "x,p", "z"), op("Conv", "z,w", "y"))
	got := mustONNX(t, model(11, torch, read))
	want := mustONNX(t, model(11, weights3, op("Conv", "x,w", "y", attrInts("pads", 0, 1, 1, 2))))
	near(t, run(t, got, "y"), run(t, want, "y"))

	sized := func(multiple int) []byte {
		return model(11, op("Relu", "x", "r"), weights3, op("Shape", "x", "s"), array64("i", []int{1}, 3), op("Gather", "s,i", "width"), array64("by", []int{1}, multiple),
			op("Mod", "width,by", "odd"), array64("zeros", []int{6}, 0, 0, 0, 0, 0, 0), array64("one", []int{1}, 0), op("Concat", "zeros,one,odd", "p", attrInt("axis", 0)), read)
	}
	var heard []string
	got, err := ONNX(sized(4), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
	wantError(t, complaint(err, heard), "its padding follows the picture's size; it keeps what it is at 9x7")
	near(t, run(t, got, "y"), run(t, mustONNX(t, model(11, weights3, op("Conv", "x,w", "y", attrInts("pads", 0, 0, 0, 1)))), "y"))
	got = mustONNX(t, sized(3))
	near(t, run(t, got, "y"), run(t, mustONNX(t, model(11, weights3, op("Conv", "x,w", "y"))), "y"))
}

// The small nets of public reports.
func TestSharedCases(t *testing.T) {
	for name, want := range map[string]string{
		"add_broadcast_1x1":     "conv, relu, global avg pool, conv, add, relu, conv",
		"dynamic_hw_with_dense": "conv, relu, conv",
		"zeropad_opset11":       "conv, relu, conv",
		"wtrans":                "conv",
		"nhwc":                  "conv",
		"bntrain":               "conv, relu",
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			net := sharedCase(t, name, Options{Warn: func(s string) { heard = append(heard, s) }})
			if got := kinds(net); got != want {
				t.Errorf("operations are %q, want %q", got, want)
			}
			if warned := len(heard) > 0; warned != (name == "bntrain") {
				t.Errorf("warned %q", heard)
			}
			if name == "dynamic_hw_with_dense" && net.Input.Width != 32 {
				t.Errorf("made for %d pixels, want 32", net.Input.Width)
			}
			for _, size := range [][2]int{{32, 32}, {75, 41}} {
				if _, err := net.Shapes(size[0], size[1]); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func sharedCase(t *testing.T, name string, o Options) *nn.Net {
	t.Helper()
	net, err := File(fmt.Sprintf("../../../shared/cases/nets/%s.onnx", name), o)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs ../shared/cases")
	}
	if err != nil {
		t.Fatal(err)
	}
	return net
}
