package load

import (
	"fmt"
	"testing"

	"zalgoscope/nn"
)

// A file that names no size of picture is read at the one that its constants are for: at others the engines stretch them.
func TestFitsConstants(t *testing.T) {
	patches := cat(array32("w", []int{8, 3, 4, 4}, noisy("w", 384)...), op("Conv", "x,w", "c", attrInts("strides", 4, 4)))
	size := cat(op("Shape", "x", "sh"), array64("at", []int{2}, 2, 3), op("Gather", "sh,at", "hw"), array64("four", []int{}, 4), op("Div", "hw,four", "cells"), array64("of", []int{2}, 1, 2), op("Concat", "of,cells", "sizes", attrInt("axis", 0)))
	for _, c := range []struct {
		name          string
		graph         []byte
		width, height int
	}{
		{"a map that is not square", cat(patches, array32("p", []int{1, 8, 12, 16}, noisy("p", 8*192)...), op("Add", "c,p", "y")), 64, 48},
		{"a square one of one channel", cat(patches, array32("p", []int{12, 12}, noisy("p", 144)...), op("Add", "c,p", "y")), 48, 48},
		{"a row and a column beside each other", cat(patches, array32("p", []int{1, 8, 1, 12}, noisy("p", 96)...), op("Add", "c,p", "d"), array32("q", []int{1, 8, 16, 1}, noisy("q", 128)...), op("Add", "d,q", "y")), 48, 64},
		{"a row alone", cat(patches, array32("p", []int{1, 8, 1, 12}, noisy("p", 96)...), op("Add", "c,p", "y")), 48, 48},
		{"positions of heads", cat(patches, array64("h", []int{4}, 1, 2, -1, 144), op("Reshape", "c,h", "r"), op("Softmax", "r", "y", attrInt("axis", -1))), 48, 48},
		{"tokens of heads", cat(patches, array64("t", []int{3}, 0, 8, -1), op("Reshape", "c,t", "r"), op("Transpose", "r", "q", attrInts("perm", 0, 2, 1)), array64("h", []int{4}, 1, 144, -1, 4), op("Reshape", "q,h", "s"), op("Softmax", "s", "y", attrInt("axis", -1))), 48, 48},
		{"a constant that is resized for the picture", cat(patches, size, array32("p", []int{1, 2, 6, 9}, noisy("p", 108)...), op("Resize", "p,,,sizes", "e", attrText("mode", "cubic")), array64("twice", []int{4}, 1, 4, 1, 1), op("Tile", "e,twice", "f"), op("Add", "c,f", "y")), 36, 24},
		{"a constant that is resized whatever the picture", cat(patches, array64("sizes", []int{4}, 1, 8, 56, 56), array32("p", []int{1, 8, 6, 9}, noisy("p", 432)...), op("Resize", "p,,,sizes", "e"), op("Add", "c,e", "y")), 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			net, err := ONNX(modelOf(13, input("x", 1, 3, 0, 0), c.graph), "t.onnx", Options{Warn: func(s string) { t.Error(s) }})
			if err != nil {
				t.Fatal(err)
			}
			if net.Input.Width != c.width || net.Input.Height != c.height {
				t.Errorf("it is for %dx%d, want %dx%d", net.Input.Width, net.Input.Height, c.width, c.height)
			}
		})
	}
}

// Positions that are resized bicubically for each picture are at every size what a file for that size has.
func TestResizedPositions(t *testing.T) {
	const side = 16 // of the canvas that is run
	patches := cat(array32("w", []int{2, 3, 4, 4}, noisy("w", 96)...), op("Conv", "x,w", "c", attrInts("strides", 4, 4)), array32("p", []int{1, 2, 6, 9}, noisy("p", 108)...))
	size := cat(op("Shape", "x", "sh"), array64("at", []int{2}, 2, 3), op("Gather", "sh,at", "hw"), array64("four", []int{}, 4), op("Div", "hw,four", "cells"), array64("of", []int{2}, 1, 2), op("Concat", "of,cells", "sizes", attrInt("axis", 0)))
	end := cat(op("Resize", "p,,,sizes", "e", attrText("mode", "cubic")), op("Add", "c,e", "y"))
	at := func(data []byte) []float32 {
		net := mustONNX(t, data)
		ref, err := nn.NewReference(net)
		if err != nil {
			t.Fatal(err)
		}
		y, err := ref.Activation(nn.TensorOf(ramp(3*side*side), 3, side, side), "y")
		if err != nil {
			t.Fatal(err)
		}
		return nn.Floats(y)
	}
	near(t, at(modelOf(13, input("x", 1, 3, 0, 0), patches, size, end)), at(modelOf(13, input("x", 1, 3, side, side), patches, size, end)))
}

// Where no square picture has as many positions as a constant is for, that is said.
func TestFitsNoSquare(t *testing.T) {
	patches := cat(array32("w", []int{8, 3, 4, 4}, noisy("w", 384)...), op("Conv", "x,w", "c", attrInts("strides", 4, 4)), array64("t", []int{3}, 0, 8, -1), op("Reshape", "c,t", "r"), op("Transpose", "r", "q", attrInts("perm", 0, 2, 1)))
	var heard []string
	_, err := ONNX(modelOf(13, input("x", 1, 3, 0, 0), patches, array32("p", []int{1, 192, 8}, noisy("p", 1536)...), op("Add", "q,p", "y")), "t.onnx", Options{Warn: func(s string) { heard = append(heard, s) }})
	if err != nil {
		t.Fatal(err)
	}
	if want := `[layer "n_y" has a form of Add that is not supported: its constant is for 192 positions, which no square picture has, and the file names no size; it is left out]`; fmt.Sprint(heard) != want {
		t.Errorf("warned %v, want %v", heard, want)
	}
}
