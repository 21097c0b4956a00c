package load

import "testing"

// A constant grid samples what lies at its places, between cells what these make of it, and nothing beyond the map.
func TestGridSample(t *testing.T) {
	const c, h, w = 3, 7, 9
	x := ramp(c * h * w)
	corners := attrInt("align_corners", 1)
	for _, test := range []struct {
		name       string
		rows, cols []float32 // coordinates in cells
		attr       [][]byte
		at         func(plane []float32, row, col float32) float32
	}{
		{"itself", []float32{0, 1, 2, 3, 4, 5, 6}, []float32{0, 1, 2, 3, 4, 5, 6, 7, 8}, nil, func(p []float32, row, col float32) float32 { return p[int(row)*w+int(col)] }},
		{"between rows", []float32{0.5, 3.5}, []float32{2, 0, 8}, nil, func(p []float32, row, col float32) float32 {
			return (p[int(row)*w+int(col)] + p[int(row+1)*w+int(col)]) / 2
		}},
		{"beyond the map", []float32{-3, 2}, []float32{1, 12}, nil, func(p []float32, row, col float32) float32 {
			if row < 0 || col >= w {
				return 0
			}
			return p[int(row)*w+int(col)]
		}},
		{"the border", []float32{-3, 2}, []float32{1, 12}, [][]byte{attrText("padding_mode", "border")}, func(p []float32, row, col float32) float32 {
			return p[int(max(row, 0))*w+int(min(col, w-1))]
		}},
		{"the nearest, reflected", []float32{-2.2, 6.3}, []float32{10.1}, [][]byte{attrText("padding_mode", "reflection"), attrText("mode", "nearest")}, func(p []float32, row, _ float32) float32 {
			if row < 0 {
				return p[2*w+6]
			}
			return p[6*w+6]
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var grid, want []float32
			for _, row := range test.rows {
				for _, col := range test.cols {
					grid = append(grid, col/(w-1)*2-1, row/(h-1)*2-1)
				}
			}
			for k := range c {
				for _, row := range test.rows {
					for _, col := range test.cols {
						want = append(want, test.at(x[k*h*w:(k+1)*h*w], row, col))
					}
				}
			}
			node := op("GridSample", "x,g", "y", append(test.attr, corners)...)
			near(t, run(t, mustONNX(t, model(16, array32("g", []int{1, len(test.rows), len(test.cols), 2}, grid...), node)), "y"), want)
		})
	}
}

// What samples at places that the net computes, or beyond the map alone, is refused with its name.
func TestGridSampleRefused(t *testing.T) {
	for name, c := range map[string]struct {
		graph []byte
		want  string
	}{
		"a grid that is computed": {cat(array32("w", []int{2, 3, 1, 1}, ramp(6)...), op("Conv", "x,w", "c"), op("Transpose", "c", "g", attrInts("perm", 0, 2, 3, 1)), op("GridSample", "x,g", "y")), `layer "n_y" has a form of GridSample that is not supported: it combines two maps`},
		"a grid of volumes":       {cat(array32("g", []int{1, 2, 2, 3}, ramp(12)...), op("GridSample", "x,g", "y")), `layer "n_y" has a form of GridSample that is not supported: its grid has the shape [1 2 2 3]`},
		"an unknown padding":      {cat(array32("g", []int{1, 2, 2, 2}, ramp(8)...), op("GridSample", "x,g", "y", attrText("padding_mode", "wrap"))), `layer "n_y" (GridSample): padding_mode is "WRAP"`},
		"windows that do not fit": {cat(array64("s", []int{2}, 2, 2), array64("b", []int{2}, 3, 1), array64("r", []int{3}, 1, 3, 63), op("Reshape", "x,r", "f"), op("Col2Im", "f,s,b", "y")), `layer "n_y" (Col2Im): its windows of [3 1] do not fit [2 2]`},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			_, err := ONNX(model(18, op("Relu", "x", "z"), c.graph), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
			wantError(t, complaint(err, heard), c.want)
		})
	}
}
