package load

import (
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
		{"a dropout", cat(op("Softmax", "s", "d", attrInt("axis", 3)), op("Dropout", "d", "p")), 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustONNX(t, model(13, attentionParts(c.parts)))
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

// What is no attention is refused in a line, and what stands before it loads.
func TestAttentionRefused(t *testing.T) {
	soft := op("Softmax", "r", "p", attrInt("axis", -1))
	for name, c := range map[string]struct {
		graph []byte
		want  string
	}{
		"a softmax over queries":  {attentionParts(op("Identity", "s", "r"), op("Softmax", "r", "p", attrInt("axis", 2))), "shares of something else than keys"},
		"another function":        {attentionParts(op("Relu", "s", "r"), soft), "products of an attention"},
		"no softmax":              {attentionParts(op("Identity", "s", "p")), "multiplies products"},
		"a bias of another shape": {attentionParts(array32("bias", []int{3, 1, 1}, 1, 2, 3), op("Add", "s,bias", "r"), soft), "adds a constant of [3 1 1] to products of [1 2 48 48]"},
		"a product of channels":   {attentionParts(op("Transpose", "q", "o", attrInts("perm", 0, 1, 3, 2)), op("MatMul", "o,q", "r"), soft), "no queries and keys"},
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
