package app

import (
	"errors"
	"fmt"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// CheckStart tells why a file cannot be the picture to begin with, as far as that shows before it is decoded.
func CheckStart(path string) error {
	if isFeed(path) {
		return nil
	}
	return picture.Options{Most: mostStart}.Check(path)
}

// first opens the picture to begin with while the window is there already. Where it turns out to be damaged
// static takes its place.
func (s *studio) first(path string) {
	s.opening = true
	if isFeed(path) {
		s.firstFeed(path)
		return
	}
	s.background(func() {
		m, err := picture.Options{Most: mostStart, Progress: s.progress(path)}.Open(path)
		s.post(func() {
			s.opening, s.decoding = false, ""
			if s.closing {
				return
			}
			start := dream.StillOf(path, m)
			if err != nil {
				s.warn(err)
				start = s.madeStart("static", s.cfg.Seed)
			}
			s.suit(start)
			s.open(opening{net: s.cfg.Net, id: s.cfg.NetID, start: start, seed: s.cfg.Seed})
		})
	})
}

// firstFeed begins with a feed, or with static where it does not come.
func (s *studio) firstFeed(name string) {
	s.background(func() {
		f, err := openFeed(name, s.noteFeed)
		s.post(func() {
			s.opening = false
			switch {
			case s.closing:
				if err == nil {
					s.background(f.Close)
				}
				return
			case err != nil:
				s.warn(err)
				s.open(opening{net: s.cfg.Net, id: s.cfg.NetID, start: s.madeStart("static", s.cfg.Seed), seed: s.cfg.Seed})
				return
			}
			start, before := stillOf(f), s.want
			s.want.Suit(false)
			s.suitFeed(&s.want, f)
			s.fed.keep(before, f)
			s.adjust()
			s.open(opening{net: s.cfg.Net, id: s.cfg.NetID, start: start, feed: f, seed: s.cfg.Seed})
		})
	})
}

// errClosing ends the decoding of a picture.
var errClosing = errors.New("app: the studio closes")

// progress tells in the status line how far a picture is decoded, and ends that when the studio closes. What it gives may be called
// from any goroutine.
func (s *studio) progress(path string) func(share float64) error {
	last := -1
	return func(share float64) error {
		if s.left.Load() {
			return errClosing
		}
		if now := int(100 * share); now > last {
			last = now
			s.post(func() {
				if s.opening {
					s.decoding = fmt.Sprintf("opening %s: %d %%", shortName(path), now)
					s.drawn.stale = true
				}
			})
		}
		return nil
	}
}
