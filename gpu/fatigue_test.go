package gpu

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"math"
	"runtime"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/shaders"
)

// tiring is an objective with fatigue, and its memory.
func tiring(t testing.TB, e *Engine, layer string, channels int, f nn.Fatigue) (nn.Objective, nn.Memory) {
	t.Helper()
	m, err := e.NewMemory(channels)
	if err != nil {
		t.Fatal(err)
	}
	f.Memory = m
	return nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1, Fatigue: f}}, m
}

// recalled reads a memory of so many channels.
func recalled(t testing.TB, m nn.Memory, channels int) []float32 {
	t.Helper()
	v := make([]float32, channels+1)
	r, err := m.StartRead(v)
	if err == nil {
		err = r.Wait()
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// joined are the channels of inception's output.
const joined = 60

// wandered is noise after steps with fatigue and depth whose numbers turn at every step, and what is remembered then.
func wandered(t *testing.T, e *Engine, w, h, steps int) ([]byte, []float32) {
	t.Helper()
	obj, m := tiring(t, e, "output", joined, nn.Fatigue{Rate: 0.1})
	defer m.Release()
	c := painted(t, e, w, h)
	defer c.Release()
	for i := range steps {
		obj[0].Fatigue.Gain, obj[0].Fatigue.Even = float32(i)/3, 1-float32(i)/5
		step := nn.Step{Size: 2, ShiftX: 3 * i, ShiftY: -i, Depth: nn.Depth{Amount: float32(i%3) / 2, Levels: 4}}
		if _, err := e.Ascend(c, obj, step); err != nil {
			t.Fatal(err)
		}
	}
	return pixels(t, c).Pix, recalled(t, m, joined)
}

// Steps with fatigue and depth give the same bits every time, however they are cut into submissions, whole
// and in tiles; numbers that turn make no other plan.
func TestSameTiredBits(t *testing.T) {
	for _, tile := range []int{0, 64} {
		o := llvmpipe()
		o.Tile = tile
		o.Report = func(text string) { t.Errorf("tiles of %d: the driver reports: %s", tile, text) }
		var first []byte
		var kept []float32
		for _, rate := range []float64{10e9, 1e5} {
			e := open(t, inception(), o)
			e.rate = rate
			for range 2 {
				pix, m := wandered(t, e, 100, 80, 5)
				if first == nil {
					first, kept = pix, m
				}
				if !bytes.Equal(pix, first) || fmt.Sprint(m) != fmt.Sprint(kept) {
					t.Errorf("tiles of %d: two dreams differ", tile)
				}
			}
			if len(e.plans) != 1 {
				t.Errorf("tiles of %d: got %d plans, want 1", tile, len(e.plans))
			}
		}
	}
}

// A target without a memory runs what it ran before there was fatigue.
func TestNotTired(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	climbed(t, e, 40, 30, 1)
	for key := range e.programs {
		for _, word := range []string{"fatigue", "depth", "KEPT", "TIRED"} {
			if strings.Contains(key, word) {
				t.Errorf("a plain step runs %q", key)
			}
		}
	}
}

// A step in tiles remembers what the reference sees of all tiles, and goes by one set of gains.
func TestTiredTiles(t *testing.T) {
	const w, h = 70, 46
	f := nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.3}
	o := llvmpipe()
	o.Tile = 40
	e := open(t, inception(), o)
	obj, m := tiring(t, e, "output", joined, f)
	before := make([]float32, joined+1)
	for i := range before {
		before[i] = 0.5 + float32(i%5)/4
	}
	if err := m.Write(before); err != nil {
		t.Fatal(err)
	}
	c := painted(t, e, w, h)
	score, err := e.Ascend(c, obj, nn.Step{Size: 3})
	if err != nil {
		t.Fatal(err)
	}
	got := recalled(t, m, joined)
	want, wantScore := tiredTiles(t, w, h, f, before)
	if math.Abs(float64(score/wantScore-1)) > 1e-4 {
		t.Errorf("score: got %g, want %g", score, wantScore)
	}
	if d := distance(got, want); d > 1e-5 {
		t.Errorf("memory: relative L2 error %g; got %v, want %v", d, got, want)
	}
}

// tiredTiles is what the memory should hold after a step in four tiles, and the step's value, by the reference engine.
func tiredTiles(t *testing.T, w, h int, f nn.Fatigue, before []float32) ([]float32, float32) {
	t.Helper()
	net := inception()
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	if f.Memory, err = ref.NewMemory(joined); err != nil {
		t.Fatal(err)
	}
	if err := f.Memory.Write(before); err != nil {
		t.Fatal(err)
	}
	obj := nn.Objective{{Layer: "output", Channel: nn.AllChannels, Weight: 1, Fatigue: f}}
	energies, total, norms, places, score := make([]float64, joined), 0.0, 0.0, 0, float32(0)
	dx, dy := seamShift(1, w, h)
	for i := range 4 {
		x := net.Input.Tensor(cut(noise(w, h), dx+i%2*w/2, dy+i/2*h/2, w/2, h/2))
		_, value, err := ref.Gradient(x, obj)
		if err != nil {
			t.Fatal(err)
		}
		score += value
		a, err := ref.Activation(x, "output")
		if err != nil {
			t.Fatal(err)
		}
		n := len(nn.Floats(a)) / joined
		for p := range n {
			square := 0.0
			for k := range joined {
				v := float64(nn.Floats(a)[k*n+p])
				energies[k] += v * v
				total += v * v
				square += math.Pow(float64(before[k])+0.05, -float64(f.Gain)) * v * v / joined
			}
			norms += math.Sqrt(square)
		}
		places += n
	}
	want := make([]float32, joined+1)
	for k, v := range energies {
		want[k] = before[k] + f.Rate*(float32(joined*v/total)-before[k])
	}
	want[joined] = before[joined] + nn.EvenRate*(float32(norms/float64(places))-before[joined])
	return want, score
}

// Where the device has no room for the levels of detail, the step is made again, and is remembered once: by
// memories and by bends.
func TestNoRoomForDepth(t *testing.T) {
	step := nn.Step{Size: 2, Depth: nn.Depth{Amount: 0.5, Levels: 3}}
	var kept [2][]float32
	var out [2][]byte
	for i := range kept {
		e := open(t, inception(), llvmpipe())
		if err := e.Bend(rackOf(t, e.opened, "stem/relu:feedback").Net); err != nil {
			t.Fatal(err)
		}
		climbed(t, e, 100, 80, 1) // whose plan can go
		refused := 0
		if i == 1 {
			e.options.Fault = func(layer string, size int64) error {
				if refused > 0 || size != (100*80+50*40+512)*texel { // the levels; the last, of 25*20, fills whole bindings
					return nil
				}
				refused++
				return fmt.Errorf("%w: simulated", ErrMemory)
			}
		}
		obj, m := tiring(t, e, "output", joined, nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.3})
		c := painted(t, e, 100, 80)
		if _, err := e.Ascend(c, obj, step); err != nil {
			t.Fatal(err)
		}
		if refused != i {
			t.Fatalf("%d were refused, want %d", refused, i)
		}
		if e.bending.step != 2 {
			t.Errorf("%d steps count, want 2", e.bending.step)
		}
		kept[i], out[i] = recalled(t, m, joined), pixels(t, c).Pix
	}
	if fmt.Sprint(kept[0]) != fmt.Sprint(kept[1]) || !bytes.Equal(out[0], out[1]) {
		t.Error("the step that was made again differs")
	}
}

