package saver

import (
	"image"

	"zalgoscope/app/dream"
	"zalgoscope/app/enlarge"
	"zalgoscope/app/glide"
)

// enlarged is a frame brought to about the size at which it is shown, where it is smaller. This is done once a dream.
func enlarged(f *dream.Frame, size image.Point) *dream.Frame {
	from := f.Image.Rect.Size()
	scale := max(float64(size.X)/float64(from.X), float64(size.Y)/float64(from.Y))
	if scale < 1.1 {
		return f
	}
	to := image.Pt(int(scale*float64(from.X)+0.5), int(scale*float64(from.Y)+0.5))
	big := *f
	big.Image = enlarge.To(f.Image, to)
	big.Offset = [2]float64{f.Offset[0] * scale, f.Offset[1] * scale}
	big.Motion = glide.After(enlarge.Stretch(from, to), glide.After(f.Motion, enlarge.Stretch(to, from)))
	return &big
}
