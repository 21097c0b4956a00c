package picture

import (
	"fmt"
	"image"
	"strings"

	"golang.org/x/image/draw"
)

// Fit shrinks a picture so that neither side is longer than most pixels; a smaller
// one stays as it is, and most 0 keeps every picture.
func Fit(m *image.RGBA, most int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if most <= 0 || max(w, h) <= most {
		return m
	}
	return Long(m, most)
}

// Long scales a picture up or down so that its longer side has so many pixels.
func Long(m *image.RGBA, pixels int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	long := max(w, h)
	return scale(m, m.Rect, max(w*pixels/long, 1), max(h*pixels/long, 1))
}

// Cover scales a picture to w x h, cutting off what does not fit the shape, equally at both sides.
func Cover(m *image.RGBA, w, h int) *image.RGBA {
	mw, mh := m.Rect.Dx(), m.Rect.Dy()
	if mw == w && mh == h {
		return m
	}
	part := m.Rect
	if mw*h > mh*w {
		cut := (mw - max(mh*w/h, 1)) / 2
		part.Min.X, part.Max.X = part.Min.X+cut, part.Max.X-cut
	} else {
		cut := (mh - max(mw*h/w, 1)) / 2
		part.Min.Y, part.Max.Y = part.Min.Y+cut, part.Max.Y-cut
	}
	return scale(m, part, w, h)
}

func scale(m *image.RGBA, part image.Rectangle, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Rect, m, part, draw.Src, nil)
	return out
}

// ParseSize reads WxH in pixels.
func ParseSize(text string) (w, h int, err error) {
	var rest string
	n, _ := fmt.Sscanf(strings.ToLower(text), "%dx%d%s", &w, &h, &rest)
	if n != 2 || w < 1 || h < 1 || w > 32768 || h > 32768 {
		return 0, 0, fmt.Errorf("picture: size %q is not WIDTHxHEIGHT in pixels, such as 640x480", text)
	}
	return w, h, nil
}
