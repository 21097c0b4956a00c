package load

import (
	"math"
	"slices"
	"testing"
)

// Products of maps, and what is done to parts of their channels and to their positions, are as loops over the numbers make them.
func TestMatrices(t *testing.T) {
	const channels, n, heads = 12, 7 * 9, 3
	const per = channels / heads
	x := run(t, mustONNX(t, model(13, twelve())), "c")
	at := func(c, p int) float64 { return float64(x[c*n+p]) }
	shape := func(name string, dims ...int) []byte { return array64(name, []int{len(dims)}, dims...) }
	apart := cat(shape("heads", 1, heads, per, n), op("Reshape", "c,heads", "h"), shape("map", 1, channels, 7, 9))
	small := array32("small", []int{}, 0.01)
	gram := func(a, b int) (sum float64) {
		for p := range n {
			sum += at(a, p) * at(b, p)
		}
		return sum
	}
	soft := func(v []float64) []float64 {
		top, sum := slices.Max(v), 0.0
		for i := range v {
			v[i] = math.Exp(v[i] - top)
			sum += v[i]
		}
		for i := range v {
			v[i] /= sum
		}
		return v
	}
	wide, narrow := ramp(n*5), ramp(5*n)
	for i := range wide {
		wide[i], narrow[i] = float32(i%7)/7, float32(i%5)/5
	}
	for name, c := range map[string]struct {
		graph []byte
		want  func(c, p int) float64
		wide  int
	}{
		"a Gram matrix": {cat(shape("flat", 1, channels, n), op("Reshape", "c,flat", "f"), op("Transpose", "f", "g", attrInts("perm", 0, 2, 1)), op("MatMul", "f,g", "y")), gram, channels},
		"channel attention": {cat(apart, small, op("Transpose", "h", "g", attrInts("perm", 0, 1, 3, 2)), op("MatMul", "h,g", "m"), op("Mul", "m,small", "s"), op("Softmax", "s", "r", attrInt("axis", -1)), op("MatMul", "r,h", "v"), op("Reshape", "v,map", "y")),
			func(c, p int) float64 {
				v := make([]float64, per)
				for i := range v {
					v[i] = 0.01 * gram(c, c/per*per+i)
				}
				sum := 0.0
				for i, s := range soft(v) {
					sum += s * at(c/per*per+i, p)
				}
				return sum
			}, n},
		"a softmax over parts of the channels": {cat(apart, op("Softmax", "h", "s", attrInt("axis", 2)), op("Reshape", "s,map", "y")), func(c, p int) float64 {
			v := make([]float64, per)
			for i := range v {
				v[i] = at(c/per*per+i, p)
			}
			return soft(v)[c%per]
		}, n},
		"the largest of parts of the channels": {cat(apart, op("ReduceMax", "h", "y", attrInts("axes", 1), attrInt("keepdims", 0))), func(c, p int) float64 {
			return max(at(c, p), at(c+per, p), at(c+2*per, p))
		}, n},
		"layers dense over positions": {cat(shape("flat", 1, channels, n), op("Reshape", "c,flat", "f"), array32("wide", []int{n, 5}, wide...), array32("narrow", []int{5, n}, narrow...), op("MatMul", "f,wide", "a"), op("Relu", "a", "b"),
			op("MatMul", "b,narrow", "d"), op("Add", "f,d", "y")), func(c, p int) float64 {
			sum := at(c, p)
			for k := range 5 {
				hidden := 0.0
				for q := range n {
					hidden += at(c, q) * float64(wide[q*5+k])
				}
				sum += max(hidden, 0) * float64(narrow[k*n+p])
			}
			return sum
		}, n},
		"a convolution along the channels": {cat(op("GlobalAveragePool", "c", "p"), shape("row", 1, 1, channels), op("Reshape", "p,row", "r"), array32("k", []int{1, 1, 3}, 1, 2, 3), op("Conv", "r,k", "q", attrInts("kernel_shape", 3), attrInts("pads", 1, 1)),
			shape("pixel", 1, channels, 1, 1), op("Reshape", "q,pixel", "g"), op("Mul", "c,g", "y")), func(c, p int) float64 {
			sum := 0.0
			for k := -1; k <= 1; k++ {
				if c+k < 0 || c+k >= channels {
					continue
				}
				for q := range n {
					sum += float64(k+2) * at(c+k, q) / n
				}
			}
			return sum * at(c, p)
		}, n},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, mustONNX(t, model(11+2, twelve(), c.graph)), "y")
			for i, v := range got {
				if want := c.want(i/c.wide, i%c.wide); math.Abs(float64(v)-want) > 1e-4*(1+math.Abs(want)) {
					t.Fatalf("number %d is %g, want %g", i, v, want)
				}
			}
		})
	}
}

