package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// axes are one of each way to lay an axis out anew.
var axes = []nn.Axis{
	nn.Keep{}, nn.Tile{Times: 3}, nn.Fit{To: 4},
	nn.Crop{From: 1, To: 4, Step: 1}, nn.Crop{From: -3, To: 1 << 40, Step: 2}, nn.Crop{From: -1, To: -1 << 62, Step: -1},
	nn.Crop{From: 9, To: 11, Step: 1}, nn.Crop{From: 3, To: 6, Step: 1, Of: 6},
	nn.Pad{Before: 2, After: 1}, nn.Pad{Before: -1, After: 3, With: nn.FillEdge}, nn.Pad{Before: 7, After: -2, With: nn.FillReflection},
	nn.Pad{Before: 6, After: 8, With: nn.FillWrap}, nn.Pad{Before: -9, After: -9},
	nn.Rescale{Scale: 2, Coordinates: nn.Asymmetric, Rounding: nn.RoundToStart},
	nn.Rescale{Scale: 0.6, Mode: nn.Linearly}, nn.Rescale{Size: 7, Of: 3, Mode: nn.Linearly, Coordinates: nn.AlignCorners},
	nn.Rescale{Scale: 1.3, Mode: nn.Cubic, A: -0.75}, nn.Rescale{Scale: 0.4, Mode: nn.Cubic, A: -0.5, ExcludeOutside: true, Antialias: true},
	nn.Rescale{Scale: 1.5, Coordinates: nn.TFCropAndResize, Roi: [2]float32{-0.2, 1.1}, Mode: nn.Linearly},
}

// moves are operations whose output is linear in their input but for what fills it up.
func moves() (tests []opTest) {
	size := func(op nn.Op, in tensor.Shape) {
		want, err := op.Shape([]tensor.Shape{in})
		if err != nil {
			panic(err)
		}
		tests = append(tests, opTest{fmt.Sprintf("%s %d", op.Kind(), len(tests)), op, []tensor.Shape{in}, want})
	}
	for i, a := range axes {
		size(&nn.Sample{Rows: a, Columns: axes[(i+5)%len(axes)]}, tensor.Shape{3, 5, 7})
		size(&nn.Sample{Rows: a, Columns: a}, tensor.Shape{2, 1, 6})
	}
	size(nn.Pick([]int{3, 0, 0, -1, 5}), tensor.Shape{6, 3, 2})
	size(&nn.Rearrange{In: [2]int{1, 1}, Out: [2]int{2, 3}, From: turned(12)}, tensor.Shape{12, 3, 5})
	size(&nn.Rearrange{In: [2]int{3, 2}, Out: [2]int{1, 1}, From: turned(18)}, tensor.Shape{3, 7, 5})
	size(&nn.Rearrange{In: [2]int{2, 2}, Out: [2]int{1, 3}, From: turned(12)}, tensor.Shape{3, 5, 3})
	uneven := nn.Window{Kernel: [2]int{2, 3}, Stride: [2]int{3, 2}, Dilation: [2]int{2, 1}, Pad: [4]int{0, 1, 1, 2}}
	size(&nn.ConvTranspose{Conv: *transposed(4, 6, 1, uneven)}, tensor.Shape{4, 5, 3})
	size(&nn.ConvTranspose{Conv: *transposed(4, 6, 2, nn.Square(4, 2, 1)), Extra: [2]int{1, 2}}, tensor.Shape{4, 5, 3})
	size(&nn.ConvTranspose{Conv: *transposed(4, 2, 2, nn.Square(2, 3, 0))}, tensor.Shape{4, 1, 3})
	tests = append(tests, opTest{"fit longer", &nn.Sample{}, []tensor.Shape{{3, 5, 7}, {1, 8, 4}}, tensor.Shape{3, 8, 4}},
		opTest{"fit one cell", &nn.Sample{}, []tensor.Shape{{3, 1, 1}, {2, 3, 4}}, tensor.Shape{3, 3, 4}})
	for axis := range 3 {
		a, b := tensor.Shape{3, 4, 5}, tensor.Shape{3, 4, 5}
		want := tensor.Shape{3, 4, 5}
		b[axis], want[axis] = 2, want[axis]+2
		tests = append(tests, opTest{fmt.Sprint("concat along ", axis), &nn.Concat{Axis: axis}, []tensor.Shape{a, b}, want})
	}
	return tests
}

// turned is n values in an order of no pattern.
func turned(n int) []int { return rand.New(rand.NewPCG(3, 4)).Perm(n) }

func transposed(from, to, groups int, w nn.Window) *nn.Conv {
	c := conv(to, from, groups, w)
	c.Bias = nil
	return c
}

