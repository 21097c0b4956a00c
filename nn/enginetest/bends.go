package enginetest

import (
	"math"
	"slices"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Bends compares every kind of bend forward and backward on odd sizes, chains of them in a
// net, amounts that are turned, kinds with a memory over some steps, and the way back to the clean net.
func Bends(t *testing.T, open Open) {
	t.Run("kinds", func(t *testing.T) { bendKinds(t, open) })
	t.Run("chains", func(t *testing.T) { bendChains(t, open) })
	t.Run("turned", func(t *testing.T) { bendTurned(t, open) })
	t.Run("time", func(t *testing.T) { bendTime(t, open) })
	t.Run("undone", func(t *testing.T) { bendUndone(t, open) })
}

// exactMaps has a layer "maps" of 21 channels that every engine computes without rounding,
// so that bends that jump do so at the same places everywhere.
func exactMaps() *nn.Net {
	b := build("maps")
	o := b.kernel(3, 21, 1, nn.Square(1, 1, 0))
	o.Bias = nil
	clear(nn.Floats(o.W))
	for c := range 21 {
		nn.Floats(o.W)[3*c+c%3] = float32(math.Copysign(math.Ldexp(1, c%4-2), float64(c%5)-2.5))
	}
	b.add("maps", o, nn.Picture)
	return b.net
}

// bent puts the bends on both engines and gives a function that turns them.
func (p pair) bent(t *testing.T, net *nn.Net, text string) (turn func(text string)) {
	t.Helper()
	var racks []*bend.Rack
	for _, e := range []nn.Engine{p.got, p.want} {
		r, err := bend.New(net, specs(t, text), nil)
		if err != nil {
			t.Fatal(err)
		}
		set := e.Bend
		if e == p.want {
			set = func(net *nn.Net) error { return p.want.bent(net, text) }
		}
		if err := set(r.Net); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		racks = append(racks, r)
	}
	return func(text string) {
		t.Helper()
		p.want.bends += " then " + text
		for _, r := range racks {
			if ok, err := r.Turn(specs(t, text)); !ok || err != nil {
				t.Fatalf("turn to %s: %v, %v", text, ok, err)
			}
		}
	}
}

func specs(t *testing.T, text string) []bend.Spec {
	t.Helper()
	list, err := bend.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func bendKinds(t *testing.T, open Open) {
	net := exactMaps()
	p := openPair(t, open, net)
	// One channel weighs in on its own, for the squares of normalised maps do not change.
	whole := nn.Objective{{Layer: "maps", Channel: nn.AllChannels, Weight: 1}, {Layer: "maps", Channel: 5, Weight: 0.5}}
	for i := range bend.Kinds {
		k := &bend.Kinds[i]
		t.Run(k.Name, func(t *testing.T) {
			for _, choice := range []string{"", ",wet=0.7,channels=1;4-17,seed=3"} {
				p.bent(t, net, "maps:"+k.Name+choice)
				for _, s := range trial() {
					p.activation(t, "maps", s[0], s[1])
					p.gradient(t, whole, s[0], s[1])
				}
			}
			// The ends of the range, and something between.
			for _, share := range []float64{0, 0.37, 1} {
				s, err := bend.Make("maps", k.Name)
				if err != nil {
					t.Fatal(err)
				}
				s.Amount = k.Clamp(k.Min + share*(k.Max-k.Min))
				p.bent(t, net, s.String())
				p.activation(t, "maps", 17, 31)
				p.gradient(t, whole, 17, 31)
			}
		})
	}
}

// bendTurned turns amounts, channels and seeds between calls.
func bendTurned(t *testing.T, open Open) {
	net := Small()
	p := openPair(t, open, net)
	turn := p.bent(t, net, "conv2:gain=2 relu1:rotate=10 3a/output:shuffle 4a/relu_3x3:noise=1 3a/output:weight-noise=0.5")
	obj := nn.Objective{{Layer: "4a/output", Channel: nn.AllChannels, Weight: 1}}
	for _, text := range []string{
		"conv2:gain=-1 relu1:rotate=80 3a/output:shuffle=0.5,seed=3 4a/relu_3x3:noise=0.2,seed=1 3a/output:weight-noise=1",
		"conv2:gain=1,channels=3 relu1:rotate=0 3a/output:shuffle=0 4a/relu_3x3:noise=0 3a/output:weight-noise=0",
	} {
		p.gradient(t, obj, 41, 33)
		turn(text)
		p.gradient(t, obj, 41, 33)
		p.activation(t, "3a/output", 41, 33)
	}
}

// bendTime compares bends with a memory over steps at two sizes and of two objectives.
func bendTime(t *testing.T, open Open) {
	for _, text := range []string{
		"relu1:feedback=0.7", "3a/output:sample-hold=3", "conv2:drift=1,seed=4", "3a/output:gradient-orthogonal",
		"relu1:feedback=-0.5,channels=2-9 relu1:sample-hold=2,wet=0.5 3a/output:gradient-orthogonal=0.7",
	} {
		t.Run(text, func(t *testing.T) {
			net := Small()
			p := openPair(t, open, net)
			p.bent(t, net, text)
			type both [2]nn.Canvas
			var canvases []both
			for _, s := range [][2]int{{37, 29}, {52, 31}} {
				var c both
				for i, e := range []nn.Engine{p.got, p.want} {
					c[i] = canvas(t, e, s[0], s[1])
					if err := c[i].Write(picture(s[0], s[1])); err != nil {
						t.Fatal(err)
					}
				}
				canvases = append(canvases, c)
			}
			low := nn.Objective{{Layer: "relu1", Channel: nn.AllChannels, Weight: 1}}
			obj := nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels, Weight: 1}}
			for step, at := range []int{0, 0, 1, 0, 1, 1, 0, 0} {
				for i, e := range []nn.Engine{p.got, p.want} {
					goal := obj
					if step == 4 {
						goal = low // a step that does not need all bends
					}
					if _, err := e.Ascend(canvases[at][i], goal, nn.Step{Size: 2, ShiftX: step}); err != nil {
						t.Fatal(err)
					}
				}
				// Probes see the memory and leave it as it is.
				p.gradient(t, obj, 37, 29)
				p.gradient(t, obj, 52, 31)
				p.activation(t, "3a/output", 52, 31)
			}
			for _, c := range canvases {
				closeImages(t, read(t, c[0]), read(t, c[1]), 0.05, tolerances(p.got).Pixels)
			}
		})
	}
}

