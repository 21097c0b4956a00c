package record

import (
	"fmt"
	"image"
	"image/draw"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"zalgoscope/app/dream"
)

// frame decodes the n-th frame of a file by ffmpeg.
func decodeFrame(t *testing.T, path string, n int) *image.RGBA {
	t.Helper()
	out := filepath.Join(t.TempDir(), "frame.png")
	cmd := exec.Command(tool(t, "ffmpeg"), "-loglevel", "error", "-y", "-i", path, "-vf", fmt.Sprintf("select=eq(n\\,%d)", n), "-vframes", "1", out)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, msg)
	}
	return openRGBA(t, out)
}

func openRGBA(t testing.TB, path string) *image.RGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	rgba := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(rgba, rgba.Rect, m, m.Bounds().Min, draw.Src)
	return rgba
}

// TestAPNG records frames of which some change only in part, and has ffmpeg show them.
func TestAPNG(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.apng")
	o, want := recording(Options{FPS: 24})
	var frames []*image.RGBA
	for i := range 9 {
		frames = append(frames, slope(10+4*i, 0))
	}
	frames = append(frames, frames[8], newScene(120, 90).frame(0))
	record(t, path, o, frames)
	p := probe(t, path)
	if p.Frames != "11" || p.Width != 120 || p.Height != 90 {
		t.Errorf("got %+v, want 11 frames of 120x90", p)
	}
	for i, m := range frames {
		if got := decodeFrame(t, path, i); !reflect.DeepEqual(got.Pix, m.Pix) {
			t.Errorf("frame %d is not the one that was recorded", i)
		}
	}
	if got := openRGBA(t, path); !reflect.DeepEqual(got.Pix, frames[0].Pix) {
		t.Error("a reader of plain PNG does not see the first frame")
	}
	checkRecipe(t, path, want(len(frames)))
}

func TestSeries(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	frames := newScene(40, 30).frames(3)
	o, want := recording(Options{})
	record(t, filepath.Join(dir, "%05d.png"), o, frames)
	checkSeries(t, dir)
	for i, m := range frames {
		path := filepath.Join(dir, fmt.Sprintf("%05d.png", i))
		if !reflect.DeepEqual(openRGBA(t, path).Pix, m.Pix) {
			t.Errorf("picture %d is not the frame that was recorded", i)
		}
		checkRecipe(t, path, want(i+1))
	}
	single := filepath.Join(dir, "last.png")
	record(t, single, o, frames)
	if !reflect.DeepEqual(openRGBA(t, single).Pix, frames[2].Pix) {
		t.Error("a single picture is not the last frame")
	}
	checkRecipe(t, single, want(3))
}

// TestVideo records video, an odd size among them, with a recipe longer than a
// command line may be.
func TestVideo(t *testing.T) {
	tool(t, "ffmpeg")
	for _, c := range []struct {
		name string
		size image.Point
	}{{"a.mp4", image.Pt(96, 64)}, {"a.mp4", image.Pt(97, 65)}, {"a.webm", image.Pt(96, 64)}} {
		t.Run(fmt.Sprint(c.name, c.size), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			frames := newScene(c.size.X, c.size.Y).frames(20)
			o, want := recording(Options{FPS: 25})
			head := o.Recipe()
			head.Start = StartOf(dream.StillOf("", newScene(300, 200).frame(0)))
			o.Recipe = func() Recipe { return head }
			record(t, path, o, frames)
			p := probe(t, path)
			if d, _ := strconv.ParseFloat(p.Duration, 64); p.Frames != "20" || p.Width != c.size.X&^1 || p.Height != c.size.Y&^1 || d < 0.75 || d > 0.85 {
				t.Errorf("got %+v, want 20 frames of %v in 0.8 s", p, c.size)
			}
			if !strings.HasPrefix(p.Comment, textMark) {
				t.Errorf("got the comment %.50q, want the recipe", p.Comment)
			}
			got := decodeFrame(t, path, 10)
			true10 := image.NewRGBA(got.Rect)
			draw.Draw(true10, true10.Rect, frames[10], image.Point{}, draw.Src)
			if _, delta := colourError(got, true10); delta/float64(len(got.Pix)/4) > 8 {
				t.Errorf("got a colour error of %.1f", delta/float64(len(got.Pix)/4))
			}
			full := want(20)
			full.Start = head.Start
			checkRecipe(t, path, full)
		})
	}
}

