package gpu

import (
	"testing"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// All kernels add in the same order: whichever the tuner picks, the bits are the same.
func TestKernelsAgree(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	layers, err := e.targets(toOutput)
	if err != nil {
		t.Fatal(err)
	}
	x := enginetest.Input(37, 29)
	want, _, err := e.Gradient(x, toOutput)
	if err != nil {
		t.Fatal(err)
	}
	all := append([]kernel{}, tiled...)
	for _, k := range registers {
		all = append(all, k)
		k.Texel = true
		all = append(all, k)
	}
	if testing.Short() { // compiling them takes all the time
		all = []kernel{all[0], all[len(tiled)/2], all[len(tiled)], all[len(all)-1]}
	}
	for _, k := range all {
		err := e.do(func() {
			p := e.plan(layers, toOutput, 37, 29)
			for i, q := range p.passes {
				if q.conv != nil && e.able(k, q.conv) {
					p.adopt(q.conv.shape(), k)
					if p.passes[i].kernel != k.String() {
						t.Errorf("layer %q runs by %s, not %s", q.layer, p.passes[i].kernel, k)
					}
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := e.Gradient(x, toOutput)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range nn.Floats(got) {
			if v != nn.Floats(want)[i] {
				t.Errorf("kernel %s: value %d is %g, not %g", k, i, v, nn.Floats(want)[i])
				break
			}
		}
	}
}

// The usual kernel on hardware: large tiles on large maps, smaller ones where
// tiles would be few, registers for what has too few outputs.
func TestUsualKernel(t *testing.T) {
	e := &Engine{device: Device{Limits: Limits{Block: 128 << 20, Texels: 1 << 27, Shared: 32 << 10, Threads: 1024}}}
	for _, c := range []struct {
		w, h, blocks int
		want         string
	}{
		{480, 270, 48, "tile 128x128x16 8x8"},
		{112, 112, 16, "tile 128x64x16 8x4"},
		{28, 28, 48, "tile 32x64x32 4x4"},
		{14, 14, 48, "tile 32x32x16 4x4"},
		{112, 112, 1, "8x4"},
	} {
		conv := &convolution{header: header{Blocks: int32(c.blocks)}, groupOut4: c.blocks, weights: &weights{buf: &buffer{}}}
		conv.walk.grid = [2]int{c.h, c.w}
		if got := e.usual(conv).String(); got != c.want {
			t.Errorf("%dx%d, %d blocks: got %s, want %s", c.w, c.h, c.blocks, got, c.want)
		}
	}
}

// Steps cut into many submissions give the same picture.
func TestSlices(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	want := climbed(t, e, 61, 47, 2)
	e.rate = 1e5
	if got := climbed(t, e, 61, 47, 2); string(got.Pix) != string(want.Pix) {
		t.Error("sliced steps differ from whole ones")
	}
}

// A clock too coarse for a trial decides for the kernel that is likely the best.
func TestCoarseClock(t *testing.T) {
	first, second := kernel{PX: 7, OC: 2}, kernel{PX: 4, OC: 1}
	tune := &tuner{engine: &Engine{}, best: map[string]kernel{}, trials: map[string]*trial{"shape": {left: []kernel{second}}}}
	tune.found("shape", first, 0)
	tune.trials["shape"].drop(second)
	tune.found("shape", second, 0)
	if got := tune.best["shape"]; got != first {
		t.Errorf("got %v, want %v", got, first)
	}
}

// Submissions that took too long make the next ones shorter, down to a bound, and good ones longer again.
func TestCaution(t *testing.T) {
	e := &Engine{caution: 1}
	after := func(longest time.Duration, steps int) float64 {
		for range steps {
			s := submitting{engine: e, longest: longest}
			s.end()
		}
		return e.caution
	}
	if got := after(20*time.Millisecond, 1); got != 0.75 {
		t.Errorf("after 20 ms: got %g, want 0.75", got)
	}
	if got := after(time.Second, 9); got != 1./8 {
		t.Errorf("after seconds: got %g, want 1/8", got)
	}
	if got := after(0, 1); got != 1./8 {
		t.Errorf("after a step of one submission: got %g, want 1/8", got)
	}
	if got := after(10*time.Millisecond, 40); got != 1 {
		t.Errorf("after good ones: got %g, want 1", got)
	}
}
