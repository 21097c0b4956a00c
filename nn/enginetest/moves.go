package enginetest

import (
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
)

// moveCases are the operations that move values: to other positions, to other channels, and between them.
func moveCases() (cases []opCase) {
	add := func(name string, channels int, op nn.Op) {
		cases = append(cases, opCase{name, channels, func(*builder, int) nn.Op { return op }})
	}
	nearest := nn.Rescale{Scale: 2, Coordinates: nn.Asymmetric, Rounding: nn.RoundToStart}
	for name, axes := range map[string][2]nn.Axis{
		"nearest twice":  {nearest, nearest},
		"linear twice":   {nn.Rescale{Scale: 2, Mode: nn.Linearly}, nn.Rescale{Scale: 2, Mode: nn.Linearly}},
		"linear less":    {nn.Rescale{Scale: 0.5, Mode: nn.Linearly}, nn.Rescale{Scale: 0.7, Mode: nn.Linearly, Antialias: true}},
		"cubic":          {nn.Rescale{Scale: 1.7, Mode: nn.Cubic, A: -0.75}, nn.Rescale{Scale: 0.6, Mode: nn.Cubic, A: -0.5, ExcludeOutside: true}},
		"part":           {nn.Rescale{Scale: 1.5, Coordinates: nn.TFCropAndResize, Roi: [2]float32{-0.3, 1.2}}, nn.Keep{}},
		"reflected":      {nn.Pad{Before: 4, After: 3, With: nn.FillReflection}, nn.Pad{Before: 2, After: 5, With: nn.FillReflection}},
		"edge and wrap":  {nn.Pad{Before: 4, After: -1, With: nn.FillEdge}, nn.Pad{Before: 2, After: 5, With: nn.FillWrap}},
		"constant":       {nn.Pad{Before: 2, After: 1}, nn.Pad{Before: -1, After: 3}},
		"rows alone":     {nn.Crop{From: -4, To: -1, Step: 1}, nn.Keep{}},
		"every other":    {nn.Crop{From: 1, To: 1 << 30, Step: 2}, nn.Crop{From: -1, To: -1 << 30, Step: -3}},
		"columns tiled":  {nn.Keep{}, nn.Tile{Times: 3}},
		"taken":          {nn.Take{From: []int{3, 0, 0, 2}, Of: 4}, nn.Take{From: []int{1}, Of: 2}},
		"rolled":         {nn.Roll{By: 3}, nn.Roll{By: -5}},
		"a half of each": {nn.Crop{From: 1, To: 2, Step: 1, Of: 2}, nn.Crop{From: 0, To: 1, Step: 1, Of: 2}},
	} {
		add("sample "+name, 19, &nn.Sample{Rows: axes[0], Columns: axes[1], Fill: 0.5})
	}
	pick := func(name string, channels int, from ...int) { add("channels "+name, channels, nn.Pick(from)) }
	pick("in a slice of blocks", 48, count(16, 32)...)
	pick("at the end", 40, count(32, 8)...)
	pick("in a slice", 48, count(10, 23)...)
	pick("shuffled", 38, shuffled(38, 2)...)
	pick("shuffled in threes", 48, shuffled(48, 3)...)
	pick("repeated", 19, append(count(0, 19), append(count(0, 19), count(0, 19)...)...)...)
	pick("spread", 1, make([]int, 21)...)
	filled := nn.Pick(append([]int{-1}, append(count(0, 18), -1, -1)...))
	filled.Fill = -2
	add("channels filled up", 18, filled)
	rearrange := func(name string, channels int, in, out [2]int, from []int) {
		add(name, channels, &nn.Rearrange{In: in, Out: out, From: from})
	}
	one := [2]int{1, 1}
	rearrange("depth to space", 64, one, [2]int{2, 2}, count(0, 64))
	rearrange("depth to space mixed", 36, one, [2]int{3, 2}, mixed(36))
	rearrange("space to depth", 16, [2]int{2, 2}, one, count(0, 64))
	rearrange("space to depth mixed", 5, [2]int{2, 3}, one, mixed(30))
	rearrange("space to space", 6, [2]int{2, 2}, [2]int{1, 3}, mixed(24))
	apart := mixed(4 * 5 * 6)
	for i := range apart {
		if i%7 == 3 {
			apart[i] = -1
		}
	}
	rearrange("single values", 6, [2]int{4, 5}, [2]int{3, 2}, append(apart, apart[:24]...)) // of which some are there twice and some are gone
	add("transpose of rows and columns", 19, &nn.Transpose{Axes: [3]int{0, 2, 1}})
	add("transpose of channels and rows", 37, &nn.Transpose{Axes: [3]int{1, 0, 2}})
	add("transpose of all", 7, &nn.Transpose{Axes: [3]int{1, 2, 0}})
	transposed := func(name string, channels, outputs, groups int, w nn.Window, extra [2]int) {
		cases = append(cases, opCase{"conv transpose " + name, channels, func(b *builder, c int) nn.Op {
			back := b.kernel(outputs, c, groups, w)
			o := &nn.ConvTranspose{Conv: *back, Bias: nn.Floats(random(b.rng, 0.1, outputs)), Extra: extra}
			o.Conv.Bias = nil
			return o
		}})
	}
	uneven := nn.Window{Kernel: [2]int{2, 5}, Stride: [2]int{1, 3}, Dilation: [2]int{2, 1}, Pad: [4]int{0, 2, 1, 1}}
	transposed("k4 s2", 20, 35, 1, nn.Square(4, 2, 1), [2]int{})
	transposed("k3 s1", 20, 35, 1, nn.Square(3, 1, 1), [2]int{})
	transposed("k3 s2 with more", 18, 5, 1, nn.Square(3, 2, 1), [2]int{1, 1})
	transposed("uneven", 20, 35, 1, uneven, [2]int{})
	transposed("with gaps", 20, 3, 1, nn.Square(2, 3, 0), [2]int{2, 0})
	transposed("in groups", 48, 96, 3, nn.Square(4, 2, 1), [2]int{})
	transposed("depthwise", 33, 33, 33, nn.Square(3, 2, 1), [2]int{1, 1})
	transposed("depthwise with gaps", 33, 33, 33, nn.Square(1, 2, 0), [2]int{})
	return cases
}

