package cpu

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/enginetest"
)

// TestBends runs the shared suite of bends on every kind of kernel.
func TestBends(t *testing.T) {
	for _, k := range available() {
		t.Run(k.name, func(t *testing.T) {
			open := func(net *nn.Net) (nn.Engine, error) { return Open(net, Options{Threads: 2, Kernel: k.name}) }
			enginetest.Bends(t, open)
			t.Run("heals", func(t *testing.T) { enginetest.Heals(t, open) })
		})
	}
}

// everyBend is one bend of each kind in a net, along its layers.
func everyBend(t *testing.T, net *nn.Net) *bend.Rack {
	t.Helper()
	layers := []string{"conv1", "conv2", "inception_3a/3x3", "inception_3a", "inception_3b", "inception_4a/1x1/conv", "inception_4a"}
	var specs []bend.Spec
	for i, k := range bend.Kinds {
		s, err := bend.Make(layers[i%len(layers)], k.Name)
		if err != nil {
			t.Fatal(err)
		}
		s.Seed = uint32(i)
		specs = append(specs, s)
	}
	r, err := bend.New(net, specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSameBentBytes checks that bent steps give the same picture whatever the number of threads.
func TestSameBentBytes(t *testing.T) {
	var want []byte
	for _, threads := range []int{1, 2, 3, 7} {
		e := open(t, Options{Threads: threads})
		if err := e.Bend(everyBend(t, e.opened).Net); err != nil {
			t.Fatal(err)
		}
		c, _ := e.NewPicture(101, 67)
		m := noise(101, 67)
		if err := c.Write(m); err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			score, err := e.Ascend(c, deep, nn.Step{Size: 2, ShiftX: 5 * i, ShiftY: -3 * i})
			if err != nil || !finite(score) || score == 0 {
				t.Fatalf("step %d: score %g, %v", i, score, err)
			}
		}
		if err := c.Read(m); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = m.Pix
		}
		if !bytes.Equal(m.Pix, want) {
			t.Errorf("%d threads: the picture differs from that of one thread", threads)
		}
	}
}

// TestNoBentAllocations checks that bent steps, once planned, allocate nothing.
func TestNoBentAllocations(t *testing.T) {
	e := open(t, Options{Threads: 2})
	if err := e.Bend(everyBend(t, e.opened).Net); err != nil {
		t.Fatal(err)
	}
	c, _ := e.NewPicture(96, 64)
	step := func() {
		if _, err := e.Ascend(c, deep, nn.Step{Size: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		step()
	}
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("%v allocations a step, want none", n)
	}
}

// BenchmarkBends measures the pace that the default net keeps with four bends on the modules
// from 3a to 4c, before rectifiers, and on the largest maps, their amounts standing or turned at every step.
func BenchmarkBends(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"modules/mixed", "inception_3a:rotate=20,channels=random:0.5 inception_3b:cross-wire inception_4a:fold inception_4c:feedback"},
		{"modules/level", "inception_3a:fold inception_3b:noise inception_4a:invert inception_4c:sine"},
		{"modules/space", "inception_3a:rotate inception_3b:blur inception_4a:dilate inception_4c:flip-h"},
		{"modules/channels", "inception_3a:shuffle inception_3b:normalise inception_4a:roll inception_4c:sample-hold"},
		{"modules/gradient", "inception_3a:gradient-sign inception_3b:gradient-blur inception_4a:gradient-mirror inception_4c:gradient-orthogonal"},
		{"modules/weights", "inception_3a:weight-sign inception_3b:weight-noise inception_4a:weight-rotate inception_4c:weight-zero"},
		{"convolutions/mixed", "conv2/conv:gain inception_3a/3x3/conv:abs inception_4a/1x1/conv:rotate inception_4c/3x3/conv:sine"},
		{"largest/mixed", "conv1:rotate=20,channels=random:0.5 conv2:cross-wire conv2:fold conv1:feedback"},
		{"largest/level", "conv1:fold conv1:noise conv2:invert conv2:sine"},
		{"largest/space", "conv1:rotate conv1:blur conv2:dilate conv2:flip-h"},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkBends(b, c.text, 0) })
		b.Run(c.name+"/turned", func(b *testing.B) { benchmarkBends(b, c.text, 0.1) })
	}
}

// BenchmarkBendKinds measures the pace with a single bend of each kind, on the largest map and on a module.
func BenchmarkBendKinds(b *testing.B) {
	for _, layer := range []string{"conv2", "inception_4a"} {
		for _, k := range bend.Kinds {
			b.Run(layer+"/"+k.Name, func(b *testing.B) { benchmarkBends(b, layer+":"+k.Name, 0) })
		}
	}
}

// benchmarkBends lets amounts swing by a share of themselves.
func benchmarkBends(b *testing.B, text string, swing float64) {
	specs, err := bend.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	net := menagerie(b)
	e, err := Open(net, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	obj := nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}
	enginetest.BendPace(b, e, net, func(n int) []bend.Spec {
		turned := slices.Clone(specs)
		for i := range turned {
			k, _ := bend.Find(turned[i].Kind)
			turned[i].Amount = k.Clamp(turned[i].Amount * (1 - swing*math.Abs(math.Sin(float64(n)))))
		}
		return turned
	}, obj, 320, 240)
}
