package dream

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"zalgoscope/app/flow"
	"zalgoscope/app/flow/flowtest"
	"zalgoscope/nn"
)

// cropped is a part of a sequence as a film, in colours of its own so that it is no plain grey.
type cropped struct {
	flowtest.Sequence
	at image.Rectangle
}

func (c cropped) Rate() float64              { return 25 }
func (c cropped) Sized(w, h int) *image.RGBA { return nil }
func (c cropped) Identity() Identity {
	return Identity{Name: c.Name, Width: c.at.Dx(), Height: c.at.Dy(), Rate: 25}
}
func (c cropped) Picture(n int) (*image.RGBA, error) {
	m := c.Frame(n)
	out := image.NewRGBA(image.Rectangle{Max: c.at.Size()})
	for y := range c.at.Dy() {
		for x := range c.at.Dx() {
			v := m.GrayAt(c.at.Min.X+x, c.at.Min.Y+y).Y
			copy(out.Pix[out.PixOffset(x, y):], []uint8{v, uint8(int(v)*3/4 + 32), 255 - v/2, 255})
		}
	}
	return out, nil
}

// truth is the true flow from frame t, within the part, and where it is to be seen.
func (c cropped) truth(t int) (u, v []float32, seen []bool) {
	wu, wv, ws := c.Truth(t)
	for y := c.at.Min.Y; y < c.at.Max.Y; y++ {
		for x := c.at.Min.X; x < c.at.Max.X; x++ {
			i := y*flowtest.W + x
			tx, ty := float64(x)+float64(wu[i]), float64(y)+float64(wv[i])
			inside := tx >= float64(c.at.Min.X) && ty >= float64(c.at.Min.Y) && tx <= float64(c.at.Max.X-2) && ty <= float64(c.at.Max.Y-2)
			u, v, seen = append(u, wu[i]), append(v, wv[i]), append(seen, ws[i] && inside)
		}
	}
	return u, v, seen
}

// clip is a part of a film's file, whose flow is not known but found, as the dream finds it.
type clip struct {
	name     string
	pictures []*image.RGBA
}

// clipOf reads some pictures of a film, 320x240 and of those a part, from a second on.
func clipOf(t *testing.T, path string, frames int) *clip {
	t.Helper()
	const w, h = 160, 128
	out, err := exec.Command("ffmpeg", "-v", "error", "-ss", "10", "-i", path, "-vf", fmt.Sprintf("scale=320:240,crop=%d:%d", w, h), "-frames:v", fmt.Sprint(frames), "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1").Output()
	if err != nil || len(out) != 4*w*h*frames {
		t.Fatalf("%s: %d bytes: %v", path, len(out), err)
	}
	f := &clip{name: filepath.Base(path)}
	for ; len(out) > 0; out = out[4*w*h:] {
		f.pictures = append(f.pictures, &image.RGBA{Pix: out[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)})
	}
	return f
}

func (f *clip) Rate() float64              { return 10 }
func (f *clip) Sized(w, h int) *image.RGBA { return nil }
func (f *clip) Identity() Identity {
	return Identity{Name: f.name, Width: 160, Height: 128, Rate: 10}
}
func (f *clip) Picture(n int) (*image.RGBA, error) { return f.pictures[n], nil }
func (f *clip) uncovered(int) []bool               { return nil }
func (f *clip) truth(t int) (u, v []float32, seen []bool) {
	// Back from the later picture would be sure; ahead is, where the one before is seen in the later.
	m := flow.NewFilm(160, 128, flow.Finest).Between(f.pictures[t+1], f.pictures[t])
	for i, s := range m.Seen {
		x, y := float64(i%160)+float64(m.Back.U[i]), float64(i/160)+float64(m.Back.V[i])
		seen = append(seen, s > .5 && x >= 0 && y >= 0 && x <= 158 && y <= 126)
	}
	return m.Back.U, m.Back.V, seen
}

// followed is a film of which it is known where everything goes.
type followed interface {
	Film
	truth(t int) (u, v []float32, seen []bool)
	uncovered(n int) []bool
}

