package app

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/ebitenui/ebitenui/input"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// slider is one row: name, track and value.
type slider struct {
	dial
	look   *theme
	widget *widget.Widget
	track  image.Rectangle
	style  sliderStyle
	less   ebiten.Key // the keys that turn it; -1 for none
	more   ebiten.Key
	chosen func(*slider) // hears that the keyboard should turn this one
	active bool          // the keyboard turns it

	modulation func() (depth float64, on bool)                           // what else moves it, and how far to either side; nil for nothing
	modulate   func()                                                    // opens and closes the modulation's controls
	sign       func(dst *ebiten.Image, r image.Rectangle, c color.Color) // draws what they are opened by

	hover    bool
	dragging bool
	dragX    float64 // place under the pointer, not yet rounded
	lastX    int
	clicked  int64 // tick of the last click, for double clicks
}

// sliderStyle is how much room a slider takes.
type sliderStyle int

const (
	sliderPlain  sliderStyle = iota
	sliderNarrow             // in a card, with a short name
	sliderGrand              // with a scale
)

func newSlider(t *theme, d dial, style sliderStyle) *slider {
	s := &slider{dial: d, look: t, style: style, less: -1, more: -1}
	height := t.px(23)
	if style == sliderGrand {
		height = t.px(34)
	}
	s.widget = widget.NewWidget(
		widget.WidgetOpts.MinSize(t.px(180), height),
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
	name := 86.0
	if s.style != sliderPlain {
		name = 56
	}
	s.track = image.Rect(r.Min.X+s.look.px(name), r.Min.Y, r.Max.X-s.look.px(78), r.Max.Y)
}

// wave is where the sign of the modulation stands, right of the track.
func (s *slider) wave() image.Rectangle {
	x := s.track.Max.X + s.look.px(6)
	return image.Rect(x, s.track.Min.Y, x+s.look.px(18), s.track.Max.Y)
}

func (s *slider) press(a *widget.WidgetMouseButtonPressedEventArgs) {
	x, y := input.CursorPosition()
	if s.knob != "" && (a.Button == ebiten.MouseButtonRight || a.Button == ebiten.MouseButtonLeft && image.Pt(x, y).In(s.wave())) {
		s.modulate()
		return
	}
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
	r := s.widget.Rect
	if !r.Overlaps(screen.Bounds()) {
		return
	}
	s.widget.Render(screen)
	t := s.look
	mid := (r.Min.Y + r.Max.Y) / 2
	name, colour, face := s.name, colourDim, t.face
	if s.style == sliderGrand {
		name, colour, face = strings.ToUpper(name), colourText, t.strong
	}
	if s.active {
		colour = colourAccent
	} else if s.hover || s.dragging {
		colour = colourText
	}
	t.label(screen, clip(name, face, s.track.Min.X-r.Min.X-t.px(4)), face, r.Min.X, mid, colour, alignLeft)
	v, c := s.get(), colourText
	depth, moving := 0.0, false
	if s.modulation != nil {
		depth, moving = s.modulation()
	}
	if now, ok := s.moved(moving); ok {
		v, c = now, colourAccent
	}
	t.write(screen, clip(s.text(v), t.small, t.px(60)), t.small, r.Max.X, mid, c, alignRight)
	s.drawTrack(screen, math.Abs(depth), v, moving)
	if s.knob != "" {
		s.drawWave(screen, moving)
	}
}

// moved is the value that the modulation has moved the slider to.
func (s *slider) moved(moving bool) (float64, bool) {
	if !moving || s.now == nil {
		return 0, false
	}
	return s.now()
}

// drawTrack draws the bar up to v, and the handle, which stays where the hand has put it while
// a modulation moves v within its depth.
func (s *slider) drawTrack(screen *ebiten.Image, depth, v float64, moving bool) {
	t := s.look
	mid := (s.track.Min.Y + s.track.Max.Y) / 2
	h := max(t.px(3), 1)
	if s.style == sliderGrand {
		h = t.px(5)
		s.drawScale(screen)
	}
	bar := image.Rect(s.track.Min.X, mid-h/2, s.track.Max.X, mid-h/2+h)
	at := func(v float64) int { return bar.Min.X + int(s.place(min(max(v, s.min), s.max))*float64(bar.Dx())) }
	t.fill(screen, bar, colourHover)
	base := s.get()
	if moving {
		reach := colourAccent
		reach.A = 0x30
		t.fill(screen, image.Rect(at(base-depth), bar.Min.Y-t.px(3), at(base+depth), bar.Max.Y+t.px(3)), reach)
	}
	x0, x1 := at(max(s.min, min(0, s.max))), at(v)
	t.fill(screen, image.Rect(min(x0, x1), bar.Min.Y, max(x0, x1), bar.Max.Y), colourAccent)
	w, k := t.px(5), t.px(13)
	if s.style == sliderGrand {
		w, k = t.px(6), t.px(19)
	}
	handle := func(x, w, k int, c color.Color) { t.fill(screen, image.Rect(x-w/2, mid-k/2, x-w/2+w, mid-k/2+k), c) }
	c := colourText
	if s.active || s.dragging {
		c = colourAccent
	}
	handle(at(base), w, k, c)
	if moving {
		handle(x1, max(t.px(3), 1), k-t.px(2), colourAccent)
	}
}

// drawScale marks the whole numbers below the track.
func (s *slider) drawScale(screen *ebiten.Image) {
	t := s.look
	y := (s.track.Min.Y+s.track.Max.Y)/2 + t.px(11)
	for n := math.Ceil(s.min); n <= s.max; n++ {
		x := s.track.Min.X + int(s.place(n)*float64(s.track.Dx()))
		t.fill(screen, image.Rect(x, y, x+max(t.px(1), 1), y+t.px(3)), colourDim)
	}
}

// drawWave draws the sign that opens the modulation.
func (s *slider) drawWave(screen *ebiten.Image, moving bool) {
	c := colourHover
	if moving {
		c = colourAccent
	} else if s.hover {
		c = colourDim
	}
	r := s.wave()
	s.sign(screen, image.Rect(r.Min.X+s.look.px(2), r.Min.Y, r.Max.X-s.look.px(3), r.Max.Y), c)
}

// String names the slider in tests and logs.
func (s *slider) String() string { return fmt.Sprintf("slider %s", s.name) }
