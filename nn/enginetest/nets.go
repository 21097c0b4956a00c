package enginetest

import (
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
)

// Objectives compares every kind of target and their weighted sums.
func Objectives(t *testing.T, open Open) {
	net := Small()
	p := openPair(t, open, net)
	guide := random(rand.New(rand.NewPCG(3, 4)), 1, 72, 13)
	for _, c := range []struct {
		name string
		obj  nn.Objective
	}{
		{"layer", nn.Objective{{Layer: "4a/output", Channel: nn.AllChannels, Weight: 1}}},
		{"negative", nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels, Weight: -0.5}}},
		{"branch", nn.Objective{{Layer: "4a/relu_3x3", Channel: nn.AllChannels, Weight: 2}}},
		{"before the rectifier", nn.Objective{{Layer: "4a/3x3", Channel: nn.AllChannels, Weight: 1}}},
		{"channel", nn.Objective{{Layer: "4a/output", Channel: 53, Weight: 1}}},
		{"channels", nn.Objective{{Layer: "4a/output", Channel: 3, Weight: 1}, {Layer: "4a/output", Channel: 71, Weight: 0.25}}},
		{"class", nn.Objective{{Layer: "logits", Channel: 7, Weight: 1}}},
		{"probability", nn.Objective{{Layer: "prob", Channel: 2, Weight: 1}}},
		{"guide", nn.Objective{{Layer: "4a/output", Channel: nn.AllChannels, Weight: 0.1, Guide: guide}}},
		{"several layers", nn.Objective{
			{Layer: "conv2", Channel: nn.AllChannels, Weight: 0.3},
			{Layer: "3a/output", Channel: nn.AllChannels, Weight: 0.7},
			{Layer: "logits", Channel: 1, Weight: 5},
			{Layer: "4a/output", Channel: nn.AllChannels, Weight: 0.1, Guide: guide},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.gradient(t, c.obj, 37, 53)
			p.gradient(t, c.obj, 64, 48)
		})
	}
}

// Nets compares every layer of whole nets at several sizes.
func Nets(t *testing.T, open Open) {
	for _, net := range []*nn.Net{Small(), residual()} {
		t.Run(net.Name, func(t *testing.T) {
			p := openPair(t, open, net)
			for _, s := range [][2]int{{1, 1}, {9, 40}, {53, 37}} {
				for _, l := range net.Layers {
					p.activation(t, l.Name, s[0], s[1])
				}
				p.gradient(t, nn.Objective{{Layer: net.Layers[len(net.Layers)-1].Name, Channel: 0, Weight: 1}}, s[0], s[1])
			}
			for _, l := range net.Layers {
				p.gradient(t, nn.Objective{{Layer: l.Name, Channel: nn.AllChannels, Weight: 1}}, 41, 30)
			}
		})
	}
}

// Errors checks that what cannot be done is an error and not a panic.
func Errors(t *testing.T, open Open) {
	p := openPair(t, open, Small())
	e := p.got
	if _, err := e.Activation(Input(8, 8), "nothing"); err == nil {
		t.Error("an unknown layer: no error")
	}
	if _, err := e.Activation(random(rand.New(rand.NewPCG(1, 1)), 1, 4, 8, 8), "conv1"); err == nil {
		t.Error("an input of four channels: no error")
	}
	for _, obj := range []nn.Objective{
		nil,
		{{Layer: "nothing", Channel: nn.AllChannels, Weight: 1}},
		{{Layer: "logits", Channel: 10, Weight: 1}},
		{{Layer: "logits", Channel: -2, Weight: 1}},
		{{Layer: "logits", Channel: nn.AllChannels, Weight: 1, Guide: random(rand.New(rand.NewPCG(1, 1)), 1, 9, 2)}},
	} {
		if _, _, err := e.Gradient(Input(8, 8), obj); err == nil {
			t.Errorf("gradient of %v: no error", obj)
		}
	}
	if _, err := e.NewPicture(0, 5); err == nil {
		t.Error("an empty canvas: no error")
	}
	a, b := canvas(t, e, 8, 6), canvas(t, e, 6, 8)
	if err := e.Combine(a, nn.Term{Canvas: b, Weight: 1}); err == nil {
		t.Error("combining two sizes: no error")
	}
	if err := e.Warp(a, a, nn.Resize(8, 6, 8, 6), nn.Mirror); err == nil {
		t.Error("warping a canvas onto itself: no error")
	}
	if err := a.Write(picture(6, 8)); err == nil {
		t.Error("writing an image of another size: no error")
	}
	if err := e.Combine(a, nn.Term{Canvas: canvas(t, p.want, 8, 6), Weight: 1}); err == nil {
		t.Error("another engine's canvas: no error")
	}
}
