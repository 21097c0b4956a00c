package dream

import (
	"fmt"
	"math"
)

// Knob is one row of the table from which sliders, flags, keys, recipes and
// session files are made. A knob is a number or a text.
type Knob struct {
	Name    string // flag, slider and recipe name
	Group   Group
	Unit    string
	Min     float64
	Max     float64
	Default float64
	Absent  *float64 // what a recipe from before the knob stands for; nil for a knob that all recipes have
	Whole   bool     // only whole numbers
	List    bool     // a text of parts with spaces between
	Rate    bool     // by each frame, in the window by each second
	Less    string   // key that turns it down, as Ebiten names keys; "" for none
	More    string   // key that turns it up
	Help    string

	num  func(*Settings) *float64
	text func(*Settings) *string
}

// Group is what a knob is of.
type Group string

const (
	GroupWhat    Group = "what"
	GroupPicture Group = "picture"
	GroupMotion  Group = "motion"
	GroupFilm    Group = "film"
	GroupBend    Group = "bend"
	GroupCanvas  Group = "canvas"
	GroupSound   Group = "sound"   // what modulators of these names move by; not the user's to set
	GroupHearing Group = "hearing" // how that is heard: no matter of the scene
)

// Knobs is the one table of knobs.
var Knobs = []Knob{
	{Name: "layer", Group: GroupWhat, Less: "ArrowLeft", More: "ArrowRight",
		Help: "layers to dream, NAME[:weight] with commas between",
		text: func(s *Settings) *string { return &s.Layer }},
	{Name: "channel", Group: GroupWhat,
		Help: "channels of the layer, N[:weight] with commas between, instead of all",
		text: func(s *Settings) *string { return &s.Channel }},
	{Name: "class", Group: GroupWhat,
		Help: "dream the label that contains this word, instead of a layer",
		text: func(s *Settings) *string { return &s.Class }},
	{Name: "guide", Group: GroupWhat,
		Help: "picture whose features the layer is to follow",
		text: func(s *Settings) *string { return &s.Guide }},
	{Name: "where", Group: GroupWhat,
		Help: "map of where to dream, as the studio's brush paints it: runs of 64x40 cells, h for here, o for the other objective, n for never",
		text: func(s *Settings) *string { return &s.Where }},
	{Name: "other", Group: GroupWhat,
		Help: "what to dream where the map has an o: class WORD, layer NAME, or layer NAME channel N",
		text: func(s *Settings) *string { return &s.Other }},

	{Name: "step", Group: GroupPicture, Min: 0, Max: 12, Default: 1.5, Less: "Digit1", More: "Digit2",
		Help: "mean change of a colour value by one gradient step, of 255",
		num:  func(s *Settings) *float64 { return &s.Step }},
	{Name: "steps", Group: GroupPicture, Min: 1, Max: 100, Default: 10, Whole: true, Less: "Digit3", More: "Digit4",
		Help: "gradient steps in each octave",
		num:  func(s *Settings) *float64 { return &s.Steps }},
	{Name: "octaves", Group: GroupPicture, Min: 1, Max: 10, Default: 4, Whole: true, Less: "Digit5", More: "Digit6",
		Help: "sizes at which the picture is dreamed, from small to full",
		num:  func(s *Settings) *float64 { return &s.Octaves }},
	{Name: "octave-scale", Group: GroupPicture, Min: 1.05, Max: 3, Default: 1.4,
		Help: "size of an octave over the one below it",
		num:  func(s *Settings) *float64 { return &s.OctaveScale }},
	{Name: "jitter", Group: GroupPicture, Unit: "px", Min: 0, Max: 128, Default: 32, Whole: true,
		Help: "largest random shift before each gradient step",
		num:  func(s *Settings) *float64 { return &s.Jitter }},
	{Name: "fatigue", Group: GroupPicture, Min: 0, Max: 2, Default: 0.5, Absent: new(0.0), Less: "Digit7", More: "Digit8",
		Help: "how much a whole layer's channels tire of what they have seen, so that others come",
		num:  func(s *Settings) *float64 { return &s.Fatigue }},
	{Name: "even", Group: GroupPicture, Min: 0, Max: 1, Absent: new(0.0),
		Help: "how much weak places of the picture get of the strong ones' share",
		num:  func(s *Settings) *float64 { return &s.Even }},
	{Name: "depth", Group: GroupPicture, Min: 0, Max: 1, Absent: new(0.0),
		Help: "how much large shapes get of the fine detail's share",
		num:  func(s *Settings) *float64 { return &s.Depth }},
	{Name: "depth-levels", Group: GroupPicture, Min: 2, Max: 6, Default: 4, Absent: new(4.0), Whole: true,
		Help: "levels of detail that depth evens out",
		num:  func(s *Settings) *float64 { return &s.DepthLevels }},

	{Name: "zoom", Group: GroupMotion, Min: -0.5, Max: 0.5, Default: 0.05, Less: "Minus", More: "Equal", Rate: true,
		Help: "share of the picture zoomed into by each frame (each second in the window); negative zooms out",
		num:  func(s *Settings) *float64 { return &s.Zoom }},
	{Name: "rotate", Group: GroupMotion, Unit: "°", Min: -45, Max: 45, Default: 0, Less: "Comma", More: "Period", Rate: true,
		Help: "clockwise turn by each frame (each second in the window)",
		num:  func(s *Settings) *float64 { return &s.Rotate }},
	{Name: "pan-x", Group: GroupMotion, Min: -0.5, Max: 0.5, Rate: true,
		Help: "move to the right by each frame (each second in the window), as a share of the width",
		num:  func(s *Settings) *float64 { return &s.PanX }},
	{Name: "pan-y", Group: GroupMotion, Min: -0.5, Max: 0.5, Rate: true,
		Help: "move down by each frame (each second in the window), as a share of the height",
		num:  func(s *Settings) *float64 { return &s.PanY }},
	{Name: "centre-x", Group: GroupMotion, Min: 0, Max: 1, Default: 0.5,
		Help: "vanishing point of zoom and turn, as a share of the width",
		num:  func(s *Settings) *float64 { return &s.CentreX }},
	{Name: "centre-y", Group: GroupMotion, Min: 0, Max: 1, Default: 0.5,
		Help: "vanishing point of zoom and turn, as a share of the height",
		num:  func(s *Settings) *float64 { return &s.CentreY }},
	{Name: "drift", Group: GroupMotion, Min: 0, Max: 0.5,
		Help: "how far the vanishing point wanders by itself, as a share of the picture",
		num:  func(s *Settings) *float64 { return &s.Drift }},
	{Name: "offset", Group: GroupMotion, Unit: "px", Min: 0, Max: 1, Default: 1, Absent: new(0.0),
		Help: "random displacement of each moved frame, not shown, against a cross through the vanishing point",
		num:  func(s *Settings) *float64 { return &s.Offset }},
	{Name: "hold", Group: GroupMotion, Min: 0, Max: 1, Default: 0.1,
		Help: "share of the way back to the held brightness, contrast and colour, each frame",
		num:  func(s *Settings) *float64 { return &s.Hold }},
	{Name: "blend", Group: GroupMotion, Min: 0, Max: 1,
		Help: "share of the start picture mixed back into each frame",
		num:  func(s *Settings) *float64 { return &s.Blend }},

	{Name: "carry", Group: GroupFilm, Min: 0, Max: 1, Default: 0.9, Absent: new(0.0),
		Help: "share of the last frame's detail that is carried along with what moves in a film",
		num:  func(s *Settings) *float64 { return &s.Carry }},
	{Name: "opening", Group: GroupFilm, Unit: "frames", Min: 1, Max: 30, Default: 10, Absent: new(4.0), Whole: true,
		Help: "by how many frames' steps the first frame of a film's scene is dreamed at most, as those after it grow deep by what they carry",
		num:  func(s *Settings) *float64 { return &s.Opening }},
	{Name: "source", Group: GroupFilm, Min: 0, Max: 1, Default: 1, Absent: new(1.0),
		Help: "how much of a film's own picture shows; at 0 it only moves the dream",
		num:  func(s *Settings) *float64 { return &s.Source }},
	{Name: "gate", Group: GroupFilm, Min: 0, Max: 1, Absent: new(0.0),
		Help: "how much motion brings a film's picture back, while what is still is dreamed deeper",
		num:  func(s *Settings) *float64 { return &s.Gate }},

	{Name: "zalgo", Group: GroupBend, Min: 0, Max: 11, Absent: new(0.0), Less: "Digit9", More: "Digit0",
		Help: "how much of everything is bent, from a classifier's honest dream to beyond the end of the scale",
		num:  func(s *Settings) *float64 { return &s.Zalgo }},
	{Name: "zalgo-feed", Group: GroupBend, Min: 0.05, Max: 1, Default: 0.3, Absent: new(1.0),
		Help: "share of a layer's channels that zalgo feeds from others; fed all, layers just above see eyes alone",
		num:  func(s *Settings) *float64 { return &s.ZalgoFeed }},
	{Name: "bend", Group: GroupBend, List: true,
		Help: "bends, layer:kind=amount[,wet=SHARE][,channels=N;N-N|random:SHARE|cluster:N][,seed=N][,off] with spaces between",
		text: func(s *Settings) *string { return &s.Bend }},
	{Name: "mod", Group: GroupBend, List: true,
		Help: "modulators, KNOB=sine|triangle|walk|sample-hold:rate:depth[:phase], or KNOB=bass|mid|high|range|onset|beat:0:depth by sound, with spaces between; bend.1 is the first bend's amount",
		text: func(s *Settings) *string { return &s.Mod }},

	{Name: "bass", Group: GroupSound, Max: 1, Absent: new(0.0), Help: "level of what is heard below 150 Hz",
		num: func(s *Settings) *float64 { return &s.Bass }},
	{Name: "mid", Group: GroupSound, Max: 1, Absent: new(0.0), Help: "level of what is heard from 150 to 2000 Hz",
		num: func(s *Settings) *float64 { return &s.Mid }},
	{Name: "high", Group: GroupSound, Max: 1, Absent: new(0.0), Help: "level of what is heard above 2000 Hz",
		num: func(s *Settings) *float64 { return &s.High }},
	{Name: "range", Group: GroupSound, Max: 1, Absent: new(0.0), Help: "level of what is heard from range-low to range-high",
		num: func(s *Settings) *float64 { return &s.Range }},
	{Name: "onset", Group: GroupSound, Max: 1, Absent: new(0.0), Help: "1 where a sound begins, falling to 0",
		num: func(s *Settings) *float64 { return &s.Onset }},
	{Name: "beat", Group: GroupSound, Max: 1, Absent: new(0.0), Help: "1 on the beat of what is heard, falling to 0 at the next",
		num: func(s *Settings) *float64 { return &s.Beat }},

	{Name: "range-low", Group: GroupHearing, Unit: "Hz", Min: 20, Max: 16000, Default: 300, Absent: new(300.0), Whole: true,
		Help: "where the band begins that the modulator range follows",
		num:  func(s *Settings) *float64 { return &s.RangeLow }},
	{Name: "range-high", Group: GroupHearing, Unit: "Hz", Min: 20, Max: 16000, Default: 3000, Absent: new(3000.0), Whole: true,
		Help: "where the band ends that the modulator range follows",
		num:  func(s *Settings) *float64 { return &s.RangeHigh }},

	{Name: "width", Group: GroupCanvas, Unit: "px", Min: 0, Max: 8192, Whole: true,
		Help: "width of the canvas; 0 for the start picture's",
		num:  func(s *Settings) *float64 { return &s.Width }},
	{Name: "height", Group: GroupCanvas, Unit: "px", Min: 0, Max: 8192, Whole: true,
		Help: "height of the canvas; 0 for the start picture's",
		num:  func(s *Settings) *float64 { return &s.Height }},
}

