package load

import (
	"fmt"
	"strings"
	"testing"
)

// Graphs that call local functions, or have branches, are the graphs without them.
func TestInlining(t *testing.T) {
	of := text(7, "d")
	block := localFunction("Block", "a,w,bias", "b", text(6, "st"), bytesField(11, cat(attrInts("pads", 1, 1, 1, 1)[2:])),
		op("Conv", "a,w,bias", "c", attrRef("strides", "st"), attrRef("pads", "pads")), op("Relu", "c", "b"))
	plain := func(strides ...int) []byte {
		return cat(weights3, op("Conv", "x,w", "c", attrInts("pads", 1, 1, 1, 1), attrInts("strides", strides...)), op("Relu", "c", "y"))
	}
	yes, no := array64("yes", []int{}, 1), array64("no", []int{}, 0)
	for _, c := range []struct {
		name      string
		graph     []byte
		functions []byte
		want      []byte
	}{
		{"a function with attributes", cat(weights3, op("Block", "x,w", "y", of, attrInts("st", 2, 2))), block, plain(2, 2)},
		{"an attribute that the call leaves out", cat(weights3, op("Block", "x,w,", "y", of)), block, plain(1, 1)},
		{"a default that the call overrides", cat(weights3, op("Block", "x,w", "y", of, attrInts("pads", 0, 0, 0, 0))), block,
			cat(weights3, op("Conv", "x,w", "c"), op("Relu", "c", "y"))},
		{"a function in a function", cat(weights3, op("Outer", "x,w", "y", of, attrInts("s", 2, 1))),
			cat(block, localFunction("Outer", "p,q", "r", op("Block", "p,q", "r", of, attrRef("st", "s")))), plain(2, 1)},
		{"a function called twice", cat(weights3, array32("v", []int{4, 4, 3, 3}, ramp(144)...), op("Block", "x,w", "m", of), op("Block", "m,v", "y", of)), block,
			cat(weights3, array32("v", []int{4, 4, 3, 3}, ramp(144)...), op("Conv", "x,w", "a", attrInts("pads", 1, 1, 1, 1)), op("Relu", "a", "b"),
				op("Conv", "b,v", "c", attrInts("pads", 1, 1, 1, 1)), op("Relu", "c", "y"))},
		{"an output that is an input", cat(op("Both", "x", "i,r", of), op("Add", "i,r", "y")), localFunction("Both", "a", "a,b", op("Relu", "a", "b")),
			cat(op("Relu", "x", "r"), op("Add", "x,r", "y"))},
		{"a branch that holds", cat(yes, weights3, op("If", "yes", "y", branchOf("else_branch", "o", op("Neg", "x", "o")), branchOf("then_branch", "o", op("Conv", "x,w", "c"), op("Relu", "c", "o")))), nil,
			cat(weights3, op("Conv", "x,w", "c"), op("Relu", "c", "y"))},
		{"a branch with weights of its own", cat(no, op("If", "no", "y", branchOf("then_branch", "o", op("Neg", "x", "o")), branchOf("else_branch", "o", weights3, op("Conv", "x,w", "o")))), nil,
			cat(weights3, op("Conv", "x,w", "y"))},
		{"a branch in a branch", cat(yes, op("If", "yes", "y", branchOf("then_branch", "o", op("Relu", "x", "r"), op("If", "yes", "o", branchOf("then_branch", "i", op("Add", "r,x", "i")))))), nil,
			cat(op("Relu", "x", "r"), op("Add", "r,x", "y"))},
		{"a condition that follows from a shape", cat(op("Shape", "x", "s", attrInt("start", 1), attrInt("end", 2)), array64("three", []int{1}, 3), op("Equal", "s,three", "c"),
			op("If", "c", "y", branchOf("then_branch", "o", op("Relu", "x", "o")))), nil, op("Relu", "x", "y")},
		{"a branch that gives what is outside", cat(yes, op("Relu", "x", "r"), op("If", "yes", "q", branchOf("then_branch", "r")), op("Add", "q,x", "y")), nil,
			cat(op("Relu", "x", "r"), op("Add", "r,x", "y"))},
		{"a branch in a function", cat(yes, op("Maybe", "x,yes", "y", of, attrFloat("slope", 0.3))), localFunction("Maybe", "a,c", "b", text(6, "slope"),
			op("If", "c", "b", branchOf("then_branch", "o", op("LeakyRelu", "a", "o", attrRef("alpha", "slope"))))), op("LeakyRelu", "x", "y", attrFloat("alpha", 0.3))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := mustONNX(t, cat(model(13, c.graph), c.functions)), mustONNX(t, model(13, c.want))
			if g, w := kinds(got), kinds(want); g != w {
				t.Errorf("operations are %q, want %q", g, w)
			}
			near(t, run(t, got, "y"), run(t, want, "y"))
		})
	}
}

// The layers of a function are found by the call's name and their own; a function has operators of its own opset.
func TestFunctionNames(t *testing.T) {
	net := mustONNX(t, cat(model(18, op("Two", "x", "y", text(7, "d"))),
		localFunction("Two", "a", "b", bytesField(9, varint(2, 9)), op("Relu", "a", "c"), op("GlobalAveragePool", "c", "p"), op("Softmax", "p", "b"))))
	var names []string
	for _, l := range net.Layers {
		names = append(names, l.Name+":"+strings.Join(l.Aliases, "+"))
	}
	const want = "n_y/n_c:y/c n_y/n_p:y/p n_y/n_b:y"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("layers are %s, want %s", got, want)
	}
}

// A call that is too large to be inlined, and a branch that is, leave the room of what was copied of them to others.
func TestRoomForCopies(t *testing.T) {
	of := text(7, "d")
	tripling := func(name, of string) []byte {
		return localFunction(name, "a", "b", op(of, "a", "m", text(7, "d")), op(of, "m", "n", text(7, "d")), op(of, "n", "b", text(7, "d")))
	}
	functions := [][]byte{localFunction("Small", "a", "b", op("Relu", "a", "b")), localFunction("F0", "a", "b", op("Neg", "a", "b"))}
	for i := range 14 {
		functions = append(functions, tripling(fmt.Sprint("F", i+1), fmt.Sprint("F", i)))
	}
	var many [][]byte
	for i := range 4 {
		many = append(many, op("F14", "x", fmt.Sprint("a", i), of))
	}
	file := func(calls ...[]byte) []byte {
		return cat(model(13, cat(calls...), op("Small", "x", "y", of)), cat(functions...))
	}
	var heard []string
	net, err := ONNX(file(many[0]), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := net.Find("y"); err != nil || len(heard) != 1 || !strings.Contains(heard[0], "functions and branches make more") {
		t.Errorf("%v, %q", err, heard)
	}
	if _, err := ONNX(file(many...), "t.onnx", Options{}); err == nil { // to copy so much again and again takes too long
		t.Error("copies are given up without end")
	}
}
