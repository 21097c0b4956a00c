package enginetest

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"zalgoscope/nn"
)

// tires are kinds of fatigue that engines are compared at.
var tires = []struct {
	name   string
	layer  string
	tiring nn.Fatigue
}{
	{"gain", "4a/output", nn.Fatigue{Gain: 1, Rate: 0.02}},
	{"even", "3a/output", nn.Fatigue{Even: 0.5, Rate: 0.02}},
	{"both", "4a/output", nn.Fatigue{Gain: 1.5, Even: 1, Rate: 0.3}},
	{"neither", "3a/output", nn.Fatigue{Rate: 1}},
	{"branch before its rectifier", "4a/3x3", nn.Fatigue{Gain: 0.7, Even: 0.3, Rate: 0.1}},
	{"one position", "logits", nn.Fatigue{Gain: 1, Even: 1, Rate: 0.01}},
}

// remembering makes a memory of a layer; with a spread it holds random values around 1.
func remembering(t *testing.T, net *nn.Net, e nn.Engine, layer string, spread float64) nn.Memory {
	t.Helper()
	c := channels(t, net, layer)
	m, err := e.NewMemory(c)
	if err != nil {
		t.Fatalf("new memory: %v", err)
	}
	t.Cleanup(m.Release)
	if spread > 0 {
		r := rand.New(rand.NewPCG(uint64(c), 7))
		v := make([]float32, c+1)
		for i := range v {
			v[i] = float32(math.Exp(spread * r.NormFloat64()))
		}
		if err := m.Write(v); err != nil {
			t.Fatalf("write a memory: %v", err)
		}
	}
	return m
}

func channels(t *testing.T, net *nn.Net, layer string) int {
	t.Helper()
	l, err := net.Find(layer)
	if err != nil {
		t.Fatal(err)
	}
	shapes, err := net.Shapes(64, 64)
	if err != nil {
		t.Fatal(err)
	}
	return shapes[l][0]
}

// recall reads a memory of c channels.
func recall(t *testing.T, m nn.Memory, c int) []float32 {
	t.Helper()
	v := make([]float32, c+1)
	r, err := m.StartRead(v)
	if err == nil {
		err = r.Wait()
	}
	if err != nil {
		t.Fatalf("read a memory: %v", err)
	}
	return v
}

// Fatigue compares targets that tire: their gradients, and what is remembered over steps
// at several sizes, beside each other on one layer and on two.
func Fatigue(t *testing.T, open Open) {
	net := Small()
	p := openPair(t, open, net)
	for _, c := range tires {
		t.Run(c.name, func(t *testing.T) {
			for _, spread := range []float64{0, 0.5} {
				p.tired(t, c.layer, c.tiring, spread, 37, 53)
				p.tired(t, c.layer, c.tiring, spread, 64, 48)
			}
			p.remembered(t, []string{c.layer}, c.tiring)
		})
	}
	t.Run("two layers", func(t *testing.T) {
		p.remembered(t, []string{"3a/output", "4a/output"}, nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.1})
	})
	t.Run("a burst is not remembered", func(t *testing.T) { forgetsBursts(t, open) })
	t.Run("errors", func(t *testing.T) { p.refuses(t) })
}

// tired compares a tired target's gradient, and that asking for it remembers nothing.
func (p pair) tired(t *testing.T, layer string, f nn.Fatigue, spread float64, w, h int) {
	t.Helper()
	x := Input(w, h)
	var objs [2]nn.Objective
	for i, e := range []nn.Engine{p.got, p.want} {
		f.Memory = remembering(t, p.net, e, layer, spread)
		objs[i] = nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 0.5, Fatigue: f}}
	}
	c := channels(t, p.net, layer)
	before := recall(t, objs[0][0].Fatigue.Memory, c)
	got, score, err := p.got.Gradient(x, objs[0])
	if err != nil {
		t.Fatalf("gradient: %v", err)
	}
	want, wantScore, err := p.want.Gradient(x, objs[1])
	if err != nil {
		t.Fatalf("reference: %v", err)
	}
	gradients{p.net, p.got, p.want, x}.compare(t, "tired gradient", got, want, layer)
	if !tolerances(p.got).allowScore(score, wantScore) {
		t.Errorf("score: got %g, want %g", score, wantScore)
	}
	closeValues(t, "memory after a gradient", recall(t, objs[0][0].Fatigue.Memory, c), before, 0)
}

