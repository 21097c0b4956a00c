package record

import (
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// playGIF decodes a GIF and calls see with each frame as a viewer shows it.
func playGIF(t testing.TB, path string, see func(n int, m *image.RGBA)) *gif.GIF {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := gif.DecodeAll(f)
	if err != nil {
		t.Fatalf("image/gif cannot read %s: %v", path, err)
	}
	screen := image.NewRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))
	for i, m := range g.Image {
		draw.Draw(screen, m.Rect, m, m.Rect.Min, draw.Over)
		if see != nil {
			see(i, screen)
		}
	}
	return g
}

// colourError compares two pictures: the sum of the squared differences of the
// channels, and of the CIE 1976 colour differences.
func colourError(a, b *image.RGBA) (square, delta float64) {
	for i := 0; i < len(a.Pix); i += 4 {
		for c := range 3 {
			d := float64(a.Pix[i+c]) - float64(b.Pix[i+c])
			square += d * d
		}
		p, q := lab(a.Pix[i:]), lab(b.Pix[i:])
		delta += math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
	}
	return square, delta
}

var linear = func() (t [256]float64) {
	for i := range t {
		v := float64(i) / 255
		if v <= 0.04045 {
			t[i] = v / 12.92
		} else {
			t[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return t
}()

// lab is CIE L*a*b* of sRGB under D65.
func lab(p []uint8) [3]float64 {
	r, g, b := linear[p[0]], linear[p[1]], linear[p[2]]
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124564*r + 0.3575761*g + 0.1804375*b) / 0.95047)
	y := f(0.2126729*r + 0.7151522*g + 0.0721750*b)
	z := f((0.0193339*r + 0.1191920*g + 0.9503041*b) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// measure plays a GIF against the true frames.
func measure(t testing.TB, path string, frames []*image.RGBA) (psnr, delta float64, bytes int64) {
	t.Helper()
	var square, sum, pixels float64
	g := playGIF(t, path, func(n int, m *image.RGBA) {
		if n < len(frames) {
			s, d := colourError(m, frames[n])
			square, sum, pixels = square+s, sum+d, pixels+float64(len(m.Pix)/4)
		}
	})
	if len(g.Image) != len(frames) {
		t.Fatalf("%s: got %d frames, want %d", path, len(g.Image), len(frames))
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return 10 * math.Log10(255*255*3*pixels/square), sum / pixels, info.Size()
}

func record(t testing.TB, path string, o Options, frames []*image.RGBA) {
	t.Helper()
	r, err := Create(path, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range frames {
		if err := r.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// tool finds a program that a test needs beside Go.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("needs %s on PATH as an independent reader", name)
	}
	return path
}

// ffmpegGIF makes a GIF by ffmpeg's palettegen and paletteuse at their defaults.
func ffmpegGIF(t testing.TB, path string, frames []*image.RGBA) {
	t.Helper()
	ffmpeg := tool(t, "ffmpeg")
	dir := t.TempDir()
	record(t, filepath.Join(dir, "%05d.png"), Options{}, frames)
	in := []string{"-loglevel", "error", "-y", "-framerate", "20", "-i", filepath.Join(dir, "%05d.png")}
	cmd := exec.Command(ffmpeg, append(in, "-lavfi", "split[a][b];[a]palettegen[p];[b][p]paletteuse", path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
}

// BenchmarkGIF encodes 512x512 with each dither, and compares colour error and size
// with ffmpeg's palettegen and paletteuse on the same frames.
func BenchmarkGIF(b *testing.B) {
	const side, count = 512, 40
	frames := benchFrames(b, side, count)
	theirs := filepath.Join(b.TempDir(), "ffmpeg.gif")
	ffmpegGIF(b, theirs, frames)
	psnr, delta, size := measure(b, theirs, frames)
	b.Run("ffmpeg", func(b *testing.B) {
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(psnr, "dB")
		b.ReportMetric(delta, "dE")
		b.ReportMetric(float64(size)/count, "bytes/frame")
	})
	for _, dither := range Dithers {
		for _, palette := range Palettes {
			b.Run(dither+"/"+palette, func(b *testing.B) {
				path := filepath.Join(b.TempDir(), "ours.gif")
				for b.Loop() {
					record(b, path, Options{Dither: dither, Palette: palette}, frames)
				}
				b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "frames/s")
				p, d, s := measure(b, path, frames)
				b.ReportMetric(p, "dB")
				b.ReportMetric(d, "dE")
				b.ReportMetric(float64(s)/float64(size), "size/ffmpeg")
			})
		}
	}
}

// benchFrames are the pictures of a folder named by FRAMES, or the scene's.
func benchFrames(b *testing.B, side, count int) []*image.RGBA {
	dir := os.Getenv("FRAMES")
	if dir == "" {
		return newScene(side, side).frames(count)
	}
	out := make([]*image.RGBA, count)
	for i := range out {
		f, err := os.Open(filepath.Join(dir, fmt.Sprintf("%05d.png", i)))
		if err != nil {
			b.Fatal(err)
		}
		m, _, err := image.Decode(f)
		f.Close()
		if err != nil {
			b.Fatal(err)
		}
		out[i] = image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
		draw.Draw(out[i], out[i].Rect, m, m.Bounds().Min, draw.Src)
	}
	return out
}
