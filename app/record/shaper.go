package record

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"

	"zalgoscope/app/enlarge"
)

// shaper brings every frame to the recording's size, which is that of the first one
// where none was asked for: a canvas may be resized while it is recorded.
type shaper struct {
	next   Recorder
	size   image.Point
	from   image.Point
	scaler draw.Scaler // from size from
	frames int         // taken so far
}

func (s *shaper) Add(m *image.RGBA) error {
	if m.Rect.Min != (image.Point{}) || m.Rect.Empty() {
		return fmt.Errorf("record: a frame of bounds %v does not begin at 0,0 or is empty", m.Rect)
	}
	if s.frames == 0 {
		s.size = fit(s.size, m.Rect.Size())
	}
	s.frames++
	switch from := m.Rect.Size(); {
	case from == s.size:
		return s.next.Add(m)
	case from.X <= s.size.X && from.Y <= s.size.Y:
		return s.next.Add(enlarge.To(m, s.size))
	}
	if s.scaler == nil || s.from != m.Rect.Size() {
		s.from = m.Rect.Size()
		s.scaler = draw.CatmullRom.NewScaler(s.size.X, s.size.Y, s.from.X, s.from.Y)
	}
	out := image.NewRGBA(image.Rectangle{Max: s.size})
	s.scaler.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
	return s.next.Add(out)
}

func (s *shaper) Close() error { return s.next.Close() }

// fit is the wanted size, where sides that are 0 follow the frame's shape.
func fit(want, frame image.Point) image.Point {
	switch {
	case want.X == 0 && want.Y == 0:
		return frame
	case want.X == 0:
		want.X = max(want.Y*frame.X/frame.Y, 1)
	case want.Y == 0:
		want.Y = max(want.X*frame.Y/frame.X, 1)
	}
	return want
}
