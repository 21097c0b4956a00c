package midi

import (
	"time"

	"gitlab.com/gomidi/midi/v2"
)

// perBeat is how many ticks of MIDI's clock are a quarter note.
const perBeat = 24

// Clock follows the clock of a device. The zero value has heard nothing.
type Clock struct {
	ticks   []time.Time // the last ones, at most most
	count   int         // since the start
	stopped bool
}

// Beat is where a clock is.
type Beat struct {
	Tempo float64 // beats a minute; 0 while there is no clock
	Phase float64 // of the beat, from 0 to 1
	Count int     // beats since the start
}

// mostTicks are those of two bars of four beats: enough to even out what the way here adds to each.
const mostTicks = 8 * perBeat

// pause is the longest time between ticks: 20 beats a minute.
const pause = 150 * time.Millisecond

// hear takes a message, and tells whether it was the clock's.
func (c *Clock) hear(m midi.Message, now time.Time) bool {
	switch {
	case m.Is(midi.TimingClockMsg):
		if n := len(c.ticks); n > 0 && now.Sub(c.ticks[n-1]) > pause {
			c.ticks = c.ticks[:0]
		}
		if len(c.ticks) == mostTicks {
			c.ticks = append(c.ticks[:0], c.ticks[1:]...)
		}
		c.ticks = append(c.ticks, now)
		if !c.stopped {
			c.count++
		}
	case m.Is(midi.StartMsg):
		c.stopped, c.count = false, -1 // the first tick after it is the beat
	case m.Is(midi.ContinueMsg):
		c.stopped = false
	case m.Is(midi.StopMsg):
		c.stopped = true
	default:
		return false
	}
	return true
}

// beat is where the clock is; none while it is silent or stopped.
func (c *Clock) beat(now time.Time) Beat {
	n := len(c.ticks)
	if n <= perBeat || c.stopped || c.count < 0 || now.Sub(c.ticks[n-1]) > pause {
		return Beat{}
	}
	tick := c.period()
	at := float64(c.count) + min(now.Sub(c.ticks[n-1]).Seconds()/tick, 1)
	whole := c.count / perBeat
	return Beat{Tempo: 60 / (perBeat * tick), Phase: min(at/perBeat-float64(whole), 1), Count: whole}
}

// period is the time between ticks in seconds: the slope of the line through them all, which what is late by chance
// turns least.
func (c *Clock) period() float64 {
	n := float64(len(c.ticks))
	var sum, weighted float64
	for i, t := range c.ticks {
		s := t.Sub(c.ticks[0]).Seconds()
		sum += s
		weighted += float64(i) * s
	}
	return (weighted - sum*(n-1)/2) / (n * (n*n - 1) / 12)
}
