package load

import (
	"fmt"
	"math"
	"testing"

	"zalgoscope/nn"
)

// talked is what attentionParts gives of patches c, of 6 channels: before and after mix the heads' products and shares.
func talked(c []float32, before, after [][]float64, shift []float64, bias []float32) []float32 {
	const n, wide = 48, 3
	at := func(head, channel, position int) float64 { return float64(c[(head*wide+channel)*n+position]) }
	out := make([]float32, 2*wide*n)
	for i := range n {
		raw := make([][]float64, 2)
		for h := range raw {
			raw[h] = make([]float64, n)
			for j := range n {
				for k := range wide {
					raw[h][j] += at(h, k, i) * at(h, k, j)
				}
				if bias != nil {
					raw[h][j] += float64(bias[(h*n+i)*n+j])
				}
			}
		}
		shares := make([][]float64, len(before))
		for g := range shares {
			sum := 0.0
			for j := range n {
				s := 0.0
				for h, w := range before[g] {
					s += w * raw[h][j]
				}
				shares[g] = append(shares[g], math.Exp(s))
				sum += math.Exp(s)
			}
			for j := range n {
				shares[g][j] /= sum
			}
		}
		for g := range after {
			for k := range wide {
				sum := 0.0
				for j := range n {
					s := shift[g]
					for h, w := range after[g] {
						s += w * shares[h][j]
					}
					sum += s * at(g, k, j)
				}
				out[(g*wide+k)*n+i] = float32(sum)
			}
		}
	}
	return out
}

// Products and shares whose heads are mixed are attentions still, however an exporter writes it.
func TestTalkingHeads(t *testing.T) {
	rows := func(v []float32, from int, turned bool) [][]float64 {
		out := make([][]float64, len(v)/from)
		for g := range out {
			for h := range from {
				at := g*from + h
				if turned {
					at = h*len(out) + g
				}
				out[g] = append(out[g], float64(v[at]))
			}
		}
		return out
	}
	same := [][]float64{{1, 0}, {0, 1}}
	first, then, added := []float32{0.5, -0.25, 0.75, 1}, []float32{1, 0.5, -1, 0.25}, []float32{0.125, -0.5}
	table := ramp(2 * 48 * 48)
	soft := op("Softmax", "r", "z", attrInt("axis", -1))
	last := func(in, out string) []byte { return op("Transpose", in, out, attrInts("perm", 0, 2, 3, 1)) }
	back := func(in, out string) []byte { return op("Transpose", in, out, attrInts("perm", 0, 3, 1, 2)) }
	weights := func(name string, v []float32, dims ...int) []byte { return array32(name, dims, v...) }
	for _, c := range []struct {
		name          string
		parts         []byte
		before, after [][]float64
		shift         []float64
		bias          []float32
	}{
		{"convolutions", cat(weights("w1", first, 2, 2, 1, 1), weights("w2", then, 2, 2, 1, 1), weights("added", added, 2), op("Conv", "s,w1,added", "r"), soft, op("Conv", "z,w2,added", "p")),
			rows(first, 2, false), rows(then, 2, false), []float64{0.125, -0.5}, nil},
		{"products with the heads last", cat(weights("w1", first, 2, 2), weights("w2", then, 2, 2), weights("added", added, 2), last("s", "s1"), op("MatMul", "s1,w1", "s2"), op("Add", "added,s2", "s3"), back("s3", "r"), soft,
			last("z", "z1"), op("MatMul", "z1,w2", "z2"), op("Add", "z2,added", "z3"), back("z3", "p")), rows(first, 2, true), rows(then, 2, true), []float64{0.125, -0.5}, nil},
		{"equations", cat(weights("w1", first, 2, 2), weights("w2", then, 2, 2), op("Einsum", "s,w1", "r", attrText("equation", "bhij,hg->bgij")), soft, op("Einsum", "w2,z", "p", attrText("equation", "gh,bhij->bgij"))),
			rows(first, 2, true), rows(then, 2, false), []float64{0, 0}, nil},
		{"four heads between", cat(weights("w1", append(first, then...), 4, 2, 1, 1), weights("w2", append(then, first...), 2, 4, 1, 1), op("Conv", "s,w1", "r"), soft, op("Conv", "z,w2", "p")),
			rows(append(first, then...), 2, false), rows(append(then, first...), 4, false), []float64{0, 0}, nil},
		{"a number for each head", cat(weights("w1", added, 2, 1, 1), weights("w2", added, 1, 2, 1, 1), op("Mul", "w1,s", "r"), soft, op("Div", "z,w2", "z1"), op("Sub", "z1,w1", "p")),
			[][]float64{{0.125, 0}, {0, -0.5}}, [][]float64{{8, 0}, {0, -2}}, []float64{-0.125, 0.5}, nil},
		{"shares taken from a number", cat(array32("one", []int{}, 1), op("Identity", "s", "r"), soft, op("Sub", "one,z", "p")), same, [][]float64{{-1, 0}, {0, -1}}, []float64{1, 1}, nil},
		{"products taken from numbers", cat(weights("w1", added, 2, 1, 1), op("Sub", "w1,s", "r"), op("Softmax", "r", "p", attrInt("axis", -1))), [][]float64{{-1, 0}, {0, -1}}, same, []float64{0, 0}, nil},
		{"twice after", cat(weights("w1", first, 2, 2, 1, 1), weights("w2", then, 2, 2, 1, 1), weights("added", added, 2), op("Identity", "s", "r"), soft, op("Conv", "z,w1,added", "z1"), op("Conv", "z1,w2", "p")),
			same, [][]float64{{0.875, 0.25}, {-0.3125, 0.5}}, []float64{0.125 - 0.25, -0.125 - 0.125}, nil},
		{"a table first", cat(array32("table", []int{2, 48, 48}, table...), weights("w1", first, 2, 2, 1, 1), op("Add", "s,table", "s1"), op("Conv", "s1,w1", "r"), op("Softmax", "r", "p", attrInt("axis", -1))),
			rows(first, 2, false), same, []float64{0, 0}, table},
	} {
		t.Run(c.name, func(t *testing.T) {
			net, err := ONNX(model(13, attentionParts(c.parts)), "t.onnx", Options{})
			if err != nil {
				t.Fatal(err)
			}
			near(t, run(t, net, "y"), talked(run(t, net, "c"), c.before, c.after, c.shift, c.bias))
			wantShapes(t, net, 31, 20, map[string]string{"y": "[6 19 30]"})
		})
	}
}

