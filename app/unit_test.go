package app

import (
	"cmp"
	"image"
	"math"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
	"zalgoscope/nn/zoo"
)

func TestDialPlaces(t *testing.T) {
	for i := range dream.Knobs {
		k := &dream.Knobs[i]
		if s := dream.Live(); k.Number(&s) == nil {
			continue
		}
		d := knobDial(k)
		for _, p := range []float64{0, 0.1, 0.5, 0.73, 1} {
			v := d.Value(p)
			if v < k.Min || v > k.Max || k.Whole && v != math.Round(v) {
				t.Errorf("%s at %g is %g", k.Name, p, v)
			}
			if back := d.Value(d.Place(v)); math.Abs(back-v) > 1e-9*(k.Max-k.Min) {
				t.Errorf("%s: %g goes to %g and comes back as %g", k.Name, v, d.Place(v), back)
			}
		}
	}
}

func TestKnobText(t *testing.T) {
	for _, c := range []struct {
		name string
		v    float64
		want string
	}{
		{"zoom", 0.05, "5.0 %/s"}, {"rotate", -12, "-12.0°/s"}, {"steps", 3, "3"}, {"step", 1.5, "1.50"}, {"jitter", 8, "8 px"}, {"drift", 0.5, "50.0 %"},
	} {
		k, err := dream.Find(c.name)
		if err != nil {
			t.Fatal(err)
		}
		if got := knobText(k, c.v); got != c.want {
			t.Errorf("%s at %g is written %q, want %q", c.name, c.v, got, c.want)
		}
	}
}

func TestHistory(t *testing.T) {
	at := time.Now()
	var h history
	set := func(zoom float64) moment { s := dream.Live(); s.Zoom = zoom; return moment{want: s} }
	watch := func(zoom float64, later time.Duration, busy bool) { at = at.Add(later); h.watch(set(zoom), at, busy) }
	watch(0, 0, false)
	for i := range 10 { // one drag
		watch(0.01*float64(i), 50*time.Millisecond, true)
	}
	watch(0.09, time.Second, false)
	watch(0.2, time.Millisecond, false)
	watch(0.2, time.Second, false)
	for _, want := range []float64{0.09, 0} {
		if got, ok := h.undo(h.now); !ok || got.want.Zoom != want {
			t.Fatalf("undo gives %g (%v), want %g", got.want.Zoom, ok, want)
		}
	}
	if _, ok := h.undo(h.now); ok {
		t.Error("there is something before the beginning")
	}
	if got, ok := h.redo(); !ok || got.want.Zoom != 0.09 {
		t.Errorf("redo gives %g (%v), want 0.09", got.want.Zoom, ok)
	}
	// A change that has not settled is undone too, and ends what could be redone.
	if got, ok := h.undo(set(0.4)); !ok || got.want.Zoom != 0.09 {
		t.Errorf("undo of a fresh change gives %g (%v), want 0.09", got.want.Zoom, ok)
	}
	if got, _ := h.redo(); got.want.Zoom != 0.4 {
		t.Errorf("redo gives %g, want the fresh change back", got.want.Zoom)
	}
}

func TestToggled(t *testing.T) {
	for _, c := range []struct {
		text, name string
		mix        bool
		want       string
	}{
		{"a", "b", false, "b"}, {"a", "b", true, "a,b"}, {"a,b", "b", true, "a"}, {"a", "a", true, "a"}, {"a:0.3,b:0.7", "c", true, "a:0.3,b:0.7,c"},
	} {
		if got := toggled(c.text, c.name, c.mix); got != c.want {
			t.Errorf("toggled(%q, %q, %v) = %q, want %q", c.text, c.name, c.mix, got, c.want)
		}
	}
}

func TestWildness(t *testing.T) {
	grey := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range grey.Pix {
		grey.Pix[i] = 128
	}
	calm, clouds, static := wildness(grey, grey), wildness(dream.Clouds(64, 48, 1), nil), wildness(dream.Static(64, 48, 1), dream.Clouds(64, 48, 1))
	if calm != 0 || !(clouds > calm && static > clouds && static <= 1) {
		t.Errorf("grey is %g, clouds %g, static %g wild", calm, clouds, static)
	}
}

