package load

import (
	"cmp"
	"slices"
	"testing"
)

// Operators that move single values, on the picture x of 3x7x9, held to plain loops.
func TestONNXPlaces(t *testing.T) {
	const c, h, w = 3, 7, 9
	x := ramp(c * h * w)
	at := func(k, i, j int) float32 { return x[(k*h+i)*w+j] }
	each := func(c, h, w int, f func(k, i, j int) float32) (out []float32) {
		for k := range c {
			for i := range h {
				for j := range w {
					out = append(out, f(k, i, j))
				}
			}
		}
		return out
	}
	// best are the places of the k best values of a column, in order.
	best := func(i, j, k int, better func(a, b float32) int) []int {
		order := []int{0, 1, 2}
		slices.SortStableFunc(order, func(p, q int) int { return better(at(p, i, j), at(q, i, j)) })
		return order[:k]
	}
	down := func(a, b float32) int { return cmp.Compare(b, a) }
	up := func(a, b float32) int { return cmp.Compare(a, b) }
	two := array64("k", []int{1}, 2)
	float := func(in string) []byte { return op("Cast", in, "y", attrInt("to", 1)) }
	turned := cat(op("Sin", "x", "s"), op("Asin", "s", "q")) // x once more, so that it is a layer
	out := bytesField(12, text(1, "y"))
	flat := array32("u", []int{1, 1, 1, 2}, 5, -7)
	for _, test := range []struct {
		name  string
		opset int
		graph []byte
		want  []float32
	}{
		{"topk", 13, cat(two, op("TopK", "x,k", "y,i", attrInt("axis", 1))), each(2, h, w, func(k, i, j int) float32 { return at(best(i, j, 2, down)[k], i, j) })},
		{"smallest", 11, cat(two, op("TopK", "x,k", "v,i", attrInt("axis", 1), attrInt("largest", 0)), op("Relu", "v", "y")), each(2, h, w, func(k, i, j int) float32 { return max(at(best(i, j, 2, up)[k], i, j), 0) })},
		{"their places", 13, cat(two, op("TopK", "x,k", "v,i", attrInt("axis", 1)), float("i")), each(2, h, w, func(k, i, j int) float32 { return float32(best(i, j, 2, down)[k]) })},
		{"topk by an attribute", 9, op("TopK", "x", "y,", attrInt("axis", -3), attrInt("k", 1)), each(1, h, w, func(_, i, j int) float32 { return max(at(0, i, j), at(1, i, j), at(2, i, j)) })},
		{"one hot between rows and columns", 13, cat(op("ArgMax", "x", "i", attrInt("axis", 1), attrInt("keepdims", 0)), array64("d", []int{}, 3), array32("v", []int{2}, 0, 1), op("OneHot", "i,d,v", "o", attrInt("axis", 2)), op("Transpose", "o", "y", attrInts("perm", 0, 2, 1, 3))),
			each(3, h, w, func(k, i, j int) float32 { return float32(number01(k == best(i, j, 1, down)[0])) })},
		{"one hot", 13, cat(op("ArgMax", "x", "i", attrInt("axis", 1), attrInt("keepdims", 0)), array64("d", []int{}, 4), array32("v", []int{2}, -0.5, 2), op("OneHot", "i,d,v", "y", attrInt("axis", 1))),
			each(4, h, w, func(k, i, j int) float32 {
				if k == best(i, j, 1, down)[0] {
					return 2
				}
				return -0.5
			})},
		{"one hot from the end", 13, cat(op("ArgMax", "x", "a", attrInt("axis", 1), attrInt("keepdims", 0)), array64("one", []int{}, 1), op("Sub", "a,one", "i"), array64("d", []int{1}, 3), array32("v", []int{2}, 0, 1),
			op("OneHot", "i,d,v", "y", attrInt("axis", 1))), each(3, h, w, func(k, i, j int) float32 { return float32(number01(k == (best(i, j, 1, down)[0]+2)%3)) })},
		{"gather elements", 13, cat(turned, array64("g", []int{1, 3, 2, 2}, 0, 8, -1, 3, 1, 1, 2, 4, 5, 6, 7, 0), op("GatherElements", "q,g", "y", attrInt("axis", 3))),
			each(3, 2, 2, func(k, i, j int) float32 {
				return at(k, i, []int{0, 8, 8, 3, 1, 1, 2, 4, 5, 6, 7, 0}[k*4+i*2+j])
			})},
		{"gather rows", 13, cat(array64("g", []int{2, 3}, 0, 1, 6, 0, 2, -7), op("GatherND", "x,g", "r"), op("Relu", "r", "y")), each(1, 2, w, func(_, i, j int) float32 {
			return max([]float32{at(1, 6, j), at(2, 0, j)}[i], 0)
		})},
		{"gather within the batch", 13, cat(array64("g", []int{1, 2, 1}, 2, 0), op("GatherND", "x,g", "y", attrInt("batch_dims", 1))), each(2, h, w, func(k, i, j int) float32 { return at(2-2*k, i, j) })},
		{"scatter elements", 13, cat(turned, flat, array64("g", []int{1, 1, 1, 2}, 4, -1), op("ScatterElements", "q,g,u", "y", attrInt("axis", 3))), each(c, h, w, func(k, i, j int) float32 {
			switch {
			case k == 0 && i == 0 && j == 4:
				return 5
			case k == 0 && i == 0 && j == w-1:
				return -7
			}
			return at(k, i, j)
		})},
		{"scatter rows", 16, cat(array64("g", []int{1, 3}, 0, 2, 5), array32("u", []int{1, w}, ramp(w)...), op("ScatterND", "x,g,u", "s"), op("Neg", "s", "y")), each(c, h, w, func(k, i, j int) float32 {
			if k == 2 && i == 5 {
				return -ramp(w)[j]
			}
			return -at(k, i, j)
		})},
		{"channels in reverse", 10, cat(array64("n", []int{1}, 2), op("ReverseSequence", "x,n", "y", attrInt("batch_axis", 0), attrInt("time_axis", 1))), each(c, h, w, func(k, i, j int) float32 { return at([]int{1, 0, 2}[k], i, j) })},
		{"compressed in a row", 13, cat(boolean("b", []int{100}), op("Compress", "x,b", "r"), op("Neg", "r", "y")), func() (out []float32) {
			for i, v := range x[:100] {
				if i%3 != 1 {
					out = append(out, -v)
				}
			}
			return out
		}()},
		{"cut and padded", 18, cat(array64("to", []int{2}, 4, 12), op("CenterCropPad", "x,to", "p", attrInts("axes", -2, 3)), op("Cos", "p", "m"), op("Acos", "m", "a"), op("Sign", "p", "g"), op("Mul", "a,g", "y")), each(c, 4, 12, func(k, i, j int) float32 {
			if j < 1 || j > w {
				return 0
			}
			return at(k, i+1, j-1)
		})},
		{"padded alone", 18, cat(array64("to", []int{1}, 11), op("CenterCropPad", "x,to", "y", attrInts("axes", 2)), out), each(c, 11, w, func(k, i, j int) float32 {
			if i < 2 || i > 8 {
				return 0
			}
			return at(k, i-2, j)
		})},
		{"other dimensions", 13, cat(array64("to", []int{4}, 1, 7, 9, 3), op("Reshape", "x,to", "r"), op("Neg", "r", "y")), each(1, 1, c*h*w, func(_, _, i int) float32 { return -x[i] })},
		{"flattened picture", 13, cat(op("Flatten", "x", "y"), out), x},
		{"picture in other dimensions", 13, cat(array64("to", []int{4}, 1, 3, 9, 7), op("Reshape", "x,to", "y")), x},
	} {
		t.Run(test.name, func(t *testing.T) { near(t, run(t, mustONNX(t, model(test.opset, test.graph)), "y"), test.want) })
	}
}

