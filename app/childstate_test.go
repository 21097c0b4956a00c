package app

import (
	"image"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/glide"
	"zalgoscope/nn"
)

// state is what the window's process answers.
type state struct {
	Want, Sent dream.Settings
	Frame      int // number of the last dreamed frame
	Begun      int // dreams of which a frame has been shown
	Hash       string
	Settings   dream.Settings // of the last frame
	Moved      bool           // the last frame was reached by a motion
	Size       image.Point    // of the last frame
	Net        string
	Devices    [2]string // of the status line and of the recipe
	Start      string
	Seed       uint64
	Window     image.Point
	Full       bool
	Folded     bool
	Sharp      bool
	Paused     bool
	Stands     bool // it is paused, and the frame that was in progress then has been shown
	Help       bool
	Before     bool // the start picture is shown
	Preset     string
	Mode       string
	Typing     bool
	Typed      string // into a slider's number, so far
	Panel      image.Rectangle
	Canvas     image.Rectangle
	Rect       image.Rectangle // of the slider asked for
	Value      float64
	Min, Max   float64
	Cells      []image.Rectangle // of layer picker or channel browser
	Tabs       image.Rectangle
	Search     image.Rectangle
	Sliders    []string
	Hints      []string                   // of the first start that are still to be shown, the present one first
	Hint       string                     // of what is under the pointer
	Number     image.Rectangle            // where the value of the slider asked for stands
	Helpless   []string                   // controls that do not say what they do
	Output     bool                       // there is a second window
	Lit        string                     // what is dreamed: the mode whose tab is lit
	Asking     bool                       // a dialog is open
	Covers     bool                       // the picture fills its area
	Area       image.Rectangle            // that area
	Offset     int                        // how far the panel is scrolled
	Feet       []string                   // the buttons in the foot
	Foot       image.Rectangle            // of the panel, where the buttons are that are always there
	View       image.Rectangle            // what is in sight of the panel
	Laid       bool                       // the panel stands where it was last drawn
	Spots      map[string]image.Rectangle // parts of the panel to click on, by name
	Now        float64                    // where a modulator has moved the slider asked for
	Wave       image.Rectangle            // the slider's sign of its modulator
	Marks      float64                    // how far the labels' marks have gathered, 0 to 1
	Editing    string                     // the knob whose modulator's controls are open
	Racks      int64                      // bent nets that the engine was given
	Library    libraryState
	Saving     image.Rectangle // the sheet that asks how to save
	Sees       []string
	Told       []string // all notes since the beginning
	Thumbs     int
	Recorded   int // frames of the running recording
	Writing    bool
	Dreams     float64
	Memory     uint64
	Goroutines int

	Drawn   int           // since the beginning
	Within  int           // the most updates within one gradient step of the slow engine
	Updates int           // since the last request "measure"
	Draws   int           // frames presented since then
	Gap     time.Duration // the longest between two of them
	Stalls  int           // gaps above 100 ms
	Steps   float64       // gradient steps a second
	Spent   time.Duration // processor time of the window's process
	Levels  []level       // of the frames since then
	Longest time.Duration // of one Update since then
	Over    int           // Updates above 5 ms since then
	Mean    time.Duration
	Worked  time.Duration // the longest Update since then by its processor time, which others on the machine do not lengthen
	Took    time.Duration // since then
}

