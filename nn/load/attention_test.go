package load

import (
	"fmt"
	"slices"
	"testing"

	"zalgoscope/nn"
)

// attentionParts is a product of queries and keys of two heads on the tokens of x, 5x4 patches of 6 channels, with the lines between
// it and the product with the values.
func attentionParts(between ...[]byte) []byte {
	return cat(array32("w", []int{6, 3, 2, 2}, ramp(72)...), op("Conv", "x,w", "c"), array64("flat", []int{3}, 1, 6, -1), op("Reshape", "c,flat", "f"),
		op("Transpose", "f", "t", attrInts("perm", 0, 2, 1)), array64("heads", []int{4}, 1, -1, 2, 3), op("Reshape", "t,heads", "h"),
		op("Transpose", "h", "q", attrInts("perm", 0, 2, 1, 3)), op("Transpose", "h", "k", attrInts("perm", 0, 2, 3, 1)), op("MatMul", "q,k", "s"),
		cat(between...), op("MatMul", "p,q", "a"), op("Transpose", "a", "b", attrInts("perm", 0, 2, 1, 3)), array64("joined", []int{3}, 1, -1, 6), op("Reshape", "b,joined", "y"))
}

// What exporters write between the two products of an attention is taken into it.
func TestAttentionBetween(t *testing.T) {
	soft := op("Softmax", "r", "p", attrInt("axis", -1))
	number := func(name string, v float32) []byte { return array32(name, []int{}, v) }
	const n = 8 * 6
	bias := array32("bias", []int{1, 2, n, n}, ramp(2*n*n)...)
	for _, c := range []struct {
		name   string
		parts  []byte
		scale  float32
		biased bool
	}{
		{"nothing", cat(op("Identity", "s", "r"), soft), 1, false},
		{"a scale", cat(number("by", 0.5), op("Mul", "by,s", "r"), soft), 0.5, false},
		{"a divisor", cat(number("by", 4), op("Div", "s,by", "r"), soft), 0.25, false},
		{"a bias", cat(bias, op("Add", "s,bias", "r"), soft), 1, true},
		{"a bias that is scaled", cat(bias, number("by", 0.5), op("Add", "bias,s", "z"), op("Mul", "z,by", "r"), soft), 0.5, true},
		{"a bias taken away, in another shape", cat(bias, op("Neg", "bias", "less"), array64("five", []int{5}, 1, 1, 2, n, n), array64("four", []int{4}, 1, 2, n, n), op("Reshape", "s,five", "z"),
			op("Sub", "z,less", "m"), op("Reshape", "m,four", "r"), soft), 1, true},
		{"a number added", cat(number("by", 4), op("Add", "s,by", "r"), soft), 1, false},
		{"a number for each query", cat(array32("each", []int{n, 1}, ramp(n)...), op("Sub", "s,each", "r"), soft), 1, false},
		{"a dropout", cat(op("Softmax", "s", "d", attrInt("axis", 3)), op("Dropout", "d", "p")), 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var heard []string
			net, err := ONNX(model(13, attentionParts(c.parts)), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			if err != nil {
				t.Fatal(err)
			}
			if told := slices.Equal(heard, []string{`layer "n_a": its attention has a bias for 6x8 positions; at other sizes of the picture it attends within windows of that many`}); told != c.biased || !told && len(heard) > 0 {
				t.Errorf("it warns %q", heard)
			}
			l, err := net.Find("y")
			if err != nil {
				t.Fatal(err)
			}
			o, ok := net.Layers[l].Op.(*nn.Attention)
			if !ok || o.Heads != 2 || o.Scale != c.scale || (o.Bias != nil) != c.biased || o.Windowed() != c.biased {
				t.Fatalf("y is %s: %+v", net.Layers[l].Op.Kind(), o)
			}
			if !c.biased {
				return
			}
			for head := range 2 {
				for _, i := range []int{0, 7, n - 1} {
					for j, b := range o.BiasOf(0, head, i) {
						if want := ramp(2 * n * n)[(head*n+i)*n+j] * c.scale; b != want {
							t.Fatalf("bias of head %d, query %d, key %d is %g, want %g", head, i, j, b, want)
						}
					}
				}
			}
		})
	}
}

