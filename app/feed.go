package app

import (
	"errors"
	"fmt"
	"image"
	"os"
	"slices"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
)

// feed is an input whose pictures come by themselves: a film that plays, a camera, a screen, a stream, or the slides of a
// folder.
type feed interface {
	dream.Film
	capture.Moving
}

// mostFeed is the longer side of a feed's pictures, in pixels: more is scaled in each frame for nothing.
const mostFeed = 960

// isFeed tells whether what is named is no still picture, nor a net.
func isFeed(name string) bool {
	if slices.Contains(dream.MadeNames(), name) {
		return false
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return true
	}
	return capture.Names(name) || capture.Moves(name, false)
}

// openFeed opens a feed, which it may wait for. note hears of its fate, on another goroutine.
func openFeed(name string, note func(string)) (feed, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return capture.OpenSlides(name, mostFeed, capture.SlideTime)
	}
	if s, err := capture.Find(name); err != nil {
		return nil, err
	} else if s.Live {
		return capture.OpenLive(name, mostFeed, note)
	}
	return capture.Play(name, mostFeed, note)
}

// noteFeed tells the user of a feed's fate. It may be called from any goroutine.
func (s *studio) noteFeed(text string) { s.post(func() { s.tell(text) }) }

// stillOf is a feed's picture of now, for what needs one.
func stillOf(f feed) *dream.Still { return dream.StillOf(f.Name(), f.Image()) }

// openInput dreams on a camera, a screen, a stream, a film or a folder of pictures.
func (s *studio) openInput(name string) {
	if s.session == nil || s.opening {
		s.warn(errBusy)
		return
	}
	s.opening = true
	s.tell("opening " + name)
	s.background(func() {
		f, err := openFeed(name, s.noteFeed)
		s.post(func() {
			s.opening = false
			if err != nil {
				s.warn(err)
				return
			}
			if s.closing {
				s.dropFeed(f)
				return
			}
			s.dreamOn(opened{start: stillOf(f), feed: f})
		})
	})
}

// makeInput dreams on from a picture that is made.
func (s *studio) makeInput(name string) {
	if s.session == nil || s.opening {
		s.warn(errBusy)
		return
	}
	s.dreamOn(opened{start: s.madeStart(name, s.session.latest().seed)})
}

// feedOf is the feed that is dreamed on, nil for none.
func (s *studio) feedOf() feed {
	if s.session == nil {
		return nil
	}
	return s.session.latest().feed
}

// film is the film that plays, nil for none.
func (s *studio) film() *capture.Player {
	p, _ := s.feedOf().(*capture.Player)
	return p
}

// tend closes feeds that are dreamed on no more, has a film stand still with the dream, and the panel show what there is to turn.
func (s *studio) tend(paused bool) {
	s.supply()
	now := s.feedOf()
	if now != s.fed.feed {
		if old := s.fed.feed; old != nil {
			s.background(old.Close)
		}
		s.fed.feed = now
		if now == nil {
			s.fed.motion = nil
		}
		s.post(s.buildUI)
	}
	if p := s.film(); p != nil && paused != s.fed.paused {
		p.Pause(paused)
	}
	s.fed.paused = paused && s.film() != nil
}

// fed is the feed that was dreamed on at the last look, whether its film stands still, and what the knobs stood at before it.
type fed struct {
	feed   feed
	paused bool
	motion *dream.Settings
}

// suitFeed has a feed's own motion be the only one, and what moved before move again after it. It changes only w, for what is
// opened may fail, or be suited twice.
func (s *studio) suitFeed(w *dream.Settings, to feed) {
	switch {
	case to != nil && s.fed.motion == nil:
		w.Zoom, w.Rotate, w.PanX, w.PanY, w.Drift = 0, 0, 0, 0, 0
	case to == nil && s.fed.motion != nil:
		b := s.fed.motion
		w.Zoom, w.Rotate, w.PanX, w.PanY, w.Drift = b.Zoom, b.Rotate, b.PanX, b.PanY, b.Drift
	}
}

// keep remembers what the knobs stood at before a feed is dreamed on, until none is.
func (f *fed) keep(before dream.Settings, to feed) {
	if to == nil {
		f.motion = nil
	} else if f.motion == nil {
		f.motion = &before
	}
}

// endFeed closes the feed, and the one before where that has not been done.
func (s *studio) endFeed() {
	s.dropFeed(s.fed.feed)
	if f := s.feedOf(); f != nil {
		s.background(f.Close)
	}
}

// dropFeed closes a feed that is not dreamed on; nil is none.
func (s *studio) dropFeed(f feed) {
	if f != nil && f != s.feedOf() {
		s.background(f.Close)
	}
}

// picture is what the dream was begun on, or what its feed shows now.
func (b *beginning) picture() *image.RGBA {
	if b.feed != nil {
		return b.feed.Image()
	}
	return b.start.Image()
}

// input is what is dreamed on.
func (o *opening) input() dream.Input { return inputOf(o.start, o.feed) }

func inputOf(start *dream.Still, f feed) dream.Input {
	if f != nil {
		return f
	}
	return start
}

// warnFeed tells that a recording of a feed cannot be made again.
func (s *studio) warnFeed() {
	if f := s.feedOf(); f != nil {
		s.tell(fmt.Sprintf("what is recorded of %s as it comes cannot be made again from its recipe; 'keep the input' below the recorder's choices keeps that too", shortName(f.Name())))
	}
}

var errNoCamera = errors.New("app: there is no camera; plug one in")

// openCamera dreams on a camera, or on the next one where one is dreamed on.
func (s *studio) openCamera() {
	s.background(func() {
		cameras, err := capture.Cameras()
		s.post(func() {
			switch {
			case err != nil:
				s.warn(err)
			case len(cameras) == 0:
				s.warn(errNoCamera)
			default:
				at := 0
				if f := s.feedOf(); f != nil {
					at = slices.IndexFunc(cameras, func(c capture.Source) bool { return c.Spec == f.Name() }) + 1
				}
				s.openInput(cameras[at%len(cameras)].Spec)
			}
		})
	})
}
