package record

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// recording gives options with a recipe, and what the recipe should be when so many
// frames have been recorded.
func recording(o Options) (Options, func(frames int) Recipe) {
	r := example(40)
	r.Loop, r.FPS, r.Dither, r.Palette, r.Fade = "", 0, "", "", 0
	o.Recipe = func() Recipe { return r }
	return o, func(frames int) Recipe {
		full, err := o.withDefaults()
		if err != nil {
			panic(err)
		}
		return r.made(full, frames)
	}
}

func TestGIF(t *testing.T) {
	frames := newScene(75, 53).frames(25)
	for _, c := range []struct {
		o     Options
		count int
		loops int
	}{
		{Options{}, 25, 0},
		{Options{FPS: 30}, 25, 0},
		{Options{FPS: 12.5, Dither: Ordered, Palette: Shared}, 25, 0},
		{Options{FPS: 50, Dither: Diffusion, Loop: Once}, 25, -1},
		{Options{FPS: 7, Dither: None, Loop: Seamless, Fade: 4}, 21, 0},
		{Options{FPS: 20, Size: image.Pt(40, 0), Loop: Seamless, Fade: 30}, 13, 0},
		{Options{Loop: PingPong}, 48, 0},
	} {
		t.Run(fmt.Sprintf("%+v", c.o), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.gif")
			o, want := recording(c.o)
			record(t, path, o, frames)
			g := playGIF(t, path, nil)
			if len(g.Image) != c.count || g.LoopCount != c.loops {
				t.Errorf("got %d frames, loop %d, want %d, %d", len(g.Image), g.LoopCount, c.count, c.loops)
			}
			if size, w := image.Pt(g.Config.Width, g.Config.Height), fit(c.o.Size, frames[0].Rect.Size()); size != w {
				t.Errorf("got size %v, want %v", size, w)
			}
			fps := want(0).FPS
			total := 0
			for i, d := range g.Delay {
				total += d
				if exact := 100 * float64(i+1) / fps; math.Abs(float64(total)-exact) > 0.5 {
					t.Errorf("frame %d ends at %d, want %.1f hundredths", i, total, exact)
				}
			}
			checkRecipe(t, path, want(len(frames)))
		})
	}
}

// TestGIFOtherReaders has ffmpeg and ImageMagick read what is written.
func TestGIFOtherReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gif")
	frames := newScene(75, 53).frames(25)
	o, want := recording(Options{FPS: 30})
	record(t, path, o, frames)
	t.Run("ffprobe", func(t *testing.T) {
		p := probe(t, path)
		if p.Frames != "25" || p.Width != 75 || p.Height != 53 {
			t.Errorf("got %+v, want 25 frames of 75x53", p)
		}
		if d, _ := strconv.ParseFloat(p.Duration, 64); math.Abs(d-0.83) > 0.011 {
			t.Errorf("got a duration of %s, want 0.83", p.Duration)
		}
	})
	t.Run("identify", func(t *testing.T) {
		out, err := exec.Command(tool(t, "identify"), "-format", "%W %H %T %c\x01", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(out), "\x01"), "\x01")
		if len(lines) != len(frames) {
			t.Fatalf("got %d frames, want %d", len(lines), len(frames))
		}
		delays := 0
		for i, l := range lines {
			var w, h, d int
			if _, err := fmt.Sscan(l, &w, &h, &d); err != nil || w != 75 || h != 53 {
				t.Errorf("frame %d: got %.40q, want 75 53", i, l)
			}
			delays += d
		}
		if delays != 83 {
			t.Errorf("got a duration of %d hundredths, want 83", delays)
		}
		if all := string(out); !strings.Contains(all, textMark) || !strings.Contains(all, "menagerie") {
			t.Errorf("the comment is not there: %.200q", all)
		}
	})
	checkRecipe(t, path, want(25))
}