// What is added to the shares of a window counts the window's values, also where its queries were pooled to one.
func TestTalkingHeadsInWindows(t *testing.T) {
	for name, c := range map[string]struct {
		queries []byte
		side    int // of what the queries of a window are
	}{
		"all queries": {op("Identity", "k", "q"), 2},
		"one query":   {op("ReduceMax", "k", "q", attrInts("axes", 2)), 1},
	} {
		t.Run(name, func(t *testing.T) {
			attention := func(shares, out string) []byte {
				named := func(s string) string { return out + s }
				return cat(op("MatMul", shares+",k", named("o")), op("Transpose", named("o"), named("f"), attrInts("perm", 0, 2, 1, 3)), array64(named("whole"), []int{6}, 1, 2, 3, c.side, c.side, 4), op("Reshape", named("f")+","+named("whole"), named("g")),
					op("Transpose", named("g"), named("h"), attrInts("perm", 0, 5, 1, 3, 2, 4)), array64(named("map"), []int{4}, 1, 4, 2*c.side, 3*c.side), op("Reshape", named("h")+","+named("map"), out))
			}
			net := mustONNX(t, modelOf(13, input("x", 1, 3, 4, 6), array32("w", []int{4, 3, 1, 1}, ramp(12)...), op("Conv", "x,w", "c"), array64("apart", []int{6}, 1, 4, 2, 2, 3, 2), op("Reshape", "c,apart", "a"),
				op("Transpose", "a", "b", attrInts("perm", 0, 2, 4, 3, 5, 1)), array64("heads", []int{4}, 6, 4, 2, 2), op("Reshape", "b,heads", "d"), op("Transpose", "d", "k", attrInts("perm", 0, 2, 1, 3)),
				op("Transpose", "k", "kt", attrInts("perm", 0, 1, 3, 2)), c.queries, op("MatMul", "q,kt", "s"), op("Softmax", "s", "z", attrInt("axis", -1)), array32("shift", []int{2, 1, 1}, 0.125, -0.5), op("Add", "z,shift", "p"),
				attention("z", "plain"), attention("p", "y")))
			ref, err := nn.NewReference(net)
			if err != nil {
				t.Fatal(err)
			}
			of := func(layer string) []float32 {
				y, err := ref.Activation(nn.TensorOf(ramp(3*4*6), 3, 4, 6), layer)
				if err != nil {
					t.Fatal(err)
				}
				return nn.Floats(y)
			}
			values, want := of("c"), of("plain")
			high, wide := 2*c.side, 3*c.side
			for i := range want {
				channel, row, column := i/(high*wide), i/wide%high/c.side, i%wide/c.side
				sum := float32(0)
				for k := range 4 {
					sum += values[(channel*4+2*row+k/2)*6+2*column+k%2]
				}
				want[i] += [2]float32{0.125, -0.5}[channel/2] * sum
			}
			near(t, of("y"), want)
			wantShapes(t, net, 10, 7, map[string]string{"y": map[int]string{1: "[4 4 5]", 2: "[4 7 10]"}[c.side]})
		})
	}
}

