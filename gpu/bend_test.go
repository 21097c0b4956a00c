package gpu

import (
	"bytes"
	"fmt"
	"image"
	"maps"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// rackOf is the net with bends in it.
func rackOf(t testing.TB, net *nn.Net, text string) *bend.Rack {
	t.Helper()
	specs, err := bend.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := bend.New(net, specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// turned are bends of many families at two settings of their knobs.
var turned = [2]string{
	"stem/relu:fold=0.5 stem/relu:rotate=10 1x1/relu:shuffle 3x3/relu:normalise 3x3/relu:drift output:feedback output:gradient-sign output:sample-hold=2",
	"stem/relu:fold=2 stem/relu:rotate=-70 1x1/relu:shuffle=0.4,seed=5 3x3/relu:normalise=0.3 3x3/relu:drift=1 output:feedback=-0.5 output:gradient-sign=0.2 " +
		"output:sample-hold=5,channels=2-9",
}

// Knobs are turned without another program, plan or buffer, but do turn something.
func TestTurnedBendsCompileNothing(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	r := rackOf(t, e.opened, turned[0])
	if err := e.Bend(r.Net); err != nil {
		t.Fatal(err)
	}
	look := func() []float32 {
		t.Helper()
		a, err := e.Activation(nn.DefaultInput().Tensor(noise(40, 30)), "output")
		if err != nil {
			t.Fatal(err)
		}
		return nn.Floats(a)
	}
	state := func() (programs, plans int, bytes int64) {
		for _, p := range e.plans {
			bytes += p.bytes()
		}
		return len(e.programs), len(e.plans), bytes
	}
	climbed(t, e, 40, 30, 2)
	before := look()
	programs, plans, size := state()
	specs, err := bend.Parse(turned[1])
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := r.Turn(specs); !ok || err != nil {
		t.Fatalf("turn: %v, %v", ok, err)
	}
	climbed(t, e, 40, 30, 2)
	after := look()
	if a, b, c := state(); a != programs || b != plans || c != size {
		t.Errorf("after a turn: %d programs, %d plans of %d bytes; before: %d, %d and %d", a, b, c, programs, plans, size)
	}
	same := 0
	for i, v := range after {
		if v == before[i] {
			same++
		}
	}
	if same > len(after)/2 {
		t.Errorf("%d of %d values are what they were before the bends were turned", same, len(after))
	}
}

// Once the tuner and the builder are at rest, no bend of any kind waits for a compiler.
func TestBendsMadeAhead(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out compiling everything")
	}
	e := open(t, inception(), cached("-"))
	tuned(t, e)
	known := maps.Clone(e.programs)
	for i := range bend.Kinds {
		for _, layer := range []string{"stem/relu", "output"} {
			s, err := bend.Make(layer, bend.Kinds[i].Name)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Bend(rackOf(t, e.opened, s.String()).Net); err != nil {
				t.Fatal(err)
			}
			climbed(t, e, 9, 8, 1)
		}
	}
	for key := range e.programs {
		if _, ok := known[key]; !ok && (strings.HasPrefix(key, "bend") || strings.HasPrefix(key, "sum")) {
			t.Errorf("a bend compiled %s", strings.ReplaceAll(key, "\n", " "))
		}
	}
}

// A bent net that was off for a while goes on where it was left, by the plans that it had; another one begins anew.
func TestBendsGoOn(t *testing.T) {
	const text = "output:feedback=0.9 3x3/relu:drift=2 stem/relu:sample-hold=3 stem/relu:gradient-orthogonal"
	climb := func(e *Engine, c nn.Canvas) {
		t.Helper()
		if _, err := e.Ascend(c, toOutput, nn.Step{Size: 3}); err != nil {
			t.Fatal(err)
		}
	}
	dream := func(between func(e *Engine, r *bend.Rack)) *image.RGBA {
		e := open(t, inception(), llvmpipe())
		r := rackOf(t, e.opened, text)
		if err := e.Bend(r.Net); err != nil {
			t.Fatal(err)
		}
		c := painted(t, e, 40, 30)
		for range 4 {
			climb(e, c)
		}
		between(e, r)
		for range 3 {
			climb(e, c)
		}
		return pixels(t, c)
	}
	bent := func(e *Engine, net *nn.Net) {
		t.Helper()
		if err := e.Bend(net); err != nil {
			t.Fatal(err)
		}
		other := painted(t, e, 40, 30)
		defer other.Release()
		climb(e, other)
	}
	want := dream(func(*Engine, *bend.Rack) {})
	off := dream(func(e *Engine, r *bend.Rack) {
		p := e.plans[len(e.plans)-1]
		bent(e, nil)
		if err := e.Bend(r.Net); err != nil {
			t.Fatal(err)
		}
		layers, err := e.targets(toOutput)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.do(func() {
			if e.plan(layers, toOutput, 40, 30) != p {
				t.Error("the bent net got another plan")
			}
		}); err != nil {
			t.Fatal(err)
		}
	})
	if !bytes.Equal(off.Pix, want.Pix) {
		t.Error("bends that were off for a step went on otherwise than bends that were not")
	}
	anew := dream(func(e *Engine, r *bend.Rack) {
		bent(e, rackOf(t, e.opened, "output:gain=2").Net)
		if err := e.Bend(r.Net); err != nil {
			t.Fatal(err)
		}
		if n := len(e.bending.memory); n != 0 {
			t.Errorf("%d bends remember something from before another net was bent", n)
		}
	})
	if bytes.Equal(anew.Pix, want.Pix) {
		t.Error("bends whose net was let go remember what was before")
	}
}

// Bent steps give the same bits every time, however they are cut into submissions, whole and in tiles, and
// nothing for a driver to report.
func TestSameBentBits(t *testing.T) {
	for _, tile := range []int{0, 64} {
		o := llvmpipe()
		o.Tile = tile
		o.Report = func(text string) { t.Errorf("tiles of %d: the driver reports: %s", tile, text) }
		var first *image.RGBA
		for _, rate := range []float64{10e9, 1e5} {
			e := open(t, inception(), o)
			clean := climbed(t, e, 100, 80, 4)
			if err := e.Bend(rackOf(t, e.opened, turned[0]).Net); err != nil {
				t.Fatal(err)
			}
			e.rate = rate
			m := climbed(t, e, 100, 80, 4)
			if first == nil {
				first = m
			}
			if !bytes.Equal(m.Pix, first.Pix) {
				t.Errorf("tiles of %d: two dreams differ", tile)
			}
			if bytes.Equal(m.Pix, clean.Pix) {
				t.Errorf("tiles of %d: the bends change nothing", tile)
			}
		}
	}
}

// Where the device has no room for what a bend is to remember, the step is made again, and counts once.
func TestNoRoomToRemember(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	r := rackOf(t, e.opened, "stem/relu:feedback 3x3/relu:feedback")
	if err := e.Bend(r.Net); err != nil {
		t.Fatal(err)
	}
	want := climbed(t, e, 100, 80, 1)
	if err := e.Bend(rackOf(t, e.opened, "output:gain").Net); err != nil {
		t.Fatal(err)
	}
	if err := e.Bend(r.Net); err != nil {
		t.Fatal(err)
	}
	refused := 0
	e.options.Fault = func(layer string, size int64) error {
		if refused > 0 || layer != "3x3/relu" || size != 20*50*40*4 {
			return nil
		}
		refused++
		return fmt.Errorf("%w: simulated", ErrMemory)
	}
	got := climbed(t, e, 100, 80, 1)
	if refused != 1 {
		t.Fatal("nothing was refused")
	}
	if !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the step that was made again gives another picture")
	}
	if e.bending.step != 1 {
		t.Errorf("%d steps count, want 1", e.bending.step)
	}
	for op, m := range e.bending.memory {
		if s := m.Find(40, 50); s == nil || s.Count != 1 {
			t.Errorf("%s: remembers %+v, want one step", op.Spec, s)
		}
	}
}

// What the engine cannot run is refused, and what it ran before goes on.
func TestBendThatIsRefused(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	bad := *e.opened
	bad.Layers = append(bad.Layers[:len(bad.Layers):len(bad.Layers)], nn.Layer{Name: "odd", Op: odd{&nn.ReLU{}}, In: []int{0}})
	err := e.Bend(&bad)
	if want := `nn: layer "odd": no operation "relu"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	climbed(t, e, 40, 30, 1)
}

// odd is an operation that the engine does not know.
type odd struct{ nn.Op }