// windowed is the product of a map's patches with themselves, in windows of so many rows and columns, with a constant added; "z" is the map that
// comes of it.
func windowed(width, height, rows, columns int, bias []byte, more ...[]byte) []byte {
	n := rows * columns
	return modelOf(13, input("x", 1, 3, height, width), array64("apart", []int{6}, 1, 3, height/rows, rows, width/columns, columns), op("Reshape", "x,apart", "a"),
		op("Transpose", "a", "b", attrInts("perm", 0, 2, 4, 3, 5, 1)), array64("each", []int{3}, -1, n, 3), op("Reshape", "b,each", "q"), op("Transpose", "q", "k", attrInts("perm", 0, 2, 1)),
		op("MatMul", "q,k", "s"), bias, op("Add", "s,bias", "r"), op("Softmax", "r", "p", attrInt("axis", -1)), op("MatMul", "p,q", "y"),
		array64("whole", []int{6}, 1, height/rows, width/columns, rows, columns, 3), op("Reshape", "y,whole", "w"), op("Transpose", "w", "v", attrInts("perm", 0, 5, 1, 3, 2, 4)),
		array64("map", []int{4}, 1, 3, height, width), op("Reshape", "v,map", "z"), op("GlobalAveragePool", "z", "pooled"), cat(more...))
}

// Of a constant no more is looked at than it has: a few bytes for many large windows load at once.
func TestAttentionBias(t *testing.T) {
	for _, c := range []struct {
		name string
		bias []byte
		want string // the bias's shape
	}{
		{"a number", array32("bias", []int{}, 3), ""},
		{"numbers for keys", array32("bias", []int{1024}, ramp(1024)...), "(1, 1, 1024, 1024)"},
		{"numbers for windows", array32("bias", []int{256, 1, 1}, ramp(256)...), ""},
	} {
		net := mustONNX(t, windowed(512, 512, 32, 32, c.bias))
		l, err := net.Find("y")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		o := net.Layers[l].Op.(*nn.Attention)
		if o.Bias != nil {
			got = fmt.Sprint(o.Bias.Shape())
		}
		if got != c.want || o.Window != [2]int{32, 32} {
			t.Errorf("%s: a bias of %s in windows of %v", c.name, got, o.Window)
		}
	}
	// Four windows of two positions: that in the corner and those before it have their own.
	own := make([]float32, 4*2*2)
	for i := range own {
		own[i] = float32(i)
	}
	net := mustONNX(t, windowed(4, 2, 1, 2, array32("bias", []int{4, 2, 2}, own...)))
	l, _ := net.Find("y")
	if got := nn.Floats(net.Layers[l].Op.(*nn.Attention).Bias); !slices.Equal(got, own) {
		t.Errorf("bias is %v, want %v", got, own)
	}
	// A map that is one window is as those before it: nothing is said of it.
	patches := cat(array64("flat", []int{3}, 1, 3, 8), op("MaxPool", "z", "half", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)), op("Reshape", "half,flat", "hk"),
		op("Transpose", "hk", "hq", attrInts("perm", 0, 2, 1)), op("MatMul", "hq,hk", "hs"), op("Add", "hs,bias", "hr"), op("Softmax", "hr", "hp", attrInt("axis", -1)), op("MatMul", "hp,hq", "last"))
	net = mustONNX(t, windowed(8, 4, 2, 4, cat(array32("bias", []int{8, 8}, ramp(64)...)), patches))
	l, err := net.Find("last")
	if o, ok := net.Layers[l].Op.(*nn.Attention); err != nil || !ok || o.Window != [2]int{2, 4} || o.Bias == nil {
		t.Errorf("the last is %+v, %v", net.Layers[l].Op, err)
	}
	_, err = ONNX(windowed(6, 2, 1, 2, array32("bias", []int{6, 2, 2}, ramp(24)...)), "t.onnx", Options{})
	wantError(t, err, "it adds a constant of its own to each window")
}

