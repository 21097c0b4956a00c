package cpu

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// TestConformance runs the shared suite on every kind of kernel that the
// processor has, alone and with more threads than work. With -short all but the best try operations alone.
func TestConformance(t *testing.T) {
	for i, k := range available() {
		t.Run(k.name, func(t *testing.T) {
			open := func(net *nn.Net) (nn.Engine, error) { return Open(net, Options{Threads: 2, Kernel: k.name}) }
			if testing.Short() && i > 0 {
				t.Run("ops", func(t *testing.T) { enginetest.Ops(t, open) })
				return
			}
			enginetest.Run(t, open)
		})
	}
	for _, threads := range []int{1, 5} {
		t.Run("threads", func(t *testing.T) {
			enginetest.Nets(t, func(net *nn.Net) (nn.Engine, error) { return Open(net, Options{Threads: threads}) })
		})
	}
}

func open(t *testing.T, o Options) *Engine {
	t.Helper()
	e, err := Open(menagerie(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func noise(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	return m
}

var deep = nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}

// TestSameBytes checks that the same steps give the same picture whatever the
// number of threads and whatever the arena held before.
func TestSameBytes(t *testing.T) {
	for _, k := range bests() {
		t.Run(k.name, func(t *testing.T) { sameBytes(t, k.name) })
	}
}

// bests is the best kernels of each precision.
func bests() []*kernels { return append(available()[:1:1], halvers()...) }

func sameBytes(t *testing.T, kernel string) {
	var want []byte
	for _, threads := range []int{1, 2, 3, 7} {
		e := open(t, Options{Threads: threads, Kernel: kernel})
		memory, err := e.NewMemory(304)
		if err != nil {
			t.Fatal(err)
		}
		tired := slices.Clone(deep)
		tired[0].Fatigue = nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.1, Memory: memory}
		for range 2 {
			if err := memory.Write(make([]float32, 305)); err != nil {
				t.Fatal(err)
			}
			c, err := e.NewPicture(101, 67)
			if err != nil {
				t.Fatal(err)
			}
			m := noise(101, 67)
			if err := c.Write(m); err != nil {
				t.Fatal(err)
			}
			for i := range 6 {
				step := nn.Step{Size: 2, ShiftX: 5 * i, ShiftY: -3 * i, Depth: nn.Depth{Amount: 0.5, Levels: i}}
				if _, err := e.Ascend(c, tired, step); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Read(m); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = m.Pix
			}
			if !bytes.Equal(m.Pix, want) {
				t.Fatalf("%d threads: the picture differs from that of one thread", threads)
			}
			// Another size in between leaves other things in the arena.
			if _, _, err := e.Gradient(enginetest.Input(150, 90), deep); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestNoAllocations checks that steps, once planned, allocate nothing, octaves and objectives in turn.
func TestNoAllocations(t *testing.T) {
	for _, k := range bests() {
		t.Run(k.name, func(t *testing.T) { noAllocations(t, k.name) })
	}
}

func noAllocations(t *testing.T, kernel string) {
	e := open(t, Options{Threads: 2, Kernel: kernel})
	large, _ := e.NewPicture(96, 64)
	small, _ := e.NewPicture(64, 48)
	other := nn.Objective{{Layer: "conv2", Channel: 3, Weight: 1}, {Layer: "logits", Channel: 5, Weight: 2}}
	memory, err := e.NewMemory(304)
	if err != nil {
		t.Fatal(err)
	}
	tired := slices.Clone(deep)
	tired[0].Fatigue = nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.1, Memory: memory}
	m := image.NewRGBA(image.Rect(0, 0, 96, 64))
	work := func() {
		for _, c := range []nn.Canvas{large, small} {
			for i, obj := range []nn.Objective{deep, other, tired} {
				if _, err := e.Ascend(c, obj, nn.Step{Size: 1, ShiftX: 3, Depth: nn.Depth{Amount: 1, Levels: 2 * i}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := e.Warp(small, large, nn.Resize(64, 48, 96, 64), nn.Mirror); err != nil {
			t.Fatal(err)
		}
		if err := e.Hold(large, nn.Tone{Spread: [3]float32{50, 20, 20}}, 0.1); err != nil {
			t.Fatal(err)
		}
		if err := large.Read(m); err != nil {
			t.Fatal(err)
		}
	}
	work()
	if n := testing.AllocsPerRun(10, work); n != 0 {
		t.Errorf("%v allocations in a round of steps, want none", n)
	}
}

// TestArena checks how much room a step takes: the buffers of a net share it.
func TestArena(t *testing.T) {
	for _, c := range []struct {
		w, h, mb int
	}{{224, 224, 10}, {512, 512, 48}, {1920, 1080, 370}} {
		net := googlenet(t)
		l, err := net.Find("inception_4c/output")
		if err != nil {
			t.Fatal(err)
		}
		p, err := compile(net, newPacks(portable), 1, c.w, c.h, []int{l}, true, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if mb := p.size >> 20; mb > c.mb {
			t.Errorf("a step at %dx%d takes %d MiB, want at most %d", c.w, c.h, mb, c.mb)
		}
	}
}

// TestClose checks that an engine's goroutines end with it.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	e, err := Open(menagerie(t), Options{Threads: 8})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines after closing, %d before opening", runtime.NumGoroutine(), before)
}

// TestErrors checks what only this engine can refuse.
func TestErrors(t *testing.T) {
	net := menagerie(t)
	for _, o := range []Options{{Kernel: "mmx"}, {Threads: -1}} {
		if e, err := Open(net, o); err == nil {
			e.Close()
			t.Errorf("%+v: no error", o)
		} else if !strings.HasPrefix(err.Error(), "cpu: ") {
			t.Errorf("%+v: the error %q does not name its package", o, err)
		}
	}
	t.Setenv("ZALGOSCOPE_CPU", "portable")
	e := open(t, Options{Threads: 1})
	if got, want := e.Device(), "cpu portable, 1 thread"; got != want {
		t.Errorf("device: got %q, want %q", got, want)
	}
	if _, err := e.NewPicture(1<<20, 1<<20); err == nil {
		t.Error("a canvas of 2^40 pixels: no error")
	}
	c, err := e.NewPicture(8, 8)
	if err != nil {
		t.Fatal(err)
	}
	c.Release()
	if _, err := e.Ascend(c, deep, nn.Step{}); err == nil {
		t.Error("a released canvas: no error")
	}
	if err := c.Read(noise(8, 8)); err == nil {
		t.Error("reading a released canvas: no error")
	}
}

// TestHeal checks that what is not finite, on the canvas or in the gradient, spoils nothing else.
func TestHeal(t *testing.T) {
	for _, k := range append(available(), halvers()...) {
		for _, levels := range []int{0, 4} {
			t.Run(fmt.Sprintf("%s/%d levels", k.name, levels), func(t *testing.T) {
				heals(t, open(t, Options{Threads: 2, Kernel: k.name}), nn.Step{Size: 3, ShiftX: 9, ShiftY: -4, Depth: nn.Depth{Amount: 1, Levels: levels}})
			})
		}
	}
}

func heals(t *testing.T, e *Engine, step nn.Step) {
	c, err := e.NewPicture(40, 30)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(noise(40, 30)); err != nil {
		t.Fatal(err)
	}
	pix := c.(*canvas).pix
	pix[4*(7*40+11)] = float32(math.NaN())
	if score, err := e.Ascend(c, deep, step); err != nil || finite(score) {
		t.Fatalf("the step that heals gives %g, %v, want no finite score", score, err)
	}
	for i, v := range pix {
		if !finite(v) || v < 0 || v > 255 {
			t.Fatalf("value %d is %g after the step", i, v)
		}
	}
	if got := pix[4*(7*40+11)]; got != grey {
		t.Errorf("the spoilt value became %g, want %g", got, grey)
	}
	if score, err := e.Ascend(c, deep, step); err != nil || !finite(score) {
		t.Errorf("the step after gives %g, %v", score, err)
	}
	before := slices.Clone(pix)
	burst := slices.Clone(deep)
	burst[0].Weight = float32(math.Inf(1))
	if score, err := e.Ascend(c, burst, step); err != nil || finite(score) {
		t.Errorf("the step along a gradient that is not finite gives %g, %v", score, err)
	}
	if slices.Contains(e.jobs.climb.healed, false) {
		t.Errorf("rows of a gradient that is not finite are not healed: %v", e.jobs.climb.healed)
	}
	if !slices.Equal(pix, before) {
		t.Error("a gradient that is nowhere finite moves the canvas")
	}
}
