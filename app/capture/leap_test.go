package capture

import (
	"errors"
	"image"
	"io"
	"testing"
)

// TestLeap has films of many kinds give the same pictures far in, by a leap to a key frame, as by decoding all before.
func TestLeap(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what encodes many films")
	}
	const far = "testsrc2=s=48x32:r=25:d=13"
	for name, c := range map[string]struct {
		args []string
		o    FilmOptions
	}{
		"frames.mp4":  {args: []string{"-i", far, "-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "40", "-pix_fmt", "yuv420p"}},
		"open.mp4":    {args: []string{"-i", far, "-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "open-gop=1:bframes=3:keyint=30:scenecut=0", "-pix_fmt", "yuv420p"}},
		"rate.mkv":    {args: []string{"-i", far, "-c:v", "libx264", "-preset", "ultrafast", "-g", "33", "-pix_fmt", "yuv420p"}, o: FilmOptions{Rate: 30000. / 1001}},
		"varying.mkv": {args: []string{"-i", far, "-vf", "select='gt(random(1)\\,.6)'", "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p"}, o: FilmOptions{Rate: 25}},
		"late.mkv":    {args: []string{"-i", far, "-f", "lavfi", "-i", "anullsrc=d=15", "-vf", "setpts=PTS+0.73/TB", "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast", "-g", "33", "-pix_fmt", "yuv420p"}},
		"late.mp4":    {args: []string{"-i", far, "-f", "lavfi", "-i", "anullsrc=d=15", "-vf", "setpts=PTS+0.73/TB", "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast", "-g", "33", "-pix_fmt", "yuv420p"}},
		"vp9.webm":    {args: []string{"-i", "testsrc2=s=48x32:r=10:d=14", "-c:v", "libvpx-vp9", "-g", "30", "-deadline", "realtime", "-cpu-used", "8"}},
		"fields.mp4":  {args: []string{"-i", far, "-vf", "setfield=tff", "-c:v", "libx264", "-preset", "ultrafast", "-flags", "+ilme+ildct", "-g", "33", "-pix_fmt", "yuv420p"}},
		"stream.ts":   {args: []string{"-i", far, "-c:v", "libx264", "-preset", "ultrafast", "-g", "33", "-pix_fmt", "yuv420p"}},
	} {
		path := made(t, name, append([]string{"-f", "lavfi"}, c.args...)...)
		open := func(o FilmOptions) *Film {
			f, err := OpenFilm(path, o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			t.Cleanup(f.Close)
			return f
		}
		whole := open(c.o)
		pictures := all(t, whole)
		n := len(pictures) - 1
		far := int(9.4 * whole.Rate())
		for _, at := range []int{n, far + 13, far} { // each before the last, so that it is begun anew
			if m, err := whole.Picture(at); err != nil || !same(m, pictures[at]) {
				t.Errorf("%s: picture %d of %d is another one: %v", name, at, n, err)
			}
			if before, _ := whole.leap(at); (before == nil) != (name == "stream.ts") {
				t.Errorf("%s: to picture %d it leaps by %q", name, at, before)
			}
		}
		o := c.o
		o.From, o.To = float64(far)/whole.Rate(), float64(far+3)/whole.Rate()
		part := open(o)
		for i := range 4 {
			m, err := part.Picture(i)
			if i == 3 && !errors.Is(err, io.EOF) || i < 3 && (err != nil || !same(m, pictures[far+i])) {
				t.Errorf("%s: picture %d of a part is another one: %v", name, i, err)
			}
		}
	}
}

func same(a, b *image.RGBA) bool { return a != nil && b != nil && string(a.Pix) == string(b.Pix) }