type probed struct {
	Frames   string `json:"nb_read_frames"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Duration string `json:"duration"`
	Comment  string
}

// probe asks ffprobe, which decodes every frame.
func probe(t *testing.T, path string) probed {
	t.Helper()
	out, err := exec.Command(tool(t, "ffprobe"), "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path).CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v: %s", err, out)
	}
	var found struct {
		Streams []probed
		Format  struct {
			Duration string
			Tags     map[string]string
		}
	}
	if err := json.Unmarshal(out, &found); err != nil || len(found.Streams) != 1 {
		t.Fatalf("ffprobe: %v: %s", err, out)
	}
	p := found.Streams[0]
	if p.Duration == "" {
		p.Duration = found.Format.Duration
	}
	for k, v := range found.Format.Tags {
		if strings.EqualFold(k, "comment") {
			p.Comment = v
		}
	}
	return p
}

// slope is a picture of a smooth slope of colour with a square on it, slightly
// noisy as a dream that hardly changes is.
func slope(at, noise int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 120, 90))
	for y := range 90 {
		for x := range 120 {
			n := (x*7 + y*13 + noise*29) % 3
			m.SetRGBA(x, y, color.RGBA{uint8(40 + x + n), uint8(60 + y), uint8(90 + (x+y)/2 + n), 255})
		}
	}
	for y := 30; y < 50; y++ {
		for x := at; x < at+20; x++ {
			m.SetRGBA(x, y, color.RGBA{uint8(5 * noise), 200, 30, 255})
		}
	}
	return m
}

// TestGIFDoesNotBoil moves a square over a slope: whatever the dither, the slope's pixels
// stay as they were drawn, and only the square's surroundings are stored.
func TestGIFDoesNotBoil(t *testing.T) {
	for _, dither := range Dithers {
		path := filepath.Join(t.TempDir(), "a.gif")
		var frames []*image.RGBA
		for i := range 12 {
			frames = append(frames, slope(10+4*i, i))
		}
		record(t, path, Options{Dither: dither}, frames)
		var first *image.RGBA
		g := playGIF(t, path, func(n int, m *image.RGBA) {
			if n == 0 {
				first = image.NewRGBA(m.Rect)
				copy(first.Pix, m.Pix)
			}
			for y := range 90 {
				for x := range 120 {
					if (y < 30 || y >= 50) && m.RGBAAt(x, y) != first.RGBAAt(x, y) {
						t.Fatalf("%s: frame %d: the pixel at %d,%d has changed", dither, n, x, y)
					}
				}
			}
		})
		for i, m := range g.Image[1:] {
			if !m.Rect.In(image.Rect(10+4*i, 30, 10+4*i+24, 50)) {
				t.Errorf("%s: frame %d stores %v, more than the square's way", dither, i+1, m.Rect)
			}
		}
	}
}

func TestGIFPause(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gif")
	m := newScene(60, 40).frame(0)
	record(t, path, Options{}, []*image.RGBA{m, m, m})
	g := playGIF(t, path, nil)
	if len(g.Image) != 3 || g.Image[2].Rect.Dx()*g.Image[2].Rect.Dy() != 1 {
		t.Errorf("got %d frames, the last %v, want 3 and one pixel", len(g.Image), g.Image[len(g.Image)-1].Rect)
	}
}

// TestGIFColour holds the colours of every dither to ffmpeg's own on the same frames.
func TestGIFColour(t *testing.T) {
	frames := newScene(160, 120).frames(12)
	dir := t.TempDir()
	theirs, ours := filepath.Join(dir, "theirs.gif"), filepath.Join(dir, "ours.gif")
	ffmpegGIF(t, theirs, frames)
	psnr, delta, size := measure(t, theirs, frames)
	for _, dither := range Dithers {
		record(t, ours, Options{Dither: dither}, frames)
		p, d, s := measure(t, ours, frames)
		if p < psnr || d > delta || float64(s) > 1.3*float64(size) {
			t.Errorf("%s: got PSNR %.2f, dE %.2f, %d bytes; ffmpeg has %.2f, %.2f, %d", dither, p, d, s, psnr, delta, size)
		}
	}
}

func TestGIFFewColours(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 30, 20))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	black := image.NewRGBA(m.Rect)
	for i := range black.Pix {
		black.Pix[i] = uint8(i % 4 / 3 * 255)
	}
	for _, dither := range Dithers {
		path := filepath.Join(t.TempDir(), "a.gif")
		frames := []*image.RGBA{m, black, m}
		record(t, path, Options{Dither: dither}, frames)
		playGIF(t, path, func(n int, got *image.RGBA) {
			if !reflect.DeepEqual(got.Pix, frames[n].Pix) {
				t.Errorf("%s: frame %d of one colour is not that colour", dither, n)
			}
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"a.bmp", Options{}, "must end in"},
		{"a.gif", Options{FPS: 60}, "at most 50"},
		{"a.gif", Options{FPS: math.NaN()}, "frames a second"},
		{"a.gif", Options{Dither: "wild"}, "must be one of"},
		{"no/a.gif", Options{}, "no such file"},
		{"%d-%d.png", Options{}, "more than one"},
	} {
		if _, err := Create(filepath.Join(dir, c.name), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one with %q", c.name, err, c.want)
		}
	}
	r, err := Create(filepath.Join(dir, "a.gif"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(image.NewRGBA(image.Rect(1, 1, 9, 9))); err == nil {
		t.Error("a frame that does not begin at 0,0: no error")
	}
	if err := r.Close(); err == nil {
		t.Error("a recording without frames: no error")
	}
}