// What a net gives out is what it is to the file: a convolution whose output is one of the net's takes no normalisation in.
func TestGivenOut(t *testing.T) {
	norm := cat(array32("s", []int{2}, 2, 3), array32("b", []int{2}, 1, 1), array32("m", []int{2}, 0, 0), array32("v", []int{2}, 1, 1), op("BatchNormalization", "c,s,b,m,v", "y"))
	conv := cat(array32("w", []int{2, 3, 1, 1}, ramp(6)...), op("Conv", "x,w", "c"))
	alone := run(t, mustONNX(t, model(13, conv)), "c")
	near(t, run(t, mustONNX(t, model(13, conv, norm, bytesField(12, text(1, "c")), bytesField(12, text(1, "y")))), "c"), alone)
}

// A gate of each channel that stands in a row goes with its channel, also where the picture is so many times as wide.
func TestONNXGateInRow(t *testing.T) {
	gate := cat(array64("row", []int{3}, 1, 1, 3), array64("map", []int{4}, 1, 3, 1, 1), op("GlobalAveragePool", "x", "g"), op("Reshape", "g,row", "r"), array32("w", []int{1, 1, 3}, 0.5, 2, -1),
		op("Conv", "r,w", "c", attrInts("pads", 1, 1)), op("Reshape", "c,map", "m"))
	net := mustONNX(t, model(13, gate, op("Mul", "x,m", "y")))
	x := ramp(3 * 7 * 9)
	var mean [5]float32 // with a zero at either end
	for c := range 3 {
		for _, v := range x[c*63 : c*63+63] {
			mean[c+1] += v / 63
		}
	}
	want := make([]float32, len(x))
	for i, v := range x {
		c := i / 63
		want[i] = v * (0.5*mean[c] + 2*mean[c+1] - mean[c+2])
	}
	near(t, run(t, net, "y"), want)
}

// A layer that is dense over positions tells the picture's size where the file does not.
func TestONNXSizeOfTokens(t *testing.T) {
	for _, opset := range []int{9, 13} {
		net := mustONNX(t, modelOf(opset, input("x", 0, 3, 0, 0), array32("k", []int{8, 3, 8, 8}, noisy("k", 8*3*64)...), op("Conv", "x,k", "p", attrInts("strides", 8, 8)), array64("to", []int{3}, 0, 8, -1), op("Reshape", "p,to", "t"),
			array32("m", []int{16, 4}, noisy("m", 64)...), op("MatMul", "t,m", "y")))
		if w, h := net.Size(); w != 32 || h != 32 {
			t.Errorf("the picture is %dx%d, not 32x32", w, h)
		}
	}
}

// Two views of a square of channels and rows whose rows stand in other dimensions are joined by turning one of them, once, and no layer of what
// was tried before is left.
func TestSquareApart(t *testing.T) {
	shape := array64("s", []int{4}, 1, 3, 1, 3)
	net := mustONNX(t, modelOf(13, input("x", 1, 3, 3, 1), op("Relu", "x", "r"), shape, op("Reshape", "r,s", "a"), op("Add", "a,r", "y")))
	names := map[string]bool{}
	for _, l := range net.Layers {
		if names[l.Name] {
			t.Errorf("two layers are called %s", l.Name)
		}
		names[l.Name] = true
	}
	wantShapes(t, net, 1, 3, map[string]string{"y": "[3 3 3]"})
}
