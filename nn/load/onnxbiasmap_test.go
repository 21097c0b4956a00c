package load

import (
	"math"
	"testing"

	"zalgoscope/nn"
)

// relative is attention of two heads of 2 channels in windows of 2x3 with what queries make of tables for the rows and columns of each key, over a
// picture of 6x4.
func relative(between ...[]byte) []byte {
	return modelOf(13, input("x", 1, 3, 4, 6), array32("w", []int{4, 3, 1, 1}, ramp(12)...), op("Conv", "x,w", "c"), array64("apart", []int{6}, 1, 4, 2, 2, 2, 3), op("Reshape", "c,apart", "a"),
		op("Transpose", "a", "b", attrInts("perm", 0, 2, 4, 3, 5, 1)), array64("heads", []int{4}, 4, 6, 2, 2), op("Reshape", "b,heads", "d"), op("Transpose", "d", "e", attrInts("perm", 0, 2, 1, 3)),
		array64("each", []int{3}, 8, 6, 2), op("Reshape", "e,each", "q"), op("Transpose", "q", "k", attrInts("perm", 0, 2, 1)), array32("by", []int{}, 0.5), op("Mul", "q,by", "scaled"), op("MatMul", "scaled,k", "s"),
		array64("grid", []int{4}, 8, 2, 3, 2), op("Reshape", "q,grid", "r"), array32("rows", []int{2, 2, 2}, ramp(8)...), array32("columns", []int{3, 3, 2}, ramp(18)...),
		cat(between...), op("Softmax", "z", "p", attrInt("axis", -1)), op("MatMul", "p,q", "o"),
		array64("back", []int{4}, 4, 2, 6, 2), op("Reshape", "o,back", "f"), array64("whole", []int{7}, 1, 2, 2, 2, 2, 3, 2), op("Reshape", "f,whole", "g"),
		op("Transpose", "g", "h", attrInts("perm", 0, 3, 6, 1, 4, 2, 5)), array64("map", []int{4}, 1, 4, 4, 6), op("Reshape", "h,map", "y"))
}

// Numbers that queries make for the rows and columns of keys are added to products, at any size.
func TestRelativePositions(t *testing.T) {
	rows, columns := op("Einsum", "r,rows", "rh", attrText("equation", "bhwc,hkc->bhwk")), op("Einsum", "r,columns", "rw", attrText("equation", "bhwc,wkc->bhwk"))
	keys := cat(array64("five", []int{5}, 8, 2, 3, 2, 3), op("Reshape", "s,five", "s5"), array64("three", []int{3}, 8, 6, 6))
	both := cat(rows, columns, keys, array64("last", []int{1}, -1), op("Unsqueeze", "rh,last", "rh5"), array64("third", []int{1}, 3), op("Unsqueeze", "rw,third", "rw5"))
	for _, c := range []struct {
		name    string
		between []byte
		sign    float64
	}{
		{"one after the other", cat(both, op("Add", "s5,rh5", "t"), op("Add", "rw5,t", "u"), op("Reshape", "u,three", "z")), 1},
		{"taken away", cat(both, op("Sub", "s5,rh5", "t"), op("Sub", "t,rw5", "u"), op("Reshape", "u,three", "z")), -1},
		{"together", cat(both, op("Add", "rh5,rw5", "t"), op("Add", "s5,t", "u"), op("Reshape", "u,three", "z")), 1},
		{"together in other dimensions", cat(both, op("Add", "rw5,rh5", "t"), op("Reshape", "t,three", "u"), op("Sub", "s,u", "z")), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustONNX(t, relative(c.between))
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
			q := of("c")
			at := func(channel, y, x int) float64 { return float64(q[(channel*4+y)*6+x]) }
			table := func(n, i, k, c int) float64 { return float64(ramp(2 * n * n)[(i*n+k)*2+c]) }
			want := make([]float32, 4*4*6)
			for head := range 2 {
				for y := range 4 {
					for x := range 6 {
						sum, made := 0.0, [2]float64{}
						for ky := range 2 {
							for kx := range 3 {
								s := 0.0
								for c2 := range 2 {
									own := at(2*head+c2, y, x)
									s += own * (0.5*at(2*head+c2, y/2*2+ky, x/3*3+kx) + c.sign*(table(2, y%2, ky, c2)+table(3, x%3, kx, c2)))
								}
								sum += math.Exp(s)
								for c2 := range 2 {
									made[c2] += math.Exp(s) * at(2*head+c2, y/2*2+ky, x/3*3+kx)
								}
							}
						}
						for c2 := range 2 {
							want[((2*head+c2)*4+y)*6+x] = float32(made[c2] / sum)
						}
					}
				}
			}
			near(t, of("y"), want)
			wantShapes(t, net, 10, 7, map[string]string{"y": "[4 7 10]"})
		})
	}
}

