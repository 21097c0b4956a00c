package dream

import (
	"math"
	"slices"
	"testing"

	"zalgoscope/nn/bend"
)

func TestModulatorText(t *testing.T) {
	const text = "zoom=sine:0.5:0.02 bend.2=walk:0.1:3:0.25 bend.1.wet=triangle:2:1 step=sample-hold:4:-1.5"
	list, err := ParseModulators("  " + text + "\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Modulator{
		{"zoom", "sine", 0.5, 0.02, 0}, {"bend.2", "walk", 0.1, 3, 0.25},
		{"bend.1.wet", "triangle", 2, 1, 0}, {"step", "sample-hold", 4, -1.5, 0},
	}
	if !slices.Equal(list, want) {
		t.Errorf("got %+v, want %+v", list, want)
	}
	if got := FormatModulators(list); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

// A modulator that hears moves its knob by the level of the settings, and by nothing in silence.
func TestModulatorHears(t *testing.T) {
	o := modulator{}
	s := Defaults()
	s.Mod = "zoom=bass:0:0.2 bend.1=beat:0:-2 step=onset:0:3"
	s.Bass, s.Onset = 0.5, 1
	specs, err := bend.Parse("conv:clamp=4")
	if err != nil {
		t.Fatal(err)
	}
	got, bent, err := o.move(s, specs, 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	if want := s.Zoom + 0.1; math.Abs(got.Zoom-want) > 1e-12 || got.Step != s.Step+3 || bent[0].Amount != specs[0].Amount {
		t.Errorf("zoom %g, step %g, bend %g", got.Zoom, got.Step, bent[0].Amount)
	}
	s.Bass, s.Onset, s.Beat = 0, 0, 1
	if got, bent, err = o.move(s, specs, 7, 1); err != nil || got.Zoom != s.Zoom || got.Step != s.Step || bent[0].Amount != specs[0].Amount-2 {
		t.Errorf("in silence: zoom %g, step %g, bend %g, %v", got.Zoom, got.Step, bent[0].Amount, err)
	}
}

func TestModulatorShapes(t *testing.T) {
	for _, c := range []struct {
		shape string
		want  [5]float64 // at each quarter of the period
	}{
		{"sine", [5]float64{0, 2, 0, -2, 0}},
		{"triangle", [5]float64{0, 2, 0, -2, 0}},
	} {
		m := Modulator{Shape: c.shape, Rate: 0.5, Depth: 2}
		for i, want := range c.want {
			if got := m.At(float64(i)/2, 1); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s at %d/4: got %g, want %g", c.shape, i, got, want)
			}
		}
	}
	walk, hold := Modulator{Knob: "zoom", Shape: "walk", Rate: 1, Depth: 2}, Modulator{Knob: "zoom", Shape: "sample-hold", Rate: 1, Depth: 2}
	low, high := 0.0, 0.0
	for i := range 2000 {
		at := float64(i) / 20
		if step := math.Abs(walk.At(at+0.05, 1) - walk.At(at, 1)); step > 0.4 {
			t.Fatalf("the walk leaps by %g at %g", step, at)
		}
		if hold.At(at, 1) != hold.At(math.Floor(at)+0.999, 1) {
			t.Fatalf("the held value changes within a period, at %g", at)
		}
		low, high = min(low, walk.At(at, 1)), max(high, walk.At(at, 1))
	}
	if low > -1.5 || high < 1.5 || low < -2 || high > 2 {
		t.Errorf("the walk went from %g to %g, want most of -2 to 2", low, high)
	}
	other := walk
	other.Knob = "step"
	if walk.At(3.3, 1) == walk.At(3.3, 2) || walk.At(3.3, 1) == other.At(3.3, 1) {
		t.Error("seeds or knobs walk the same way")
	}
}

// Modulators add, stay within the range, and leave what they are given alone.
func TestModulatorsMove(t *testing.T) {
	s := Defaults()
	s.Mod = "step=triangle:1:1 step=triangle:1:2 jitter=sine:1:0.7 octaves=sine:1:99 bend.1=sine:1:-3 bend.2.wet=sine:1:-0.25 bend.3=sine:1:1"
	specs, err := bend.Parse("conv2:gain=2 conv2:rotate=10")
	if err != nil {
		t.Fatal(err)
	}
	kept := slices.Clone(specs)
	var o modulator
	got, moved, err := o.move(s, specs, 0.25, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got.Step != s.Step+3 || got.Jitter != s.Jitter+1 || got.Octaves != 10 {
		t.Errorf("step %g, jitter %g, octaves %g", got.Step, got.Jitter, got.Octaves)
	}
	if moved[0].Amount != -1 || moved[1].Wet != 0.75 || moved[1].Amount != 10 {
		t.Errorf("bends are moved to %v", moved)
	}
	if !slices.Equal(specs, kept) {
		t.Errorf("the given bends became %v", specs)
	}
}
