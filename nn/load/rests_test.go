package load

import (
	"math"
	"slices"
	"testing"

	"zalgoscope/nn"
)

// Operators that are made of others, on the picture x of 3x7x9, whose values repeat.
func TestONNXMadeOfOthers(t *testing.T) {
	const c, h, w = 3, 7, 9
	x := ramp(c * h * w)
	at := func(k, i, j int) float32 { return x[(k*h+i)*w+j] }
	// each makes a map of c x h x w.
	each := func(c, h, w int, f func(k, i, j int) float32) []float32 {
		var out []float32
		for k := range c {
			for i := range h {
				for j := range w {
					out = append(out, f(k, i, j))
				}
			}
		}
		return out
	}
	whole := cat(array32("ten", []int{}, 10), op("Mul", "x,ten", "m"), op("Cast", "m", "i", attrInt("to", 6)))
	integer := func(k, i, j int) int { return int(at(k, i, j) * 10) }
	threes := typed("d", 6, []int{}, 3, 0, 0, 0)
	float := attrInt("to", 1)
	best := func(k, i, j int) bool { // the first of the largest along the columns
		for other := range w {
			if at(k, i, other) > at(k, i, j) || at(k, i, other) == at(k, i, j) && other < j {
				return false
			}
		}
		return true
	}
	last := make([]float32, 0, c*h*w) // with the channels last
	for i := range h * w {
		for k := range c {
			last = append(last, x[k*h*w+i])
		}
	}
	one := func(yes bool) float32 {
		if yes {
			return 1
		}
		return 0
	}
	for _, test := range []struct {
		name  string
		opset int
		graph []byte
		want  []float32
	}{
		{"hardmax", 13, op("Hardmax", "x", "y"), each(c, h, w, func(k, i, j int) float32 { return one(best(k, i, j)) })},
		{"argmax", 13, cat(op("ArgMax", "x", "m", attrInt("axis", 3)), op("Cast", "m", "y", float)), each(c, h, 1, func(k, i, _ int) float32 {
			for j := range w {
				if best(k, i, j) {
					return float32(j)
				}
			}
			return -1
		})},
		{"argmax of a row with the channels last", 13, cat(op("Transpose", "x", "t", attrInts("perm", 0, 2, 3, 1)), array64("d", []int{2}, 1, -1), op("Reshape", "t,d", "f"),
			op("ArgMax", "f", "m", attrInt("axis", 1)), op("Cast", "m", "y", float)), []float32{firstOf(last, slices.Max(x))}},
		{"last argmin of a row with the channels last", 13, cat(op("Transpose", "x", "t", attrInts("perm", 0, 2, 3, 1)), array64("d", []int{2}, 1, -1), op("Reshape", "t,d", "f"),
			op("ArgMin", "f", "m", attrInt("axis", 1), attrInt("select_last_index", 1)), op("Cast", "m", "y", float)), []float32{c*h*w - 1 - firstOf(backwards(last), slices.Min(x))}},
		{"argmax of columns before rows", 13, cat(op("Transpose", "x", "t", attrInts("perm", 0, 1, 3, 2)), array64("d", []int{3}, 1, c, -1), op("Reshape", "t,d", "f"),
			op("ArgMax", "f", "m", attrInt("axis", 2), attrInt("keepdims", 0)), op("Cast", "m", "y", float)), each(1, 1, c, func(_, _, k int) float32 {
			turned := each(1, w, h, func(_, i, j int) float32 { return at(k, j, i) })
			return firstOf(turned, slices.Max(turned))
		})},
		{"hardmax of a row with the channels last", 11, cat(op("Transpose", "x", "t", attrInts("perm", 0, 2, 3, 1)), op("Hardmax", "t", "m", attrInt("axis", 1)), op("Transpose", "m", "y", attrInts("perm", 0, 3, 1, 2))),
			each(c, h, w, func(k, i, j int) float32 { return one(float32((i*w+j)*c+k) == firstOf(last, slices.Max(x))) })},
		{"half of an index", 13, cat(op("ArgMax", "x", "m", attrInt("axis", 3)), typed("two", 7, []int{}, 2, 0, 0, 0, 0, 0, 0, 0), op("Div", "m,two", "q"), op("Cast", "q", "y", float)), each(c, h, 1, func(k, i, _ int) float32 {
			row := x[(k*h+i)*w : (k*h+i+1)*w]
			return float32(int(firstOf(row, slices.Max(row))) / 2)
		})},
		{"last argmin", 13, cat(op("ArgMin", "x", "m", attrInt("axis", 1), attrInt("select_last_index", 1), attrInt("keepdims", 0)), op("Cast", "m", "y", float)), each(1, h, w, func(_, i, j int) float32 {
			least := 0
			for k := range c {
				if at(k, i, j) <= at(least, i, j) {
					least = k
				}
			}
			return float32(least)
		})},
		{"softmax over the batch", 13, op("Softmax", "x", "y", attrInt("axis", 0)), each(c, h, w, func(int, int, int) float32 { return 1 })},
		{"whole remainder", 13, cat(whole, threes, op("Mod", "i,d", "r"), op("Cast", "r", "y", float)), each(c, h, w, func(k, i, j int) float32 { return float32((integer(k, i, j)%3 + 3) % 3) })},
		{"remainder of a constant", 13, cat(array32("d", []int{}, 3), op("Exp", "x", "e"), op("Mod", "d,e", "y", attrInt("fmod", 1))), each(c, h, w, func(k, i, j int) float32 {
			return float32(math.Mod(3, float64(float32(math.Exp(float64(at(k, i, j)))))))
		})},
		{"bitwise not", 18, cat(whole, op("BitwiseNot", "i", "r"), op("Cast", "r", "y", float)), each(c, h, w, func(k, i, j int) float32 { return float32(^integer(k, i, j)) })},
		{"half", 13, cat(array32("k", []int{}, 1.0003), op("Mul", "x,k", "m"), op("Cast", "m", "f", attrInt("to", 10)), op("Cast", "f", "y", float)), each(c, h, w, func(k, i, j int) float32 { return shortest(at(k, i, j)*1.0003, 11) })},
		{"bfloat16", 15, cat(array32("k", []int{}, 1.003), op("Mul", "x,k", "m"), typed("b", 16, []int{}, 0, 0), op("CastLike", "m,b", "f"), op("Cast", "f", "y", float)), each(c, h, w, func(k, i, j int) float32 { return shortest(at(k, i, j)*1.003, 8) })},
		{"large half", 13, cat(array32("k", []int{}, 3e38), op("Mul", "x,k", "m"), op("Cast", "m", "f", attrInt("to", 10)), op("Cast", "f", "g", float), array32("l", []int{}, 1e-38), op("Mul", "g,l", "y")), each(c, h, w, func(k, i, j int) float32 { return at(k, i, j) * 3 })},
		{"large bfloat16", 13, cat(array32("k", []int{}, 3e38), op("Mul", "x,k", "m"), op("Cast", "m", "f", attrInt("to", 16)), op("Cast", "f", "g", float), array32("l", []int{}, 1e-38), op("Mul", "g,l", "y")), each(c, h, w, func(k, i, j int) float32 { return at(k, i, j) * 3 })},
		{"infinite half", 13, cat(op("Relu", "x", "r"), op("Log", "r", "l"), op("Cast", "l", "f", attrInt("to", 10)), op("IsInf", "f", "n"), op("Cast", "n", "y", float)), each(c, h, w, func(k, i, j int) float32 { return one(at(k, i, j) <= 0) })},
		{"no number", 13, cat(op("Log", "x", "l"), op("IsNaN", "l", "n"), op("Cast", "n", "y", float)), each(c, h, w, func(k, i, j int) float32 { return one(at(k, i, j) < 0) })},
		{"infinite", 13, cat(op("Relu", "x", "r"), op("Log", "r", "l"), op("IsInf", "l", "n", attrInt("detect_positive", 0)), op("Cast", "n", "y", float)), each(c, h, w, func(k, i, j int) float32 { return one(at(k, i, j) <= 0) })},
		{"slopes that are constant first", 13, cat(array32("k", []int{3, 1, 1}, -1, 2, -3), op("PRelu", "k,x", "y")), each(c, h, w, func(k, i, j int) float32 { return []float32{-1 * at(k, i, j), 2, -3 * at(k, i, j)}[k] })},
		{"constant channels joined", 13, cat(array32("k", []int{1, 1, h, w}, ramp(2 * h * w)[h*w:]...), op("Concat", "k,x", "y", attrInt("axis", 1))), append(append([]float32{}, ramp(2 * h * w)[h*w:]...), x...)},
		{"constant rows joined", 13, cat(array32("k", []int{1, c, 1, w}, ramp(c*w)...), op("Concat", "x,k", "y", attrInt("axis", 2))), each(c, h+1, w, func(k, i, j int) float32 {
			if i == h {
				return ramp(c * w)[k*w+j]
			}
			return at(k, i, j)
		})},
		{"a reduction beside a map", 13, cat(op("ReduceMax", "x", "m", attrInts("axes", 1, 2), attrInt("keepdims", 0)), op("Sub", "x,m", "y")), each(c, h, w, func(k, i, j int) float32 {
			top := at(0, 0, j)
			for k := range c {
				for i := range h {
					top = max(top, at(k, i, j))
				}
			}
			return at(k, i, j) - top
		})},
		{"rows picked", 13, cat(array64("g", []int{3}, -1, 0, 2), op("Gather", "x,g", "y", attrInt("axis", 2))), each(c, 3, w, func(k, i, j int) float32 { return at(k, []int{6, 0, 2}[i], j) })},
		{"a column picked", 13, cat(array64("g", []int{}, 4), op("Gather", "x,g", "y", attrInt("axis", 3))), each(c, h, 1, func(k, i, _ int) float32 { return at(k, i, 4) })},
		{"channels picked by a square", 13, cat(array64("g", []int{2, 2}, 2, 0, 1, 0), op("Gather", "x,g", "q", attrInt("axis", 1)), array64("s", []int{4}, 1, 4, h, w), op("Reshape", "q,s", "y")), each(4, h, w, func(k, i, j int) float32 { return at([]int{2, 0, 1, 0}[k], i, j) })},
		{"summed up", 13, cat(array64("a", []int{}, 3), op("CumSum", "x,a", "y", attrInt("reverse", 1), attrInt("exclusive", 1))), each(c, h, w, func(k, i, j int) float32 {
			sum := float32(0)
			for j++; j < w; j++ {
				sum += at(k, i, j)
			}
			return sum
		})},
		{"rows and columns transposed at the end", 13, cat(op("Neg", "x", "n"), op("Transpose", "n", "y", attrInts("perm", 0, 1, 3, 2)), bytesField(12, text(1, "y"))), each(c, w, h, func(k, i, j int) float32 { return -at(k, j, i) })},
		{"rows and columns transposed, pooled", 13, cat(op("Transpose", "x", "t", attrInts("perm", 0, 1, 3, 2)), op("MaxPool", "t", "y", attrInts("kernel_shape", 2, 1))), each(c, w-1, h, func(k, i, j int) float32 { return max(at(k, j, i), at(k, j, i+1)) })},
		{"channels and rows transposed, convolved", 13, cat(op("Transpose", "x", "t", attrInts("perm", 0, 2, 1, 3)), array32("k", []int{1, h, 1, 1}, ramp(h)...), op("Conv", "t,k", "y")), each(1, c, w, func(_, i, j int) float32 {
			sum := float32(0)
			for k := range h {
				sum += ramp(h)[k] * at(i, k, j)
			}
			return sum
		})},
		{"channels and rows transposed, multiplied by an equation", 13, cat(op("Abs", "x", "p"), op("Transpose", "p", "t", attrInts("perm", 0, 2, 1, 3)), array32("k", []int{c, 2}, ramp(2*c)...),
			op("Einsum", "t,k", "y", attrText("equation", "bhcw,cd->bhdw"))), each(h, 2, w, func(i, d, j int) float32 {
			sum := float32(0)
			for k := range c {
				sum += abs32(at(k, i, j)) * ramp(2 * c)[k*2+d]
			}
			return sum
		})},
		{"channels and rows transposed, multiplied", 13, cat(op("Abs", "x", "p"), op("Transpose", "p", "t", attrInts("perm", 0, 2, 1, 3)), array32("k", []int{2, c}, ramp(2*c)...),
			op("MatMul", "k,t", "y")), each(h, 2, w, func(i, d, j int) float32 {
			sum := float32(0)
			for k := range c {
				sum += abs32(at(k, i, j)) * ramp(2 * c)[d*c+k]
			}
			return sum
		})},
		{"a triangle", 14, cat(array64("k", []int{}, 1), op("Trilu", "x,k", "y")), each(c, h, w, func(k, i, j int) float32 { return one(j > i) * at(k, i, j) })},
	} {
		t.Run(test.name, func(t *testing.T) { near(t, run(t, mustONNX(t, model(test.opset, test.graph)), "y"), test.want) })
	}
}