func TestAround(t *testing.T) {
	area := image.Rect(0, 0, 100, 80)
	for _, inner := range []image.Rectangle{image.Rect(0, 10, 100, 70), image.Rect(20, 0, 80, 80), image.Rect(-10, -10, 200, 200), image.Rect(30, 30, 40, 40), {}} {
		got := 0
		for _, r := range around(area, inner) {
			if !r.Empty() {
				got += r.Dx() * r.Dy()
			}
			if !r.Intersect(inner).Empty() {
				t.Errorf("around %v: %v overlaps it", inner, r)
			}
		}
		in := inner.Intersect(area)
		if want := area.Dx()*area.Dy() - in.Dx()*in.Dy(); got != want {
			t.Errorf("around %v there are %d pixels, want %d", inner, got, want)
		}
	}
}

func TestKeysAreUnique(t *testing.T) {
	type chord struct {
		key         int
		ctrl, shift bool
	}
	seen := map[chord]string{}
	add := func(c chord, help string) {
		if other, ok := seen[c]; ok {
			t.Errorf("a key means both %q and %q", other, help)
		}
		seen[c] = help
	}
	for _, c := range commands {
		for _, k := range c.keys {
			add(chord{int(k), c.ctrl, c.shift}, c.help)
		}
	}
	for i := range dream.Knobs {
		k := &dream.Knobs[i]
		for _, name := range []string{k.Less, k.More} {
			if name == "" {
				continue
			}
			key := knobKey(name)
			if key < 0 {
				t.Errorf("knob %s has the key %q, which Ebiten does not know", k.Name, name)
			}
			add(chord{key: int(key)}, k.Name+" "+name)
		}
	}
	if n := len(Keys()); n < 25 {
		t.Errorf("the table has %d keys", n)
	}
}

func TestPacer(t *testing.T) {
	p := pacer{least: fullRate}
	for _, c := range []struct {
		busy float64
		want time.Duration
	}{{0.5, fullRate}, {0.9, halfRate}, {0.6, halfRate}, {0.3, fullRate}} {
		if p.least = p.rate(c.busy); p.least != c.want {
			t.Errorf("when %.0f %% is busy the period is %v, want %v", 100*c.busy, p.least, c.want)
		}
	}
}

func TestTempo(t *testing.T) {
	var beat tempo
	at := time.Now()
	if beat.tap(at) {
		t.Error("one tap is no tempo")
	}
	for range 9 {
		at = at.Add(400 * time.Millisecond)
		if !beat.tap(at) || beat.rate != 2.5 {
			t.Errorf("taps every 0.4 s are %g Hz, want 2.5", beat.rate)
		}
	}
	for range 6 {
		at = at.Add(time.Second)
		beat.tap(at)
	}
	if beat.rate != 1 {
		t.Errorf("after six taps a second apart the tempo is %g Hz, want 1", beat.rate)
	}
	if beat.tap(at.Add(time.Minute)); len(beat.taps) != 1 || beat.rate != 1 {
		t.Errorf("after a pause there are %d taps and %g Hz, want 1 and the tempo before", len(beat.taps), beat.rate)
	}
}

// Every built-in scene suits the net that the program begins with, or the one that it is for; most suit the first.
func TestPresetsSuitTheirNets(t *testing.T) {
	nets := map[string]*nn.Net{}
	for _, name := range []string{"menagerie", "filigree", "grimoire"} {
		data, ok := assets.Net(name)
		if !ok {
			t.Fatalf("%s is not built in", name)
		}
		net, err := load.ONNX(data, name, load.Options{})
		if err != nil {
			t.Fatal(err)
		}
		nets[name] = net
	}
	suited, all := 0, dream.Presets()
	for _, p := range all {
		name := cmp.Or(p.Net, assets.DefaultNet)
		if _, err := p.Apply(dream.Live(), nets[name]); err != nil {
			t.Errorf("%s with %s: %v", p.Name, name, err)
		}
		if name == assets.DefaultNet {
			suited++
		}
	}
	if suited < len(all)*2/3 {
		t.Errorf("%d of %d scenes suit the net that the program begins with", suited, len(all))
	}
}

