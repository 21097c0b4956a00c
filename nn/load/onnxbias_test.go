package load

import (
	"math"
	"testing"
)

// A bias of products whose queries and keys are not of one map, as those with a class token, held to the product
// spelt out; at other sizes the net goes on.
func TestBiasByChannels(t *testing.T) {
	const c, n = 4, 6
	patches := cat(array32("w", []int{c, 3, 3, 3}, ramp(c*27)...), op("Conv", "x,w", "p", attrInts("strides", 3, 3), attrInts("pads", 0, 0, 0, 0)), array64("flat", []int{3}, 1, c, -1), op("Reshape", "p,flat", "f"), op("Transpose", "f", "patches", attrInts("perm", 0, 2, 1)))
	token := cat(array32("token", []int{1, 1, c}, ramp(c)...), op("Concat", "token,patches", "seen", attrInt("axis", 1)))
	for _, test := range []struct {
		name          string
		graph         []byte
		queries, keys string
		nq, nk        int
	}{
		{"class token", cat(patches, token), "seen", "seen", n + 1, n + 1},
		{"class token asks", cat(patches, token, array64("zero", []int{1}, 0), array64("one", []int{1}, 1), op("Slice", "seen,zero,one,one", "first")), "first", "seen", 1, n + 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			bias := ramp(2 * test.nq * test.nk)
			bias[3] = -float32(math.Inf(1))
			heads := func(from, to string) []byte {
				return cat(op("Reshape", from+",heads", to+"h"), op("Transpose", to+"h", to, attrInts("perm", 0, 2, 1, 3)))
			}
			net := mustONNX(t, model(13, test.graph, array64("heads", []int{4}, 1, -1, 2, c/2), heads(test.queries, "q"), heads(test.keys, "v"), op("Transpose", "v", "k", attrInts("perm", 0, 1, 3, 2)),
				op("MatMul", "q,k", "s"), array32("by", []int{}, 0.7), op("Mul", "s,by", "r"), array32("bias", []int{2, test.nq, test.nk}, bias...), op("Add", "r,bias", "b"), op("Softmax", "b", "a", attrInt("axis", -1)),
				op("MatMul", "a,v", "o"), op("Transpose", "o", "t", attrInts("perm", 0, 2, 1, 3)), array64("whole", []int{3}, 1, -1, c), op("Reshape", "t,whole", "y"), bytesField(12, text(1, "y"))))
			p := run(t, net, "p") // c x 2 x 3
			rows := func(what string) (out [][]float32) {
				row := func(place int) []float32 {
					v := make([]float32, c)
					for k := range v {
						v[k] = p[k*n+place]
					}
					return v
				}
				switch what {
				case "first":
					return [][]float32{ramp(c)}
				case "seen":
					out = append(out, ramp(c))
				}
				for i := range n {
					out = append(out, row(i))
				}
				return out
			}
			q, k := rows(test.queries), rows(test.keys)
			want := make([]float32, c*test.nq) // of each channel all queries
			for h := range 2 {
				for i := range q {
					shares, sum := make([]float64, len(k)), 0.0
					for j := range k {
						s := 0.0
						for d := range c / 2 {
							s += float64(q[i][h*c/2+d]) * float64(k[j][h*c/2+d])
						}
						shares[j] = math.Exp(s*0.7 + float64(bias[(h*test.nq+i)*test.nk+j]))
						sum += shares[j]
					}
					for d := range c / 2 {
						v := 0.0
						for j := range k {
							v += shares[j] / sum * float64(k[j][h*c/2+d])
						}
						want[(h*c/2+d)*test.nq+i] = float32(v)
					}
				}
			}
			got := run(t, net, "y")
			if len(got) < len(want) { // the largest part of the tokens, which has the name
				for d := range c {
					near(t, got[d*n:(d+1)*n], want[d*test.nq+1:(d+1)*test.nq])
				}
			} else {
				near(t, got, want)
			}
			for _, size := range [][2]int{{18, 14}, {27, 21}, {12, 30}} {
				if _, err := net.Shapes(size[0], size[1]); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Products with as many keys at any size are made where something else than a softmax reads them, tokens are padded along the channels,
// and numbers laid out as a map scale parts of channels.
func TestProductsMade(t *testing.T) {
	x := ramp(3 * 7 * 9)
	t.Run("linear attention", func(t *testing.T) {
		net := mustONNX(t, model(13, array64("flat", []int{3}, 1, 3, -1), op("Reshape", "x,flat", "f"), op("Transpose", "f", "v0", attrInts("perm", 0, 2, 1)), array64("pad", []int{6}, 0, 0, 0, 0, 0, 1), array32("one", []int{}, 1),
			op("Pad", "v0,pad,one", "v"), op("MatMul", "f,v", "g"), op("MatMul", "v0,g", "o"), array64("a", []int{1}, 0), array64("b", []int{1}, 3), array64("c", []int{1}, 4), array64("axis", []int{1}, -1),
			op("Slice", "o,a,b,axis", "num"), op("Slice", "o,b,c,axis", "den"), array32("more", []int{}, 3), op("Add", "den,more", "d"), op("Div", "num,d", "q"), op("Transpose", "q", "y", attrInts("perm", 0, 2, 1))))
		gram := [3][4]float64{}
		for i := range 3 {
			for p := range 63 {
				for j := range 4 {
					v := 1.0
					if j < 3 {
						v = float64(x[j*63+p])
					}
					gram[i][j] += float64(x[i*63+p]) * v
				}
			}
		}
		var want []float32
		for j := range 3 {
			for p := range 63 {
				num, den := 0.0, 3.0
				for i := range 3 {
					num += float64(x[i*63+p]) * gram[i][j]
					den += float64(x[i*63+p]) * gram[i][3]
				}
				want = append(want, float32(num/den))
			}
		}
		got := run(t, net, "y")
		for i := range want { // divisors may be small
			if d := math.Abs(float64(got[i]-want[i])) / (1 + math.Abs(float64(want[i]))); !(d < 1e-3) {
				t.Fatalf("number %d is %g, want %g", i, got[i], want[i])
			}
		}
		wantShapes(t, net, 18, 14, map[string]string{"y": "[3 14 18]"})
	})
	t.Run("split attention", func(t *testing.T) {
		net := mustONNX(t, model(13, array32("w", []int{6, 3, 1, 1}, ramp(18)...), op("Conv", "x,w", "c"), array64("parts", []int{5}, 1, 2, 3, 7, 9), op("Reshape", "c,parts", "p"), op("GlobalAveragePool", "c", "g"), array64("rows", []int{4}, 1, 1, 2, 3),
			op("Reshape", "g,rows", "r"), op("Transpose", "r", "t", attrInts("perm", 0, 2, 1, 3)), op("Softmax", "t", "s", attrInt("axis", 1)), array64("back", []int{5}, 1, 2, 3, 1, 1), op("Reshape", "s,back", "a"), op("Mul", "p,a", "m"),
			array64("ax", []int{1}, 1), op("ReduceSum", "m,ax", "y", attrInt("keepdims", 0))))
		c, g := run(t, net, "c"), run(t, net, "g")
		var want []float32
		for k := range 3 {
			a, b := math.Exp(float64(g[k])), math.Exp(float64(g[3+k]))
			for p := range 63 {
				want = append(want, float32((a*float64(c[k*63+p])+b*float64(c[(3+k)*63+p]))/(a+b)))
			}
		}
		near(t, run(t, net, "y"), want)
		wantShapes(t, net, 18, 14, map[string]string{"y": "[3 14 18]"})
	})
}

// A table beside products of nothing with keys of another map has no place among the channels.
func TestTableBesideNothing(t *testing.T) {
	var heard []string
	pool := attrInts("kernel_shape", 2, 2)
	net, err := ONNX(model(13, op("MaxPool", "x", "small", pool, attrInts("strides", 2, 2)), array64("flat", []int{3}, 1, 3, -1), op("Reshape", "x,flat", "f"), op("Transpose", "f", "q", attrInts("perm", 0, 2, 1)),
		op("Reshape", "small,flat", "k"), op("Transpose", "k", "v", attrInts("perm", 0, 2, 1)), op("MatMul", "q,k", "s"), array32("zero", []int{}, 0), op("Mul", "s,zero", "r"), array32("table", []int{63, 12}, ramp(63*12)...),
		op("Add", "r,table", "b"), op("Softmax", "b", "p", attrInt("axis", -1)), op("MatMul", "p,v", "y")), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
	wantError(t, complaint(err, heard), "adds numbers to 12 products of each of 63 queries")
	if _, err := net.Find("small"); err != nil {
		t.Error(err)
	}
}
