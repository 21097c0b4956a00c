package gpu

import (
	"image"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// llvmpipe are the options of all tests: Mesa's rasteriser, which runs
// anywhere, nothing kept between runs.
func llvmpipe() Options { return Options{Device: "llvmpipe", Cache: "-", Fixed: true} }

// needDevice skips where the machine has no EGL at all; a driver that fails is a failure.
func needDevice(t testing.TB) {
	t.Helper()
	if _, err := Devices(); err != nil && strings.Contains(err.Error(), "cannot be loaded") {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatalf("make test installs Mesa's EGL, but: %v", err)
		}
		t.Skipf("libEGL.so.1 is not installed; Mesa's llvmpipe behind it is what this test runs on: %v", err)
	}
}

func open(t testing.TB, net *nn.Net, o Options) *Engine {
	t.Helper()
	needDevice(t)
	e, err := Open(net, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

func TestConformance(t *testing.T) {
	needDevice(t)
	plain := func(net *nn.Net) (nn.Engine, error) { return standard(t, net, llvmpipe()) }
	enginetest.Run(t, plain)
	if testing.Short() {
		return // bends take a third of the time
	}
	t.Run("bends", func(t *testing.T) { enginetest.Bends(t, plain) })
	t.Run("heals", func(t *testing.T) { enginetest.Heals(t, plain) })
}

// The least that OpenGL 4.3 allows, and so little that most maps are read as storage blocks.
func TestConformanceWithinLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("-short runs the suite once")
	}
	needDevice(t)
	for name, l := range map[string]Limits{
		"least": {Block: 128 << 20, Texels: 65536},
		"fewer": {Block: 1 << 20, Texels: 300},
	} {
		t.Run(name, func(t *testing.T) {
			o := llvmpipe()
			o.Limits = l
			within := func(net *nn.Net) (nn.Engine, error) { return standard(t, net, o) }
			enginetest.Nets(t, within)
			enginetest.Objectives(t, within)
			enginetest.Fatigue(t, within)
			enginetest.Canvases(t, within)
			if name == "fewer" {
				enginetest.Bends(t, within)
			}
		})
	}
}

// The tile path with a single tile is the whole canvas, so it must agree with the reference.
func TestConformanceByTiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short runs the suite once")
	}
	needDevice(t)
	tiled := func(net *nn.Net) (nn.Engine, error) {
		e, err := standard(t, net, llvmpipe())
		if err == nil {
			e.tiled = true
		}
		return e, err
	}
	enginetest.Fatigue(t, tiled)
	enginetest.Canvases(t, tiled)
	enginetest.Dream(t, tiled)
	enginetest.Heals(t, tiled)
}

// What only hardware takes: tiled kernels, storage blocks, timer queries, values of earlier steps.
func TestConformanceAsHardware(t *testing.T) {
	if testing.Short() {
		t.Skip("-short runs the suite once")
	}
	needDevice(t)
	hard := func(net *nn.Net) (nn.Engine, error) {
		o := llvmpipe()
		o.Fixed = false
		e, err := standard(t, net, o)
		if err == nil {
			e.device.Software = false
		}
		return e, err
	}
	enginetest.Objectives(t, hard)
	enginetest.Fatigue(t, hard)
	enginetest.Canvases(t, hard)
	enginetest.Dream(t, hard)
	enginetest.Bends(t, hard)
	enginetest.Heals(t, hard)
}

// inception is a stem and one module, as plain as nets come.
func inception() *nn.Net {
	r := rand.New(rand.NewPCG(7, 7))
	conv := func(from, to int, win nn.Window) nn.Op {
		w := make([]float32, to*from*win.Kernel[0]*win.Kernel[1])
		for i := range w {
			w[i] = float32(r.NormFloat64()) * 0.1
		}
		bias := make([]float32, to)
		for i := range bias {
			bias[i] = float32(r.NormFloat64()) * 0.1
		}
		return &nn.Conv{Window: win, Groups: 1, W: nn.TensorOf(w, to, from, win.Kernel[0], win.Kernel[1]), Bias: bias}
	}
	relu := &nn.ReLU{}
	one, three := nn.Square(1, 1, 0), nn.Square(3, 1, 1)
	return &nn.Net{Name: "inception", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "stem", Op: conv(3, 24, nn.Square(5, 2, 2)), In: []int{nn.Picture}},
		{Name: "stem/relu", Op: relu, In: []int{0}},
		{Name: "1x1", Op: conv(24, 16, one), In: []int{1}},
		{Name: "1x1/relu", Op: relu, In: []int{2}},
		{Name: "3x3_reduce", Op: conv(24, 12, one), In: []int{1}},
		{Name: "3x3_reduce/relu", Op: relu, In: []int{4}},
		{Name: "3x3", Op: conv(12, 20, three), In: []int{5}},
		{Name: "3x3/relu", Op: relu, In: []int{6}},
		{Name: "pool", Op: &nn.Pool{Window: three, Max: true}, In: []int{1}},
		{Name: "output", Op: &nn.Concat{}, In: []int{3, 7, 8}},
	}}
}

var toOutput = nn.Objective{{Layer: "output", Channel: nn.AllChannels, Weight: 1}}

// noise is a fixed picture.
func noise(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// painted is a new canvas with noise on it.
func painted(t testing.TB, e nn.Engine, w, h int) nn.Canvas {
	t.Helper()
	c, err := e.NewPicture(w, h)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(noise(w, h)); err != nil {
		t.Fatal(err)
	}
	return c
}

func pixels(t testing.TB, c nn.Canvas) *image.RGBA {
	t.Helper()
	w, h := c.Size()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	if err := c.Read(m); err != nil {
		t.Fatal(err)
	}
	return m
}

// climbed is noise after a few steps.
func climbed(t testing.TB, e *Engine, w, h, steps int) *image.RGBA {
	t.Helper()
	c := painted(t, e, w, h)
	defer c.Release()
	for i := range steps {
		if _, err := e.Ascend(c, toOutput, nn.Step{Size: 2, ShiftX: 3 * i, ShiftY: -i}); err != nil {
			t.Fatal(err)
		}
	}
	return pixels(t, c)
}

// A frame that is read late shows the canvas as it was when the reading began.
func TestReadLate(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	c := painted(t, e, 30, 20).(*Picture)
	got := image.NewRGBA(image.Rect(0, 0, 30, 20))
	reading, err := c.StartRead(got)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Ascend(c, toOutput, nn.Step{Size: 9}); err != nil {
		t.Fatal(err)
	}
	for !reading.Done() {
		runtime.Gosched()
	}
	if err := reading.Wait(); err != nil {
		t.Fatal(err)
	}
	if want := noise(30, 20); string(got.Pix) != string(want.Pix) {
		t.Error("the late frame differs from the canvas at its beginning")
	}
	if err := reading.Wait(); err == nil {
		t.Error("waiting twice: no error")
	}
}

// GoogLeNet to inception_4c takes at most 100 dispatches a step.
func TestDispatches(t *testing.T) {
	e := open(t, googlenet(t), llvmpipe())
	layers, err := e.targets(to4c)
	if err != nil {
		t.Fatal(err)
	}
	err = e.do(func() {
		p := e.plan(layers, to4c, 64, 64)
		if got := len(p.passes) + stepDispatches; got > 100 {
			t.Errorf("got %d dispatches a step, want at most 100", got)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
