package saver

import (
	"image"
	"math"
	"sync"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/enlarge"
	"zalgoscope/nn"
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

// What a picture has at least, whatever the machine, and how long making one, and bringing a dreamed frame to its size,
// may take, so that the display stays smooth and the dream gets the rest.
const (
	leastPicture  = 640 * 360 // pixels
	mostComposing = 10 * time.Millisecond
	mostEnlarging = 60 * time.Millisecond
)

// pictureSize is the number of pixels that a picture for a window has at most. Up to there it is enlarged along its edges;
// the display stretches it to the window, bilinearly, where the window is larger.
func pictureSize(window image.Point) int {
	if window.X*window.Y <= leastPicture {
		return leastPicture
	}
	return affordable()
}

// affordable is the number of pixels that this machine can show smoothly, by a trial of a tenth of a second.
var affordable = sync.OnceValue(func() int {
	size := image.Pt(640, 360)
	stage := NewStage(size.X, size.Y, true)
	small := dream.Clouds(size.X/2, size.Y/2, 1)
	zoom := nn.Warp{A: 0.99, C: 3, E: 0.99, F: 2}
	var large *image.RGBA
	enlarging := timed(time.Now, func() { large = enlarge.To(small, size) })
	for n := range 3 {
		stage.Show(&dream.Frame{Image: large, Number: n + 1, Motion: zoom, Done: time.Now().Add(time.Duration(n) * time.Second)})
	}
	composing := timed(time.Now, func() { stage.changed = true; stage.Picture(0.001) })
	return afford(composing, enlarging)
})

// timed is how long do takes, by a clock that may tick as seldom as that of Windows, every 16 ms: again and again for three of its ticks.
func timed(clock func() time.Time, do func()) time.Duration {
	const ticks = 48 * time.Millisecond
	do() // what is made once
	began := clock()
	for n := 1; ; n++ {
		do()
		if took := clock().Sub(began); took >= ticks {
			return took / time.Duration(n)
		}
	}
}

// afford is the number of pixels for which the time is there, where so much of it goes into those of the least picture.
func afford(composing, enlarging time.Duration) int {
	share := min(mostComposing.Seconds()/composing.Seconds(), mostEnlarging.Seconds()/enlarging.Seconds())
	return max(int(share*leastPicture), leastPicture)
}

// within makes a size smaller, in its shape, until it has no more than most pixels.
func within(size image.Point, most int) image.Point {
	f := min(math.Sqrt(float64(most)/float64(size.X*size.Y)), 1)
	return image.Pt(max(int(f*float64(size.X)), 1), max(int(f*float64(size.Y)), 1))
}
