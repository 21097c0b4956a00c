package app

import (
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"

	"github.com/ebitenui/ebitenui/input"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
)

// dial is a number that a slider turns.
type dial struct {
	name, help string
	min, max   float64
	whole      bool
	curve      float64 // exponent of the way from the middle (signed ranges) or from min; 1 is even
	get        func() float64
	set        func(v float64)
	reset      func()
	text       func(v float64) string
	done       func() // hears the end of a drag; may be nil
}

// knobDial makes a dial of a row of the knob table.
func knobDial(k *dream.Knob) dial {
	d := dial{name: strings.ReplaceAll(k.Name, "-", " "), help: k.Help, min: k.Min, max: k.Max, whole: k.Whole, curve: 1}
	if k.Min < 0 || k.Max >= 64 {
		d.curve = 2
	}
	d.text = func(v float64) string { return knobText(k, v) }
	return d
}

// knobText writes a value with its unit, shares as per cent and rates by the second.
func knobText(k *dream.Knob, v float64) string {
	unit := k.Unit
	if unit == "" && k.Max <= 1 {
		v, unit = v*100, "%"
	}
	digits := 0
	if !k.Whole && math.Abs(v) < 99.5 {
		digits = 1
	}
	if unit == "" && !k.Whole {
		digits = 2
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if k.Rate {
		unit += "/s"
	}
	switch {
	case unit == "":
		return s
	case strings.HasPrefix(unit, "°"):
		return s + unit
	}
	return s + " " + unit
}

// place is where a value stands on the track, from 0 to 1.
func (d *dial) place(v float64) float64 {
	if d.max <= d.min {
		return 0
	}
	if d.min < 0 {
		half := max(-d.min, d.max)
		return 0.5 + 0.5*math.Copysign(math.Pow(math.Abs(v)/half, 1/d.curve), v)
	}
	return math.Pow(min(max((v-d.min)/(d.max-d.min), 0), 1), 1/d.curve)
}

// value is what stands at a place of the track.
func (d *dial) value(p float64) float64 {
	p = min(max(p, 0), 1)
	var v float64
	if d.min < 0 {
		half := max(-d.min, d.max)
		v = half * math.Copysign(math.Pow(math.Abs(2*p-1), d.curve), p-0.5)
	} else {
		v = d.min + (d.max-d.min)*math.Pow(p, d.curve)
	}
	if d.whole {
		v = math.Round(v)
	}
	return min(max(v, d.min), d.max)
}

// nudge moves the value by a share of the track, a whole number by at least one.
func (d *dial) nudge(by float64) {
	v := d.get()
	next := d.value(d.place(v) + by)
	if d.whole && next == v {
		next = min(max(v+math.Copysign(1, by), d.min), d.max)
	}
	// A wheel that passes zero stops there.
	if v*next < 0 || v != 0 && math.Abs(next) < 1e-6 {
		next = 0
	}
	d.set(next)
}

// How far one notch of the wheel or one key press goes on the track; Shift makes it finer.
const (
	notch     = 1.0 / 40
	fineNotch = notch / 8
)

// slider is one row of the panel: name, track and value.
type slider struct {
	dial
	look   *theme
	widget *widget.Widget
	track  image.Rectangle
	chosen func(*slider) // hears that the keyboard should turn this one
	active bool          // the keyboard turns it

	hover    bool
	dragging bool
	dragX    float64 // place under the pointer, not yet rounded
	lastX    int
	clicked  int64 // tick of the last click, for double clicks
}

func newSlider(t *theme, d dial) *slider {
	s := &slider{dial: d, look: t}
	s.widget = widget.NewWidget(
		widget.WidgetOpts.MinSize(t.px(200), t.px(23)),
		widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true}),
		widget.WidgetOpts.TrackHover(true),
		widget.WidgetOpts.CursorEnterHandler(func(*widget.WidgetCursorEnterEventArgs) { s.hover = true }),
		widget.WidgetOpts.CursorExitHandler(func(*widget.WidgetCursorExitEventArgs) { s.hover = false }),
		widget.WidgetOpts.MouseButtonPressedHandler(s.press),
		widget.WidgetOpts.MouseButtonReleasedHandler(s.release),
		widget.WidgetOpts.ScrolledHandler(s.scroll),
	)
	return s
}

