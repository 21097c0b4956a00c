package widget

import (
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
)

// wheel is the mouse's. What a turn of it began on keeps it, whatever comes to lie under the pointer meanwhile.
var wheel struct {
	owner any
	at    image.Point // where the pointer was when it was last turned
	last  time.Time
}

// How long the wheel rests between two turns, at most, if the pointer stands still, and if it has moved a little.
const (
	longRest  = 1500 * time.Millisecond
	shortRest = 250 * time.Millisecond
)

// TakeWheel gives the wheel to what asks for it first, until the wheel rests or the pointer goes elsewhere. It tells
// whether the asker has it.
func TakeWheel(by any) bool {
	x, y := ebiten.CursorPosition()
	at, now := image.Pt(x, y), time.Now()
	if owner := wheelOwner(at, now); owner != nil && owner != by {
		return false
	}
	wheel.owner, wheel.at, wheel.last = by, at, now
	return true
}

// HasWheel tells whether something has the wheel already.
func HasWheel(by any) bool {
	x, y := ebiten.CursorPosition()
	return wheelOwner(image.Pt(x, y), time.Now()) == by
}

func wheelOwner(at image.Point, now time.Time) any {
	const little, far = 4, 40
	d := at.Sub(wheel.at)
	way := max(d.X, -d.X, d.Y, -d.Y)
	rest := now.Sub(wheel.last)
	if way > far || rest > longRest || way > little && rest > shortRest {
		return nil
	}
	return wheel.owner
}