// count is n numbers from from on.
func count(from, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = from + i
	}
	return list
}

// shuffled is n channels of groups one after the other, dealt out (ShuffleNet, Zhang et al. 2018).
func shuffled(n, groups int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i%groups*(n/groups) + i/groups
	}
	return list
}

// mixed is n numbers in an order of no pattern.
func mixed(n int) []int { return rand.New(rand.NewPCG(5, 6)).Perm(n) }

// sharing tries slices of one map that lie within it, are rectified, joined in another order and along each axis, and read by others.
func sharing(t *testing.T, open Open) {
	for _, half := range []int{16, 19} {
		b := build("sharing")
		x := b.conv("conv", "relu", nn.Picture, 3, 2*half, nn.Square(3, 1, 1))
		left := b.add("left", nn.Pick(count(0, half)), x)
		right := b.add("right", nn.Pick(count(half, half)), x)
		hot := b.add("hot", &nn.ReLU{Slope: 0.1}, left)
		cold := b.add("cold", &nn.Clip{Min: -0.2, Max: 0.3}, right)
		branch := b.conv("branch", "branch/relu", right, half, half, nn.Square(3, 1, 1))
		cat := b.add("cat", &nn.Concat{}, right, branch, left)
		again := b.add("again", nn.Pick(count(half, half)), cat)
		b.add("shuffled", nn.Pick(shuffled(3*half, 3)), cat)
		rows := b.add("rows", &nn.Concat{Axis: 1}, hot, cold, hot)
		b.add("columns", &nn.Concat{Axis: 2}, rows, rows)
		b.add("sum", &nn.Add{}, again, left)
		down := b.add("down", &nn.Pool{Window: nn.Square(2, 2, 0)}, cat)
		down = b.add("twice", &nn.Sample{Rows: nn.Tile{Times: 2}, Columns: nn.Tile{Times: 2}}, down)
		b.add("fit", &nn.Sample{}, down, cat)
		b.add("fit one", &nn.Sample{}, b.add("mean", &nn.Pool{Global: true}, right), cat)
		up := b.add("up", &nn.ConvTranspose{Conv: *b.kernel(24, 3*half, 1, nn.Square(4, 2, 1))}, cat)
		b.net.Layers[up].Op.(*nn.ConvTranspose).Conv.Bias = nil
		b.add("up/relu", &nn.ReLU{}, up)
		p := openPair(t, open, b.net)
		for _, s := range trial() {
			for _, l := range []string{"left", "cat", "again", "shuffled", "rows", "columns", "sum", "up/relu", "fit", "fit one"} {
				p.activation(t, l, s[0], s[1])
				p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
			}
			p.gradient(t, nn.Objective{{Layer: "right", Channel: 2, Weight: 1}, {Layer: "shuffled", Channel: nn.AllChannels, Weight: 1}}, s[0], s[1])
		}
	}
	b := build("picture")
	b.add("swapped", nn.Pick([]int{2, 1, 0}), nn.Picture)
	b.add("padded", &nn.Sample{Rows: nn.Pad{Before: 3, After: 2, With: nn.FillReflection}, Columns: nn.Keep{}}, nn.Picture)
	b.add("deep", &nn.Rearrange{In: [2]int{2, 2}, Out: [2]int{1, 1}, From: count(0, 12)}, nn.Picture)
	b.add("below", &nn.Concat{Axis: 1}, nn.Picture, nn.Picture)
	p := openPair(t, open, b.net)
	for _, l := range []string{"swapped", "padded", "deep", "below"} {
		p.activation(t, l, 11, 7)
		p.gradient(t, nn.Objective{{Layer: l, Channel: nn.AllChannels, Weight: 1}}, 11, 7)
	}
}