// The table of keys fits the smallest window.
func TestHelpFits(t *testing.T) {
	face := widget.NewTheme(1, &widget.Zalgo{}).Tiny
	columns, width := helpColumns(Keys(), face, (400-2*8-18)/15, 8)
	n := 0
	for _, c := range columns {
		n += len(c.keys)
	}
	if n != len(Keys()) || width > 640-2*8 {
		t.Errorf("%d of %d keys are shown, %d pixels wide", n, len(Keys()), width)
	}
}

// The keys leave the panel to be seen where the canvas has the room for them.
func TestHelpLeavesThePanel(t *testing.T) {
	window, canvas := image.Rect(0, 0, 1280, 760), image.Rect(0, 0, 958, 760)
	for _, c := range []struct {
		size image.Point
		want image.Rectangle
	}{
		{image.Pt(760, 480), image.Rect(99, 140, 859, 620)},
		{image.Pt(1000, 480), image.Rect(140, 140, 1140, 620)},
	} {
		if got := centred(c.size, window, canvas); got != c.want {
			t.Errorf("%v is at %v, want %v", c.size, got, c.want)
		}
	}
}

// The size of a download is told where it is known of all its files.
func TestSizeOfDownload(t *testing.T) {
	if got := sizeOf([]zoo.File{{Size: 1 << 20}, {Size: 2 << 20}}); got != ", 3.0 MiB" && got != ", 3 MiB" {
		t.Errorf("got %q", got)
	}
	if got := sizeOf([]zoo.File{{Size: 36000}, {}}); got != "" {
		t.Errorf("of a file of unknown size: %q", got)
	}
}

// TestRecipeOfFrame shows that a frame keeps its own recipe when the dream begins anew: what is saved
// while the old frame is still shown dreams that frame.
func TestRecipeOfFrame(t *testing.T) {
	settings := dream.Live()
	settings.Layer, settings.Steps, settings.Octaves, settings.Jitter = "conv", 1, 1, 4
	ses, err := newSession(opening{net: dot(), start: dream.StillOf("first", dream.Static(24, 16, 1)), settings: settings, seed: 1},
		Config{Open: func(net *nn.Net) (nn.Engine, error) { return nn.NewReference(net) }})
	if err != nil {
		t.Fatal(err)
	}
	defer ses.close()
	next := func(title string) dreamed {
		for {
			frames, errs := ses.news()
			if len(errs) > 0 {
				t.Fatal(errs[0])
			}
			for _, f := range frames {
				if f.recipe().Start.Name == title {
					return f
				}
			}
			time.Sleep(time.Millisecond)
		}
	}
	shown := next("first")
	ses.startOver(dream.StillOf("second", dream.Static(20, 12, 2)), nil, 2, nil)
	for _, f := range []dreamed{shown, next("second")} {
		r := f.recipe()
		if err := r.Validate(); err != nil {
			t.Error(err)
		}
		if r.Size() != f.Image.Rect.Size() || r.From != f.Number-1 || r.Frames != 1 {
			t.Errorf("frame %d of %v has the recipe of %d frames from frame %d of %v", f.Number, f.Image.Rect.Size(), r.Frames, r.From, r.Size())
		}
	}
}

// TestWalkIsSparing shows that wandering knobs make few entries of the recipe, however often the window updates.
func TestWalkIsSparing(t *testing.T) {
	settings := dream.Live()
	settings.Layer = "conv"
	ses, err := newSession(opening{net: dot(), start: dream.Make("static", 24, 16, 1), settings: settings, seed: 1, paused: true},
		Config{Open: func(net *nn.Net) (nn.Engine, error) { return nn.NewReference(net) }})
	if err != nil {
		t.Fatal(err)
	}
	defer ses.close()
	s := &studio{session: ses, want: settings}
	s.walk = newWalk(s)
	const seconds = 20
	heard := 0
	for range seconds * 60 {
		before := s.sent
		s.walk.advance(s, 1.0/60)
		if s.sent != before {
			heard++
		}
	}
	if heard < seconds || heard > seconds/walkBeat {
		t.Errorf("in %d seconds the loop hears of %d changes", seconds, heard)
	}
}
