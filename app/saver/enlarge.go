package saver

import (
	"image"

	"golang.org/x/image/draw"

	"zalgoscope/app/dream"
	"zalgoscope/app/glide"
	"zalgoscope/nn"
)

// enlarged is a frame brought to about the size at which it is shown, where it is smaller: by
// cubic curves, which show no squares where straight lines would, and with crisp edges. This is
// done once a dream.
func enlarged(f *dream.Frame, size image.Point) *dream.Frame {
	from := f.Image.Rect.Size()
	scale := max(float64(size.X)/float64(from.X), float64(size.Y)/float64(from.Y))
	if scale < 1.1 {
		return f
	}
	to := image.Pt(int(scale*float64(from.X)+0.5), int(scale*float64(from.Y)+0.5))
	big := *f
	big.Image = image.NewRGBA(image.Rectangle{Max: to})
	draw.CatmullRom.Scale(big.Image, big.Image.Rect, f.Image, f.Image.Rect, draw.Src, nil)
	big.Image = crisp(big.Image, int(scale))
	big.Motion = glide.After(stretch(from, to), glide.After(f.Motion, stretch(to, from)))
	return &big
}

// stretch maps pixels of one size to those of another, border on border.
func stretch(from, to image.Point) nn.Affine {
	x, y := float64(to.X)/float64(from.X), float64(to.Y)/float64(from.Y)
	return nn.Affine{A: x, C: x/2 - 0.5, E: y, F: y/2 - 0.5}
}
