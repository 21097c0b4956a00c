package app

import (
	"cmp"
	"image"
	"slices"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/desk"
	"zalgoscope/app/glide"
	"zalgoscope/app/widget"
)

// Update does what there is to do for one tick, and waits for nothing.
func (s *studio) Update() error {
	began := time.Now()
	if ebiten.IsWindowBeingClosed() || s.cfg.Context != nil && s.cfg.Context.Err() != nil {
		s.close()
	}
	if s.closing {
		return s.leave()
	}
	dt := min(began.Sub(s.last).Seconds(), 0.1)
	s.last = began
	s.runPosted()
	s.hear(began)
	s.hearPads(began, dt)
	s.play()
	s.tendSurfaces(began)
	s.attend(began)
	s.count(began)
	s.drop()
	s.ready()
	if s.ui != nil && s.handsOn(began) && !s.underSheet() {
		// The key that ends a text is the text's as well.
		typing := s.typing()
		s.ui.Update()
		if !typing {
			s.listen()
		}
		s.before = ebiten.IsKeyPressed(ebiten.KeyB) && !typing
		s.steer()
	}
	s.animate(began, dt)
	s.meter.updated(time.Since(began))
	return nil
}

// touchTime is how long the controls look after something that was done to them.
const touchTime = time.Second

// handsOn tells whether mouse and keys are to be looked after: somebody has done something a moment ago, or things are
// changing by themselves. A window that is left alone costs nothing.
func (s *studio) handsOn(now time.Time) bool {
	x, y := ebiten.CursorPosition()
	wheelX, wheelY := ebiten.Wheel()
	at := image.Pt(x, y)
	if at != s.pointer || wheelX != 0 || wheelY != 0 || len(inpututil.AppendPressedKeys(s.keys[:0])) > 0 || len(inpututil.AppendJustReleasedKeys(s.keys[:0])) > 0 ||
		slices.ContainsFunc(mouseButtons, func(b ebiten.MouseButton) bool {
			return ebiten.IsMouseButtonPressed(b) || inpututil.IsMouseButtonJustReleased(b)
		}) {
		s.pointer, s.touched = at, now
	}
	return s.alive() || s.drawn.stale
}

var mouseButtons = []ebiten.MouseButton{ebiten.MouseButtonLeft, ebiten.MouseButtonMiddle, ebiten.MouseButtonRight}

// underSheet tells whether something lies over all controls, or a dialog is open: nothing below reacts then, and only
// what ends the sheet is heard. What ended it is not heard below either.
func (s *studio) underSheet() bool {
	if s.help || s.asking {
		s.sheeted, s.steering, s.before = true, false, false
		s.endStroke()
	}
	if s.help {
		ends := slices.ContainsFunc([]ebiten.Key{ebiten.KeyEscape, ebiten.KeyF1, ebiten.KeyH, ebiten.KeyEnter, ebiten.KeySpace}, func(k ebiten.Key) bool { return widget.Hit(k, false) })
		if ends || inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft) {
			s.toggleHelp()
		}
		return true
	}
	held := slices.ContainsFunc(mouseButtons, ebiten.IsMouseButtonPressed)
	s.sheeted = s.sheeted && (s.asking || held)
	return s.sheeted
}

// hear takes the loop's news.
func (s *studio) hear(now time.Time) {
	if s.session == nil {
		return
	}
	frames, errs := s.session.news()
	for _, err := range errs {
		s.warn(err)
	}
	s.adopt()
	for _, f := range frames {
		if f.of != s.shown.of {
			s.glide = glide.Glide{} // nothing leads from one dream to another
		}
		s.shown = f
		s.meter.frame(f.Frame)
		s.glide.Arrive(f.Frame)
		s.size.frame(f.Frame)
		if s.output != nil {
			s.output.show(s, f)
		}
	}
	if s.toasts.Expire(now) {
		s.drawn.stale = true
	}
}