// What mixes more than heads is refused in a line.
func TestTalkingHeadsRefused(t *testing.T) {
	soft := op("Softmax", "r", "p", attrInt("axis", -1))
	for name, c := range map[string]struct {
		parts []byte
		want  string
	}{
		"neighbours":              {cat(array32("v", []int{2, 2, 3, 3}, ramp(36)...), op("Conv", "s,v", "r", attrInts("pads", 1, 1, 1, 1)), soft), "mixes something else than the heads"},
		"groups":                  {cat(array32("v", []int{2, 1, 1, 1}, 1, 2), op("Conv", "s,v", "r", attrInt("group", 2)), soft), "mixes something else than the heads"},
		"every other":             {cat(array32("v", []int{2, 2, 1, 1}, ramp(4)...), op("Conv", "s,v", "r", attrInts("strides", 2, 2)), soft), "mixes something else than the heads"},
		"keys":                    {cat(array32("v", []int{48, 48}, ramp(48*48)...), op("MatMul", "s,v", "r"), soft), "mixes something else than the heads"},
		"other heads":             {cat(array32("v", []int{2, 3, 1, 1}, ramp(6)...), op("Conv", "s,v", "r"), soft), "mixes something else than the heads"},
		"an equation":             {cat(array32("v", []int{48, 2}, ramp(96)...), op("Einsum", "s,v", "r", attrText("equation", "bhij,jg->bhig")), soft), "its equation is bhij,jg->bhig"},
		"divided by shares":       {cat(array32("v", []int{}, 2), op("Identity", "s", "r"), op("Softmax", "r", "z", attrInt("axis", -1)), op("Div", "v,z", "p")), "products of an attention"},
		"no softmax, a number":    {cat(array32("v", []int{}, 2), op("Add", "s,v", "p")), "multiplies products of"},
		"no softmax, one a query": {cat(array32("v", []int{48, 1}, ramp(48)...), op("Sub", "s,v", "p")), "multiplies products of"},
		"no softmax, one a head":  {cat(array32("v", []int{2, 1, 1}, 1, 2), op("Add", "s,v", "p")), "multiplies products of"},
		"no softmax, mixed":       {cat(array32("v", []int{2, 2, 1, 1}, ramp(4)...), array32("b", []int{2}, 1, 2), op("Conv", "s,v,b", "p")), "multiplies products of"},
		"one for a key":           {cat(array32("v", []int{48}, ramp(48)...), op("Mul", "s,v", "r"), soft), "products of an attention"},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			net, err := ONNX(model(13, attentionParts(c.parts)), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), c.want)
			if _, err := net.Find("c"); err != nil {
				t.Error(err)
			}
		})
	}
}

// Tokens that are padded have others of one number beside them, and a product of matrices that is no attention's is made for each part of them.
func TestTokensPadded(t *testing.T) {
	net := mustONNX(t, model(13, array32("w", []int{6, 3, 2, 2}, ramp(72)...), op("Conv", "x,w", "c"), array64("flat", []int{3}, 1, 6, 48), op("Reshape", "c,flat", "f"),
		op("Transpose", "f", "t", attrInts("perm", 0, 2, 1)), array64("pads", []int{6}, 0, 1, 0, 0, 1, 0), array32("fill", []int{}, 0.5), op("Pad", "t,pads,fill", "tokens"),
		op("Softmax", "f", "k", attrInt("axis", 2)), op("MatMul", "k,t", "g"), op("MatMul", "tokens,g", "m"), op("Add", "m,tokens", "y"), array64("zero", []int{}, 0), op("Gather", "y,zero", "a", attrInt("axis", 1)),
		array64("last", []int{}, 49), op("Gather", "y,last", "b", attrInt("axis", 1))))
	c, n := run(t, net, "c"), 48
	want, at := make([]float32, 6*n), make([]float32, 6)
	for o := range 6 {
		sums := [6]float64{}
		for i := range 6 {
			sum := 0.0
			for p := range n {
				sum += math.Exp(float64(c[i*n+p]))
			}
			for p := range n {
				sums[i] += math.Exp(float64(c[i*n+p])) / sum * float64(c[o*n+p])
			}
			at[o] += float32(0.5 * sums[i])
		}
		at[o] += 0.5
		for p := range n {
			s := float64(c[o*n+p])
			for i := range 6 {
				s += float64(c[i*n+p]) * sums[i]
			}
			want[o*n+p] = float32(s)
		}
	}
	near(t, run(t, net, "y"), want)
	near(t, run(t, net, "a"), at)
	near(t, run(t, net, "b"), at)
	wantShapes(t, net, 31, 20, map[string]string{"y": "[6 19 30]", "a": "[6 1 1]"})
}

