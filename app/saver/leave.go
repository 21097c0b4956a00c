package saver

import (
	"image"
	"time"
)

// Leaving tells real mouse moves from the pointer's trembling: the first place is only taken
// note of, and a move counts when it goes far enough within a second.
type Leaving struct {
	known bool
	from  image.Point
	at    time.Time
}

// threshold is how far the pointer must go, in pixels.
const threshold = 12

// Moved takes a place of the pointer and tells whether the user wants the screen back.
func (l *Leaving) Moved(p image.Point, now time.Time) bool {
	if l.known && p != l.from {
		d := p.Sub(l.from)
		if d.X*d.X+d.Y*d.Y >= threshold*threshold {
			return true
		}
	}
	if !l.known || now.Sub(l.at) > time.Second {
		l.known, l.from, l.at = true, p, now
	}
	return false
}
