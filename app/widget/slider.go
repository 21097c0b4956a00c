package widget

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/ebitenui/ebitenui/input"
	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// Slider is one row: name, track and value.
type Slider struct {
	Dial
	look   *Theme
	widget *ewidget.Widget
	Track  image.Rectangle
	Style  SliderStyle
	Less   ebiten.Key // the keys that turn it; -1 for none
	More   ebiten.Key
	Chosen func(*Slider) // hears that the keyboard should turn this one
	Active bool          // the keyboard turns it

	Modulation func() (depth float64, on bool)                           // what else moves it, and how far to either side; nil for nothing
	Modulate   func()                                                    // opens and closes the modulation's controls
	Sign       func(dst *ebiten.Image, r image.Rectangle, c color.Color) // draws what they are opened by

	Typing bool              // a value is being typed
	Typed  string            // so far
	Odd    func(text string) // hears what was typed and is no value

	Hover    bool
	dragging bool
	dragX    float64 // place under the pointer, not yet rounded
	lastX    int
	clicked  int64 // tick of the last click, for double clicks
}

// SliderStyle is how much room a slider takes.
type SliderStyle int

const (
	Plain  SliderStyle = iota // with its full name
	Narrow                    // in a card, with a short name
	Grand                     // with a scale
)

// NewSlider makes a slider without keys; Chosen is the caller's to set, and Modulate and Sign where the dial has a knob.
func NewSlider(t *Theme, d Dial, style SliderStyle) *Slider {
	s := &Slider{Dial: d, look: t, Style: style, Less: -1, More: -1}
	height := t.Px(23)
	if style == Grand {
		height = t.Px(34)
	}
	s.widget = ewidget.NewWidget(
		ewidget.WidgetOpts.MinSize(t.Px(180), height),
		ewidget.WidgetOpts.LayoutData(ewidget.RowLayoutData{Stretch: true}),
		ewidget.WidgetOpts.TrackHover(true),
		ewidget.WidgetOpts.CursorEnterHandler(func(*ewidget.WidgetCursorEnterEventArgs) { s.Hover = true }),
		ewidget.WidgetOpts.CursorExitHandler(func(*ewidget.WidgetCursorExitEventArgs) { s.Hover = false }),
		ewidget.WidgetOpts.MouseButtonPressedHandler(s.press),
		ewidget.WidgetOpts.MouseButtonReleasedHandler(s.release),
		ewidget.WidgetOpts.ScrolledHandler(s.scroll),
	)
	return s
}

func (s *Slider) GetWidget() *ewidget.Widget { return s.widget }
func (s *Slider) Validate()                  {}
func (s *Slider) PreferredSize() (int, int)  { return s.widget.MinWidth, s.widget.MinHeight }

func (s *Slider) SetLocation(r image.Rectangle) {
	s.widget.Rect = r
	name := 86.0
	if s.Style != Plain {
		name = 56
	}
	s.Track = image.Rect(r.Min.X+s.look.Px(name), r.Min.Y, r.Max.X-s.look.Px(78), r.Max.Y)
}

// SignRect is where the sign of the modulation stands, right of the track.
func (s *Slider) SignRect() image.Rectangle {
	x := s.Track.Max.X + s.look.Px(6)
	return image.Rect(x, s.Track.Min.Y, x+s.look.Px(18), s.Track.Max.Y)
}

// NumberRect is where the value stands.
func (s *Slider) NumberRect() image.Rectangle {
	return image.Rect(s.SignRect().Max.X, s.Track.Min.Y, s.widget.Rect.Max.X, s.Track.Max.Y)
}