// remembered compares memories and pictures after steps at two sizes in turn.
func (p pair) remembered(t *testing.T, layers []string, f nn.Fatigue) {
	t.Helper()
	var out [2]*image.RGBA
	var kept [2][][]float32
	for i, e := range []nn.Engine{p.got, p.want} {
		var obj nn.Objective
		for _, l := range layers {
			f.Memory = remembering(t, p.net, e, l, 0)
			obj = append(obj, nn.Target{Layer: l, Channel: nn.AllChannels, Weight: 1, Fatigue: f})
		}
		small, large := canvas(t, e, 40, 33), canvas(t, e, 61, 47)
		for _, c := range []nn.Canvas{small, large} {
			w, h := c.Size()
			if err := c.Write(picture(w, h)); err != nil {
				t.Fatal(err)
			}
		}
		for n, c := range []nn.Canvas{small, large, small, large} {
			if _, err := e.Ascend(c, obj, nn.Step{Size: 2, ShiftX: 3 * n, ShiftY: -n}); err != nil {
				t.Fatalf("%s: %v", e.Device(), err)
			}
			for k, l := range layers {
				kept[i] = append(kept[i], recall(t, obj[k].Fatigue.Memory, channels(t, p.net, l)))
			}
		}
		out[i] = read(t, large)
	}
	for n := range kept[1] {
		closeValues(t, "memory", kept[0][n], kept[1][n], tolerances(p.got).Score)
	}
	closeImages(t, out[0], out[1], 0.05, tolerances(p.got).Pixels)
}

// closeValues wants a relative L2 error of at most limit.
func closeValues(t *testing.T, what string, got, want []float32, limit float64) {
	t.Helper()
	if e := Error(nn.TensorOf(got, len(got)), nn.TensorOf(want, len(want))); !(e <= limit) {
		t.Errorf("%s: relative L2 error %.2g, want at most %g", what, e, limit)
	}
}

// forgetsBursts steps on numbers that are none: the memory stays as it is.
func forgetsBursts(t *testing.T, open Open) {
	net := Small()
	l, err := net.Find("conv1")
	if err != nil {
		t.Fatal(err)
	}
	conv := *net.Layers[l].Op.(*nn.Conv)
	conv.Bias = append([]float32(nil), conv.Bias...)
	for i := range conv.Bias {
		conv.Bias[i] = float32(math.NaN())
	}
	net.Layers[l].Op = &conv
	e, err := open(net)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	m := remembering(t, net, e, "3a/output", 0.5)
	n := channels(t, net, "3a/output")
	before := recall(t, m, n)
	c := canvas(t, e, 40, 33)
	if err := c.Write(picture(40, 33)); err != nil {
		t.Fatal(err)
	}
	obj := nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels, Weight: 1, Fatigue: nn.Fatigue{Gain: 1, Even: 1, Rate: 0.5, Memory: m}}}
	if _, err := e.Ascend(c, obj, nn.Step{Size: 2}); err != nil {
		t.Fatal(err)
	}
	closeValues(t, "memory after a burst", recall(t, m, n), before, 0)
}

// refuses checks memories that do not fit.
func (p pair) refuses(t *testing.T) {
	t.Helper()
	e := p.got
	if _, err := e.NewMemory(0); err == nil {
		t.Error("a memory of no channels: no error")
	}
	m := remembering(t, p.net, e, "3a/output", 0)
	foreign := remembering(t, p.net, p.want, "3a/output", 0)
	for _, target := range []nn.Target{
		{Layer: "3a/output", Channel: 1, Fatigue: nn.Fatigue{Memory: m}},
		{Layer: "4a/output", Channel: nn.AllChannels, Fatigue: nn.Fatigue{Memory: m}},
		{Layer: "3a/output", Channel: nn.AllChannels, Fatigue: nn.Fatigue{Memory: foreign}},
	} {
		if target.Fatigue.Memory == foreign && e == p.want {
			continue
		}
		target.Weight = 1
		if _, _, err := e.Gradient(Input(20, 20), nn.Objective{target}); err == nil {
			t.Errorf("a memory that does not fit %s, channel %d: no error", target.Layer, target.Channel)
		}
	}
	if err := m.Write(make([]float32, 3)); err == nil {
		t.Error("3 values for a memory: no error")
	}
	if _, err := m.StartRead(make([]float32, 3)); err == nil {
		t.Error("3 values from a memory: no error")
	}
}