// firstOf is where a number stands first in a list.
func firstOf(list []float32, v float32) float32 { return float32(slices.Index(list, v)) }

func backwards(list []float32) []float32 {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

func abs32(v float32) float32 { return max(v, -v) }

// Rows that have become channels are as many at every size of the picture where weights follow.
func TestRowsAsChannels(t *testing.T) {
	turned := cat(op("Relu", "x", "r"), op("Transpose", "r", "t", attrInts("perm", 0, 2, 1, 3)))
	for name, node := range map[string][]byte{
		"convolved":         cat(array32("k", []int{2, 7, 1, 1}, ramp(14)...), op("Conv", "t,k", "y")),
		"pooled, convolved": cat(op("MaxPool", "t", "p", attrInts("kernel_shape", 1, 1)), array32("k", []int{2, 7, 1, 1}, ramp(14)...), op("Conv", "p,k", "y")),
		"convolved by two":  cat(array32("k", []int{2, 7, 1, 1}, ramp(14)...), op("Conv", "t,k", "d"), op("Conv", "t,k", "e"), op("Add", "d,e", "y")),
		"normalised": cat(array32("s", []int{7}, ramp(7)...), array32("b", []int{7}, ramp(7)...), array32("m", []int{7}, ramp(7)...), array32("v", []int{7}, 1, 1, 1, 1, 1, 1, 1),
			op("BatchNormalization", "t,s,b,m,v", "y")),
	} {
		t.Run(name, func(t *testing.T) {
			net := mustONNX(t, model(13, turned, node))
			last := len(net.Layers) - 1
			for _, width := range []int{9, 18, 5} {
				shapes, err := net.Shapes(width, 2*width-4)
				if err != nil {
					t.Fatal(err)
				}
				if s := shapes[last]; s[1] != 3 || s[2] != width {
					t.Errorf("%d pixels wide: %v", width, s)
				}
			}
		})
	}
}

// At the net's end they are all that there are.
func TestRowsAsChannelsOut(t *testing.T) {
	net := mustONNX(t, model(13, op("Relu", "x", "r"), op("Transpose", "r", "y", attrInts("perm", 0, 2, 1, 3)), bytesField(12, text(1, "y"))))
	wantShapes(t, net, 18, 14, map[string]string{"y": "[14 3 18]"})
}

// shortest rounds a number to so many bits, of equally near ones to the even one.
func shortest(v float32, bits int) float32 {
	m, e := math.Frexp(float64(v))
	return float32(math.Ldexp(math.RoundToEven(math.Ldexp(m, bits)), e-bits))
}

// An attention is the same as the products that it is made of, by ONNX's operator of that name, and by Einsum.
func TestAttentionOperator(t *testing.T) {
	soft := op("Softmax", "r", "p", attrInt("axis", -1))
	want := run(t, mustONNX(t, model(13, attentionParts(array32("by", []int{}, 0.5), op("Mul", "s,by", "r"), soft))), "y")
	patches := cat(array32("w", []int{6, 3, 2, 2}, ramp(72)...), op("Conv", "x,w", "c"), array64("flat", []int{3}, 1, 6, -1), op("Reshape", "c,flat", "f"), op("Transpose", "f", "t", attrInts("perm", 0, 2, 1)))
	for name, graph := range map[string][]byte{
		"of all heads' channels": cat(patches, op("Attention", "t,t,t", "y", attrInt("q_num_heads", 2), attrInt("kv_num_heads", 2), attrFloat("scale", 0.5))),
		"of heads": cat(patches, array64("heads", []int{4}, 1, -1, 2, 3), op("Reshape", "t,heads", "h"), op("Transpose", "h", "q", attrInts("perm", 0, 2, 1, 3)),
			op("Attention", "q,q,q", "y", attrFloat("scale", 0.5))),
		"by equations": cat(patches, array64("heads", []int{4}, 1, -1, 2, 3), op("Reshape", "t,heads", "q"), op("Einsum", "q,q", "s", attrText("equation", "bihd,bjhd->bhij")),
			array32("k", []int{}, 0.5), op("Mul", "s,k", "r"), soft, op("Einsum", "p,q", "y", attrText("equation", "bhij,bjhd->bihd"))),
	} {
		t.Run(name, func(t *testing.T) { near(t, run(t, mustONNX(t, model(23, graph)), "y"), want) })
	}
}

// Heads in groups share keys and values, as they do where each is repeated for its group.
func TestAttentionOperatorGroups(t *testing.T) {
	heads := cat(array32("w", []int{8, 3, 1, 1}, ramp(24)...), op("Conv", "x,w", "c"), array64("apart", []int{4}, 1, 4, 2, -1), op("Reshape", "c,apart", "f"), op("Transpose", "f", "q", attrInts("perm", 0, 1, 3, 2)))
	first := func(n int) []byte {
		return cat(heads, array64("from", []int{1}, 0), array64("to", []int{1}, n), array64("axis", []int{1}, 1), op("Slice", "q,from,to,axis", "k"))
	}
	each := func(from ...int) *nn.Net {
		return mustONNX(t, model(23, heads, array64("from", []int{4}, from...), op("Gather", "q,from", "k", attrInt("axis", 1)), op("Attention", "q,k,k", "y")))
	}
	grouped := mustONNX(t, model(23, first(2), op("Attention", "q,k,k", "y")))
	near(t, run(t, grouped, "y"), run(t, each(0, 0, 1, 1), "y"))
	alone := mustONNX(t, model(23, first(1), op("Attention", "q,k,k", "y")))
	near(t, run(t, alone, "y"), run(t, each(0, 0, 0, 0), "y"))
	near(t, run(t, mustONNX(t, model(23, first(4), op("Attention", "q,k,k", "y"))), "y"), run(t, each(0, 1, 2, 3), "y"))
}

// The layers of an index have a name each.
func TestArgMaxNames(t *testing.T) {
	net := mustONNX(t, model(13, op("ArgMax", "x", "y", attrInt("axis", 3))))
	seen := map[string]bool{}
	for _, l := range net.Layers {
		if seen[l.Name] {
			t.Errorf("two layers are called %q", l.Name)
		}
		seen[l.Name] = true
	}
}

// The bits of whole numbers without a sign are not flipped to numbers below zero.
func TestBitwiseNotUnsigned(t *testing.T) {
	for name, node := range map[string][]byte{
		"cast": op("Cast", "r", "i", attrInt("to", 2)), "cast like": cat(typed("u", 2, []int{}, 0), op("CastLike", "r,u", "i")),
		"quantised": cat(array32("s", []int{}, 0.5), op("QuantizeLinear", "r,s", "i")),
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			_, err := ONNX(model(21, op("Relu", "x", "r"), node, op("BitwiseNot", "i", "n"), op("Cast", "n", "y", attrInt("to", 1))), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), "no whole number with a sign")
		})
	}
}

