package load

import "testing"

// What is spelt as other operators is what those make.
func TestONNXSpelt(t *testing.T) {
	einsum := func(in, equation string) []byte { return op("Einsum", in, "y", attrText("equation", equation)) }
	arrays := cat(array32("c", []int{3}, noisy("c", 3)...), array32("c11", []int{3, 1, 1}, noisy("c", 3)...), array32("c1", []int{1, 3, 1, 1}, noisy("c", 3)...), array32("chw", []int{3, 7, 9}, noisy("chw", 189)...), array32("wk", []int{9, 4}, noisy("wk", 36)...),
		array32("k3", []int{5, 3}, noisy("k3", 15)...), array32("k311", []int{5, 3, 1, 1}, noisy("k3", 15)...), array32("b", []int{5}, 1, 2, 3, 4, 5), array32("b1", []int{5, 1}, 1, 2, 3, 4, 5), array32("v", []int{7}, noisy("v", 7)...), array32("v1", []int{1, 7}, noisy("v", 7)...),
		array64("map", []int{4}, 1, 5, 7, 9), array64("first", []int{1}, 0), array32("b51", []int{5, 1}, 1, 2, 3, 4, 5), array64("two", []int{1}, 2), array64("ends", []int{2}, 0, 2), array64("axes", []int{2}, 2, 3), typed("yes", 9, []int{3}, 1, 0, 1))
	seven := cat(array32("w7", []int{7, 3, 1, 1}, noisy("w7", 21)...), array32("k7", []int{5, 7}, noisy("k7", 35)...), array32("k711", []int{5, 7, 1, 1}, noisy("k7", 35)...), op("Conv", "x,w7", "s"))
	flat := op("Flatten", "x", "f", attrInt("axis", 2))
	fours := cat(array32("w4", []int{4, 3, 1, 1}, noisy("w4", 12)...), op("Conv", "x,w4", "e"))
	for _, test := range []struct {
		name      string
		got, want []byte
	}{
		{"channels scaled by an equation", einsum("x,c", "bchw,c->bchw"), op("Mul", "x,c11", "y")},
		{"the constant first", einsum("c,x", "c, bchw -> bchw"), op("Mul", "x,c11", "y")},
		{"a sum of products by an equation", einsum("x,chw", "bchw,chw->bc"), cat(op("Mul", "x,chw", "p"), op("ReduceSum", "p,axes", "y"))},
		{"an ellipsis", einsum("x,wk", "...w,wk->...k"), op("MatMul", "x,wk", "y")},
		{"an axis summed by an equation", einsum("x", "bchw->bcw"), op("ReduceSum", "x,two", "y")},
		{"two maps by an equation", cat(op("Exp", "x", "e"), einsum("x,e", "bchw,bchw->bchw")), cat(op("Exp", "x", "e"), op("Mul", "x,e", "y"))},
		{"a map and a gate by an equation", cat(op("ReduceSum", "x,two", "e", attrInt("keepdims", 0)), einsum("x,e", "bchw,bcw->bchw")), cat(op("ReduceSum", "x,two", "e"), op("Mul", "x,e", "y"))},
		{"no arrow", einsum("x,c", "bchw,c"), op("Conv", "x,c1", "y")},
		{"turned by an equation", einsum("x", "...hw->...wh"), op("Transpose", "x", "y", attrInts("perm", 0, 1, 3, 2))},
		{"a transposed map", cat(flat, op("Gemm", "f,k3,b", "g", attrInt("transA", 1), attrInt("transB", 1)), op("Transpose", "g", "t", attrInts("perm", 1, 0)), op("Reshape", "t,map", "y")), op("Conv", "x,k311,b", "y")},
		{"a constant matrix first", cat(flat, op("Gemm", "k3,f,b1", "g", attrFloat("beta", 1)), op("Reshape", "g,map", "y")), op("Conv", "x,k311,b", "y")},
		{"a constant matrix first, as many channels as rows", cat(seven, op("Flatten", "s", "f", attrInt("axis", 2)), op("MatMul", "k7,f", "g"), op("Reshape", "g,map", "y")), cat(seven, op("Conv", "s,k711", "y"))},
		{"a constant vector", cat(op("MatMul", "v,x", "p"), op("Unsqueeze", "p,two", "y")), op("MatMul", "v1,x", "y")},
		{"rows beside other axes", cat(op("Transpose", "x", "t", attrInts("perm", 0, 2, 1, 3)), op("MatMul", "t,wk", "p"), op("Transpose", "p", "y", attrInts("perm", 0, 2, 1, 3))), op("MatMul", "x,wk", "y")},
		{"rows of all channels", cat(op("Flatten", "x", "t", attrInt("axis", 3)), op("Gemm", "t,wk", "p"), array64("four", []int{4}, 1, 3, 7, 4), op("Reshape", "p,four", "y")), op("MatMul", "x,wk", "y")},
		{"a matrix that is added", cat(op("Flatten", "x", "f", attrInt("axis", 2)), op("Gemm", "k3,f,b51", "g"), op("Reshape", "g,map", "y")), op("Conv", "x,k311,b", "y")},
		{"the picture of a batch", cat(array64("zero", []int{}, 0), op("Gather", "x,zero", "a"), op("Mul", "a,c11", "g"), op("Unsqueeze", "g,first", "y")), op("Mul", "x,c11", "y")},
		{"the mean of a batch", cat(op("ReduceMean", "x", "a", attrInts("axes", 0), attrInt("keepdims", 0)), op("Mul", "a,c11", "g"), op("Unsqueeze", "g,first", "y")), op("Mul", "x,c11", "y")},
		{"columns laid over each other", cat(fours, array64("tokens", []int{3}, 1, 4, -1), op("Reshape", "e,tokens", "f"), array64("size", []int{2}, 13, 18), array64("block", []int{2}, 2, 2), op("Col2Im", "f,size,block", "y", attrInts("strides", 2, 2), attrInts("pads", 1, 0, 0, 0))),
			cat(fours, array32("ones", []int{4, 1, 2, 2}, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), op("ConvTranspose", "e,ones", "y", attrInts("strides", 2, 2), attrInts("pads", 1, 0, 0, 0)))},
		{"cells for which a condition holds", op("Compress", "x,yes", "y", attrInt("axis", 1)), op("Gather", "x,ends", "y", attrInt("axis", 1))},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := bytesField(12, text(1, "y"))
			near(t, run(t, mustONNX(t, model(13, arrays, test.got, out)), "y"), run(t, mustONNX(t, model(13, arrays, test.want, out)), "y"))
		})
	}
}
