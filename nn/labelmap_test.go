package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
)

// ending is a net of one convolution to a map, and an end on it.
func ending(labels int, end ...nn.Layer) *nn.Net {
	rng := rand.New(rand.NewPCG(1, 2))
	n := &nn.Net{Name: "ending", Input: nn.DefaultInput(), Layers: append([]nn.Layer{{Name: "map", Op: dense(rng, 3, 4), In: []int{nn.Picture}}}, end...)}
	n.Input.Width, n.Input.Height = 8, 6
	n.Labels = make([]string, labels)
	return n
}

func dense(rng *rand.Rand, from, to int) *nn.Conv {
	w := make([]float32, from*to)
	for i := range w {
		w[i] = float32(rng.NormFloat64())
	}
	bias := make([]float32, to)
	for i := range bias {
		bias[i] = float32(rng.NormFloat64())
	}
	return &nn.Conv{Window: nn.Square(1, 1, 0), Groups: 1, W: nn.TensorOf(w, to, from, 1, 1), Bias: bias}
}

// The mean of the label map before its rectifier is the logits, whatever way the net takes its average; other ends have no such map.
func TestLabelMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	whole := &nn.Pool{Window: nn.Square(1, 1, 0)}
	whole.Kernel = [2]int{6, 8}
	part := &nn.Pool{Window: nn.Square(2, 2, 0)}
	global := nn.Layer{Name: "pool", Op: &nn.Pool{Global: true}, In: []int{0}}
	for _, c := range []struct {
		name string
		net  *nn.Net
		want string // the layer before the rectifier
	}{
		{"pool and dense", ending(5, global, nn.Layer{Name: "fc", Op: dense(rng, 4, 5), In: []int{1}}), "labels/logits"},
		{"a pool of the whole map", ending(5, nn.Layer{Name: "pool", Op: whole, In: []int{0}}, nn.Layer{Name: "fc", Op: dense(rng, 4, 5), In: []int{1}}), "labels/logits"},
		{"a map that is averaged", ending(4, global), "map"},
		{"with a softmax", ending(5, global, nn.Layer{Name: "fc", Op: dense(rng, 4, 5), In: []int{1}}, nn.Layer{Name: "prob", Op: &nn.Softmax{}, In: []int{2}}), "labels/logits"},
		{"without labels", ending(0, global), ""},
		{"a maximum", ending(4, nn.Layer{Name: "pool", Op: &nn.Pool{Global: true, Max: true}, In: []int{0}}), ""},
		{"a pool of parts", ending(5, nn.Layer{Name: "pool", Op: part, In: []int{0}}, nn.Layer{Name: "fc", Op: dense(rng, 4, 5), In: []int{1}}), ""},
	} {
		n := c.net
		before := n.Logits()
		n.AddLabelMap()
		n.AddLabelMap() // once is enough
		if (n.LabelMap == "labels") != (c.want != "") || n.Logits() != before {
			t.Errorf("%s: label map %q, logits %d, were %d", c.name, n.LabelMap, n.Logits(), before)
			continue
		}
		if c.want == "" {
			continue
		}
		e, err := nn.NewReference(n)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		x := nn.NewTensor([]int{3, 6, 8})
		for i := range nn.Floats(x) {
			nn.Floats(x)[i] = float32(rng.NormFloat64())
		}
		maps, err := e.Activation(x, c.want)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		logits, err := e.Activation(x, n.Layers[before].Name)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		cells := len(nn.Floats(maps)) / len(nn.Floats(logits))
		for k, want := range nn.Floats(logits) {
			mean := 0.0
			for _, v := range nn.Floats(maps)[k*cells:][:cells] {
				mean += float64(v) / float64(cells)
			}
			if math.Abs(mean-float64(want)) > 1e-5 {
				t.Errorf("%s: the map's mean of label %d is %g, its logit %g", c.name, k, mean, want)
			}
		}
	}
}
