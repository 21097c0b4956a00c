package saver

import (
	"fmt"
	"image"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// BenchmarkPicture makes the picture of a display, with everything that is done each time it is shown.
func BenchmarkPicture(b *testing.B) {
	for _, size := range []image.Point{{640, 360}, {960, 540}, {1920, 1080}} {
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			s := NewStage(size.X, size.Y, true)
			at := time.Now()
			for n := range 3 {
				s.Show(&dream.Frame{
					Image: dream.Clouds(size.X, size.Y, uint64(n)), Number: n + 1, Done: at.Add(time.Duration(n) * 200 * time.Millisecond),
					Motion: nn.Warp{A: 0.99, B: 0.01, C: 3, D: -0.01, E: 0.99, F: 2},
				})
			}
			for b.Loop() {
				s.changed = true
				s.Picture(0.001)
			}
		})
	}
}

func BenchmarkEnlarged(b *testing.B) {
	f := &dream.Frame{Image: dream.Clouds(320, 180, 1), Motion: nn.Warp{A: 1, E: 1}}
	for b.Loop() {
		enlarged(f, image.Pt(640, 360))
	}
}
