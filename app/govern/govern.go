// Package govern decides how large a canvas is, by how fast it is dreamed: size before rate. Sizes change
// rarely, and then at once to what the measured rate says.
package govern

import (
	"image"
	"math"
	"time"
)

// Canvas is a canvas whose size is governed. The zero value has no shape and so no size.
type Canvas struct {
	Shape image.Point // whose proportions the canvas has
	Sharp bool        // as large as dreams come at all, rather than as small as they come fluidly
	Side  float64     // the longer side, in pixels

	frames int           // of that size
	first  time.Duration // what the first of them took, which pays for its buffers
	took   time.Duration // what the others took together
}

// LeastSide is the shorter side below which no canvas falls while a dream in two seconds is possible.
const LeastSide = 240

// band is the dreams a second that a canvas keeps within, and what it goes to from outside.
type band struct{ low, aim, high float64 }

var (
	fluid = band{4, 6.5, 11}
	sharp = band{0.5, 0.8, 1.8}
)

// slowest is a dream in two seconds, and what a canvas goes to that cannot keep it.
var slowest = band{low: 0.5, aim: 0.65}

// smallest is the longer side that no canvas falls below, however slow.
const smallest = 96

// Resize makes the longer side so many pixels.
func (c *Canvas) Resize(side float64) {
	c.Side = math.Round(side)
	c.forget()
}

func (c *Canvas) forget() { c.frames, c.first, c.took = 0, 0, 0 }

// Size is the canvas's size, 0 without a shape.
func (c *Canvas) Size() (w, h float64) { return c.Of(c.Side) }

// Of is the canvas's size with that longer side.
func (c *Canvas) Of(side float64) (w, h float64) {
	if c.Shape.X == 0 || c.Shape.Y == 0 {
		return 0, 0
	}
	f := side / float64(max(c.Shape.X, c.Shape.Y))
	return max(math.Round(f*float64(c.Shape.X)), 16), max(math.Round(f*float64(c.Shape.Y)), 16)
}

// Least is the longer side of a canvas with LeastSide.
func (c *Canvas) Least() float64 {
	return math.Ceil(LeastSide * float64(max(c.Shape.X, c.Shape.Y)) / float64(max(min(c.Shape.X, c.Shape.Y), 1)))
}

// Dreamed hears what a frame of the canvas's size took.
func (c *Canvas) Dreamed(took time.Duration) {
	if c.frames++; c.frames == 1 {
		c.first = took
	} else {
		c.took += took
	}
	if c.frames > 60 || c.took > 30*time.Second && c.frames > 4 { // the present counts, not the average of a long past
		n := c.frames - 1
		c.frames = n/2 + 1
		c.took = c.took / time.Duration(n) * time.Duration(n/2)
	}
}

// Govern changes the size where the dreams come too slowly, or quickly enough for more, and tells whether
// it has. The longer side is no larger than asked, where that is not 0, and does not grow beyond room.
func (c *Canvas) Govern(asked float64, room func() float64) bool {
	rate := c.rate()
	if rate == 0 {
		return false
	}
	next := c.next(rate, asked, room)
	change := next / c.Side
	const little, much = 1.12, 1.4
	switch {
	case change < little && change > 1/little:
		return false
	case change < much && change > 1/much && !c.sure():
		return false
	}
	c.Resize(next)
	return true
}

// Reach is the longer side that a canvas goes to where one is asked for: that, or as large as its dreams still come in time, by the
// measured rate. While that is not known, a canvas does not grow: one dream far too large can take minutes.
func (c *Canvas) Reach(asked float64) float64 {
	if asked <= c.Side {
		return asked
	}
	return min(asked, max(c.Side, even(c.side(c.rate(), c.band().low))))
}

// band is the one of the canvas.
func (c *Canvas) band() band {
	if c.Sharp {
		return sharp
	}
	return fluid
}

// side is the longer side that comes so many times a second, by the rate at the present one: what a dream takes goes by its area.
func (c *Canvas) side(rate, aim float64) float64 { return c.Side * math.Sqrt(rate/aim) }

// next is the longer side that a rate at the present one calls for.
func (c *Canvas) next(rate, asked float64, room func() float64) float64 {
	b := c.band()
	at := func(aim float64) float64 { return c.side(rate, aim) }
	side := c.Side
	if rate < b.low || rate > b.high {
		side = even(at(b.aim))
	}
	if asked > 0 {
		side = min(side, asked)
	}
	if side > c.Side {
		side = max(min(side, room()), c.Side)
	}
	least, possible := c.Least(), slowest.low
	if c.Side < least {
		possible = slowest.aim // it goes there to stay
	}
	if at(possible) >= least {
		side = max(side, least)
	} else {
		side = min(max(side, even(at(slowest.aim))), least)
	}
	if asked > 0 {
		side = min(side, asked)
	}
	return max(side, min(smallest, c.Side))
}

// even is a side that buffers are made for.
func even(side float64) float64 { return math.Round(side/16) * 16 }

// rate is the dreams a second at the present size, 0 while too little is known. The slower the dream, the
// fewer frames have to be waited for.
func (c *Canvas) rate() float64 {
	const brief = 800 * time.Millisecond
	switch {
	case c.frames == 1 && c.first > 6*brief: // no buffers take that long
		return 1 / c.first.Seconds()
	case c.frames > 1 && c.took > brief, c.frames > 12:
		return float64(c.frames-1) / max(c.took.Seconds(), 1e-4)
	}
	return 0
}

// sure tells whether the rate has been seen for long enough to change the size a little.
func (c *Canvas) sure() bool { return c.frames > 4 && c.took > 5*time.Second }