// What moves values goes back along its adjoint: <y, Ax> = <A^T y, x>.
func TestAdjoint(t *testing.T) {
	for _, c := range moves() {
		r := rand.New(rand.NewPCG(1, 2))
		var x, dx []*tensor.Dense
		for _, s := range c.in {
			x, dx = append(x, noise(r, s...)), append(dx, nn.NewTensor(s))
		}
		y, d := nn.NewTensor(c.want), noise(r, c.want...)
		c.op.Forward(y, x)
		c.op.Backward(dx, d, y, x)
		got, want := 0.0, dot(y, d)
		for i := range x {
			got += dot(x[i], dx[i])
		}
		if math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
			t.Errorf("%s: <A'y, x> is %g, <y, Ax> is %g", c.name, got, want)
		}
	}
}

func dot(a, b *tensor.Dense) (sum float64) {
	for i, v := range nn.Floats(a) {
		sum += float64(v) * float64(nn.Floats(b)[i])
	}
	return sum
}

// An axis makes as many cells as it says, at every size, and its taps turned twice are its taps.
func TestAxes(t *testing.T) {
	for _, a := range axes {
		for _, n := range []int{1, 2, 3, 6, 7, 31} {
			taps := a.Taps(n)
			if got := taps.Out(); got != a.Cells(n) || got < 1 {
				t.Errorf("%#v of %d cells: %d taps, %d cells", a, n, got, a.Cells(n))
			}
			if got := taps.Transpose().Transpose(); fmt.Sprint(got) != fmt.Sprint(taps) {
				t.Errorf("%#v of %d cells: turned twice it is\n%v, not\n%v", a, n, got, taps)
			}
		}
	}
}

// Where the cells come from, by hand.
func TestTaps(t *testing.T) {
	for _, c := range []struct {
		axis nn.Axis
		n    int
		want string
	}{
		{nn.Crop{From: 1, To: -1, Step: 1}, 5, "[1 2 3]"},
		{nn.Crop{From: 4, To: -99, Step: -2}, 5, "[4 2 0]"},
		{nn.Crop{From: 2, To: 4, Step: 1, Of: 4}, 6, "[3 4 5]"},
		{nn.Crop{From: 0, To: 2, Step: 1, Of: 4}, 6, "[0 1 2]"},
		{nn.Crop{From: 2, To: 1<<63 - 1, Step: 1, Of: 4}, 6, "[3 4 5]"},
		{nn.Crop{From: 2, To: -1, Step: 1, Of: 4}, 6, "[3 4]"},
		{nn.Crop{From: -2, To: 3, Step: 1, Of: 4}, 4, "[2]"},
		{nn.Crop{From: 8, To: 9, Step: 1}, 3, "[2]"},
		{nn.Pad{Before: 2, After: 2, With: nn.FillReflection}, 3, "[2 1 0 1 2 1 0]"},
		{nn.Pad{Before: 2, After: 4, With: nn.FillReflection}, 1, "[0 0 0 0 0 0 0]"},
		{nn.Pad{Before: 1, After: 2, With: nn.FillEdge}, 3, "[0 0 1 2 2 2]"},
		{nn.Pad{Before: 4, After: 1, With: nn.FillWrap}, 3, "[2 0 1 2 0 1 2 0]"},
		{nn.Pad{Before: 1, After: -2}, 3, "[- 0]"},
		{nn.Tile{Times: 2}, 3, "[0 1 2 0 1 2]"},
		{nn.Rescale{Scale: 2, Coordinates: nn.Asymmetric, Rounding: nn.RoundToStart}, 2, "[0 0 1 1]"},
		{nn.Rescale{Scale: 0.5}, 5, "[0 2]"},
		{nn.Rescale{Size: 56, Of: 28, Rounding: nn.RoundHalfUp}, 2, "[0 0 1 1]"},
		{nn.Rescale{Scale: 0.6, Coordinates: nn.HalfPixelSymmetric, Rounding: nn.RoundToStart}, 5, "[0 1 3]"}, // as ONNX Runtime, in double precision
		{nn.Rescale{Scale: 0.6, Rounding: nn.RoundToStart}, 5, "[0 2 3]"},
		{nn.Rescale{Scale: 1.4, Coordinates: nn.TFCropAndResize, Roi: [2]float32{0.2, 0.8}}, 5, "[1 1 2 2 2 3 3]"}, // the region does not make it smaller
		{nn.Rescale{Scale: 1.3, Coordinates: nn.AlignCorners, Rounding: nn.RoundToStart}, 5, "[0 0 1 2 3 4]"},
		{nn.Rescale{Scale: 0.5, Coordinates: nn.AlignCorners, Rounding: nn.RoundToStart}, 5, "[0 4]"},
	} {
		taps := c.axis.Taps(c.n)
		var got []any
		for i := range taps.Out() {
			if taps.Empty(i) {
				got = append(got, "-")
				continue
			}
			got = append(got, taps.From[taps.First[i]])
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%#v of %d cells takes %v, want %s", c.axis, c.n, got, c.want)
		}
	}
}