// state gathers what tests look at.
func (c *child) state(slider string) state {
	s := state{
		Want: c.want, Sent: c.sent, Window: c.frame.Size(), Full: ebiten.IsFullscreen(), Folded: c.folded, Sharp: c.size.Sharp,
		Asking: c.asking, Covers: c.canvas.covers(), Area: c.canvas.area, Help: c.help, Preset: c.presetName(), Typing: c.typing(), Panel: c.panelRect(), Canvas: c.canvas.rect,
		Dreams: c.meter.dreams, Memory: memory(), Goroutines: runtime.NumGoroutine(), Thumbs: len(c.gallery.pictures),
		Marks: c.marks.Level, Racks: racks.Load(), Updates: c.meter.updates, Draws: c.meter.frames, Gap: c.meter.gap, Stalls: c.meter.stalls, Steps: c.meter.steps, Spent: nn.ProcessorTime(), Longest: c.meter.longest, Worked: c.worked, Over: c.meter.over, Took: time.Since(c.since),
	}
	if s.Updates > 0 {
		s.Mean = c.meter.total / time.Duration(s.Updates)
	}
	if take := c.recorder.take; take != nil {
		_, s.Recorded = take.writer.Progress()
	}
	s.Writing = len(c.recorder.jobs) > 0
	s.Levels = c.levels
	s.Told, s.Stands, s.Begun, s.Drawn, s.Within = c.told, c.stands, c.begun, c.draws, c.most
	for _, v := range c.sights.list {
		s.Sees = append(s.Sees, v.Label)
	}
	if f := c.shown.Frame; f != nil {
		s.Frame, s.Hash, s.Settings, s.Size = f.Number, dream.Hash(f.Image), f.Settings, f.Image.Rect.Size()
		s.Moved = f.Motion != glide.Identity
		s.Start, s.Seed = c.shown.of.start.Name(), c.shown.of.seed
	}
	if c.session != nil {
		s.Devices = [2]string{c.session.deviceName(), c.session.latest().log.Recipe().Device}
		s.Net, s.Paused = c.session.id.Name, c.session.loop.Paused()
	}
	s.Before = c.before && c.shown.Frame != nil && c.canvas.start.of == c.shown.of.start.Image()
	if c.panel != nil {
		c.panelState(&s, slider)
	}
	return s
}

// libraryState is what tests look at of the library.
type libraryState struct {
	Open     bool
	Page     int
	Rect     image.Rectangle
	View     image.Rectangle // what is in sight of the cards
	Cards    []string
	Known    int    // pictures that are there
	Pictured string // the last card that has one
	Own      []string
	Hearts   []string
	Fading   bool
	Share    float64 // of a download on its way, 0 for none
}

func (c *child) libraryState() libraryState {
	l := c.library
	if l == nil {
		return libraryState{}
	}
	s := libraryState{Open: l.open, Page: l.page, Rect: l.rect(), View: l.scroller.View(), Fading: c.show.fade != nil}
	s.Hearts = slices.Sorted(maps.Keys(c.presets.hearts.names))
	for _, p := range c.presets.list[len(c.presets.list)-c.presets.own:] {
		s.Own = append(s.Own, p.Name)
	}
	if l.open {
		for _, k := range l.list() {
			s.Cards, s.Share = append(s.Cards, k.name), max(s.Share, k.share)
			if c.gallery.pictures[k.thumb] != nil {
				s.Known++
				s.Pictured = k.name
			}
		}
	}
	return s
}

func (c *child) panelState(s *state, slider string) {
	s.Lit, s.Offset = modeNames[modeOf(c.want)], c.panel.scroller.Offset()
	for _, h := range c.hints.left {
		s.Hints = append(s.Hints, h.text)
	}
	s.Hint, s.Helpless, s.Output = c.hint(), c.helpless(), c.studio.output != nil
	for _, b := range c.panel.feet {
		s.Feet = append(s.Feet, b.Text().Label)
	}
	s.Mode, s.Foot = modeNames[c.panel.mode], c.panel.foot.GetWidget().Rect
	s.Library, s.Saving = c.libraryState(), c.saving.rect(c.studio)
	s.Search = c.panel.search.GetWidget().Rect
	s.Tabs = c.panel.tabs.GetWidget().Rect
	s.Spots, s.Editing, s.View = c.spots(), c.panel.editing, c.panel.scroller.View()
	c.inbox.Lock()
	s.Laid = !c.drawn.stale && c.panel.show == nil && len(c.inbox.jobs) == 0
	c.inbox.Unlock()
	for _, sl := range c.panel.sliders {
		s.Sliders, s.Typed = append(s.Sliders, sl.Name), s.Typed+sl.Typed
		if called(sl, slider) {
			s.Wave, s.Number = sl.SignRect(), sl.NumberRect()
			if now, ok := sl.MovedTo(true); ok {
				s.Now = now
			}
			s.Rect, s.Value, s.Min, s.Max = sl.Track, sl.Get(), sl.Min, sl.Max
		}
	}
	g, n := &c.picker.grid, len(c.session.trunk)
	if c.panel.mode == modeChannel {
		g, n = &c.browser.grid, min(len(c.browser.order), browserRows*c.browser.columns)
	}
	for i := range n {
		at := g.block.GetWidget().Rect.Min.Add(image.Pt(i%g.columns*g.cell, i/g.columns*g.cell))
		s.Cells = append(s.Cells, image.Rectangle{Min: at, Max: at.Add(image.Pt(g.cell-g.gap, g.cell-g.gap))})
	}
}
