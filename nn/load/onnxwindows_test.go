package load

import "testing"

// What is seen as a batch of windows is done to each window for itself.
func TestWindows(t *testing.T) {
	map32 := cat(array64("from", []int{2}, 0, 0), array64("to", []int{2}, 6, 8), array64("rows", []int{2}, 2, 3), op("Slice", "x,from,to,rows", "m"))
	apart := func(from, to string, last bool) []byte {
		perm := attrInts("perm", 0, 2, 4, 1, 3, 5)
		if last {
			perm = attrInts("perm", 0, 2, 4, 3, 5, 1)
		}
		return cat(op("Reshape", from+",cells", to+"a"), op("Transpose", to+"a", to+"b", perm))
	}
	shapes := cat(array64("cells", []int{6}, 1, 3, 2, 3, 2, 4), array64("batch", []int{4}, 4, 3, 3, 4), array64("tokens", []int{3}, 4, 12, 3))
	windows := cat(shapes, map32, apart("m", "w", false), op("Reshape", "wb,batch", "w"))
	kernel := cat(array32("k", []int{6, 1, 3, 3}, noisy("k", 54)...), array32("kb", []int{6}, noisy("kb", 6)...))
	conv := func(in, out string, attrs ...[]byte) []byte {
		return op("Conv", in+",k,kb", out, append([][]byte{attrInt("group", 3)}, attrs...)...)
	}
	// Each window by itself, cut out and put beside the others.
	each := func(attrs ...[]byte) []byte {
		parts := [][]byte{map32, kernel}
		for i, c := range [][4]int{{0, 0, 3, 4}, {0, 4, 3, 8}, {3, 0, 6, 4}, {3, 4, 6, 8}} {
			n := string(rune('0' + i))
			parts = append(parts, array64("f"+n, []int{2}, c[0], c[1]), array64("t"+n, []int{2}, c[2], c[3]), op("Slice", "m,f"+n+",t"+n+",rows", "p"+n), conv("p"+n, "c"+n, attrs...))
		}
		return cat(append(parts, op("Concat", "c0,c1", "up", attrInt("axis", 3)), op("Concat", "c2,c3", "down", attrInt("axis", 3)), op("Concat", "up,down", "y", attrInt("axis", 2)))...)
	}
	together := func(rows, columns int) []byte {
		return cat(array64("made", []int{6}, 1, 2, 2, 6, rows, columns), array64("whole", []int{4}, 1, 6, 2*rows, 2*columns), op("Reshape", "c,made", "d"), op("Transpose", "d", "e", attrInts("perm", 0, 3, 1, 4, 2, 5)), op("Reshape", "e,whole", "y"))
	}
	same, wide := attrInts("pads", 1, 1, 1, 1), [][]byte{attrInts("pads", 2, 0, 1, 1), attrInts("strides", 2, 1), attrInts("dilations", 2, 1)}
	// An attention in windows, whose queries are those of a smaller map in each.
	queries := cat(windows, op("MaxPool", "m", "g", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)))
	attend := cat(apart("m", "k", true), op("Reshape", "kb,tokens", "k"), op("Transpose", "k", "t", attrInts("perm", 0, 2, 1)), op("MatMul", "q,t", "s"), op("Softmax", "s", "p", attrInt("axis", -1)), op("MatMul", "p,k", "y"))
	for _, test := range []struct {
		name      string
		got, want []byte
	}{
		{"convolved", cat(windows, kernel, conv("w", "c", same), together(3, 4)), each(same)},
		{"convolved in steps", cat(windows, kernel, conv("w", "c", wide...), together(1, 3)), each(wide...)},
		{"queries for all windows",
			cat(queries, array64("four", []int{4}, 4, 1, 1, 1), op("Transpose", "g", "gl", attrInts("perm", 0, 2, 3, 1)), op("Tile", "gl,four", "gs"), op("Reshape", "gs,tokens", "q"), attend),
			cat(queries, array64("beside", []int{4}, 1, 1, 2, 2), op("Tile", "g,beside", "gs"), apart("gs", "q", true), op("Reshape", "qb,tokens", "q"), attend)},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, got := inFileOrder(t, model(13, test.got))
			_, want := inFileOrder(t, model(13, test.want))
			near(t, got, want)
		})
	}
}

// A dense layer over the rows of a map and parts of its channels together is what its sum says.
func TestRowsAndChannels(t *testing.T) {
	weights := noisy("weights", 21*21)
	_, want := summed("nchw,hcgd->ndgw", map[rune]int{'n': 1, 'c': 3, 'h': 7, 'w': 9, 'd': 3, 'g': 7}, [][]float32{ramp(189), weights})
	dims, got := inFileOrder(t, model(13, array64("to", []int{3}, 1, 9, 21), array64("back", []int{4}, 1, 9, 7, 3), array32("w", []int{21, 21}, weights...), op("Transpose", "x", "a", attrInts("perm", 0, 3, 2, 1)),
		op("Reshape", "a,to", "b"), op("MatMul", "b,w", "c"), op("Reshape", "c,back", "d"), op("Transpose", "d", "y", attrInts("perm", 0, 3, 2, 1))))
	if len(dims) != 4 || dims[1] != 3 {
		t.Errorf("is seen as %v", dims)
	}
	near(t, got, want)
}
