package load

import (
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Maps that meet after one was halved and doubled meet at every size of the picture; those that always do are left alone.
func TestMeet(t *testing.T) {
	halved := cat(op("Relu", "x", "skip"), op("MaxPool", "x", "half", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)),
		array32("s", []int{4}, 1, 1, 2, 2), op("Resize", "half,,s", "up"))
	for name, c := range map[string]struct {
		join []byte
		want tensor.Shape
	}{
		"concat":     {op("Concat", "up,skip", "y", attrInt("axis", 1)), tensor.Shape{6, 15, 21}},
		"sum":        {op("Add", "up,skip", "y"), tensor.Shape{3, 15, 21}},
		"product":    {op("Mul", "up,skip", "y"), tensor.Shape{3, 15, 21}},
		"fitted sum": {cat(op("Add", "up,skip", "z"), op("Mul", "z,skip", "y")), tensor.Shape{3, 15, 21}},
	} {
		net := mustONNX(t, modelOf(13, input("x", 1, 3, 8, 8), halved, c.join))
		for _, size := range [][2]int{{8, 8}, {21, 15}, {1, 1}, {3, 64}} {
			shapes, err := net.Shapes(size[0], size[1])
			if err != nil {
				t.Errorf("%s at %v: %v", name, size, err)
				continue
			}
			if got := shapes[len(shapes)-1]; size == [2]int{21, 15} && !got.Eq(c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
	pooled := cat(op("Relu", "x", "skip"), op("MaxPool", "x", "half", attrInts("kernel_shape", 3, 3), attrInts("pads", 1, 1, 1, 1)), op("Add", "half,skip", "y"))
	if got := kinds(mustONNX(t, modelOf(13, input("x", 1, 3, 8, 8), pooled))); got != "relu, max pool, add" {
		t.Error(got)
	}
	wide := mustONNX(t, modelOf(13, input("x", 1, 3, 8, 8), op("GlobalAveragePool", "x", "g"), array64("d", []int{4}, 1, 3, 8, 8), op("Resize", "g,,,d", "z"),
		op("Concat", "z,x", "y", attrInt("axis", 1))))
	l, err := wide.Find("n_y/fit0")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := wide.Layers[l].Op.(*nn.Sample); !ok {
		t.Error(kinds(wide))
	}
	run(t, wide, "y")
}