// What is remembered is read as it was when the reading began, and what does not fit is refused.
func TestMemory(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	obj, m := tiring(t, e, "output", joined, nn.Fatigue{Gain: 1, Rate: 0.5})
	c := painted(t, e, 40, 30)
	want := make([]float32, joined+1)
	for i := range want {
		want[i] = float32(i + 1)
	}
	if err := m.Write(want); err != nil {
		t.Fatal(err)
	}
	got := make([]float32, joined+1)
	r, err := m.StartRead(got)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Ascend(c, obj, nn.Step{Size: 1}); err != nil {
		t.Fatal(err)
	}
	for !r.Done() {
		runtime.Gosched()
	}
	if err := r.Wait(); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v; want what was written", got, err)
	}
	if err := r.Wait(); err == nil {
		t.Error("waiting twice: no error")
	}
	if after := recalled(t, m, joined); fmt.Sprint(after) == fmt.Sprint(want) {
		t.Error("the step was not remembered")
	}
	if _, err := e.NewMemory(1 << 40); err == nil {
		t.Error("a memory beyond a block: no error")
	}
	before := pixels(t, c).Pix
	m.Release()
	m.Release()
	for what, err := range map[string]error{"write": m.Write(want), "wait": r.Wait()} {
		if err == nil {
			t.Errorf("%s to a released memory: no error", what)
		}
	}
	if _, err := m.StartRead(got); err == nil {
		t.Error("reading a released memory: no error")
	}
	if _, err := e.Ascend(c, obj, nn.Step{Size: 1}); err == nil || !strings.Contains(err.Error(), `"output"`) {
		t.Errorf("a step with a released memory: got %v, want an error that names the layer", err)
	}
	if !bytes.Equal(pixels(t, c).Pix, before) {
		t.Error("a step that was refused changed the canvas")
	}
}

// A lost device takes its memories with it, and says so.
func TestLostMemory(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	obj, m := tiring(t, e, "output", joined, nn.Fatigue{Gain: 1, Rate: 0.5})
	c := painted(t, e, 40, 30)
	e.reset = func() uint32 { return 1 }
	if _, err := e.Ascend(c, obj, nn.Step{Size: 1}); !errors.Is(err, ErrLost) {
		t.Fatalf("got %v, want ErrLost", err)
	}
	v := make([]float32, joined+1)
	if err := m.Write(v); !errors.Is(err, ErrLost) {
		t.Errorf("write: got %v, want ErrLost", err)
	}
	if _, err := m.StartRead(v); !errors.Is(err, ErrLost) {
		t.Errorf("read: got %v, want ErrLost", err)
	}
	if _, err := e.NewMemory(4); !errors.Is(err, ErrLost) {
		t.Errorf("another: got %v, want ErrLost", err)
	}
	m.Release()
}

// cut is a piece of a picture from x, y on, which goes round.
func cut(m *image.RGBA, x0, y0, w, h int) *image.RGBA {
	piece := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			piece.Set(x, y, m.At((x+x0)%m.Rect.Dx(), (y+y0)%m.Rect.Dy()))
		}
	}
	return piece
}

// A driver that rejects a shader of fatigue or depth is told of.
func TestTiredShaderThatFails(t *testing.T) {
	for _, shader := range []string{"fatigue_gains", "fatigue_energies", "fatigue_remember", "depth_shrink", "depth_join"} {
		e := open(t, inception(), llvmpipe())
		obj, _ := tiring(t, e, "output", joined, nn.Fatigue{Gain: 1, Rate: 0.5})
		c := painted(t, e, 40, 30)
		e.patch = func(source string) string {
			if strings.HasSuffix(source, shaders.Source(shader)) {
				return strings.Replace(source, "void main() {", "void main() { int bad = 1.5 +; ", 1)
			}
			return source
		}
		_, err := e.Ascend(c, obj, nn.Step{Size: 1, Depth: nn.Depth{Amount: 1, Levels: 3}})
		one(t, err, ErrCompile, shader, "llvmpipe")
	}
}
