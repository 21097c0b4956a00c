package app

import (
	"image"

	"zalgoscope/app/dream"
)

// shape is that of a start picture which has none of its own: the window's, at about a size.
func (s *studio) shape() image.Point {
	const side = 640
	size := s.canvasArea().Size()
	if s.frame.Empty() || size.X <= 0 || size.Y <= 0 { // the window is not there yet
		size = image.Pt(firstWidth, firstHeight)
		if s.placed.Width > 0 {
			size = image.Pt(s.placed.Width, s.placed.Height)
		}
		if !s.folded {
			size = size.Sub(image.Pt(panelWidth, statusHeight))
		}
	}
	if size.X >= size.Y {
		return image.Pt(side, max(side*size.Y/size.X, 16))
	}
	return image.Pt(max(side*size.X/size.Y, 16), side)
}

// madeStart makes a start picture of the window's shape.
func (s *studio) madeStart(name string, seed uint64) *dream.Still {
	size := s.shape()
	return dream.Make(name, size.X, size.Y, seed)
}
