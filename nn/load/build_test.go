package load

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"zalgoscope/nn"
)

// A tiny writer of protobuf messages: each function gives one field.

func cat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func bytesField(num protowire.Number, parts ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), cat(parts...))
}

func text(num protowire.Number, s string) []byte { return bytesField(num, []byte(s)) }

func varint(num protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), uint64(v))
}

func packed(num protowire.Number, v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = protowire.AppendVarint(b, uint64(x))
	}
	return bytesField(num, b)
}

func singles(v ...float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func doubles(v ...float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(x)))
	}
	return b
}

// ONNX messages.

func attrInt(name string, v int) []byte {
	return bytesField(5, text(1, name), varint(3, v), varint(20, 2))
}

func attrInts(name string, v ...int) []byte {
	return bytesField(5, text(1, name), packed(8, v...), varint(20, 7))
}

func attrFloat(name string, v float32) []byte {
	return bytesField(5, text(1, name), protowire.AppendTag(nil, 2, protowire.Fixed32Type), singles(v), varint(20, 1))
}

func attrText(name, v string) []byte { return bytesField(5, text(1, name), text(4, v), varint(20, 3)) }

func attrTensor(name string, t ...[]byte) []byte {
	return bytesField(5, text(1, name), bytesField(5, t...), varint(20, 4))
}

// op is a node; in and out are names with commas between.
func op(kind, in, out string, attrs ...[]byte) []byte {
	parts := [][]byte{text(3, "n_"+out), text(4, kind)}
	for _, s := range strings.Split(in, ",") {
		parts = append(parts, text(1, s))
	}
	for _, s := range strings.Split(out, ",") {
		parts = append(parts, text(2, s))
	}
	return bytesField(1, append(parts, attrs...)...)
}

// array32 is an initializer with float32 raw_data.
func array32(name string, dims []int, v ...float32) []byte {
	return bytesField(5, packed(1, dims...), varint(2, 1), text(8, name), bytesField(9, singles(v...)))
}

// array64 is an initializer of int64 in int64_data.
func array64(name string, dims []int, v ...int) []byte {
	return bytesField(5, packed(1, dims...), varint(2, 7), text(8, name), packed(7, v...))
}

// typed is an initializer of any kind of number with raw_data.
func typed(name string, kind int, dims []int, raw ...byte) []byte {
	return bytesField(5, packed(1, dims...), varint(2, kind), text(8, name), bytesField(9, raw))
}

// sparse is an initializer that has values at some places of zeros.
func sparse(name string, dims, at []int, v ...float32) []byte {
	return bytesField(15, bytesField(1, packed(1, len(v)), varint(2, 1), text(8, name), bytesField(9, singles(v...))),
		bytesField(2, packed(1, len(at)), varint(2, 7), packed(7, at...)), packed(3, dims...))
}

// localFunction is one of the domain "d"; in and out are names with commas between.
func localFunction(name, in, out string, parts ...[]byte) []byte {
	msg := [][]byte{text(1, name), text(10, "d")}
	for _, s := range strings.Split(in, ",") {
		msg = append(msg, text(4, s))
	}
	for _, s := range strings.Split(out, ",") {
		msg = append(msg, text(5, s))
	}
	for _, p := range parts { // a node is field 1 of a graph, 7 of a function
		if p[0] == 1<<3|2 {
			p = cat([]byte{7<<3 | 2}, p[1:])
		}
		msg = append(msg, p)
	}
	return bytesField(25, msg...)
}

// attrRef is an attribute of a function's node, one of integers or of a number, that the call gives.
func attrRef(name, ref string) []byte {
	kind := 7
	if name == "alpha" {
		kind = 1
	}
	return bytesField(5, text(1, name), text(21, ref), varint(20, kind))
}

// branchOf is a branch of an If with one output.
func branchOf(name, out string, graph ...[]byte) []byte {
	of := bytesField(2, bytesField(1, varint(1, 1)))
	return bytesField(5, text(1, name), bytesField(6, append(graph, text(2, "g"), bytesField(12, text(1, out), of))...), varint(20, 5))
}

// input is a graph input; a dimension of 0 has a name instead of a number.
func input(name string, dims ...int) []byte {
	var shape [][]byte
	for _, d := range dims {
		if d == 0 {
			shape = append(shape, bytesField(1, text(2, "any")))
		} else {
			shape = append(shape, bytesField(1, varint(1, d)))
		}
	}
	return bytesField(11, text(1, name), bytesField(2, bytesField(1, varint(1, 1), bytesField(2, shape...))))
}

// model is an ONNX file over a picture "x" of 9x7.
func model(opset int, graph ...[]byte) []byte {
	return modelOf(opset, append([][]byte{input("x", 1, 3, 7, 9)}, graph...)...)
}

func modelOf(opset int, graph ...[]byte) []byte {
	return cat(varint(1, 7), bytesField(7, graph...), bytesField(8, varint(2, opset)))
}

func property(key, value string) []byte { return bytesField(14, text(1, key), text(2, value)) }

// ramp is n small numbers, none equal to its neighbours.
func ramp(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i*7%11)/8 - 0.6
	}
	return out
}

// run gives a layer's output for a fixed picture of 9x7.
func run(t *testing.T, net *nn.Net, layer string) []float32 {
	t.Helper()
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	y, err := ref.Activation(nn.TensorOf(ramp(3*7*9), 3, 7, 9), layer)
	if err != nil {
		t.Fatal(err)
	}
	return nn.Floats(y)
}

// near fails unless got and want agree.
func near(t *testing.T, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d numbers, want %d", len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); !(d < 1e-4) {
			t.Fatalf("number %d is %g, want %g", i, got[i], want[i])
		}
	}
}

// kinds lists a net's operations.
func kinds(net *nn.Net) string {
	var out []string
	for _, l := range net.Layers {
		out = append(out, l.Op.Kind())
	}
	return strings.Join(out, ", ")
}
