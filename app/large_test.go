package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/enlarge"
	"zalgoscope/app/toolstest"
)

// largeKind is the child that enlarges pictures on the window's OpenGL instead of opening a studio.
const largeKind = "enlarge"

// enlarging is what that child is asked for, and answers.
type enlarging struct {
	Size   image.Point // of the picture
	To     image.Point
	Rounds int // 0 for the pixels
	Smooth bool
	Pixels []byte
	Took   time.Duration // of a round
}

// hard is a picture with all that enlarging has to do with: noise, fine lines, steps and clouds, from border to border.
func hard(size image.Point) *image.RGBA {
	m := dream.Clouds(size.X, size.Y, 3)
	rng := rand.New(rand.NewPCG(1, 2))
	for y := range size.Y {
		for x := range size.X {
			at := m.Pix[y*m.Stride+4*x:][:3]
			switch (x/16 + y/16) % 4 {
			case 0:
				at[0], at[1], at[2] = uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32())
			case 1:
				at[(x+2*y)/5%3] = 0
			case 2:
				at[1] = uint8(255 * ((3*x + y) / 7 % 2))
			}
		}
	}
	return m
}

// enlargingGame does the work in the first update.
type enlargingGame struct{ jobs []enlarging }

func (g *enlargingGame) Layout(int, int) (int, int) { return 64, 64 }
func (g *enlargingGame) Draw(*ebiten.Image)         {}

func (g *enlargingGame) Update() error {
	e, err := newEnlarger()
	if err != nil {
		return err
	}
	for i := range g.jobs {
		g.jobs[i].do(&e)
	}
	return ebiten.Termination
}

func (j *enlarging) do(e *enlarger) {
	m := hard(j.Size)
	small, large := sizedImage(nil, j.Size), sizedImage(nil, j.To)
	round := func() {
		small.WritePixels(m.Pix)
		if j.Smooth {
			op := &ebiten.DrawImageOptions{Filter: ebiten.FilterLinear, Blend: ebiten.BlendCopy}
			op.GeoM.Scale(float64(j.To.X)/float64(j.Size.X), float64(j.To.Y)/float64(j.Size.Y))
			large.DrawImage(small, op)
		} else {
			e.draw(large, small)
		}
	}
	pixel := make([]byte, 4)
	wait := func() { large.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).ReadPixels(pixel) }
	round()
	wait()
	began := time.Now()
	for range j.Rounds {
		round()
		wait()
	}
	j.Took = time.Since(began) / time.Duration(max(j.Rounds, 1))
	if j.Rounds == 0 {
		j.Pixels = make([]byte, 4*j.To.X*j.To.Y)
		large.ReadPixels(j.Pixels)
	}
}

// runEnlarging is the whole of that child.
func runEnlarging() error {
	g := &enlargingGame{}
	if err := json.NewDecoder(os.Stdin).Decode(&g.jobs); err != nil {
		return err
	}
	preferGLX()
	if err := ebiten.RunGame(g); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(g.jobs)
}

// enlargeInWindow has a child do jobs on a software OpenGL.
func enlargeInWindow(t testing.TB, jobs []enlarging) []enlarging {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DISPLAY="+toolstest.Xvfb(t, "1280x800"), "LIBGL_ALWAYS_SOFTWARE=1", childVar+"="+largeKind)
	in, _ := json.Marshal(jobs)
	cmd.Stdin = bytes.NewReader(in)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the child that enlarges: %v\n%s", err, errs.String())
	}
	var done []enlarging
	if err := json.Unmarshal(out, &done); err != nil {
		t.Fatalf("the child that enlarges answered %.200q: %v", out, err)
	}
	return done
}

// TestEnlargersAgree enlarges in Kage what package enlarge does in Go. Both round to bytes between the passes, where one
// step may move a point by 1/300 pixel; where that is from one four pixels to the next, noise jumps.
func TestEnlargersAgree(t *testing.T) {
	needWindow(t)
	const near, most, beyond = 1, 16, 0.001 // levels, levels, share of values that are further off than near
	jobs := enlargeInWindow(t, []enlarging{
		{Size: image.Pt(96, 64), To: image.Pt(288, 192)},
		{Size: image.Pt(101, 67), To: image.Pt(333, 200)},
		{Size: image.Pt(64, 48), To: image.Pt(71, 53)},
		{Size: image.Pt(5, 3), To: image.Pt(40, 30)},
		{Size: image.Pt(1, 2), To: image.Pt(9, 18)},
	})
	for _, j := range jobs {
		want := enlarge.To(hard(j.Size), j.To)
		worst, far := 0, 0
		for i, v := range want.Pix {
			d := int(v) - int(j.Pixels[i])
			d = max(d, -d)
			worst = max(worst, d)
			if d > near {
				far++
			}
		}
		if share := float64(far) / float64(len(want.Pix)); worst > most || share > beyond {
			t.Errorf("%v to %v: Kage and Go differ by up to %d levels, and %.4f of the values by more than %d; want %d and %g",
				j.Size, j.To, worst, share, near, most, beyond)
		}
	}
}

// TestEnlargedSize tells what is enlarged, and how far.
func TestEnlargedSize(t *testing.T) {
	e := enlarger{most: 768 * 480}
	for _, c := range []struct{ from, to, want image.Point }{
		{image.Pt(384, 240), image.Pt(576, 360), image.Pt(576, 360)},
		{image.Pt(384, 240), image.Pt(1536, 960), image.Pt(768, 480)}, // the display goes on from there
		{image.Pt(384, 240), image.Pt(400, 250), image.Pt(384, 240)},
		{image.Pt(384, 240), image.Pt(192, 120), image.Pt(384, 240)},
		{image.Pt(800, 500), image.Pt(1600, 1000), image.Pt(800, 500)},
	} {
		if got := e.size(c.from, c.to); got != c.want {
			t.Errorf("%v shown at %v is enlarged to %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// BenchmarkEnlarge enlarges frames on the window's OpenGL, with their way there, beside bilinear filtering.
func BenchmarkEnlarge(b *testing.B) {
	needWindow(b)
	for _, c := range []struct{ from, to image.Point }{
		{image.Pt(320, 240), image.Pt(960, 720)},
		{image.Pt(384, 240), image.Pt(768, 480)},
		{image.Pt(640, 400), image.Pt(960, 600)},
	} {
		for _, smooth := range []bool{false, true} {
			name := fmt.Sprintf("%dx%d-%dx%d/edges", c.from.X, c.from.Y, c.to.X, c.to.Y)
			if smooth {
				name = strings.Replace(name, "edges", "bilinear", 1)
			}
			b.Run(name, func(b *testing.B) {
				done := enlargeInWindow(b, []enlarging{{Size: c.from, To: c.to, Rounds: b.N, Smooth: smooth}})
				b.ReportMetric(float64(done[0].Took.Nanoseconds()), "ns/op")
			})
		}
	}
}