func (s *slider) GetWidget() *widget.Widget { return s.widget }
func (s *slider) Validate()                 {}
func (s *slider) PreferredSize() (int, int) { return s.widget.MinWidth, s.widget.MinHeight }

func (s *slider) SetLocation(r image.Rectangle) {
	s.widget.Rect = r
	s.track = image.Rect(r.Min.X+s.look.px(86), r.Min.Y, r.Max.X-s.look.px(66), r.Max.Y)
}

func (s *slider) press(a *widget.WidgetMouseButtonPressedEventArgs) {
	if a.Button != ebiten.MouseButtonLeft {
		return
	}
	s.chosen(s)
	const doubleClick = 20 // ticks
	if now := ebiten.Tick(); now-s.clicked < doubleClick {
		s.clicked = 0
		s.reset()
		return
	} else {
		s.clicked = now
	}
	x, _ := input.CursorPosition()
	if x < s.track.Min.X-s.look.px(6) || x > s.track.Max.X+s.look.px(6) {
		return
	}
	s.dragging, s.lastX = true, x
	s.dragX = s.place(s.get())
	if !fine() {
		// A press beside the handle takes it there; on the handle it takes hold.
		at := float64(x-s.track.Min.X) / float64(s.track.Dx())
		if math.Abs(at-s.dragX)*float64(s.track.Dx()) > float64(s.look.px(7)) {
			s.dragX = at
			s.set(s.value(at))
		}
	}
}

func (s *slider) release(*widget.WidgetMouseButtonReleasedEventArgs) {
	if s.dragging {
		s.dragging = false
		if s.done != nil {
			s.done()
		}
	}
}

func (s *slider) scroll(a *widget.WidgetScrolledEventArgs) {
	x, y := input.CursorPosition()
	if !image.Pt(x, y).In(s.track) {
		return
	}
	by := notch
	if fine() {
		by = fineNotch
	}
	s.nudge(math.Copysign(by, a.Y))
	if s.done != nil {
		s.done()
	}
}

// fine tells whether the Shift key asks for small movements.
func fine() bool { return ebiten.IsKeyPressed(ebiten.KeyShift) }

func (s *slider) Update(o *widget.UpdateObject) {
	s.widget.Update(o)
	if !s.dragging {
		return
	}
	x, _ := input.CursorPosition()
	if x == s.lastX {
		return
	}
	by := float64(x-s.lastX) / float64(s.track.Dx())
	if fine() {
		by /= 10
	}
	s.lastX = x
	s.dragX += by
	v := s.value(s.dragX)
	if s.min < 0 && math.Abs(s.dragX-0.5) < 0.015 && !fine() {
		v = 0
	}
	s.set(v)
}

func (s *slider) Render(screen *ebiten.Image) {
	s.widget.Render(screen)
	t, r := s.look, s.widget.Rect
	mid := (r.Min.Y + r.Max.Y) / 2
	name, value := colourDim, colourText
	if s.active {
		name = colourAccent
	} else if s.hover || s.dragging {
		name = colourText
	}
	v := s.get()
	t.write(screen, clip(s.name, t.face, s.track.Min.X-r.Min.X-t.px(4)), t.face, r.Min.X, mid, name, alignLeft)
	t.write(screen, clip(s.text(v), t.small, r.Max.X-s.track.Max.X-t.px(10)), t.small, r.Max.X, mid, value, alignRight)

	h := max(t.px(3), 1)
	bar := image.Rect(s.track.Min.X, mid-h/2, s.track.Max.X, mid-h/2+h)
	t.fill(screen, bar, colourHover)
	zero, at := s.place(max(s.min, min(0, s.max))), s.place(v)
	x0 := bar.Min.X + int(zero*float64(bar.Dx()))
	x1 := bar.Min.X + int(at*float64(bar.Dx()))
	t.fill(screen, image.Rect(min(x0, x1), bar.Min.Y, max(x0, x1), bar.Max.Y), colourAccent)
	w, k := t.px(5), t.px(13)
	handle := image.Rect(x1-w/2, mid-k/2, x1-w/2+w, mid-k/2+k)
	c := colourText
	if s.active || s.dragging {
		c = colourAccent
	}
	t.fill(screen, handle, c)
}

// String names the slider in tests and logs.
func (s *slider) String() string { return fmt.Sprintf("slider %s", s.name) }
