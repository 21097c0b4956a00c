package record

import (
	"image"
	"image/draw"
	"image/gif"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"zalgoscope/app/picture"
	"zalgoscope/app/toolstest"
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
	if err := recordTo(path, o, frames); err != nil {
		t.Fatal(err)
	}
}

func recordTo(path string, o Options, frames []*image.RGBA) error {
	r, err := Create(path, o)
	if err != nil {
		return err
	}
	for _, m := range frames {
		if err = r.Add(m); err != nil {
			break
		}
	}
	if cerr := r.Close(); cerr != nil {
		return cerr
	}
	return err
}

// tool finds a program that a test needs beside Go.
func tool(t testing.TB, name string) string {
	t.Helper()
	toolstest.Need(t, name)
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
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

// quality is how near a GIF is to the true frames.
type quality struct {
	psnr  float64 // of the pixels, in dB
	eye   float64 // of what is left at a distance, where neighbours mix, in dB
	calm  float64 // of the differences between frames, in dB: low where dithering boils
	delta float64 // mean CIE 1976 colour difference
	bytes int64
}

// qualityOf plays a GIF against the true frames.
func qualityOf(t testing.TB, path string, frames []*image.RGBA) (q quality) {
	t.Helper()
	q.psnr, q.delta, q.bytes = measure(t, path, frames)
	var far, moved, values float64
	var before []float64
	playGIF(t, path, func(n int, m *image.RGBA) {
		wrong := make([]float64, len(m.Pix))
		for i := range wrong {
			wrong[i] = float64(m.Pix[i]) - float64(frames[n].Pix[i])
		}
		for i, v := range before {
			moved += (wrong[i] - v) * (wrong[i] - v)
		}
		before = wrong
		for _, v := range blurred(wrong, 4*m.Rect.Dx()) {
			far += v * v
		}
		values += float64(len(wrong)) * 3 / 4
	})
	q.eye = 10 * math.Log10(255*255*values/far)
	q.calm = 10 * math.Log10(255*255*values*float64(len(frames)-1)/float64(len(frames))/moved)
	return q
}

// blurred is a map of four channels and so many values a row after two passes of a window of 3x3, which is about
// what an eye mixes at arm's length; beyond the edges there is 0.
func blurred(v []float64, row int) []float64 {
	for range 2 {
		for _, step := range []int{4, row} {
			out := make([]float64, len(v))
			for i := range out {
				sum := v[i]
				if i >= step {
					sum += v[i-step]
				}
				if i+step < len(v) {
					sum += v[i+step]
				}
				out[i] = sum / 3
			}
			v = out
		}
	}
	return v
}

func (q quality) report(b *testing.B, than int64) {
	b.ReportMetric(q.psnr, "dB")
	b.ReportMetric(q.eye, "dB-eye")
	b.ReportMetric(q.calm, "dB-calm")
	b.ReportMetric(q.delta, "dE")
	b.ReportMetric(float64(q.bytes)/float64(than), "size/ffmpeg")
}

// BenchmarkGIF encodes frames with each dither, and compares colour error and size
// with ffmpeg's palettegen and paletteuse on the same frames.
func BenchmarkGIF(b *testing.B) {
	frames := benchFrames(b)
	theirs := filepath.Join(b.TempDir(), "ffmpeg.gif")
	ffmpegGIF(b, theirs, frames)
	yardstick := qualityOf(b, theirs, frames)
	b.Run("ffmpeg", func(b *testing.B) {
		b.ReportMetric(0, "ns/op")
		yardstick.report(b, yardstick.bytes)
		b.ReportMetric(float64(yardstick.bytes)/float64(len(frames)), "bytes/frame")
	})
	for _, dither := range Dithers {
		for _, palette := range Palettes {
			b.Run(dither+"/"+palette, func(b *testing.B) {
				path := filepath.Join(b.TempDir(), "ours.gif")
				for b.Loop() {
					record(b, path, Options{Dither: dither, Palette: palette}, frames)
				}
				b.ReportMetric(float64(len(frames)*b.N)/b.Elapsed().Seconds(), "frames/s")
				qualityOf(b, path, frames).report(b, yardstick.bytes)
			})
		}
	}
}

// benchFrames are the PNGs of a folder named by FRAMES, or 40 of the scene at 512x512.
func benchFrames(b *testing.B) (out []*image.RGBA) {
	dir := os.Getenv("FRAMES")
	if dir == "" {
		return newScene(512, 512).frames(40)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(names) < 2 {
		b.Fatalf("%s holds %d pictures, %v, want frames as PNG", dir, len(names), err)
	}
	for _, name := range names {
		m, err := picture.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}