func TestVideoErrors(t *testing.T) {
	dir := t.TempDir()
	frames := newScene(96, 64).frames(2)
	fake := filepath.Join(dir, "ffmpeg")
	for _, c := range []struct{ name, script, want string }{
		{"none", "", "needs the ffmpeg program"},
		{"dies at once", "#!/bin/sh\necho first >&2\necho Unknown encoder >&2\nexit 1\n", "Unknown encoder"},
		{"dies later", "#!/bin/sh\nhead -c 100000 >/dev/null\nkill -9 $$\n", "killed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			os.Remove(fake)
			if c.script != "" {
				if err := os.WriteFile(fake, []byte(c.script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if c.script == "" {
				t.Setenv("PATH", dir)
			} else {
				t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			}
			rec, err := Create(filepath.Join(dir, "a.mp4"), Options{})
			if err == nil {
				for i := 0; err == nil && i < 1000; i++ {
					err = rec.Add(frames[i%2])
				}
				if cerr := rec.Close(); cerr == nil {
					t.Error("closing gives no error")
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got error %v, want one line with %q", err, c.want)
			}
		})
	}
}

// list is a recorder that keeps what it is given.
type list struct {
	frames []*image.RGBA
	err    error
}

func (l *list) Add(m *image.RGBA) error { l.frames = append(l.frames, m); return l.err }
func (l *list) Close() error            { return l.err }

// grey is a picture of one value.
func grey(v int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 2, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(v)
	}
	return m
}

func TestSeamless(t *testing.T) {
	for _, c := range []struct {
		frames, fade int
		want         string
	}{
		{10, 3, "[30 40 50 60 53 45 38]"}, // 70, 80, 90 turning into 0, 10, 20
		{6, 3, "[23 25 28]"},
		{5, 3, "[20 20 20]"},
		{3, 9, "[10 10]"},
		{2, 1, "[5]"},
		{1, 4, "[0]"},
	} {
		var l list
		s := &seamless{next: &l, fade: c.fade}
		for i := range c.frames {
			if err := s.Add(grey(10 * i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var got []uint8
		for _, m := range l.frames {
			got = append(got, m.Pix[0])
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%d frames faded over %d: got %v, want %s", c.frames, c.fade, got, c.want)
		}
	}
}

func TestResizedCanvas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gif")
	record(t, path, Options{}, []*image.RGBA{newScene(64, 48).frame(0), newScene(32, 30).frame(1), newScene(64, 48).frame(2)})
	if g := playGIF(t, path, nil); len(g.Image) != 3 || g.Config.Width != 64 || g.Config.Height != 48 {
		t.Errorf("got %d frames of %dx%d, want 3 of 64x48", len(g.Image), g.Config.Width, g.Config.Height)
	}
}

func TestEstimate(t *testing.T) {
	tool(t, "ffmpeg")
	frames := newScene(200, 150).frames(20)
	for _, name := range []string{"a.gif", "a.apng", "%d.jpg", "a.mp4", "a.webm"} {
		dir := t.TempDir()
		o := Options{Size: image.Pt(160, 0)}
		got, err := Estimate(name, o, frames[0], len(frames))
		if err != nil {
			t.Fatal(err)
		}
		record(t, filepath.Join(dir, name), o, frames)
		var want int64
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			info, _ := e.Info()
			want += info.Size()
		}
		most := 1.2
		if name == "a.mp4" || name == "a.webm" {
			most = 3
		}
		if r := float64(got) / float64(want); r > most || r < 1/most {
			t.Errorf("%s: estimated %d bytes, got %d", name, got, want)
		}
	}
}
