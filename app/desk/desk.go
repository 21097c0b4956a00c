// Package desk is what the program knows of the desktop that its windows stand on: how much room panels leave,
// which window a dialog belongs to, and what has been copied.
package desk

import "image"

// Room is what a desktop leaves to a window, in device pixels.
type Room struct {
	Area  image.Rectangle // of a monitor, from its corner, without panels
	Frame image.Rectangle // around a window that is a point at 0,0: what the window manager adds to each side
}

// Fit brings a window onto the room: no larger than it is there, frame and all, and wholly on it. A window that is to
// stand anywhere stands in the middle.
func (r Room) Fit(window image.Rectangle, anywhere bool) image.Rectangle {
	inside := image.Rectangle{Min: r.Area.Min.Sub(r.Frame.Min), Max: r.Area.Max.Sub(r.Frame.Max)}
	size := image.Pt(min(window.Dx(), inside.Dx()), min(window.Dy(), inside.Dy()))
	at := window.Min
	if anywhere {
		at = inside.Min.Add(inside.Size().Sub(size).Div(2))
	}
	at.X = max(min(at.X, inside.Max.X-size.X), inside.Min.X)
	at.Y = max(min(at.Y, inside.Max.Y-size.Y), inside.Min.Y)
	return image.Rectangle{Min: at, Max: at.Add(size)}
}
