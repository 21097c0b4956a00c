package saver

import (
	"image"
	"math"
	"runtime"
	"time"
)

// Effort is how much of the machine the saver takes.
type Effort int

const (
	Full   Effort = iota
	Modest        // on battery, or beside others that compute
)

// SetEffort changes the effort.
func (s *Show) SetEffort(e Effort) {
	duty := 1.0
	if e == Modest {
		duty = 0.4
	}
	s.duty.Store(uint64(1000 * duty))
}

// period is the time from one picture to the next where making and showing one takes so long.
func (e Effort) period(cost time.Duration) time.Duration {
	quickest, share := time.Second/60, time.Duration(2)
	if e == Modest {
		quickest, share = time.Second/20, 4
	}
	return min(max(quickest, share*cost), time.Second/5)
}

// beat is what the loops of all displays do at every turn.
type beat struct {
	machine machine
	effort  Effort
	looked  time.Time
	last    time.Time // the turn before
}

// turn looks now and then how the machine fares, and asks for the picture of this moment.
func (b *beat) turn(now time.Time, show *Show) (m *image.RGBA, changed bool, err error) {
	if now.Sub(b.looked) > 5*time.Second {
		b.looked, b.effort = now, b.machine.effort()
		show.SetEffort(b.effort)
	}
	passed := 0.0
	if !b.last.IsZero() {
		passed = min(now.Sub(b.last).Seconds(), 0.5)
	}
	b.last = now
	return show.Tick(now, passed)
}

// rest is how long to wait when a turn that began then is over.
func (b *beat) rest(began time.Time) time.Duration {
	cost := time.Since(began)
	return max(b.effort.period(cost)-cost, 0)
}

// pictureSize is the number of pixels that a picture has at most.
func pictureSize() int {
	if runtime.NumCPU() >= 8 {
		return 960 * 540
	}
	return 640 * 360
}

// within makes a size smaller, in its shape, until it has no more than most pixels.
func within(size image.Point, most int) image.Point {
	f := min(math.Sqrt(float64(most)/float64(size.X*size.Y)), 1)
	return image.Pt(max(int(f*float64(size.X)), 1), max(int(f*float64(size.Y)), 1))
}
