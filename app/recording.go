package app

import (
	"fmt"
	"image"
	"math"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
)

// recorder is the studio's camera: a recording while it runs, the ring that instant
// replays come from, and how both are written.
type recorder struct {
	kind     string // file name extension
	options  record.Options
	ring     *record.Ring
	take     *take
	starting bool   // a recording's file is being made
	writing  string // what is being finished, for the badge; "" for nothing

	estimate string // of the bytes that ten seconds take
	asked    time.Time
	busy     bool
}

// take is one recording.
type take struct {
	path   string
	writer *record.Writer
	began  time.Time
	ses    *session
	from   atomic.Int64 // frames dreamed before the first one recorded, -1 while there is none
}

// The ring goes back so far, but never takes more than so many bytes.
const (
	ringSpan  = 20 * time.Second
	ringBytes = 192 << 20
)

// recordKinds are the files that a recording can be.
var recordKinds = []string{".gif", ".mp4", ".webm", ".apng"}

func newRecorder() recorder {
	return recorder{kind: recordKinds[0], ring: record.NewRing(ringSpan, ringBytes)}
}

// film gives a frame to the ring and to the recording. It is called on the loop's
// goroutine, which waits where the encoder is behind: recording time slows, and no frame is lost.
func (s *session) film(f *dream.Frame) {
	s.ring.Add(f.Image, f.Number, f.Done)
	t := s.take.Load()
	if t == nil {
		return
	}
	t.from.CompareAndSwap(-1, int64(f.Number-1))
	if t.writer.Add(f.Image) != nil {
		s.take.CompareAndSwap(t, nil) // the window's goroutine tells of the error
	}
}

// toggleRecord starts a recording or ends it.
func (s *studio) toggleRecord() {
	r := &s.recorder
	if r.take != nil {
		s.endTake()
		return
	}
	if s.session == nil || s.meter.last == nil || r.starting {
		return
	}
	r.starting = true
	path := filepath.Join(saveFolder(), time.Now().Format("dream-2006-01-02-150405")+r.kind)
	t := &take{path: path, ses: s.session}
	t.from.Store(-1)
	o, log := r.options, s.session.log
	o.FPS = s.recordRate()
	o.Recipe = func() record.Recipe {
		recipe := log.Recipe()
		recipe.From = max(int(t.from.Load()), 0)
		return recipe
	}
	s.background(func() {
		next, err := record.Create(path, o)
		if err == nil {
			const waiting = 32 // frames
			t.writer = record.Background(next, waiting)
		}
		s.post(func() { s.roll(t, err) })
	})
}

// roll begins a recording whose file is open.
func (s *studio) roll(t *take, err error) {
	r := &s.recorder
	r.starting = false
	if err != nil {
		s.warn(err)
		return
	}
	r.take, t.began = t, time.Now()
	if s.closing || s.session != t.ses {
		s.endTake()
		return
	}
	s.session.take.Store(t)
	s.drawn.stale = true
}

// recordRate is how many frames a second a recording shows: as many as are dreamed.
func (s *studio) recordRate() float64 {
	return min(max(math.Round(s.meter.dreams), 4), 50)
}

// endTake ends the recording; the file is finished in the background.
func (s *studio) endTake() {
	r := &s.recorder
	t := r.take
	if t == nil {
		return
	}
	r.take = nil
	t.ses.take.CompareAndSwap(t, nil)
	r.writing = "writing " + filepath.Base(t.path)
	s.drawn.stale = true
	s.background(func() {
		err := t.writer.Close()
		frames, _ := t.writer.Progress()
		s.post(func() {
			r.writing = ""
			if err != nil {
				s.warn(err)
			} else {
				s.tell(fmt.Sprintf("recorded %d frames to %s", frames, t.path))
			}
		})
	})
}

