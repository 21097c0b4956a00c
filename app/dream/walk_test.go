package dream_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/load"
)

// walker turns the knobs of a dream as somebody does who plays with short circuits for hours.
type walker struct {
	t                       *testing.T
	net                     *nn.Net
	dream                   *dream.Dream
	rng                     *rand.Rand
	now                     dream.Settings
	bends                   []bend.Spec
	next                    float64 // seconds of the dream at which something happens
	shorts, repairs, bursts int
	low, high               float32 // of the contrasts seen
}

// TestShortCircuitWalk simulates a walk of short circuits and repairs through the default net: nothing
// fails, what bursts is healed within its frame and counted, and brightness, contrast and colour
// stay within bounds. It walks for ten minutes of the dream, for two hours where
// ZALGOSCOPE_WALK says 2h.
func TestShortCircuitWalk(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	long := 10 * time.Minute
	if text := os.Getenv("ZALGOSCOPE_WALK"); text != "" {
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatalf("ZALGOSCOPE_WALK is %q, want a time such as 2h", text)
		}
	}
	w := newWalker(t)
	const pace = 0.2
	frames := int(long.Seconds() / pace)
	for n := range frames {
		w.step(float64(n) * pace)
	}
	t.Logf("%d frames, %d short circuits, %d repairs, %d bursts, %d steps healed, contrast %.0f to %.0f", frames, w.shorts, w.repairs, w.bursts, w.dream.Healed(), w.low, w.high)
	if w.bursts == 0 || w.dream.Healed() == 0 {
		t.Errorf("%d bursts healed %d steps; there must be some", w.bursts, w.dream.Healed())
	}
}

func newWalker(t *testing.T) *walker {
	data, ok := assets.Net(assets.DefaultNet)
	if !ok {
		t.Fatal("the default net is not built in")
	}
	net, err := load.ONNX(data, assets.DefaultNet, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := cpu.Open(net, cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	d, err := dream.New(net, e, dream.StillOf("", dream.Static(48, 36, 1)), dream.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{t: t, net: net, dream: d, low: 255, rng: rand.New(rand.NewPCG(1, 2)), now: dream.Live()}
	w.now.Layer, w.now.Octaves, w.now.Steps, w.now.Jitter, w.now.Pace = dream.DefaultLayer(net), 1, 1, 4, 0.2
	return w
}

// step makes one frame at a time of the dream and looks at it.
func (w *walker) step(at float64) {
	bursting := false
	if at >= w.next {
		w.next = at + 1 + 4*w.rng.Float64()
		bursting = w.act()
	}
	before := w.dream.Healed()
	if _, err := w.dream.Frame(dream.Fixed(w.now)); err != nil {
		w.t.Fatalf("after %.0f s, with %q: %v", at, w.now.Bend, err)
	}
	switch healed := w.dream.Healed() > before; {
	case bursting && !healed:
		w.t.Errorf("after %.0f s a burst was not counted", at)
	case bursting:
		w.now.Bend = ""
	case w.now.Bend == "" && healed:
		w.t.Errorf("after %.0f s it bursts without bends", at)
	}
	tone := nn.ToneOf(w.dream.Image())
	m, s := tone.Mean, tone.Spread
	w.low, w.high = min(w.low, s[0]), max(w.high, s[0])
	if !(m[0] >= 60 && m[0] <= 195 && max(m[1], -m[1], m[2], -m[2]) <= 50 && s[0] >= 15 && s[0] <= 120 && max(s[1], s[2]) <= 120) {
		w.t.Fatalf("after %.0f s, with %q, the tone is %+v", at, w.now.Bend, tone)
	}
}

// act does something to the bends and tells whether the net must burst from it.
func (w *walker) act() (bursting bool) {
	switch w.rng.IntN(12) {
	case 0:
		w.bursts++
		w.bends = nil
		w.now.Bend = strings.Repeat("inception_4a:gain=8 ", 60) // 8^60 is beyond a float32
		return true
	case 1:
		w.repairs++
		w.bends = nil
	default:
		b, err := dream.ShortCircuit(w.net, w.rng.Uint64())
		if err != nil {
			w.t.Fatal(err)
		}
		w.shorts++
		if w.bends = append(w.bends, b); len(w.bends) > 16 {
			w.bends = w.bends[1:]
		}
	}
	w.now.Bend = bend.Format(w.bends)
	return false
}
