package dream

import (
	"image"
	"math"
	"os"
	"slices"
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/load"
)

// builtIn opens a built-in net on the processor.
func builtIn(t testing.TB, name string) (*nn.Net, nn.Engine) {
	t.Helper()
	data, ok := assets.Net(name)
	if !ok {
		t.Fatalf("net %s is not built in", name)
	}
	net, err := load.ONNX(data, name, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := cpu.Open(net, cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return net, e
}

// film dreams frames from static.
func film(t testing.TB, net *nn.Net, e nn.Engine, s Settings, w, h int, seed uint64, frames int) []*Frame {
	t.Helper()
	d, err := New(net, e, Make("static", w, h, seed), Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	all := make([]*Frame, frames)
	for i := range all {
		if all[i], err = d.Frame(Fixed(s)); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// A dream of a whole layer from static never settles: what excites the layer goes on changing and is spread over
// many channels, and little is clipped, where without fatigue it ends in a pattern of one.
func TestEndless(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	net, e := builtIn(t, "menagerie")
	s := Live()
	s.Layer, s.Octaves, s.Zoom = "inception_4c", 4, 0.04
	const first, apart, every, frames = 100, 60, 10, 190
	measure := func(fatigue float64) (turned, spread float64, last *Frame) {
		s.Fatigue = fatigue
		all := film(t, net, e, s, 160, 120, 1, frames)
		if fatigue > 0 {
			steady(t, all[first:])
		}
		var means [][]float64
		for n := first; n < frames; n += every {
			means = append(means, layerMeans(t, net, e, s.Layer, all[n].Image))
		}
		pairs := len(means) - apart/every
		for i, m := range means {
			spread += participation(m) / float64(len(means))
			if i < pairs {
				turned += cosineDistance(m, means[i+apart/every]) / float64(pairs)
			}
		}
		return turned, spread, all[frames-1]
	}
	turned, spread, last := measure(1)
	if turned < 0.04 || spread < 80 {
		t.Errorf("the layer's means turn by %.3f in %d frames and are spread over %.0f channels, want 0.04 and 80", turned, apart, spread)
	}
	if c := clipped(last.Image); c > 0.06 {
		t.Errorf("%.1f %% of the values are clipped, want at most 6", 100*c)
	}
	if settled, dots, _ := measure(0); settled > turned || dots > spread/2 {
		t.Errorf("without fatigue they turn by %.3f and are spread over %.0f channels: nothing is shown by this test", settled, dots)
	}
}

// steady wants the means of the colours and the contrast of some of the frames within 10 % of their means over all of them.
func steady(t *testing.T, frames []*Frame) {
	t.Helper()
	const every = 10
	var rows [][4]float64
	for i := 0; i < len(frames); i += every {
		m := frames[i].Image
		var row [4]float64
		for at := 0; at < len(m.Pix); at += 4 {
			for c := range 3 {
				row[c] += float64(m.Pix[at+c]) / float64(len(m.Pix)/4)
			}
		}
		row[3] = float64(nn.ToneOf(m).Spread[0])
		rows = append(rows, row)
	}
	for k, what := range []string{"red", "green", "blue", "contrast"} {
		mean := 0.0
		for _, r := range rows {
			mean += r[k] / float64(len(rows))
		}
		for i, r := range rows {
			if math.Abs(r[k]-mean) > 0.1*mean {
				t.Errorf("%s of frame %d is %.1f, and %.1f in the mean", what, frames[i*every].Number, r[k], mean)
			}
		}
	}
}

// layerMeans is the mean of each channel of a layer for a picture.
func layerMeans(t testing.TB, net *nn.Net, e nn.Engine, layer string, m *image.RGBA) []float64 {
	t.Helper()
	a, err := e.Activation(net.Input.Tensor(m), layer)
	if err != nil {
		t.Fatal(err)
	}
	n := a.Shape()[1] * a.Shape()[2]
	means := make([]float64, a.Shape()[0])
	for i, v := range nn.Floats(a) {
		means[i/n] += float64(v) / float64(n)
	}
	return means
}

// participation is over how many channels the squares of their means are spread.
func participation(means []float64) float64 {
	var sum, squares float64
	for _, v := range means {
		sum += v * v
		squares += v * v * v * v
	}
	return sum * sum / squares
}

func cosineDistance(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += a[i] * b[i]
		aa += a[i] * a[i]
		bb += b[i] * b[i]
	}
	return 1 - ab/math.Sqrt(aa*bb)
}

// clipped is the share of values at an end of their range.
func clipped(m *image.RGBA) float64 {
	n := 0
	for i, v := range m.Pix {
		if i%4 != 3 && (v == 0 || v == 255) {
			n++
		}
	}
	return float64(n) / float64(len(m.Pix)/4*3)
}

// A dream that zooms shows no cross through its vanishing point: the column and the row in the middle stand out no more
// than others; without the offset they do. What stands out is the mean second difference over the frames.
func TestNoSeam(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	net, e := builtIn(t, "menagerie")
	s := Live()
	s.Class, s.Drift, s.Zoom = "alp", 0, 0.006
	for _, c := range []struct {
		offset, least, most float64
	}{{0, 12, 1000}, {1, 0, 4}} {
		s.Offset = c.offset
		column, row := seam(film(t, net, e, s, 128, 96, 1, 90)[30:])
		if max(column, row) < c.least || max(column, row) > c.most {
			t.Errorf("offset %g: the middle stands out by %.2f and %.2f, want %g to %g", c.offset, column, row, c.least, c.most)
		}
	}
}

// Every scene finds something to climb in static, on each built-in net that has it: the label map is nowhere below nothing,
// and of a class that it finds nowhere it gives no gradient.
func TestScenesBegin(t *testing.T) {
	nets := []string{"menagerie", "filigree", "grimoire"}
	if testing.Short() {
		nets = nets[:1]
	}
	for _, name := range nets {
		net, e := builtIn(t, name)
		for _, p := range Presets() {
			s, err := p.Apply(Live(), net)
			if err != nil {
				continue
			}
			s.Steps = 1
			if f := film(t, net, e, s, 96, 64, 1, 2)[1]; f.Score == 0 {
				t.Errorf("%s: %s is excited by nothing", name, p.Name)
			}
		}
	}
}

// A cross comes of places that the feedback warp blurs less than others. In no scene that zooms are there any: what bilinear
// interpolation at a fraction f between two pixels blurs, f(1-f), is in the mean over the frames what it is for fractions that are
// all as likely, 1/6, at the vanishing point too, where without the offset it is little.
func TestScenesBlurAlike(t *testing.T) {
	const w, h, frames, even = 160, 120, 2000, 1. / 6
	blurs := func(s Settings, x, y float64) (across, down float64) {
		var last [2]float64
		for n := range frames {
			next := offset(s.Offset, 1, n)
			m := displaced(Motion(s, 0, w, h), last, next)
			last = next
			u, v := m.A*x+m.B*y+m.C, m.D*x+m.E*y+m.F
			u, v = u-math.Floor(u), v-math.Floor(v)
			across, down = across+u*(1-u)/frames, down+v*(1-v)/frames
		}
		return across, down
	}
	scenes := 0
	for _, p := range Presets() {
		s, err := p.set(Live(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.Zoom == 0 {
			continue
		}
		scenes++
		s.Pace, s.Drift = NominalPace, 0
		for _, at := range [][2]float64{{s.CentreX, s.CentreY}, {s.CentreX, 0.2}, {0.2, s.CentreY}, {0.4, 0.7}} {
			across, down := blurs(s, at[0]*(w-1), at[1]*(h-1))
			if math.Abs(across-even) > 0.1*even || math.Abs(down-even) > 0.1*even {
				t.Errorf("%s: at %v the warp blurs by %.3f and %.3f, want %.3f", p.Name, at, across, down, even)
			}
		}
		s.Offset, s.PanX, s.PanY = 0, 0, 0
		if across, down := blurs(s, math.Floor(s.CentreX*(w-1)), math.Floor(s.CentreY*(h-1))); max(across, down) > 0.7*even {
			t.Errorf("%s: without the offset the warp blurs the vanishing point's pixel by %.3f and %.3f: nothing is shown by this test", p.Name, across, down)
		}
	}
	if scenes < 30 {
		t.Errorf("%d scenes zoom", scenes)
	}
}

// No scene shows that cross: where column and row would both stand out by more than 4, the offset takes most of it away. What
// stays are things: around the vanishing point they move least, so that frames' means keep them, and the measure rises there as
// a hill of some 20 to 40 pixels instead of a line; most in the column, as things stand upright
// (stems of toadstools: 11 where they were a class of the whole picture, with the offset or without).
// ZALGOSCOPE_SCENES=all looks at all scenes, in some minutes, else at some.
func TestScenesShowNoSeam(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	const w, h, frames, skip = 96, 72, 120, 40
	const mark = 4
	some := []string{"Parade", "Toadstools", "Stained glass"}
	for _, name := range []string{"menagerie", "filigree"} {
		net, e := builtIn(t, name)
		for _, p := range Presets() {
			s, err := p.Apply(Live(), net)
			if err != nil || s.Zoom == 0 || name == "filigree" && p.Net == "" || os.Getenv("ZALGOSCOPE_SCENES") == "" && !slices.Contains(some, p.Name) {
				continue
			}
			// Where the vanishing point stands still, and few octaves blur, a cross is strongest.
			s.Pace, s.Octaves, s.Drift = NominalPace, min(s.Octaves, 3), 0
			t.Run(p.Name, func(t *testing.T) {
				cross := func(offset float64) float64 {
					s.Offset = offset
					column, row := seam(film(t, net, e, s, w, h, 1, frames)[skip:])
					return min(column, row)
				}
				with := cross(1)
				if with <= mark {
					return
				}
				if without := cross(0); with > without/2 {
					t.Errorf("column and row stand out by %.2f, and by %.2f without the offset; want at most %d or half", with, without, mark)
				}
			})
		}
	}
}

// seam is how much the column and the row through the middle stand out.
func seam(frames []*Frame) (column, row float64) {
	w, h := frames[0].Image.Rect.Dx(), frames[0].Image.Rect.Dy()
	across, down := make([]float64, 3*w*h), make([]float64, 3*w*h)
	for _, f := range frames {
		m := f.Picture()
		at := func(x, y, c int) float64 { return float64(m.Pix[m.PixOffset(x, y)+c]) }
		for y := 1; y < h-1; y++ {
			for x := 1; x < w-1; x++ {
				for c := range 3 {
					i := 3*(y*w+x) + c
					across[i] += 2*at(x, y, c) - at(x-1, y, c) - at(x+1, y, c)
					down[i] += 2*at(x, y, c) - at(x, y-1, c) - at(x, y+1, c)
				}
			}
		}
	}
	columns, rows := make([]float64, w), make([]float64, h)
	for i := range across {
		columns[i/3%w] += math.Abs(across[i])
		rows[i/3/w] += math.Abs(down[i])
	}
	return outstanding(columns[1 : w-1]), outstanding(rows[1 : h-1])
}

// outstanding is the largest of the lines around the middle over the median of the others.
func outstanding(lines []float64) float64 {
	mid := len(lines) / 2
	near := slices.Max(lines[mid-2 : mid+2])
	far := slices.Concat(lines[:mid-4], lines[mid+4:])
	slices.Sort(far)
	return near / far[len(far)/2]
}
