package dream

import (
	"bytes"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// A dream that changes nothing, because nothing responds or no number is one, says so once, and again only after it
// has changed something.
func TestIdleIsToldOnce(t *testing.T) {
	weights := func(v float32) *nn.Conv {
		w := nn.TensorOf(slices.Repeat([]float32{v}, 4*3), 4, 3, 1, 1)
		return &nn.Conv{Window: nn.Square(1, 1, 0), Groups: 1, W: w}
	}
	net := func(v float32) *nn.Net {
		return &nn.Net{Name: "flat", Input: nn.DefaultInput(), Layers: []nn.Layer{
			{Name: "dead", Op: weights(v), In: []int{nn.Picture}}, {Name: "dead/relu", Op: &nn.ReLU{}, In: []int{0}},
			{Name: "live", Op: weights(0.5), In: []int{nn.Picture}},
		}}
	}
	for _, c := range []struct {
		name   string
		weight float32
		want   string
	}{{"no gradient", -1, "does not respond"}, {"no numbers", float32(math.NaN()), "burst"}} {
		t.Run(c.name, func(t *testing.T) {
			n := net(c.weight)
			e, err := nn.NewReference(n)
			if err != nil {
				t.Fatal(err)
			}
			start := Clouds(20, 16, 1)
			d, err := New(n, e, StillOf("", start), Options{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(d.Release)
			var told []string
			d.OnIdle(func(err error) { told = append(told, err.Error()) })
			s := Defaults()
			s.Zoom, s.Hold, s.Steps, s.Octaves = 0, 0, 2, 1
			var last *image.RGBA
			for i, layer := range []string{"dead/relu", "dead/relu", "live", "dead/relu", "dead/relu"} {
				s.Layer = layer
				f, err := d.Frame(Fixed(s))
				if err != nil {
					t.Fatal(err)
				}
				if idle := last != nil && bytes.Equal(f.Image.Pix, last.Pix); i > 0 && idle != (layer != "live") {
					t.Errorf("frame %d of layer %s: the picture stayed: %t", i+1, layer, idle)
				}
				last = f.Image
			}
			if len(told) != 2 || !strings.Contains(told[0], c.want) || !strings.Contains(told[1], c.want) {
				t.Errorf("told %q, want twice that it %s", told, c.want)
			}
		})
	}
}
