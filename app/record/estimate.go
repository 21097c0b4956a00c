package record

import (
	"image"
	"math"

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
	format, err := FormatOf(path)
	if err != nil {
		return 0, err
	}
	one, err := format.cost(m, o)
	if o.Loop == PingPong {
		frames = max(2*frames-2, 1)
	}
	return int64(frames) * int64(one), err
}

// costOfGIF is the size of a frame of which everything changes.
func costOfGIF(m *image.RGBA, o Options) (int, error) {
	var q quantizer
	q.add(m)
	b := gifBlocks{dither: o.Dither}
	return len(b.frame(gifFrame{picture: m, keep: make([]bool, m.Rect.Dx()*m.Rect.Dy()), rect: m.Rect, palette: q.make()})), nil
}

// costOfVideo goes by dreams measured at the default quality; six steps of crf
// halve a video.
func costOfVideo(m *image.RGBA, o Options) (int, error) {
	const bitsPerPixel = 1.6
	bits := bitsPerPixel * float64(m.Rect.Dx()*m.Rect.Dy())
	return int(bits / 8 * math.Exp2(float64(o.Quality-85)*0.4/6)), nil
}

// costAs is the size of the frame as a picture of its own.
func costAs(ending string) func(m *image.RGBA, o Options) (int, error) {
	return func(m *image.RGBA, o Options) (int, error) {
		data, err := picture.Encode("x"+ending, m, o.Quality)
		return len(data), err
	}
}
