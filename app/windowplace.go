package app

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/desk"
)

// The window's size at first, where there is room for it, and the least that it is usable at.
const (
	firstWidth, firstHeight = 1280, 800
	leastWidth, leastHeight = 640, 400
)

// windowPlace is where the window stood when it was closed, without its frame, in device-independent pixels from its
// monitor's corner. The zero value is nowhere yet.
type windowPlace struct {
	Monitor             string
	X, Y, Width, Height int
	Maximised           bool
}

// valid tells whether a window can have stood so.
func (p windowPlace) valid() bool {
	const far = 1 << 15
	for _, v := range []int{p.X, p.Y} {
		if v < -far || v > far {
			return false
		}
	}
	return p.Width >= leastWidth/2 && p.Width < far && p.Height >= leastHeight/2 && p.Height < far
}

// placeWindow puts the window, which is not open yet, where it was the last time, else in the middle of its monitor;
// what does not fit there it makes fit.
func (s *studio) placeWindow() {
	p := s.placed
	anywhere := p.Width == 0
	if anywhere {
		p.Width, p.Height = firstWidth, firstHeight
	}
	monitor := ebiten.Monitor()
	for _, m := range ebiten.AppendMonitors(nil) {
		if p.Monitor != "" && m.Name() == p.Monitor {
			monitor = m
			ebiten.SetMonitor(m)
			break
		}
	}
	least := image.Pt(leastWidth, leastHeight)
	if monitor != nil {
		room, ok := desk.RoomOn(monitor.Name())
		scale := monitor.DeviceScaleFactor()
		if !ok {
			w, h := monitor.Size()
			room.Area = image.Rect(0, 0, int(float64(w)*scale), int(float64(h)*scale))
		}
		at := scaledRect(image.Rect(0, 0, p.Width, p.Height).Add(image.Pt(p.X, p.Y)), scale)
		at = scaledRect(room.Fit(at, anywhere), 1/scale)
		p.X, p.Y, p.Width, p.Height = at.Min.X, at.Min.Y, at.Dx(), at.Dy()
		most := scaledRect(room.Fit(image.Rect(0, 0, math.MaxInt32, math.MaxInt32), true), 1/scale)
		least = image.Pt(min(least.X, most.Dx()), min(least.Y, most.Dy()))
		ebiten.SetWindowPosition(p.X, p.Y)
	}
	ebiten.SetWindowSizeLimits(max(least.X, 1), max(least.Y, 1), -1, -1)
	ebiten.SetWindowSize(max(p.Width, 1), max(p.Height, 1))
	if p.Maximised {
		ebiten.MaximizeWindow()
	}
}

// windowPlaceNow is where the window stands. That of a maximised one is where it stood at the beginning.
func (s *studio) windowPlaceNow() windowPlace {
	if s.frame.Empty() {
		return s.placed // it never came up
	}
	p := s.placed
	if p.Maximised = ebiten.IsWindowMaximized(); p.Maximised && p.Width > 0 {
		return p
	}
	if m := ebiten.Monitor(); m != nil {
		p.Monitor = m.Name()
	}
	p.X, p.Y = ebiten.WindowPosition()
	p.Width, p.Height = ebiten.WindowSize()
	return p
}

func scaledRect(r image.Rectangle, by float64) image.Rectangle {
	at := func(v int) int { return int(math.Round(float64(v) * by)) }
	return image.Rectangle{Min: image.Pt(at(r.Min.X), at(r.Min.Y)), Max: image.Pt(at(r.Max.X), at(r.Max.Y))}
}
