package dream

import "math"

// Settings are what the knobs stand at: one immutable snapshot, taken up by the
// dream at the next gradient step.
type Settings struct {
	// What is dreamed.
	Layer   string // NAME[:weight],...
	Channel string // N[:weight],... of the layer; "" for all of it
	Class   string // a word of a label; it overrides layer and channel
	Guide   string // a picture whose features the layer follows
	Where   string // as Map.String has it: where that is dreamed, where something else is, and where nothing
	Other   string // what is dreamed elsewhere, as FormatOther writes it

	// How one picture is dreamed.
	Step        float64 // mean change of a value in 0..255 by one gradient step
	Steps       float64 // gradient steps in each octave
	Octaves     float64
	OctaveScale float64 // size of an octave over the one below it
	Jitter      float64 // largest random shift, in pixels
	Fatigue     float64 // how much a layer's channels tire
	Even        float64 // how much weak places get of the strong ones' share
	Depth       float64 // how much the levels of detail are evened out
	DepthLevels float64

	// How one picture leads to the next. Zoom, turn and pan are rates per unit of time; Pace is
	// the time that a frame stands for.
	Zoom    float64 // share of the picture that the edge loses; negative zooms out
	Rotate  float64 // degrees, clockwise
	PanX    float64 // shares of the picture's width and height
	PanY    float64
	CentreX float64 // the vanishing point of zoom and rotation, as shares
	CentreY float64
	Drift   float64 // how far the vanishing point wanders, as a share
	Offset  float64 // random displacement of each moved frame, in pixels, which is not shown
	Hold    float64 // share of the way back to the held brightness, contrast and colour, each frame
	Blend   float64 // share of the start picture in each frame
	Pace    float64

	// How a film is dreamed.
	Carry   float64 // share of the last frame's detail that is carried along with what moves
	Opening float64 // by how many frames' steps a scene's first frame is dreamed at most
	Source  float64 // how much of the film's own picture shows
	Gate    float64 // how much motion brings the picture back, and stillness deepens the dream

	// What is damaged, and what moves by itself.
	Bend      string  // as package bend writes it
	Zalgo     float64 // how far the chain of bends for everything is turned up
	ZalgoFeed float64 // share of a layer's channels that it feeds from others
	Mod       string  // as FormatModulators writes it

	// What is heard while the frame is dreamed, each 0 to 1, for modulators.
	Bass, Mid, High, Range, Onset, Beat float64

	// Where the band of the range is, in Hz.
	RangeLow, RangeHigh float64

	// The canvas, in pixels; 0 keeps the start picture's size.
	Width, Height float64
}

// Defaults are the table's defaults: those that every user of DeepDream expects.
func Defaults() Settings {
	s := Settings{Pace: 1}
	for _, k := range Knobs {
		if k.num != nil {
			*k.num(&s) = k.Default
		}
	}
	return s
}

// Silence takes away what is heard, which is of the moment.
func (s *Settings) Silence() { s.Bass, s.Mid, s.High, s.Range, s.Onset, s.Beat = 0, 0, 0, 0, 0, 0 }

// PerFrame turns rates by the second into rates by the frame, which then stands for a whole unit of time.
func (s *Settings) PerFrame() {
	s.Zoom = 1 - math.Pow(1-s.Zoom, s.Pace)
	s.Rotate, s.PanX, s.PanY = s.Rotate*s.Pace, s.PanX*s.Pace, s.PanY*s.Pace
	s.Pace = 1
}

// photoEven is the evenness of dreams of real things, whose plain places would else be left empty.
const photoEven = 0.5

// Suit suits settings that say nothing else to a start picture, one that is made or one of real things: on those weak
// places get some of the strong ones' share, where channels tire.
func (s *Settings) Suit(made bool) {
	switch {
	case made && s.Even == photoEven: // as it was for a picture before
		s.Even = 0
	case !made && s.Fatigue > 0 && s.Even == 0:
		s.Even = photoEven
	}
}

// Before are the settings of a recipe that names no knob: those that it was made with where a knob has come
// since.
func Before() Settings {
	s := Defaults()
	for _, k := range Knobs {
		if k.Absent != nil {
			*k.num(&s) = *k.Absent
		}
	}
	return s
}