// wandering is the mean difference of a picture to the next, along the true flow.
func wandering(a, b *image.RGBA, u, v []float32, seen []bool) float64 {
	w, sum, n := a.Rect.Dx(), 0.0, 0
	for i, see := range seen {
		if !see {
			continue
		}
		x, y := float64(i%w)+float64(u[i]), float64(i/w)+float64(v[i])
		ix, iy := int(x), int(y)
		fx, fy := x-float64(ix), y-float64(iy)
		for c := range 3 {
			at := func(x, y int) float64 { return float64(b.Pix[b.PixOffset(x, y)+c]) }
			there := (at(ix, iy)*(1-fx)+at(ix+1, iy)*fx)*(1-fy) + (at(ix, iy+1)*(1-fx)+at(ix+1, iy+1)*fx)*fy
			sum += math.Abs(there - float64(a.Pix[a.PixOffset(i%w, i/w)+c]))
			n++
		}
	}
	return sum / float64(n)
}

// excitement is the objective's value on a picture.
func excitement(t *testing.T, net *nn.Net, e nn.Engine, m *image.RGBA, s Settings) float64 {
	t.Helper()
	s.Step, s.Steps, s.Octaves, s.Jitter = 0, 1, 1, 0
	return float64(alone(t, net, e, m, s).Score)
}