// typeValue takes what is typed, and at its end the value.
func (s *Slider) typeValue() {
	x, y := input.CursorPosition()
	if input.MouseButtonJustPressed(ebiten.MouseButtonLeft) && !image.Pt(x, y).In(s.NumberRect()) {
		s.Typing = false
		return
	}
	const most = 24
	s.Typed = typeInto(s.Typed, most)
	s.look.paste(func(text string) {
		if s.Typing {
			s.Typed = added(s.Typed, text, most)
		}
	})
	switch {
	case Hit(ebiten.KeyEnter, false), Hit(ebiten.KeyNumpadEnter, false), Hit(ebiten.KeyTab, false):
		s.Typing = false
		if s.Typed == "" {
			return
		}
		v, ok := s.Read(s.Typed)
		if !ok {
			s.Odd(s.Typed)
			return
		}
		s.Set(v)
		if s.Done != nil {
			s.Done()
		}
	case Hit(ebiten.KeyEscape, false):
		s.Typing = false
	}
}

func (s *Slider) press(a *ewidget.WidgetMouseButtonPressedEventArgs) {
	x, y := input.CursorPosition()
	if s.Knob != "" && (a.Button == ebiten.MouseButtonRight || a.Button == ebiten.MouseButtonLeft && image.Pt(x, y).In(s.SignRect())) {
		s.Modulate()
		return
	}
	if a.Button != ebiten.MouseButtonLeft {
		return
	}
	s.Chosen(s)
	const doubleClick = 20 // ticks
	if now := ebiten.Tick(); now-s.clicked < doubleClick {
		s.clicked, s.Typing = 0, false
		s.Reset()
		return
	} else {
		s.clicked = now
	}
	if image.Pt(x, y).In(s.NumberRect()) {
		s.Typing, s.Typed = true, ""
		return
	}
	if x < s.Track.Min.X-s.look.Px(6) || x > s.Track.Max.X+s.look.Px(6) {
		return
	}
	s.dragging, s.lastX = true, x
	s.dragX = s.Place(s.Get())
	if !Fine() {
		// A press beside the handle takes it there; on the handle it takes hold.
		at := float64(x-s.Track.Min.X) / float64(s.Track.Dx())
		if math.Abs(at-s.dragX)*float64(s.Track.Dx()) > float64(s.look.Px(7)) {
			s.dragX = at
			s.Set(s.Value(at))
		}
	}
}

func (s *Slider) release(*ewidget.WidgetMouseButtonReleasedEventArgs) {
	if s.dragging {
		s.dragging = false
		if s.Done != nil {
			s.Done()
		}
	}
}

func (s *Slider) scroll(a *ewidget.WidgetScrolledEventArgs) {
	x, y := input.CursorPosition()
	if !image.Pt(x, y).In(s.Track) || !TakeWheel(s) {
		return
	}
	by := Notch
	if Fine() {
		by = FineNotch
	}
	s.Nudge(math.Copysign(by, a.Y))
	if s.Done != nil {
		s.Done()
	}
}

func (s *Slider) Update(o *ewidget.UpdateObject) {
	s.widget.Update(o)
	if s.Typing {
		s.typeValue()
	}
	if !s.dragging {
		return
	}
	x, _ := input.CursorPosition()
	if x == s.lastX {
		return
	}
	by := float64(x-s.lastX) / float64(s.Track.Dx())
	if Fine() {
		by /= 10
	}
	s.lastX = x
	s.dragX += by
	v := s.Value(s.dragX)
	if s.Min < 0 && math.Abs(s.dragX-0.5) < 0.015 && !Fine() {
		v = 0
	}
	s.Set(v)
}

// pointerIn tells whether the pointer is in a rectangle.
func pointerIn(r image.Rectangle) bool {
	x, y := input.CursorPosition()
	return image.Pt(x, y).In(r)
}

// MovedTo is the value that the modulation has moved the slider to.
func (s *Slider) MovedTo(moving bool) (float64, bool) {
	if !moving || s.Now == nil {
		return 0, false
	}
	return s.Now()
}

// String names the slider in tests and logs.
func (s *Slider) String() string { return fmt.Sprintf("slider %s", s.Name) }