// A mask of truth values leaves out the keys where it is false; one of whole numbers is none.
func TestAttentionOperatorMask(t *testing.T) {
	tokens := cat(op("Relu", "x", "r"), array64("flat", []int{3}, 1, 3, 63), op("Reshape", "x,flat", "f"), op("Transpose", "f", "t", attrInts("perm", 0, 2, 1)))
	heads := [][]byte{attrInt("q_num_heads", 1), attrInt("kv_num_heads", 1)}
	truth, least := make([]byte, 63*63), make([]float32, 63*63)
	for i := range truth {
		if truth[i] = 1; i%5 == 0 {
			truth[i], least[i] = 0, -200
		}
	}
	attend := func(mask []byte) *nn.Net {
		net, err := ONNX(model(23, tokens, mask, op("Attention", "t,t,t,mask", "y", heads...)), "t.onnx", Options{Warn: func(string) {}})
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	near(t, run(t, attend(typed("mask", 9, []int{63, 63}, truth...)), "y"), run(t, attend(array32("mask", []int{63, 63}, least...)), "y"))
	// A mask of the keys alone counts for every query, and one that ends early leaves the rest out.
	row, rows := make([]byte, 63), make([]byte, 63*63)
	for i := range rows {
		if i%63 < 50 && i%63%4 > 0 {
			row[i%63], rows[i] = 1, 1
		}
	}
	want := run(t, attend(typed("mask", 9, []int{63, 63}, rows...)), "y")
	zeros := make([]float32, 50)
	for i := range zeros {
		if row[i] == 0 {
			zeros[i] = -1e30
		}
	}
	for name, mask := range map[string][]byte{
		"of the keys": typed("mask", 9, []int{63}, row...), "of every batch": typed("mask", 9, []int{1, 1, 1, 63}, row...),
		"that ends early": typed("mask", 9, []int{1, 50}, row[:50]...), "for every query, that ends early": typed("mask", 9, []int{63, 50}, slices.Concat(slices.Repeat([][]byte{row[:50]}, 63)...)...),
		"of numbers, that ends early": array32("mask", []int{1, 1, 1, 50}, zeros...),
	} {
		t.Run(name, func(t *testing.T) { near(t, run(t, attend(mask), "y"), want) })
	}
	var heard []string
	_, err := ONNX(model(23, tokens, typed("mask", 2, []int{63, 63}, truth...), op("Attention", "t,t,t,mask", "y", heads...)), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
	wantError(t, complaint(err, heard), "its mask is of whole numbers")
}