// alone dreams a picture by itself.
func alone(t *testing.T, net *nn.Net, e nn.Engine, m *image.RGBA, s Settings) *Frame {
	t.Helper()
	d, err := New(net, e, StillOf("", m), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	f, err := d.Frame(Fixed(s))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// likeness is the correlation of two pictures' details on their films, where told.
func likeness(a, filmA, b, filmB *image.RGBA, where []bool) float64 {
	var ab, aa, bb float64
	for i, here := range where {
		if here {
			for c := range 3 {
				x, y := float64(a.Pix[4*i+c])-float64(filmA.Pix[4*i+c]), float64(b.Pix[4*i+c])-float64(filmB.Pix[4*i+c])
				ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
			}
		}
	}
	return ab / math.Sqrt(aa*bb+1e-9)
}

// TestSteady compares a film's dream with its pictures dreamed one by one to the same excitement: along the true flow
// it changes by a quarter at most, beyond what the film does itself. Behind the square there is no ghost of it. It runs
// where ZALGOSCOPE_STEADY is set, and prints the figures; those of a film too which ZALGOSCOPE_CLIP names.
func TestSteady(t *testing.T) {
	if os.Getenv("ZALGOSCOPE_STEADY") == "" {
		t.Skip("ZALGOSCOPE_STEADY is not set: it takes a minute")
	}
	const frames, window = 13, 3
	net, e := builtIn(t, "menagerie")
	s := steadySettings(net)
	for _, in := range steadyClips(t, frames) {
		name := in.Identity().Name
		var carried, films []*image.RGBA
		filmed(t, in, s, net, e, frames, func(n int, f *Frame) {
			m, _ := in.Picture(n)
			carried, films = append(carried, f.Image), append(films, m)
		})
		for _, first := range []int{1, frames - window} { // as a scene begins, and later
			share := steadiness(t, net, e, in, s, carried[:first+window], films, first)
			if share > .25 {
				t.Errorf("%s, from frame %d: along the flow the dream changes by %.2f of what pictures that are dreamed one by one do", name, first, share)
			}
		}
		if name == "square" {
			behind := 0.0
			for n := frames - window; n < frames; n++ {
				behind += likeness(carried[n], films[n], carried[n-1], films[n-1], in.uncovered(n)) / window
			}
			t.Logf("%s: what comes into sight behind it is like what the square showed there by %.2g, on %d pixels", name, behind, count(in.uncovered(frames-1)))
			if math.Abs(behind) > .25 {
				t.Errorf("behind the square its ghost stays: a likeness of %.2f", behind)
			}
		}
	}
}

// steadySettings are those that films are compared by.
func steadySettings(net *nn.Net) Settings {
	s := Defaults()
	s.Layer = DefaultLayer(net)
	s.Octaves, s.Steps, s.Jitter, s.Zoom, s.Hold, s.Fatigue = 2, 3, 16, 0, 0, 0
	return s
}

// steadyClips are the films that are compared, with the one that ZALGOSCOPE_CLIP names.
func steadyClips(t *testing.T, frames int) (clips []followed) {
	t.Helper()
	for _, seq := range flowtest.Sequences {
		clips = append(clips, cropped{seq, image.Rect(44, 44, 204, 172)})
	}
	if path := os.Getenv("ZALGOSCOPE_CLIP"); path != "" {
		clips = append(clips, clipOf(t, path, frames))
	}
	return clips
}

// TestBeside writes films of what TestSteady measures into the folder that ZALGOSCOPE_BESIDE names: from left to right the film,
// its pictures dreamed one by one, and the film's dream, as exciting as those.
func TestBeside(t *testing.T) {
	folder := os.Getenv("ZALGOSCOPE_BESIDE")
	if folder == "" {
		t.Skip("ZALGOSCOPE_BESIDE names no folder")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	const frames = 25
	net, e := builtIn(t, "menagerie")
	s := steadySettings(net)
	for _, in := range steadyClips(t, frames) {
		var carried []*image.RGBA
		filmed(t, in, s, net, e, frames, func(n int, f *Frame) { carried = append(carried, f.Image) })
		each, want := s, excitement(t, net, e, carried[frames/2], s)
		middle, err := in.Picture(frames / 2)
		if err != nil {
			t.Fatal(err)
		}
		for each.Steps = 8; each.Steps < 100 && excitement(t, net, e, alone(t, net, e, middle, each).Image, s) < want; {
			each.Steps = math.Round(each.Steps * 1.15)
		}
		id := in.Identity()
		path := filepath.Join(folder, id.Name+".mp4")
		out := exec.Command("ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", 3*id.Width, id.Height), "-r", "10", "-i", "pipe:0",
			"-vf", "scale=iw*2:ih*2:flags=lanczos", "-c:v", "libx264", "-crf", "14", "-pix_fmt", "yuv420p", "file:"+path)
		var pixels bytes.Buffer
		for n, ours := range carried {
			film, err := in.Picture(n)
			if err != nil {
				t.Fatal(err)
			}
			theirs := alone(t, net, e, film, each).Image
			for y := range id.Height {
				for _, m := range []*image.RGBA{film, theirs, ours} {
					pixels.Write(m.Pix[y*m.Stride:][:4*id.Width])
				}
			}
		}
		out.Stdin = &pixels
		if text, err := out.CombinedOutput(); err != nil {
			t.Fatalf("ffmpeg: %v: %s", err, text)
		}
		t.Logf("%s: one by one by %g steps", path, each.Steps)
	}
}

// steadiness is the share of what pictures change by that are dreamed one by one, to the same excitement, by which those of
// a film do along the true flow, beyond what the film does itself, from a frame on.
func steadiness(t *testing.T, net *nn.Net, e nn.Engine, in followed, s Settings, carried, films []*image.RGBA, first int) float64 {
	t.Helper()
	score, moved, own := 0.0, 0.0, 0.0
	for n := first; n < len(carried); n++ {
		score += excitement(t, net, e, carried[n], s)
		u, v, seen := in.truth(n - 1)
		moved += wandering(carried[n-1], carried[n], u, v, seen)
		own += wandering(films[n-1], films[n], u, v, seen)
	}
	for steps := 8.0; steps < 100; steps *= 1.15 { // as many as that takes
		each := s
		each.Steps = math.Round(steps)
		last := alone(t, net, e, films[first-1], each).Image
		each1, wander := 0.0, 0.0
		for n := first; n < len(carried); n++ {
			f := alone(t, net, e, films[n], each).Image
			each1 += excitement(t, net, e, f, s)
			u, v, seen := in.truth(n - 1)
			wander += wandering(last, f, u, v, seen)
			last = f
		}
		if each1 < score {
			continue
		}
		k := float64(len(carried) - first)
		share := (moved - own) / (wander - own)
		t.Logf("%s, from frame %d: %.2f levels a frame along the flow, one by one %.2f (%g steps), the film itself %.2f; excitement %.4g and %.4g; share %.2f", in.Identity().Name, first, moved/k, wander/k, each.Steps, own/k, score/k, each1/k, share)
		return share
	}
	t.Fatalf("%s: one by one the pictures do not become as exciting", in.Identity().Name)
	return 0
}

// uncovered are the pixels from which the square has gone since the frame before, but for its rim.
func (c cropped) uncovered(n int) []bool {
	u, _, _ := c.truth(n)
	before, _, _ := c.truth(n - 1)
	w := c.at.Dx()
	out := make([]bool, len(u))
	for i := range u {
		out[i] = before[i] == 5 && u[i] == -1 && i%w > 0
	}
	return out
}

func count(where []bool) (n int) {
	for _, here := range where {
		if here {
			n++
		}
	}
	return n
}
