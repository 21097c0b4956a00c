package enlarge

import (
	"image"
	"testing"

	"golang.org/x/image/draw"

	"zalgoscope/app/dream"
)

// BenchmarkTo enlarges three times on each side, beside the other ways to do so.
func BenchmarkTo(b *testing.B) {
	m := dream.Clouds(320, 240, 1)
	size := image.Pt(960, 720)
	b.Run("edges", func(b *testing.B) {
		for b.Loop() {
			To(m, size)
		}
	})
	for name, scaler := range map[string]draw.Scaler{"bilinear": draw.ApproxBiLinear, "cubic": draw.CatmullRom} {
		b.Run(name, func(b *testing.B) {
			out := image.NewRGBA(image.Rectangle{Max: size})
			for b.Loop() {
				scaler.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
			}
		})
	}
}