// Number is where the knob's number stands in the settings, nil for a text.
func (k *Knob) Number(s *Settings) *float64 {
	if k.num == nil {
		return nil
	}
	return k.num(s)
}

// Text is where the knob's text stands in the settings, nil for a number.
func (k *Knob) Text(s *Settings) *string {
	if k.text == nil {
		return nil
	}
	return k.text(s)
}

// outside tells whether presets and modulators leave the knob alone: it is no matter of the scene.
func (k *Knob) outside() bool {
	return k.Group == GroupCanvas || k.Group == GroupSound || k.Group == GroupHearing
}

// Clamp brings v into the knob's range and to a whole number where it must be one.
func (k *Knob) Clamp(v float64) float64 {
	if k.Whole {
		v = math.Round(v)
	}
	return min(max(v, k.Min), k.Max)
}

// Find gives the table's row of that name.
func Find(name string) (*Knob, error) {
	for i := range Knobs {
		if Knobs[i].Name == name {
			return &Knobs[i], nil
		}
	}
	return nil, fmt.Errorf("dream: there is no knob %q", name)
}

// Check reports the first knob that stands outside its range, or whose text is too long.
func (s Settings) Check() error {
	for i := range Knobs {
		k := &Knobs[i]
		p := k.Number(&s)
		if p == nil {
			continue
		}
		if !(*p >= k.Min && *p <= k.Max) {
			return fmt.Errorf("dream: %s is %g, but goes from %g to %g", k.Name, *p, k.Min, k.Max)
		}
		if k.Whole && *p != math.Round(*p) {
			return fmt.Errorf("dream: %s is %g, but must be a whole number", k.Name, *p)
		}
	}
	return s.checkTexts()
}
