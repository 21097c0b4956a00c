package saver

import (
	"image"
	"math"
	"time"

	"zalgoscope/app/dream"
)

// sizer decides how large the dream's canvas is: of the window's shape, as large as the
// engine can dream often enough.
type sizer struct {
	window image.Point
	side   float64 // longer side
	frames int     // of that size
	took   time.Duration
}

const (
	leastDreams = 3.5 // a second, below which the canvas shrinks
	easyDreams  = 9   // above which it grows
	leastSide   = 224 // below it a screen shows little but blur
	firstSide   = 256
	mostSide    = 1280
)

// reshape takes the size of the window.
func (z *sizer) reshape(window image.Point) {
	if window == z.window {
		return
	}
	side := z.side
	if side == 0 {
		side = firstSide
	}
	z.window = window
	z.resize(side)
}

func (z *sizer) resize(side float64) {
	most := float64(min(max(z.window.X, z.window.Y), mostSide))
	z.side = math.Round(min(max(side, min(leastSide, most)), most))
	z.frames, z.took = 0, 0
}

// canvas is the canvas's size.
func (z *sizer) canvas() (w, h int) {
	f := z.side / float64(max(z.window.X, z.window.Y, 1))
	return max(int(math.Round(f*float64(z.window.X))), 16), max(int(math.Round(f*float64(z.window.Y))), 16)
}

// hear takes a dreamed frame, and resizes when the dream is too slow, or quick enough for more.
func (z *sizer) hear(f *dream.Frame) {
	if w, h := z.canvas(); f.Settings.Width != float64(w) || f.Settings.Height != float64(h) {
		return
	}
	if z.frames++; z.frames == 1 {
		return // the first one of a size pays for its buffers
	}
	if z.took += f.Took; z.frames < 5 {
		return
	}
	rate := float64(z.frames-1) / max(z.took.Seconds(), 1e-4)
	switch {
	case rate < leastDreams:
		z.resize(z.side * max(math.Sqrt(rate/(1.4*leastDreams)), 0.5))
	case rate > easyDreams && z.frames > 12:
		z.resize(z.side * min(math.Sqrt(rate/(0.7*easyDreams)), 1.5))
	case z.frames > 40: // the present counts, not the average of a long past
		z.frames, z.took = 4, z.took*3/time.Duration(z.frames-1)
	}
}