// bendUndone wants the clean net's very bits back, whatever was bent in between.
func bendUndone(t *testing.T, open Open) {
	net := Small()
	p := openPair(t, open, net)
	obj := nn.Objective{{Layer: "4a/output", Channel: nn.AllChannels, Weight: 1}}
	look := func() []float32 {
		dx, score, err := p.got.Gradient(Input(33, 26), obj)
		if err != nil {
			t.Fatal(err)
		}
		return append(slices.Clone(nn.Floats(dx)), score)
	}
	clean := look()
	p.bent(t, net, "conv1:weight-sign=0.5 relu1:feedback 3a/output:gain=-2 4a/output:shuffle")
	if slices.Equal(look(), clean) {
		t.Error("the bends change nothing")
	}
	for range 2 {
		if err := p.got.Bend(nil); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(look(), clean) {
			t.Error("the clean net is another one than before it was bent")
		}
	}
	if err := p.got.Bend(&nn.Net{}); err == nil {
		t.Error("a net without layers: no error")
	}
	if !slices.Equal(look(), clean) {
		t.Error("after a net that was refused the clean one does not run")
	}
}

// Heals wants a gradient and a canvas that are not finite to do no lasting harm.
func Heals(t *testing.T, open Open) {
	net := Small()
	p := openPair(t, open, net)
	e := p.got
	obj := nn.Objective{{Layer: "3a/output", Channel: nn.AllChannels, Weight: 1}}
	const w, h = 48, 40
	ascend := func(c nn.Canvas) float64 {
		t.Helper()
		score, err := e.Ascend(c, obj, nn.Step{Size: 2, ShiftX: 5, ShiftY: -3})
		if err != nil {
			t.Fatal(err)
		}
		return float64(score)
	}
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

	canvasWith := func(t *testing.T, second float32) {
		c, spot := canvas(t, e, w, h), canvas(t, e, w, h)
		if err := c.Write(picture(w, h)); err != nil {
			t.Fatal(err)
		}
		dot := picture(w, h)
		clear(dot.Pix)
		dot.Pix[dot.PixOffset(10, 20)] = 255
		if err := spot.Write(dot); err != nil {
			t.Fatal(err)
		}
		huge := nn.Term{Canvas: spot, Weight: math.MaxFloat32}
		if err := e.Combine(c, nn.Term{Canvas: c, Weight: 1}, huge, nn.Term{Canvas: spot, Weight: second}); err != nil {
			t.Fatal(err)
		}
		score := ascend(c)
		m := read(t, c)
		if v := m.Pix[m.PixOffset(10, 20)]; v < 127 || v > 128 {
			t.Errorf("the spoilt value became %d, want mid grey", v)
		}
		told := !finite(score)
		for range 2 { // a device that works ahead may tell of an earlier step
			if !finite(ascend(c)) {
				told = true
			}
		}
		if !told {
			t.Error("no score tells that something was healed")
		}
		if score := ascend(c); !finite(score) || score == 0 {
			t.Errorf("after the canvas was healed the score is %g", score)
		}
	}
	t.Run("infinity", func(t *testing.T) { canvasWith(t, math.MaxFloat32) })
	t.Run("NaN", func(t *testing.T) { canvasWith(t, -math.MaxFloat32) })
	t.Run("gradient", func(t *testing.T) {
		// 8^50 is beyond a float32.
		r, err := bend.New(net, specs(t, strings.Repeat("3a/output:gain=8 ", 50)), nil)
		if err != nil {
			t.Fatal(err)
		}
		c := canvas(t, e, w, h)
		before := picture(w, h)
		if err := c.Write(before); err != nil {
			t.Fatal(err)
		}
		if err := e.Bend(r.Net); err != nil {
			t.Fatal(err)
		}
		ascend(c)
		if err := e.Bend(nil); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			ascend(c)
		}
		if score := ascend(c); !finite(score) || score == 0 {
			t.Errorf("after a step that burst the score is %g", score)
		}
	})
	// What is no number before a maximum is none after it.
	t.Run("pool", func(t *testing.T) {
		r, err := bend.New(net, specs(t, strings.Repeat("3a/relu_3x3_reduce:gain=8 ", 50)), nil)
		if err != nil {
			t.Fatal(err)
		}
		c := canvas(t, e, w, h)
		if err := c.Write(picture(w, h)); err != nil {
			t.Fatal(err)
		}
		if err := e.Bend(r.Net); err != nil {
			t.Fatal(err)
		}
		defer e.Bend(nil)
		told := false
		for range 3 {
			score, err := e.Ascend(c, nn.Objective{{Layer: "logits", Channel: 1, Weight: 1}}, nn.Step{Size: 2})
			if err != nil {
				t.Fatal(err)
			}
			told = told || !finite(float64(score))
		}
		if !told {
			t.Error("no score tells that the net burst")
		}
	})
}
