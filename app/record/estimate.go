package record

import (
	"image"
	"math"
	"path/filepath"
	"strings"

	"golang.org/x/image/draw"

	"zalgoscope/app/picture"
)

// Estimate is about how many bytes a recording of so many frames like m will take. It encodes
// one frame, so it costs some milliseconds; video is reckoned by its size and quality.
func Estimate(path string, o Options, m *image.RGBA, frames int) (int64, error) {
	o, err := o.withDefaults()
	if err != nil {
		return 0, err
	}
	size := fit(o.Size, m.Rect.Size())
	if size != m.Rect.Size() {
		out := image.NewRGBA(image.Rectangle{Max: size})
		draw.ApproxBiLinear.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
		m = out
	}
	one := 0
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".gif":
		one = gifFrameSize(m, o)
	case ".mp4", ".webm":
		one = videoFrameSize(size, o)
	default:
		var data []byte
		if ext == ".apng" {
			path = ".png"
		}
		data, err = picture.Encode(path, m, o.Quality)
		one = len(data)
	}
	if o.Loop == PingPong {
		frames = max(2*frames-2, 1)
	}
	return int64(frames) * int64(one), err
}

// gifFrameSize is the size of a frame of which everything changes.
func gifFrameSize(m *image.RGBA, o Options) int {
	var q quantizer
	q.add(m)
	b := gifBlocks{dither: o.Dither}
	return len(b.frame(gifFrame{picture: m, keep: make([]bool, m.Rect.Dx()*m.Rect.Dy()), rect: m.Rect, palette: q.make()}))
}

// videoFrameSize goes by dreams measured at the default quality; six steps of crf
// halve a video.
func videoFrameSize(size image.Point, o Options) int {
	const bitsPerPixel = 1.6
	bits := bitsPerPixel * float64(size.X*size.Y)
	return int(bits / 8 * math.Exp2(float64(o.Quality-85)*0.4/6))
}
