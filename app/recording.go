package app

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"time"

	"zalgoscope/app/record"
)

// recorder is the studio's camera: how recordings are written, the one that runs, and those
// that are being finished.
type recorder struct {
	kind     string  // file name extension
	length   float64 // seconds of film after which a recording ends; 0 for never
	rate     float64 // frames a second; 0 for as many as are dreamed
	side     float64 // longer side of the file's frames in pixels; 0 for the canvas's
	options  record.Options
	keep     bool // the input's pictures too, where they come by themselves
	take     *take
	starting bool // a recording's file is being made
	jobs     []*job
	last     string // the film that was written last, "" for none

	estimate string // of the file's bytes
	asked    time.Time
	busy     bool
}

// The ring goes back so far, but never takes more than so many bytes.
const (
	ringSpan  = 20 * time.Second
	ringBytes = 192 << 20
)

func newRecorder() recorder { return recorder{kind: record.Endings(true)[0]} }

func newRing() *record.Ring { return record.NewRing(ringSpan, ringBytes) }

// toggleRecord starts a recording or ends it.
func (s *studio) toggleRecord() {
	r := &s.recorder
	if r.take != nil {
		s.endTake("")
		return
	}
	if s.session == nil || s.shown.Frame == nil || r.starting {
		return
	}
	r.starting = true
	keep := r.keep
	o := s.recordOptions(s.shown.Image)
	t := &take{
		path: r.unused(saveFolder(), time.Now().Format("dream-2006-01-02-150405")),
		fps:  o.FPS, most: s.recordFrames(o.FPS),
	}
	t.job = &job{name: filepath.Base(t.path), film: t.path}
	o.Closing = t.job.progress
	o.Recipe = func() record.Recipe {
		recipe := t.of.log.Recipe()
		recipe.From = int(t.from.Load())
		return recipe
	}
	kept := s.feedOf()
	s.write(func() {
		next, err := record.Create(t.path, o)
		if err == nil && kept != nil && keep {
			if t.input, err = keepInput(kept, t.path, t.fps); err != nil {
				_ = next.Close() // which has nothing in it
			}
		}
		if err == nil {
			const waiting = 32 // frames
			t.writer = record.Background(next, waiting)
			t.job.writer = t.writer
		}
		s.post(func() { s.roll(t, err) })
	})
}

// unused is the path of a file of the kind that is chosen, with a number where there is one of that name or
// one is being written: two recordings may begin in the same second.
func (r *recorder) unused(folder, name string) string {
	return r.unusedPath(filepath.Join(folder, name), r.kind)
}

// unusedPath is unused for a path without its ending.
func (r *recorder) unusedPath(path, ending string) string {
	for n := 1; ; n++ {
		next := path + ending
		if n > 1 {
			next = fmt.Sprintf("%s-%d%s", path, n, ending)
		}
		_, err := os.Lstat(next)
		if err != nil && !slices.ContainsFunc(r.jobs, func(j *job) bool { return j.name == filepath.Base(next) }) {
			return next
		}
	}
}

// recordOptions are those of a recording of frames like m.
func (s *studio) recordOptions(m *image.RGBA) record.Options {
	r := &s.recorder
	o := r.options
	o.FPS = s.recordRate()
	if side := int(r.side); m.Rect.Dx() >= m.Rect.Dy() {
		o.Size.X = side
	} else {
		o.Size.Y = side
	}
	return o
}

// recordRate is how many frames a second a recording shows.
func (s *studio) recordRate() float64 {
	if s.recorder.rate > 0 {
		return s.recorder.rate
	}
	return min(max(float64(int(s.meter.dreams+0.5)), 4), 50)
}

// recordFrames is the number of frames after which a recording ends, 0 for never.
func (s *studio) recordFrames(fps float64) int {
	if s.recorder.length == 0 {
		return 0
	}
	return max(int(s.recorder.length*fps+0.5), 1)
}

// saveReplay writes what the ring holds.
func (s *studio) saveReplay() {
	r := &s.recorder
	if s.session == nil || s.shown.Frame == nil {
		return
	}
	ring := s.session.ring.Still()
	if frames, _, _ := ring.Held(); frames == 0 {
		return
	}
	path := r.unused(saveFolder(), time.Now().Format("replay-2006-01-02-150405"))
	o := s.recordOptions(s.shown.Image)
	o.FPS = r.rate // 0 for the ring's own
	j := &job{name: filepath.Base(path), film: path}
	o.Closing = j.progress
	s.finish(j, func() (string, error) {
		return "the last seconds are in " + path, ring.Save(path, o, j.progress)
	})
}

// watch ends a recording that is full, has failed, or whose dream has gone.
func (r *recorder) watch(s *studio, now time.Time) {
	if t := r.take; t != nil {
		switch {
		case t.writer.Err() != nil || t.full.Load() || t.input != nil && t.input.fault() != nil:
			s.endTake("")
		case t.ses != s.session:
			s.endTake("another net began")
		case t.of != t.ses.latest():
			s.endTake("the dream began anew")
		}
	}
	if r.busy || s.folded || now.Sub(r.asked) < 5*time.Second || s.shown.Frame == nil {
		return
	}
	r.busy, r.asked = true, now
	m := s.shown.Image
	o, kind, length := s.recordOptions(m), r.kind, r.length
	if length == 0 {
		length = 10
	}
	s.background(func() {
		n, err := record.Estimate("x"+kind, o, m, int(length*o.FPS))
		s.post(func() {
			r.busy = false
			r.estimate = ""
			if err == nil {
				r.estimate = fmt.Sprintf("about %s for %.0f s at %g frames/s", byteText(float64(n)), length, o.FPS)
			}
		})
	})
}