// What cannot be moved is refused with a reason, and indices beyond a map are.
func TestONNXPlacesRefused(t *testing.T) {
	for name, test := range map[string]struct {
		graph []byte
		want  string
	}{
		"sums":            {cat(array64("g", []int{1, 3}, 0, 2, 5), array32("u", []int{1, 9}, ramp(9)...), op("ScatterND", "r,g,u", "y", attrText("reduction", "add"))), "it joins numbers of a map by ADD"},
		"beyond":          {cat(array64("g", []int{1, 2}, 0, 3), op("GatherND", "r,g", "y")), "picks number 3 of 3"},
		"too many":        {cat(array64("k", []int{1}, 4), op("TopK", "r,k", "y,i", attrInt("axis", 1))), "takes 4 of 3"},
		"by a map":        {cat(op("ArgMax", "r", "i"), op("GatherElements", "r,i", "y")), "it combines two maps"},
		"lengths":         {cat(array64("n", []int{2}, 2, 2), op("ReverseSequence", "r,n", "y", attrInt("batch_axis", 0), attrInt("time_axis", 1))), "by 2 lengths"},
		"depth of a map":  {cat(array32("v", []int{2}, 0, 1), op("OneHot", "r,r,v", "y")), "it combines two maps"},
		"sizes and axes":  {cat(array64("to", []int{2}, 4, 12), op("CenterCropPad", "r,to", "y", attrInts("axes", 2))), "2 sizes for 1 axes"},
		"long conditions": {cat(boolean("b", []int{400}), op("Compress", "r,b", "y")), "a condition of 400 numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			_, err := ONNX(model(16, op("Relu", "x", "r"), test.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), test.want)
		})
	}
}
