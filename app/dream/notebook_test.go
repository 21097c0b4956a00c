package dream

import (
	"bytes"
	"image"
	"math"
	"testing"

	"zalgoscope/nn"
)

// The notebook's deepdream, line by line on plain arrays, gives the same picture.
func TestNotebook(t *testing.T) {
	start := Clouds(57, 43, 3)
	s := quick()
	s.Octaves, s.Steps, s.Jitter, s.Fatigue = 3, 3, 0, 0
	got := dreamed(t, begin(t, start, 1), Fixed(s), 1)
	want := notebook(t, start, s)
	worst, sum := 0, 0
	for i, v := range got.Pix {
		d := max(int(v)-int(want.Pix[i]), int(want.Pix[i])-int(v))
		worst, sum = max(worst, d), sum+d
	}
	if mean := float64(sum) / float64(len(got.Pix)); worst > 2 || mean > 0.01 {
		t.Errorf("differs from the notebook by %d at most, %.3g in the mean", worst, mean)
	}
	if bytes.Equal(got.Pix, start.Pix) {
		t.Error("the dream changed nothing")
	}
}

// planes are three float planes of one size.
type planes struct {
	w, h int
	v    []float64
}

func notebook(t *testing.T, base *image.RGBA, s Settings) *image.RGBA {
	net, e := engine(t)
	octaves := []planes{fromImage(base)}
	for i := 1; i < int(s.Octaves); i++ {
		f := math.Pow(s.OctaveScale, float64(i))
		octaves = append(octaves, octaves[i-1].zoom(
			int(math.Round(float64(base.Rect.Dx())/f)), int(math.Round(float64(base.Rect.Dy())/f))))
	}
	var detail, src planes
	for i := len(octaves) - 1; i >= 0; i-- {
		o := octaves[i]
		src = planes{o.w, o.h, append([]float64(nil), o.v...)}
		if detail.v != nil {
			for j, v := range detail.zoom(o.w, o.h).v {
				src.v[j] += v
			}
		}
		for range int(s.Steps) {
			src.step(t, net, e, s)
		}
		detail = planes{o.w, o.h, make([]float64, len(src.v))}
		for j := range src.v {
			detail.v[j] = src.v[j] - o.v[j]
		}
	}
	return src.image()
}

// step is the notebook's make_step without jitter.
func (p planes) step(t *testing.T, net *nn.Net, e nn.Engine, s Settings) {
	x := nn.NewTensor([]int{3, p.h, p.w})
	n := p.w * p.h
	in := net.Input
	for c := range 3 {
		for i := range n {
			pixel := p.v[in.Colour(c)*n+i]
			nn.Floats(x)[c*n+i] = (float32(pixel)*in.Range/255 - in.Mean[c]) / in.Std[c]
		}
	}
	g, _, err := e.Gradient(x, nn.Objective{{Layer: s.Layer, Channel: nn.AllChannels, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	grad := make([]float64, len(p.v))
	for c := range 3 {
		for i := range n {
			v := float64(nn.Floats(g)[c*n+i]) / float64(in.Std[c])
			grad[in.Colour(c)*n+i] = v
			sum += math.Abs(v)
		}
	}
	for i, v := range grad {
		p.v[i] = min(max(p.v[i]+s.Step*v/(sum/float64(len(grad))), 0), 255)
	}
}

// zoom is scipy.ndimage.zoom of order 1.
func (p planes) zoom(w, h int) planes {
	out := planes{w, h, make([]float64, 3*w*h)}
	for c := range 3 {
		for y := range h {
			for x := range w {
				u, v := float64(x)*float64(p.w-1)/float64(w-1), float64(y)*float64(p.h-1)/float64(h-1)
				x0, y0 := min(int(u), p.w-2), min(int(v), p.h-2)
				at := func(dx, dy int) float64 { return p.v[(c*p.h+y0+dy)*p.w+x0+dx] }
				fx, fy := u-float64(x0), v-float64(y0)
				out.v[(c*h+y)*w+x] = (1-fy)*((1-fx)*at(0, 0)+fx*at(1, 0)) + fy*((1-fx)*at(0, 1)+fx*at(1, 1))
			}
		}
	}
	return out
}

func fromImage(m *image.RGBA) planes {
	p := planes{m.Rect.Dx(), m.Rect.Dy(), nil}
	for c := range 3 {
		for i := range p.w * p.h {
			p.v = append(p.v, float64(m.Pix[4*i+c]))
		}
	}
	return p
}

func (p planes) image() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	n := p.w * p.h
	for i := range n {
		for c := range 3 {
			m.Pix[4*i+c] = uint8(p.v[c*n+i] + 0.5)
		}
		m.Pix[4*i+3] = 255
	}
	return m
}