// Queries that were pooled meet the keys of their unit, whose tokens stand in the order of strides within strides; at other sizes units at the
// edges are parts.
func TestUnits(t *testing.T) {
	// 8x12 tokens of 4 channels in units of 4x4: rows of strides 1 and 2, and columns, before the units' rows and columns.
	graph := cat(input("x", 1, 3, 8, 12), array32("w", []int{4, 3, 1, 1}, ramp(12)...), op("Conv", "x,w", "c"), array64("apart", []int{8}, 1, 4, 2, 2, 2, 3, 2, 2), op("Reshape", "c,apart", "a"),
		op("Transpose", "a", "u", attrInts("perm", 0, 4, 7, 3, 6, 2, 5, 1)), array64("tokens", []int{3}, 1, 96, 4), op("Reshape", "u,tokens", "t"),
		array64("units", []int{5}, 1, 16, 6, 2, 2), op("Reshape", "t,units", "h"), op("Transpose", "h", "k", attrInts("perm", 0, 3, 2, 1, 4)), op("Transpose", "h", "kt", attrInts("perm", 0, 3, 2, 4, 1)),
		array64("strides", []int{6}, 1, 2, 6, 4, 4, 2), op("Reshape", "k,strides", "s"), op("ReduceMax", "s", "q", attrInts("axes", 3), attrInt("keepdims", 0)),
		op("MatMul", "q,kt", "m"), op("Softmax", "m", "p", attrInt("axis", -1)), op("MatMul", "p,k", "o"), op("Transpose", "o", "b", attrInts("perm", 0, 3, 2, 1, 4)), array64("joined", []int{3}, 1, 24, 4), op("Reshape", "b,joined", "y"))
	net := mustONNX(t, modelOf(13, graph))
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	picture := nn.TensorOf(ramp(3*8*12), 3, 8, 12)
	of := func(layer string) []float32 {
		y, err := ref.Activation(picture, layer)
		if err != nil {
			t.Fatal(err)
		}
		return nn.Floats(y)
	}
	c := of("c")
	at := func(channel, y, x int) float64 { return float64(c[(channel*8+y)*12+x]) }
	want := make([]float32, 4*4*6)
	for head := range 2 {
		for y := range 4 {
			for x := range 6 {
				var q [2]float64
				for k := range q {
					q[k] = max(at(2*head+k, 2*y, 2*x), at(2*head+k, 2*y+1, 2*x), at(2*head+k, 2*y, 2*x+1), at(2*head+k, 2*y+1, 2*x+1))
				}
				sum, made := 0.0, [2]float64{}
				for i := range 16 {
					ky, kx := y/2*4+i/4, x/2*4+i%4
					e := math.Exp(q[0]*at(2*head, ky, kx) + q[1]*at(2*head+1, ky, kx))
					sum += e
					for k := range made {
						made[k] += e * at(2*head+k, ky, kx)
					}
				}
				for k := range made {
					want[((2*head+k)*4+y)*6+x] = float32(made[k] / sum)
				}
			}
		}
	}
	near(t, of("y"), want)
	wantShapes(t, net, 27, 21, map[string]string{"y": "[4 11 14]"})
}

// Each mixture of many heads asks for room, so that a small file of many of them is read soon.
func TestTalkingHeadsMany(t *testing.T) {
	const heads = 1024
	graph := cat(array32("w", []int{heads, 3, 1, 1}, make([]float32, 3*heads)...), op("Conv", "x,w", "c"), array64("apart", []int{4}, 1, heads, 1, 63), op("Reshape", "c,apart", "k"), op("Transpose", "k", "q", attrInts("perm", 0, 1, 3, 2)),
		op("MatMul", "q,k", "s"), op("Softmax", "s", "z0", attrInt("axis", -1)), array32("by", []int{heads, 1, 1}, make([]float32, heads)...))
	for i := range 30 {
		graph = cat(graph, op("Mul", fmt.Sprintf("z%d,by", i), fmt.Sprintf("z%d", i+1)))
	}
	var heard []string
	withinMemory(t, len(graph), func() {
		_, err := ONNX(model(13, graph, op("MatMul", "z30,q", "y")), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
		wantError(t, complaint(err, heard), "more than the")
	})
}