// What is no attention is refused in a line, and what stands before it loads.
func TestAttentionRefused(t *testing.T) {
	soft := op("Softmax", "r", "p", attrInt("axis", -1))
	for name, c := range map[string]struct {
		graph []byte
		want  string
	}{
		"a softmax over queries":   {attentionParts(op("Identity", "s", "r"), op("Softmax", "r", "p", attrInt("axis", 2))), "shares of something else than keys"},
		"another function":         {attentionParts(op("Relu", "s", "r"), soft), "products of an attention"},
		"a bias of another shape":  {attentionParts(array32("bias", []int{3, 1, 1}, 1, 2, 3), op("Add", "s,bias", "r"), soft), "adds a constant of [3 1 1] to products of [1 2 48 48]"},
		"shares that are turned":   {attentionParts(op("Softmax", "s", "r", attrInt("axis", -1)), op("Transpose", "r", "p", attrInts("perm", 0, 1, 3, 2))), "multiplies products of [1 2 48 48]"},
		"values before the shares": {attentionParts(op("Softmax", "s", "r", attrInt("axis", -1)), op("MatMul", "k,r", "p")), "multiplies products of [1 2 48 48]"},
		"values that heads share": {attentionParts(op("Softmax", "s", "r", attrInt("axis", -1)), array64("all", []int{3}, 1, 96, 48), op("Reshape", "r,all", "z"), op("MatMul", "z,t", "p")),
			"multiplies products of [1 96 48]"},
		"totals of each query that divide another's": {attentionParts(op("Exp", "s", "e"), op("ReduceSum", "e,keys", "u"), array64("keys", []int{1}, -1), op("Transpose", "u", "v", attrInts("perm", 0, 1, 3, 2)), op("Div", "e,v", "p")),
			"products of an attention"},
		"the largest of each query, less of another": {attentionParts(op("ReduceMax", "s", "m", attrInts("axes", -1)), op("Transpose", "m", "v", attrInts("perm", 0, 1, 3, 2)), op("Sub", "s,v", "d"), op("Exp", "d", "e"), op("ReduceSum", "e,keys", "u"), array64("keys", []int{1}, -1), op("Div", "e,u", "p")),
			"products of an attention"},
		"whole numbers":          {attentionParts(op("Cast", "s", "r", attrInt("to", 7)), soft), "products of an attention"},
		"truth values":           {attentionParts(op("Cast", "s", "r", attrInt("to", 9)), soft), "products of an attention"},
		"a dropout that drops":   {attentionParts(array32("half", []int{}, 0.5), typed("on", 9, []int{}, 1), op("Dropout", "s,half,on", "r", attrInt("seed", 3)), soft), "products of an attention"},
		"a part of the products": {attentionParts(op("Split", "s", "r,other", attrInt("axis", 1)), soft), "products of an attention"},
		"a product of channels":  {attentionParts(op("Transpose", "q", "o", attrInts("perm", 0, 1, 3, 2)), op("MatMul", "o,q", "r"), soft), "no queries and keys"},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			net, err := ONNX(model(13, c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), c.want)
			if _, err := net.Find("c"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A class token makes a layer of its own for each of what the patches go through, which share their weights; position
// embeddings stretch with the canvas, and what is folded into shared weights is folded once.
func TestTokens(t *testing.T) {
	net := mustONNX(t, model(13, array32("w", []int{6, 3, 2, 2}, ramp(72)...), op("Conv", "x,w", "c"), array64("flat", []int{3}, 1, 6, 48), op("Reshape", "c,flat", "f"),
		op("Transpose", "f", "t", attrInts("perm", 0, 2, 1)), array32("class", []int{1, 1, 6}, ramp(6)...), op("Concat", "class,t", "tokens", attrInt("axis", 1)),
		array32("at", []int{1, 49, 6}, ramp(49*6)...), op("Add", "tokens,at", "e"), array32("m", []int{6, 4}, ramp(24)...), op("MatMul", "e,m", "l"),
		array32("b", []int{4}, 1, 2, 3, 4), op("Add", "l,b", "y"), array64("zero", []int{}, 0), op("Gather", "y,zero", "z", attrInt("axis", 1)),
		array64("one", []int{1}, 1), array64("end", []int{1}, 49), array64("axis", []int{1}, 1), op("Slice", "y,one,end,axis", "rest")))
	wantShapes(t, net, 9, 7, map[string]string{"y": "[4 6 8]", "z": "[4 1 1]", "rest": "[4 6 8]"})
	wantShapes(t, net, 31, 20, map[string]string{"y": "[4 19 30]", "z": "[4 1 1]"})
	patches, _ := net.Find("y")
	class, _ := net.Find("z")
	if net.Layers[patches].Op != net.Layers[class].Op {
		t.Error("the weights are not shared")
	}
	at := func(token, c int) float64 { return float64(ramp(49 * 6)[token*6+c]) }
	got, conv := run(t, net, "y"), run(t, net, "c")
	var want, wantClass []float32
	for o := range 4 {
		sum := func(token int, v func(c int) float64) float32 {
			s := float64(o + 1)
			for c := range 6 {
				s += (v(c) + at(token, c)) * float64(ramp(24)[c*4+o])
			}
			return float32(s)
		}
		for p := range 48 {
			want = append(want, sum(p+1, func(c int) float64 { return float64(conv[c*48+p]) }))
		}
		wantClass = append(wantClass, sum(0, func(c int) float64 { return float64(ramp(6)[c]) }))
	}
	near(t, got, want)
	near(t, run(t, net, "z"), wantClass)
}

// Tokens joined with themselves again and again are refused before they fill the memory.
func TestTokensWithoutEnd(t *testing.T) {
	flat := cat(array64("flat", []int{3}, 1, 3, -1), op("Reshape", "x,flat", "t0"))
	double := flat
	for i := range 40 {
		double = cat(double, op("Concat", fmt.Sprintf("t%d,t%d", i, i), fmt.Sprint("t", i+1), attrInt("axis", 2)))
	}
	for _, c := range []struct {
		side  int
		graph []byte
		want  string
	}{
		{8, double, `layer "n_t7" (Concat): joins the positions of more than 64 maps`},
		{4096, cat(flat, op("Concat", "t0,t0,t0,t0,t0,t0", "y", attrInt("axis", 2))), "makes tokens of (3, 1, 100663296), which are too many"},
	} {
		var heard []string
		_, err := ONNX(modelOf(13, input("x", 1, 3, c.side, c.side), op("Relu", "x", "r"), c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		wantError(t, complaint(err, heard), c.want)
	}
}

// Maps that are broadcast over each other are one where each has its own axes, and none where an axis of both is in two places.
func TestBroadcastApart(t *testing.T) {
	shape := func(name string, dims ...int) []byte { return array64(name, []int{len(dims)}, dims...) }
	positions := cat(array32("w", []int{1, 3, 2, 2}, ramp(12)...), op("Conv", "x,w", "c"), shape("row", 1, 1, 48), op("Reshape", "c,row", "r"))
	pooled := cat(op("GlobalAveragePool", "x", "g"), shape("column", 1, 3, 1), op("Reshape", "g,column", "k"))
	wantShapes(t, mustONNX(t, model(13, positions, pooled, op("Mul", "k,r", "y"))), 9, 7, map[string]string{"y": "[3 6 8]"})
	for _, c := range []struct {
		graph []byte
		want  string
	}{
		{cat(positions, shape("column", 1, 48, 1), op("Reshape", "c,column", "k"), op("Sub", "k,r", "y")), "it combines [1 48 1] and [1 1 48]"},
		{cat(shape("planes", 1, 3, 63), op("Reshape", "x,planes", "p"), shape("two", 2), op("Unsqueeze", "p,two", "k"), shape("one", 1), op("Unsqueeze", "p,one", "r"), op("Sub", "k,r", "y")), "it combines [1 3 1 63] and [1 1 3 63]"},
		{cat(pooled, shape("row", 1, 1, 3), op("Reshape", "g,row", "r"), op("Mul", "k,r", "y")), "it combines [1 3 1] and [1 1 3]"},
	} {
		var heard []string
		_, err := ONNX(model(13, c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		wantError(t, complaint(err, heard), c.want)
	}
}