// What is no number of a query for its keys is refused in a line.
func TestRelativePositionsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		between []byte
		want    string
	}{
		"numbers of keys alone":  {cat(array64("alone", []int{3}, 8, 1, 12), op("Reshape", "q,alone", "t"), op("Slice", "t,zero,six,two", "u"), array64("zero", []int{1}, 0), array64("six", []int{1}, 6), array64("two", []int{1}, 2), op("Add", "s,u", "z")), "n_u"},
		"fewer rows than tables": {cat(array32("small", []int{1, 2, 2}, ramp(4)...), op("Einsum", "r,small", "z", attrText("equation", "bhwc,hkc->bhwk"))), "its equation is bhwc,hkc->bhwk"},
		"a function of a sum":    {cat(op("Einsum", "r,rows", "rh", attrText("equation", "bhwc,hkc->bhwk")), array64("last", []int{1}, -1), op("Unsqueeze", "rh,last", "v"), array64("third", []int{1}, 3), op("Unsqueeze", "rh,third", "w2"), op("Add", "v,w2", "t"), op("Relu", "t", "z")), "it reads a sum of 2 maps of other channels each, seen as [8 2 3 2 2]"},
		"added to shares":        {cat(op("Softmax", "s", "t", attrInt("axis", -1)), op("Einsum", "r,rows", "rh", attrText("equation", "bhwc,hkc->bhwk")), array64("five", []int{5}, 8, 2, 3, 2, 3), op("Reshape", "t,five", "u"), array64("last", []int{1}, -1), op("Unsqueeze", "rh,last", "v"), op("Add", "u,v", "z")), "it adds a map of [8 2 3 2 1] to products of [8 2 3 2 3]"},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			net, err := ONNX(relative(c.between), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), c.want)
			if _, err := net.Find("c"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A pool of windows that stand as a batch is one of their map.
func TestPoolOfWindows(t *testing.T) {
	pool := func(in, out string) []byte {
		return op("MaxPool", in, out, attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2))
	}
	batch := func(n int) []byte {
		return cat(array64("apart", []int{6}, 1, 3, 4/n, n, 8/n, n), op("Reshape", "x,apart", "a"), op("Transpose", "a", "b", attrInts("perm", 0, 2, 4, 1, 3, 5)), array64("each", []int{4}, -1, 3, n, n), op("Reshape", "b,each", "w"))
	}
	net := mustONNX(t, modelOf(13, input("x", 1, 3, 4, 8), batch(4), pool("w", "p"), array64("together", []int{6}, 1, 1, 2, 3, 2, 2), op("Reshape", "p,together", "c"),
		op("Transpose", "c", "d", attrInts("perm", 0, 3, 1, 4, 2, 5)), array64("map", []int{4}, 1, 3, 2, 4), op("Reshape", "d,map", "y"), pool("x", "want")))
	near(t, run(t, net, "y"), run(t, net, "want"))
	wantShapes(t, net, 15, 6, map[string]string{"y": "[3 3 7]"})
	_, err := ONNX(modelOf(13, input("x", 1, 3, 4, 8), batch(1), pool("w", "y")), "t.onnx", Options{})
	wantError(t, err, "order of dimensions")
}

// What would take too many channels for all heads at once is multiplied for one after the other.
func TestRelativePositionsByHead(t *testing.T) {
	const rows, wide, out = 1024, 34, 2
	net := mustONNX(t, modelOf(13, input("x", 1, 3, rows, 2), array32("w", []int{2 * wide, 3, 1, 1}, ramp(6*wide)...), op("Conv", "x,w", "c"), array64("apart", []int{5}, 1, 2, wide, rows, 2), op("Reshape", "c,apart", "a"),
		op("Transpose", "a", "b", attrInts("perm", 0, 1, 3, 4, 2)), array64("heads", []int{4}, 2, rows, 2, wide), op("Reshape", "b,heads", "r"), array32("table", []int{rows, out, wide}, ramp(rows*out*wide)...),
		op("Einsum", "r,table", "e", attrText("equation", "bhwc,hkc->bhwk")), op("Transpose", "e", "f", attrInts("perm", 0, 3, 1, 2)), array64("map", []int{4}, 1, 2*out, rows, 2), op("Reshape", "f,map", "m"), op("Relu", "m", "y")))
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	picture := nn.TensorOf(ramp(3*rows*2), 3, rows, 2)
	got, err := ref.Activation(picture, "y")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ref.Activation(picture, "c")
	if err != nil {
		t.Fatal(err)
	}
	q, table := nn.Floats(c), ramp(rows*out*wide)
	want := make([]float32, 2*out*rows*2)
	for i := range want {
		head, k, row, column := i/(out*rows*2), i/(rows*2)%out, i/2%rows, i%2
		sum := 0.0
		for j := range wide {
			sum += float64(q[((head*wide+j)*rows+row)*2+column]) * float64(table[(row*out+k)*wide+j])
		}
		want[i] = float32(max(sum, 0))
	}
	near(t, nn.Floats(got), want)
}
