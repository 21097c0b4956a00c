package saver

import (
	"image"

	"zalgoscope/app/dream"
	"zalgoscope/app/govern"
)

// sizer is the size of the dream's canvas: of the window's shape, as large as the engine can dream often enough,
// and no larger than what is shown.
type sizer struct {
	govern.Canvas
	shown image.Point
}

// reshape takes the sizes of the window and of the picture that it shows.
func (z *sizer) reshape(window, shown image.Point) {
	if window == z.Shape && shown == z.shown {
		return
	}
	side := z.Side
	z.Shape, z.shown = window, shown
	if side == 0 {
		side = z.Least()
	}
	z.Resize(min(side, z.most()))
}

// most is the longer side of what is shown.
func (z *sizer) most() float64 { return float64(max(z.shown.X, z.shown.Y)) }

// canvas is the canvas's size.
func (z *sizer) canvas() (w, h int) {
	x, y := z.Size()
	return int(x), int(y)
}

// hear takes a dreamed frame, and resizes when the dream is too slow, or quick enough for more.
func (z *sizer) hear(f *dream.Frame) {
	if w, h := z.Size(); f.Settings.Width != w || f.Settings.Height != h {
		return
	}
	z.Dreamed(f.Took)
	z.Govern(z.most(), z.most)
}
