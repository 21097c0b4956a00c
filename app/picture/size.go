package picture

import (
	"fmt"
	"image"
	"strings"
)

// Fit shrinks a picture so that neither side is longer than most pixels; a smaller
// one stays as it is, and most 0 keeps every picture.
func Fit(m *image.RGBA, most int) *image.RGBA {
	w, h := fitting(m.Rect.Dx(), m.Rect.Dy(), most)
	if w == m.Rect.Dx() && h == m.Rect.Dy() {
		return m
	}
	return scale(m, m.Rect, w, h)
}

// fitting is the size that Fit makes of w x h.
func fitting(w, h, most int) (int, int) {
	if most <= 0 || max(w, h) <= most {
		return w, h
	}
	return long(w, h, most)
}

// Long scales a picture up or down so that its longer side has so many pixels.
func Long(m *image.RGBA, pixels int) *image.RGBA {
	w, h := long(m.Rect.Dx(), m.Rect.Dy(), pixels)
	return scale(m, m.Rect, w, h)
}

func long(w, h, pixels int) (int, int) {
	side := max(w, h)
	return max(w*pixels/side, 1), max(h*pixels/side, 1)
}

// Cover scales a picture to w x h, cutting off what does not fit the shape, equally at both sides.
func Cover(m *image.RGBA, w, h int) *image.RGBA {
	if m.Rect.Dx() == w && m.Rect.Dy() == h {
		return m
	}
	return scale(m, covering(m.Rect.Dx(), m.Rect.Dy(), w, h).Add(m.Rect.Min), w, h)
}

// covering is the part of a picture of mw x mh pixels that Cover scales to w x h.
func covering(mw, mh, w, h int) image.Rectangle {
	part := image.Rect(0, 0, mw, mh)
	if mw*h > mh*w {
		cut := (mw - max(mh*w/h, 1)) / 2
		part.Min.X, part.Max.X = part.Min.X+cut, part.Max.X-cut
	} else {
		cut := (mh - max(mw*h/w, 1)) / 2
		part.Min.Y, part.Max.Y = part.Min.Y+cut, part.Max.Y-cut
	}
	return part
}

// ParseSize reads WxH in pixels.
func ParseSize(text string) (w, h int, err error) {
	var rest string
	n, _ := fmt.Sscanf(strings.ToLower(text), "%dx%d%s", &w, &h, &rest)
	const most = 32768
	switch {
	case n != 2 || w < 1 || h < 1:
		return 0, 0, fmt.Errorf("picture: size %q is not WIDTHxHEIGHT in pixels, such as 640x480", text)
	case w > most || h > most:
		return 0, 0, fmt.Errorf("picture: size %q has more than %d pixels on a side", text, most)
	}
	return w, h, nil
}
