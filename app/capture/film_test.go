package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/ffmpeg"
	"zalgoscope/app/toolstest"
)

// made has ffmpeg make a file in a folder of the test's own.
func made(t *testing.T, name string, args ...string) string {
	t.Helper()
	toolstest.Need(t, "ffmpeg", "ffprobe")
	path := filepath.Join(t.TempDir(), name)
	if out, err := ffmpeg.Command(append(args, ffmpeg.File(path))...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	return path
}

// all reads a film to its end.
func all(t *testing.T, f *Film) (out []*image.RGBA) {
	t.Helper()
	for n := 0; ; n++ {
		m, err := f.Picture(n)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
}

// TestFilms opens films of all sorts: how many pictures there are, of what size, and the first one's middle.
func TestFilms(t *testing.T) {
	const red = "color=c=red:s=32x24:r=10:d=1"
	silence := []string{"-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-shortest"}
	x264 := []string{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"}
	lavfi := func(graph string, more ...[]string) []string {
		args := []string{"-f", "lavfi", "-i", graph}
		for _, m := range more {
			args = append(args, m...)
		}
		return args
	}
	ten := func(luma int, transfer, matrix string) []string { // grey in 10 bits of BT.2020
		return lavfi("color=c=black:s=32x24:r=5:d=1", []string{"-vf", fmt.Sprintf("format=yuv420p10le,geq=lum=%d:cb=512:cr=512,setparams=color_primaries=bt2020:color_trc=%s:colorspace=%s:range=tv", luma, transfer, matrix), "-c:v", "ffv1"})
	}
	for i, c := range []struct {
		what, name string
		args       []string
		o          FilmOptions
		pictures   int
		size       image.Point
		middle     color.RGBA // 0 for any
		rate       float64
	}{
		{what: "MP4 with sound", name: "a.mp4", args: lavfi(red, silence, x264), pictures: 10, size: image.Pt(32, 24), middle: color.RGBA{R: 254, A: 255}, rate: 10},
		{what: "one frame", name: "one.mp4", args: lavfi(red, x264, []string{"-frames:v", "1"}), pictures: 1, size: image.Pt(32, 24), rate: 10},
		{what: "an odd size", name: "odd.mkv", args: lavfi("color=c=white:s=66x50:r=5:d=1", []string{"-vf", "format=yuv444p,scale=33:25", "-c:v", "ffv1"}), pictures: 5, size: image.Pt(33, 25), middle: color.RGBA{R: 255, G: 255, B: 255, A: 255}, rate: 5},
		{what: "white in 10 bits", name: "ten.mkv", args: lavfi("color=c=white:s=32x24:r=5:d=1", []string{"-c:v", "ffv1", "-pix_fmt", "yuv420p10le"}), pictures: 5, size: image.Pt(32, 24), middle: color.RGBA{R: 255, G: 255, B: 255, A: 255}, rate: 5},
		{what: "a varying rate", name: "vary.mkv", args: lavfi("testsrc=s=32x24:r=25:d=4", []string{"-vf", "select=eq(n\\,0)+eq(n\\,25)+eq(n\\,50)+eq(n\\,51)", "-fps_mode", "passthrough", "-c:v", "ffv1"}), pictures: 52, size: image.Pt(32, 24), rate: 25},
		{what: "NTSC's rate", name: "ntsc.mp4", args: lavfi("testsrc=s=32x24:r=30000/1001:d=1.001", x264), pictures: 30, size: image.Pt(32, 24), rate: 30000. / 1001},
		{what: "a GIF", name: "a.gif", args: lavfi(red), pictures: 10, size: image.Pt(32, 24), middle: color.RGBA{R: 252, A: 255}, rate: 10},
		{what: "pixels that are not square", name: "sar.mkv", args: lavfi(red, []string{"-vf", "setsar=2", "-c:v", "ffv1"}), pictures: 10, size: image.Pt(64, 24), rate: 10},
		{what: "half a second of it", name: "part.mp4", args: lavfi(red, x264), o: FilmOptions{From: .2, To: .7}, pictures: 5, size: image.Pt(32, 24), rate: 10},
		{what: "another rate", name: "fast.mp4", args: lavfi(red, x264), o: FilmOptions{Rate: 20}, pictures: 20, size: image.Pt(32, 24), rate: 20},
		{what: "smaller", name: "small.mp4", args: lavfi(red, x264), o: FilmOptions{Most: 16}, pictures: 10, size: image.Pt(16, 12), rate: 10},
		{what: "cropped", name: "crop.mp4", args: lavfi(red, x264), o: FilmOptions{Size: image.Pt(20, 20)}, pictures: 10, size: image.Pt(20, 20), rate: 10},
		{what: "a camera's slow motion", name: "slow.mp4", args: lavfi("color=c=red:s=32x24:r=240:d=0.25", x264), pictures: 60, size: image.Pt(32, 24), rate: 240},
		{what: "a transport stream", name: "a.ts", args: lavfi(red, silence, []string{"-c:v", "mpeg2video"}), pictures: 10, size: image.Pt(32, 24), rate: 10},
		{what: "an APNG", name: "a.png", args: lavfi(red, []string{"-f", "apng"}), pictures: 10, size: image.Pt(32, 24), middle: color.RGBA{R: 254, A: 255}, rate: 10},
		{what: "a cover and two films, the second of which is the default", name: "two.mkv", args: []string{"-f", "lavfi", "-i", "color=c=blue:s=16x12:r=10:d=1", "-f", "lavfi", "-i", red, "-map", "0", "-map", "1", "-c:v", "ffv1", "-disposition:0", "0", "-disposition:1", "default"}, pictures: 10, size: image.Pt(32, 24), middle: color.RGBA{R: 254, A: 255}, rate: 10},
		{what: "white at 203 cd/m2 by PQ", name: "pq.mkv", args: ten(573, "smpte2084", "bt2020nc"), o: FilmOptions{Most: 17}, pictures: 5, size: image.Pt(17, 13), middle: color.RGBA{R: 217, G: 217, B: 217, A: 255}, rate: 5},
		{what: "the brightest by PQ", name: "pq.mkv", args: ten(940, "smpte2084", "bt2020nc"), pictures: 5, size: image.Pt(32, 24), middle: color.RGBA{R: 255, G: 255, B: 255, A: 255}, rate: 5},
		{what: "white at three quarters by HLG", name: "hlg.mkv", args: ten(721, "arib-std-b67", "bt2020nc"), o: FilmOptions{Most: 17}, pictures: 5, size: image.Pt(17, 13), middle: color.RGBA{R: 217, G: 217, B: 217, A: 255}, rate: 5},
		{what: "grey of BT.2020", name: "wide.mkv", args: ten(502, "bt2020-10", "bt2020nc"), pictures: 5, size: image.Pt(32, 24), middle: color.RGBA{R: 128, G: 128, B: 128, A: 255}, rate: 5},
		{what: "red of BT.709 in BT.2020", name: "wide.mkv", args: lavfi("color=red:s=32x24:r=5:d=1", []string{"-vf", "format=gbrp,zscale=pin=bt709:tin=bt709:min=gbr:rin=full:p=bt2020:t=bt709,scale=out_color_matrix=bt2020nc,format=yuv444p10le,setparams=color_primaries=bt2020:color_trc=bt2020-10:colorspace=bt2020nc:range=tv", "-c:v", "ffv1"}), pictures: 5, size: image.Pt(32, 24), middle: color.RGBA{R: 254, B: 6, A: 255}, rate: 5},
		{what: "BT.709", name: "hd.mp4", args: lavfi(red, []string{"-vf", "scale=out_color_matrix=bt709,format=yuv444p", "-colorspace", "bt709", "-c:v", "libx264", "-qp", "0"}), pictures: 10, size: image.Pt(32, 24), middle: color.RGBA{R: 254, A: 255}, rate: 10},
	} {
		if testing.Short() && i%4 > 0 {
			continue
		}
		f, err := OpenFilm(made(t, c.name, c.args...), c.o)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		got := all(t, f)
		f.Close()
		if len(got) != c.pictures || f.Rate() != c.rate {
			t.Errorf("%s has %d pictures at %g, want %d at %g", c.what, len(got), f.Rate(), c.pictures, c.rate)
		}
		if d := f.Frames() - c.pictures; (d < -1 || d > 1) && f.Frames() > 0 {
			t.Errorf("%s is said to have %d pictures, and has %d", c.what, f.Frames(), c.pictures)
		}
		for n, m := range got {
			if m.Rect != (image.Rectangle{Max: c.size}) {
				t.Errorf("%s: picture %d is %v", c.what, n, m.Rect)
			}
		}
		at := got[0].RGBAAt(c.size.X/2, c.size.Y/2)
		near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 1 }
		if w := c.middle; w.A > 0 && !(near(at.R, w.R) && near(at.G, w.G) && near(at.B, w.B)) {
			t.Errorf("%s: its middle is %v, want %v", c.what, at, w)
		}
		if id := f.Identity(); image.Pt(id.Width, id.Height) != c.size || id.Rate != c.rate || id.SHA256 == "" {
			t.Errorf("%s is known by %+v", c.what, id)
		}
	}
}

// TestFirstStream reopens what was dreamed of a film's first stream when that was always taken, and what is of its default one.
func TestFirstStream(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	path := made(t, "two.mkv", "-f", "lavfi", "-i", "color=c=blue:s=16x12:r=5:d=1", "-f", "lavfi", "-i", "color=c=red:s=32x24:r=10:d=1", "-map", "0", "-map", "1",
		"-c:v", "ffv1", "-disposition:0", "0", "-disposition:1", "default")
	now, err := OpenFilm(path, FilmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	is := now.Identity()
	then := is
	then.Width, then.Height, then.Rate, then.DefaultStream = 16, 12, 5, false
	for _, id := range []dream.Identity{is, then} {
		f, err := Reopen(path, id)
		if err != nil {
			t.Fatal(err)
		}
		m, err := f.Picture(1)
		if err != nil {
			t.Fatal(err)
		}
		if c := m.RGBAAt(8, 6); (c.R > 200) != id.DefaultStream || (c.B > 200) == id.DefaultStream {
			t.Errorf("of the default stream, %t, a pixel is %v", id.DefaultStream, c)
		}
		if got := f.Identity(); got != id {
			t.Errorf("what was %+v is %+v", id, got)
		}
		f.Close()
	}
}

// TestMoves tells what moves from what does not.
func TestMoves(t *testing.T) {
	const red = "testsrc=s=32x24:r=10:d=0.5"
	webp := filepath.Join(t.TempDir(), "a.webp")
	if err := os.WriteFile(webp, []byte("RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x1f\x00\x00\x17\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := made(t, "one.png", "-f", "lavfi", "-i", red, "-f", "apng")
	data, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("acTL"))
	copy(data[at+4:], "\x00\x00\x00\x01")
	if err := os.WriteFile(one, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, moves := range map[string]bool{
		one: false,
		made(t, "a.gif", "-f", "lavfi", "-i", red):                        true,
		made(t, "a.png", "-f", "lavfi", "-i", red, "-f", "apng"):          true,
		made(t, "still.png", "-f", "lavfi", "-i", red, "-frames:v", "1"):  false,
		made(t, "still.gif", "-f", "lavfi", "-i", red, "-frames:v", "1"):  false,
		made(t, "a.mkv", "-f", "lavfi", "-i", red, "-c:v", "ffv1"):        true,
		made(t, "still.jpg", "-f", "lavfi", "-i", red, "-frames:v", "1"):  false,
		made(t, "still.webp", "-f", "lavfi", "-i", red, "-frames:v", "1"): false,
		webp: true,
	} {
		if got := Moves(path, false); got != moves {
			t.Errorf("%s moves: %t", filepath.Base(path), got)
		}
		if kind := filepath.Ext(path); kind != ".mkv" && Moves(path, true) {
			t.Errorf("%s moves where it is to be still", filepath.Base(path))
		}
	}
	if f, err := OpenFilm(webp, FilmOptions{}); err == nil {
		f.Close()
	} else if !strings.Contains(err.Error(), "convert it to GIF or APNG") || strings.Contains(err.Error(), "\n") {
		t.Errorf("an animated WebP: %v", err)
	}
}

// TestInterlaced takes the comb out of pictures of two moments.
func TestInterlaced(t *testing.T) {
	comb := func(f *Film, err error) (sum int) {
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m := all(t, f)[4]
		for x := range 64 { // between a line and both beside it
			sum += max(2*int(m.RGBAAt(x, 24).G)-int(m.RGBAAt(x, 23).G)-int(m.RGBAAt(x, 25).G), 0)
		}
		return sum
	}
	args := []string{"-f", "lavfi", "-i", "nullsrc=s=64x48:r=50:d=0.4,geq=lum='255*lt(mod(X+64-mod(8*N,64),64),8)':cb=128:cr=128,tinterlace=interleave_top,setfield=tff", "-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ilme+ildct"}
	f, err := OpenFilm(made(t, "a.ts", args...), FilmOptions{})
	if got := comb(f, err); got > 500 {
		t.Errorf("lines differ from those beside by %d in all", got)
	}
	id := f.Identity()
	if got := comb(Reopen(f.Name(), id)); got > 500 || !id.Deinterlaced {
		t.Errorf("made again lines differ from those beside by %d in all: %+v", got, id)
	}
	id.Deinterlaced = false // by a recipe of before
	if got := comb(Reopen(f.Name(), id)); got < 1000 {
		t.Errorf("made again by an old recipe lines differ from those beside by %d in all, which they did then", got)
	}
}

// TestTurnedFilm shows a film that is turned by its metadata as it is meant.
func TestTurnedFilm(t *testing.T) {
	lying := made(t, "lying.mp4", "-f", "lavfi", "-i", "testsrc=s=32x24:r=5:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	turned := filepath.Join(t.TempDir(), "turned.mp4")
	if out, err := ffmpeg.Command("-i", lying, "-c", "copy", "-metadata:s:v", "rotate=90", turned).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := OpenFilm(turned, FilmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m, err := f.Picture(0); err != nil || m.Rect.Size() != image.Pt(24, 32) {
		t.Errorf("it is %v: %v", m.Rect.Size(), err)
	}
}

// TestFilmAgain asks for frames in any order.
func TestFilmAgain(t *testing.T) {
	f, err := OpenFilm(made(t, "again.mkv", "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=1", "-c:v", "ffv1"), FilmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := all(t, f)
	for _, n := range []int{9, 9, 3, 4, 4, 0, 7, 10, 2} {
		m, err := f.Picture(n)
		if n == len(want) {
			if !errors.Is(err, io.EOF) {
				t.Errorf("frame %d: %v", n, err)
			}
			continue
		}
		if err != nil || string(m.Pix) != string(want[n].Pix) {
			t.Errorf("frame %d is another one, or none: %v", n, err)
		}
	}
}

// TestSeries reads pictures with numbers from the first that there is.
func TestSeries(t *testing.T) {
	first := made(t, "f%03d.png", "-f", "lavfi", "-i", "testsrc=s=32x24:r=10:d=0.5", "-start_number", "17")
	f, err := OpenFilm(first, FilmOptions{Rate: 12})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := len(all(t, f)); got != 5 || f.Rate() != 12 || f.Gap() != "" {
		t.Errorf("%d pictures at %g; %q", got, f.Rate(), f.Gap())
	}
	if err := os.Remove(filepath.Join(filepath.Dir(first), "f019.png")); err != nil {
		t.Fatal(err)
	}
	short, err := OpenFilm(first, FilmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer short.Close()
	if got := len(all(t, short)); got != 2 || !strings.Contains(short.Gap(), "no picture 19") || !strings.Contains(short.Gap(), "2 of 4") {
		t.Errorf("with a gap there are %d pictures: %q", got, short.Gap())
	}
	if err := os.Symlink("/dev/zero", filepath.Join(filepath.Dir(first), "f022.png")); err != nil {
		toolstest.Skip(t, "cannot make a link:", err)
	}
	if _, err := OpenFilm(first, FilmOptions{}); err == nil || !strings.Contains(err.Error(), "is a device") {
		t.Errorf("with a device among them: %v", err)
	}
}

// TestKeptFilm reads on after the end of what a dream had a picture of for each frame, although nobody knows its sum.
func TestKeptFilm(t *testing.T) {
	path := made(t, "input.mkv", "-f", "lavfi", "-i", "testsrc2=s=32x24:r=10:d=0.3", "-c:v", "ffv1")
	id := dream.Identity{Name: path, Width: 32, Height: 24, Rate: 10, Kept: true}
	f, err := Reopen(path, id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n := range 5 {
		if _, err := f.Picture(n); (err == nil) != (n < 3) || errors.Is(err, io.EOF) || err != nil && !strings.Contains(err.Error(), "ends after 3 pictures") {
			t.Errorf("picture %d: %v", n, err)
		}
	}
	id.SHA256 = strings.Repeat("ab", 32)
	if _, err := Reopen(path, id); err == nil || !strings.Contains(err.Error(), "changed since") {
		t.Errorf("of another sum: %v", err)
	}
}

// TestPercent reads what lies in a folder with a number's place in its name, and a file that has such a name itself.
func TestPercent(t *testing.T) {
	whole := made(t, "film.mkv", "-f", "lavfi", "-i", "testsrc=s=32x24:r=10:d=0.3", "-c:v", "ffv1")
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "50%d off 5%")
	film, odd := filepath.Join(folder, "film.mkv"), filepath.Join(folder, "100%d.mkv")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(film, data, 0o600), os.WriteFile(odd, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		f, err := os.Create(filepath.Join(folder, fmt.Sprintf("7%%_%02d.png", n)))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, image.NewRGBA(image.Rect(0, 0, 32, 24))), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for path, series := range map[string]bool{film: false, odd: false, filepath.Join(folder, "7%_%02d.png"): true} {
		f, err := OpenFilm(path, FilmOptions{})
		if err != nil {
			t.Error(err)
			continue
		}
		if got := len(all(t, f)); got != 3 || (f.sum == "") != series || Names(path) != series {
			t.Errorf("%s has %d pictures, the checksum %q, and is a series: %v", path, got, f.sum, Names(path))
		}
		f.Close()
		p, err := Play(path, 64, func(text string) { t.Errorf("%s: %s", path, text) })
		if err != nil {
			t.Error(err)
			continue
		}
		p.Close()
	}
}

// TestFilmEnds tells a film whose ffmpeg was killed from one that is at its end or damaged.
func TestFilmEnds(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell and signals")
	}
	for script, damaged := range map[string]bool{"exit 0": false, "exit 3": true, "kill -9 $$": false, "exit 255": false} {
		cmd := exec.Command("sh", "-c", script)
		out, err := cmd.StdoutPipe()
		if err := errors.Join(err, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		f := &Film{reader: &reader{name: "film", cmd: cmd, pipe: bufio.NewReader(out)}, now: image.NewRGBA(image.Rect(0, 0, 1, 1))}
		_, err = f.Picture(1)
		over := script == "exit 0" || damaged
		if errors.Is(err, io.EOF) != over || err == nil || f.complete != over || (f.Damage() != "") != damaged {
			t.Errorf("%s: %v, and it is damaged: %q", script, err, f.Damage())
		}
	}
}

// TestBadFilms refuses what is no film in one line that says why, and reads a damaged one as far as it can be.
func TestBadFilms(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.mp4")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no film\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	sound := made(t, "sound.m4a", "-f", "lavfi", "-i", "sine=d=1")
	whole := made(t, "whole.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=3", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) / 3; i < len(data)/3+400; i++ {
		data[i] ^= 0x5a
	}
	damaged := filepath.Join(t.TempDir(), "damaged.mp4")
	cut := filepath.Join(t.TempDir(), "cut.mp4")
	if err := errors.Join(os.WriteFile(damaged, data, 0o600), os.WriteFile(cut, data[:len(data)/2], 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, say := range map[string]string{
		text: "Invalid data", sound: "no moving pictures", filepath.Join(t.TempDir(), "none.mp4"): "no such file",
		t.TempDir(): "no film's file", cut: "Invalid data", "camera:none such": "no camera", "lavfi:testsrc": "no end",
		filepath.Join(t.TempDir(), "f%03d.png"): "no picture",
	} {
		f, err := OpenFilm(path, FilmOptions{})
		if err == nil {
			f.Close()
			t.Errorf("%s was opened", path)
		} else if text := err.Error(); !strings.Contains(text, say) || strings.Contains(text, "\n") {
			t.Errorf("%s: %q says nothing of %q", path, text, say)
		}
	}
	f, err := OpenFilm(damaged, FilmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := len(all(t, f)); got < 25 || f.Damage() == "" {
		t.Errorf("%d of 30 pictures of a damaged film are read, which is told so: %q", got, f.Damage())
	}
	for _, o := range []FilmOptions{{From: 5}, {From: 2, To: 1}, {From: -1}} {
		if f, err := OpenFilm(whole, o); err == nil {
			f.Close()
			t.Errorf("%+v was opened", o)
		}
	}
}

// TestListings reads what ffmpeg tells of devices on Windows and on macOS.
func TestListings(t *testing.T) {
	dshow := `[dshow @ 0000023f] "Integrated Camera" (video)
[dshow @ 0000023f]   Alternative name "@device_pnp_\\?\usb#vid_04f2"
[dshow @ 0000023f] "OBS Virtual Camera" (none)
[dshow @ 0000023f] "Microphone (Realtek)" (audio)
dummy: Immediate exit requested
`
	if got := strings.Join(dshowNames(dshow), "|"); got != "Integrated Camera|OBS Virtual Camera" {
		t.Errorf("DirectShow's cameras are %q", got)
	}
	av := `[AVFoundation indev @ 0x7f8] AVFoundation video devices:
[AVFoundation indev @ 0x7f8] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f8] [1] Capture screen 0
[AVFoundation indev @ 0x7f8] AVFoundation audio devices:
[AVFoundation indev @ 0x7f8] [0] Built-in Microphone
`
	if got := avfoundationNames(av); len(got) != 2 || got[0] != (indexed{"0", "FaceTime HD Camera"}) || got[1].name != "Capture screen 0" {
		t.Errorf("AVFoundation's devices are %v", got)
	}
}

// A browser's recording says that it has a picture each millisecond, which is its clock's unit; a camera of so many has them.
func TestMilliseconds(t *testing.T) {
	for _, c := range []struct {
		base, mean, clock string
		want              float64
	}{
		{"1000/1", "1000/1", "1/1000", 60},
		{"1000/1", "30/1", "1/1000", 30},
		{"1000/1", "1000/1", "1/16000", 1000},
		{"240/1", "240/1", "1/1000", 240},
	} {
		if got := (&probedStream{Base: c.base, Mean: c.mean, Clock: c.clock}).rate(); got != c.want {
			t.Errorf("%v: %g pictures a second", c, got)
		}
	}
}

// Whether a PNG moves is read in large pieces, however small its chunks are.
func TestMovesOfManyChunks(t *testing.T) {
	const n = 100_000
	data := "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x00\x00\x00abCd\x00\x00\x00\x00", n) + "\x00\x00\x00\x08acTL\x00\x00\x00\x07"
	reads := 0
	pictures := apngPictures(readerFunc(func(p []byte) (int, error) {
		reads++
		k := copy(p, data)
		data = data[k:]
		return k, nil
	}))
	if pictures != 7 || reads > n/100 {
		t.Errorf("%d pictures in %d chunks, by %d reads", pictures, n, reads)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