// saveReplay writes what the ring holds.
func (s *studio) saveReplay() {
	r := &s.recorder
	if s.session == nil || r.writing != "" {
		return
	}
	if frames, _, _ := r.ring.Held(); frames == 0 {
		return
	}
	path := filepath.Join(saveFolder(), time.Now().Format("replay-2006-01-02-150405")+r.kind)
	o := r.options
	o.Recipe = s.session.log.Recipe
	r.writing = "writing the replay"
	s.background(func() {
		err := r.ring.Save(path, o, func(done, total int) {
			s.post(func() {
				if r.writing != "" {
					r.writing = fmt.Sprintf("writing the replay, %d of %d", done, total)
				}
			})
		})
		s.post(func() {
			r.writing = ""
			if err != nil {
				s.warn(err)
			} else {
				s.tell("the last seconds are in " + path)
			}
		})
	})
}

// watch ends a recording that has failed, or whose dream was begun anew.
func (r *recorder) watch(s *studio, now time.Time) {
	if t := r.take; t != nil && (t.writer.Err() != nil || t.ses != s.session) {
		s.endTake()
	}
	if r.busy || s.folded || now.Sub(r.asked) < 5*time.Second || s.meter.last == nil {
		return
	}
	r.busy, r.asked = true, now
	o, kind, m := r.options, r.kind, s.meter.last.Image
	o.FPS = s.recordRate()
	s.background(func() {
		n, err := record.Estimate("x"+kind, o, m, int(10*o.FPS))
		s.post(func() {
			r.busy = false
			r.estimate = ""
			if err == nil {
				r.estimate = "about " + byteText(float64(n)) + " for ten seconds"
			}
		})
	})
}

// badge is what the corner of the picture says of a recording; "" for nothing.
func (r *recorder) badge(now time.Time) string {
	if t := r.take; t != nil {
		written, added := t.writer.Progress()
		d := now.Sub(t.began)
		text := fmt.Sprintf("● %d:%02d   %d frames", int(d.Minutes()), int(d.Seconds())%60, added)
		if behind := added - written; behind > 4 {
			text += fmt.Sprintf("   %d to write", behind)
		}
		return text
	}
	return r.writing
}

// drawRecording shows the badge at the picture's top right corner, red while it records.
func (s *studio) drawRecording(dst *ebiten.Image, area image.Rectangle) image.Rectangle {
	text := s.recorder.badge(time.Now())
	if text == "" {
		return image.Rectangle{}
	}
	t := s.look
	w := t.px(230)
	r := image.Rect(area.Max.X-t.px(12)-w, area.Min.Y+t.px(12), area.Max.X-t.px(12), area.Min.Y+t.px(36))
	t.fill(dst, r, colourShade)
	c := colourText
	if s.recorder.take != nil {
		c = colourAlarm
	}
	t.write(dst, clip(text, t.small, w-t.px(16)), t.small, r.Max.X-t.px(8), (r.Min.Y+r.Max.Y)/2, c, alignRight)
	return r
}

// addRecord adds the choices of the recorder to the panel.
func (p *panel) addRecord() []*block {
	r := &p.studio.recorder
	o := &r.options
	return []*block{
		p.choice("file", recordKinds, func() *string { return &r.kind }),
		p.choice("loop", record.Loops, func() *string { return &o.Loop }),
		p.choice("dither", record.Dithers, func() *string { return &o.Dither }),
		p.choice("palette", record.Palettes, func() *string { return &o.Palette }),
	}
}

// choice is a line that goes through its values by clicks.
func (p *panel) choice(name string, values []string, at func() *string) *block {
	t := p.look
	index := func() int { return max(slices.Index(values, *at()), 0) }
	b := newBlock(func() int { return t.px(22) }, func(dst *ebiten.Image, r image.Rectangle) {
		mid := (r.Min.Y + r.Max.Y) / 2
		t.write(dst, name, t.face, r.Min.X, mid, colourDim, alignLeft)
		x := r.Min.X + t.px(86)
		for i, v := range values {
			c := colourDim
			if i == index() {
				c = colourAccent
			}
			t.write(dst, v, t.small, x, mid, c, alignLeft)
			x += (r.Dx() - t.px(86)) / len(values)
		}
	})
	b.click = func(pt image.Point) {
		cell := (b.widget.Rect.Dx() - t.px(86)) / len(values)
		i := (index() + 1) % len(values)
		if pt.X >= t.px(86) {
			i = min((pt.X-t.px(86))/cell, len(values)-1)
		}
		*at() = values[i]
		p.studio.recorder.asked = time.Time{}
	}
	return b
}
