package cpu

import (
	"bytes"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/enginetest"
)

// TestBends runs the shared suite of bends on every kind of kernel.
func TestBends(t *testing.T) {
	for i, k := range available() {
		if testing.Short() && i > 0 {
			break
		}
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
	for _, k := range bests() {
		t.Run(k.name, func(t *testing.T) { sameBentBytes(t, k.name) })
	}
}

func sameBentBytes(t *testing.T, kernel string) {
	var want []byte
	for _, threads := range []int{1, 2, 3, 7} {
		e := open(t, Options{Threads: threads, Kernel: kernel})
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

func BenchmarkBends(b *testing.B)     { enginetest.BendPaces(b, openMenagerie) }
func BenchmarkBendKinds(b *testing.B) { enginetest.KindPaces(b, openMenagerie) }

func openMenagerie(b *testing.B) (nn.Engine, *nn.Net) {
	net := menagerie(b)
	e, err := Open(net, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	return e, net
}
