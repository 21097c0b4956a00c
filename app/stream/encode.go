package stream

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"

	"zalgoscope/app/ffmpeg"
)

// args are ffmpeg's for pictures of a size: a key frame every two seconds, no B-frames, and a rate that servers take.
func (s *Stream) args(size image.Point) []string {
	rate := fmt.Sprint(s.o.Rate)
	args := []string{"-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", fmt.Sprintf("%dx%d", size.X, size.Y), "-framerate", rate, "-i", "pipe:0"}
	out, _ := format(s.to) // Open has checked it
	if out[1] == "v4l2" {
		return append(append(args, "-vf", "format=yuv420p"), out...)
	}
	if s.o.Sound != "" {
		args = append(args, "-stream_loop", "-1", "-i", ffmpeg.File(s.o.Sound))
	} else {
		args = append(args, "-f", "lavfi", "-i", "anullsrc=r=44100:cl=stereo")
	}
	bits := fmt.Sprintf("%dk", max(size.X*size.Y*int(s.o.Rate)/8000, 500)) // an eighth of a bit a pixel: dreams are full of detail
	args = append(args, "-map", "0:v", "-map", "1:a", "-shortest",
		"-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
		"-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-bf", "0", "-g", fmt.Sprint(int(2*s.o.Rate)), "-b:v", bits, "-maxrate", bits, "-bufsize", bits,
		"-c:a", "aac", "-b:a", "128k", "-ar", "44100")
	return append(args, out...)
}

// fitted is a picture at the stream's size, with bars where it has another shape.
func fitted(m *image.RGBA, size image.Point) *image.RGBA {
	at := m.Rect.Size()
	if at == size && m.Stride == 4*size.X {
		return m
	}
	k := min(float64(size.X)/float64(at.X), float64(size.Y)/float64(at.Y))
	w, h := int(float64(at.X)*k+.5), int(float64(at.Y)*k+.5)
	out := image.NewRGBA(image.Rectangle{Max: size})
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 255
	}
	x, y := (size.X-w)/2, (size.Y-h)/2
	draw.ApproxBiLinear.Scale(out, image.Rect(x, y, x+w, y+h), m, m.Rect, draw.Src, nil)
	return out
}