// animate moves everything that moves by itself.
func (s *studio) animate(now time.Time, dt float64) {
	s.marks.Advance(s.zalgo()/11, s.meter.wild, dt)
	if s.session == nil {
		return
	}
	paused := s.session.loop.Paused()
	s.tend(paused)
	if !paused && s.glide.Advance(dt) {
		s.drawn.moved = true
	}
	if s.walk != nil && !paused {
		s.walk.advance(s, dt)
	}
	if !paused {
		s.advanceShow(dt)
	}
	if s.size.govern(paused, s.room) {
		s.publish()
	}
	if m := modeOf(s.want); s.panel != nil && m != s.panel.dreamt {
		s.panel.setMode(m)
	}
	if s.panel != nil {
		s.panel.syncRack()
		if !s.sheeted {
			s.panel.carryBend()
		}
	}
	if s.output != nil {
		s.output.follow(s)
	}
	s.hints.advance(s, now)
	s.sights.look(s, now)
	s.gallery.work(s)
	s.starts.work(s)
	s.recorder.watch(s, now)
	if s.walk == nil && s.show.fade == nil {
		s.history.watch(s.moment(), now, s.brush.stroke || ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft))
	}
}

// typing tells whether keys go into a text.
func (s *studio) typing() bool {
	return s.library.typing() || s.panel != nil && (slices.ContainsFunc(s.panel.fields, func(f *widget.Field) bool { return f.Typing }) ||
		slices.ContainsFunc(s.panel.sliders, func(sl *widget.Slider) bool { return sl.Typing }))
}

// zalgo is where the knob of that name stands, as its modulator has moved it.
func (s *studio) zalgo() float64 {
	if _, ok := s.modulator("zalgo"); ok && s.shown.Frame != nil {
		return s.shown.Now.Zalgo
	}
	return s.want.Zalgo
}

// ready builds the widgets when the display's scale is known or has changed.
func (s *studio) ready() {
	scale := cmp.Or(s.scale, 1)
	if s.look == nil || s.look.Scale != scale {
		s.look = widget.NewTheme(scale, &s.marks)
		s.look.Paste = s.paste
		s.gallery.forgetTextures()
		s.buildUI()
	}
}

// paste calls put with what is in the clipboard when that is there.
func (s *studio) paste(put func(text string)) {
	s.background(func() {
		text, err := desk.Clipboard()
		s.post(func() {
			if err != nil {
				s.warn(err)
				return
			}
			put(text)
			s.drawn.stale = true
		})
	})
}

// fold hides the panel, or shows it; Escape first closes what is open, leaves the full screen and ends what is in progress.
func (s *studio) fold() {
	escape := down(ebiten.KeyEscape)
	switch {
	case escape && s.surfaces.Learning() != "":
		s.learn(s.surfaces.Learning()) // once more, which ends it
	case s.library != nil && s.library.open && escape:
		s.closeLibrary()
	case s.saving.open && escape:
		s.closeSaving()
	case s.rack.carry != nil && s.rack.carry.going:
		s.rack.carry = nil
	case escape && ebiten.IsFullscreen():
		ebiten.SetFullscreen(false)
	case s.brush.tool != noBrush && escape:
		s.takeBrush(noBrush)
	case escape && s.panel != nil && s.panel.active != nil:
		s.panel.activate(nil)
	default:
		s.folded = !s.folded
		if s.root != nil {
			s.root.RequestRelayout()
		}
	}
	s.drawn.stale = true
}

func (s *studio) toggleHelp() {
	s.help = !s.help
	s.drawn.stale = true
}

func (s *studio) toggleFullscreen() { ebiten.SetFullscreen(!ebiten.IsFullscreen()) }

func (s *studio) toggleCover() {
	s.canvas.cover = !s.canvas.cover
	s.drawn.stale = true
}

func (s *studio) togglePause() {
	if s.session != nil {
		s.session.loop.Pause(!s.session.loop.Paused())
		s.drawn.stale = true
	}
}

// single makes one dream and stands still after it.
func (s *studio) single() {
	if s.session != nil {
		s.session.loop.Pause(true)
		s.session.loop.Single()
		s.drawn.stale = true
	}
}

// restart begins again from the start picture, with the same seed.
func (s *studio) restart() {
	if s.session != nil {
		s.endTake("the dream began anew")
		last := s.session.latest()
		start := last.start
		if start.Made() && !s.frame.Empty() { // it has the shape that the window has now
			start = s.madeStart(start.Name(), last.seed)
			s.size.reshape(start.Image().Rect.Size())
		}
		s.session.startOver(start, last.feed, last.seed, nil)
		s.publish()
	}
}

func (s *studio) undo() {
	if m, ok := s.history.undo(s.moment()); ok {
		s.goBack(m)
	}
}

func (s *studio) redo() {
	if m, ok := s.history.redo(); ok {
		s.goBack(m)
	}
}
