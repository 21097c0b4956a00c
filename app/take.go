package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
)

// take is one recording.
type take struct {
	path   string
	writer *record.Writer
	ses    *session
	of     *beginning // the dream that is recorded
	fps    float64
	most   int          // frames after which it ends, 0 for never
	from   atomic.Int64 // frames dreamed before the first one recorded
	full   atomic.Bool  // it has most frames
	frames int          // owned by the loop goroutine
	input  *keptInput   // nil where it is not kept
	job    *job
}

// film gives a frame to the ring and to the recording. It is called on the loop's
// goroutine, which waits where the encoder is behind: recording time slows, and no frame is lost.
func (s *session) film(f *dream.Frame) {
	if s.ringed != s.present {
		s.ringed = s.present
		s.ring.Begin(s.present.log.Recipe)
	}
	s.ring.Add(f)
	if t := s.take.Load(); t != nil && t.of == s.present {
		t.add(s, f)
	}
}

// add records a frame. The window's goroutine ends a recording that is full or has failed.
func (t *take) add(s *session, f *dream.Frame) {
	if t.frames == 0 {
		t.from.Store(int64(f.Number - 1))
	}
	var err error
	if t.input != nil {
		err = t.input.fault()
	}
	if err == nil {
		err = t.writer.Add(f.Picture())
	}
	if err == nil {
		t.frames++
	}
	if t.frames == t.most && t.most > 0 {
		t.full.Store(true)
	}
	if err != nil || t.full.Load() {
		s.take.CompareAndSwap(t, nil)
	}
}

// roll begins a recording whose file is open, of the dream that is asked for by now: with its last frame, so
// that there is one even where it stands still.
func (s *studio) roll(t *take, err error) {
	r := &s.recorder
	r.starting = false
	if err != nil {
		s.warn(err)
		return
	}
	ses := s.session
	if k := t.input; k != nil {
		if k.feed != s.feedOf() { // another one by now
			t.of = ses.latest() // no frame of which is in it
			s.finish(t.job, func() (string, error) {
				for _, err := range []error{t.writer.Close(), k.end()} {
					if err != nil && !errors.Is(err, record.ErrEmpty) {
						return "", err
					}
				}
				return "nothing is recorded: another input began", nil
			})
			return
		}
		// What can be made again has to have a beginning.
		last := ses.latest()
		ses.startOn(k, last.start, last.feed, last.seed, nil)
	}
	t.ses, t.of = ses, ses.latest()
	r.take = t
	if t.input != nil {
		s.tell("the dream began anew, and what it is of is kept in " + filepath.Base(t.input.path))
	} else {
		s.warnFeed()
	}
	if s.closing {
		s.endTake("")
		return
	}
	ses.loop.Do(func(d *dream.Dream) error {
		if t.of != ses.present {
			return nil // it began anew meanwhile, or could not
		}
		ses.take.Store(t)
		if f := ses.loop.Latest(); f != nil && f.Number == d.Frames() {
			t.add(ses, f)
		}
		return nil
	})
	s.drawn.stale = true
}

// endTake ends the recording, for a reason that the user is told unless it is "". The file is
// finished in the background.
func (s *studio) endTake(why string) {
	r := &s.recorder
	t := r.take
	if t == nil {
		return
	}
	r.take = nil
	t.ses.take.CompareAndSwap(t, nil)
	s.finish(t.job, func() (string, error) {
		err := t.endInput() // which the recipe's end tells of
		err = errors.Join(err, t.writer.Close())
		if t.input != nil {
			t.of.log.On(t.input.feed) // what comes now is not kept
		}
		frames, _ := t.writer.Progress()
		text := fmt.Sprintf("recorded %d frames to %s", frames, t.path)
		if why != "" {
			text = why + "; " + text
		}
		return text, err
	})
}

// endInput ends the film of the input, if one is kept, and has the recipe say what it is, or that it is not kept.
func (t *take) endInput() error {
	k := t.input
	if k == nil {
		return nil
	}
	if err := k.end(); err != nil {
		t.of.log.On(k.feed)
		return fmt.Errorf("the input could not be kept, so that %s cannot be made again: %w", filepath.Base(t.path), err)
	}
	t.of.log.On(k)
	return nil
}
