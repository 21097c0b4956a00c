package record

import (
	"context"
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
)

// tinyNet is two layers of random weights.
func tinyNet() *nn.Net {
	rng := rand.New(rand.NewPCG(5, 6))
	conv := func(from, to int) *nn.Conv {
		w := make([]float32, to*from*9)
		for i := range w {
			w[i] = float32(rng.NormFloat64()) / 5
		}
		return &nn.Conv{Window: nn.Square(3, 1, 1), Groups: 1, W: nn.TensorOf(w, to, from, 3, 3)}
	}
	return &nn.Net{Name: "tiny", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "conv1", Op: conv(3, 4), In: []int{nn.Picture}},
		{Name: "relu1", Op: &nn.ReLU{}, In: []int{0}},
		{Name: "conv2", Op: conv(4, 5), In: []int{1}},
	}}
}

func engineOf(t testing.TB, net *nn.Net) nn.Engine {
	t.Helper()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// session dreams and records frames while knobs change between and within them, and
// gives the frames recorded, which are those from the given one on.
func session(t *testing.T, path string, start *dream.Still, from, count int) []*image.RGBA {
	t.Helper()
	const seed = 99
	net := tinyNet()
	// It goes on with what another dream remembered.
	memory := dream.Memory{"conv2": {0.2, 3, 0.5, 1.1, 0.2, 0.9}}
	d, err := dream.New(net, engineOf(t, net), start, dream.Options{Seed: seed, Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	head := Recipe{Net: Net{Name: net.Name}, Device: "reference", Seed: seed, Start: StartOf(start)}
	head.Start.Memory = memory
	log := NewLog(head, nil)
	d.OnChange(log.Change)
	rec, err := Create(path, Options{Recipe: log.Since(from)})
	if err != nil {
		t.Fatal(err)
	}
	var frames []*image.RGBA
	for n := range from + count {
		f, err := d.Frame(turning)
		if err != nil {
			t.Fatal(err)
		}
		m := f.Picture()
		if n >= from {
			frames = append(frames, m)
			if err := rec.Add(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	return frames
}

// turning turns several knobs at ticks within frames.
func turning(tick int64) (dream.Settings, error) {
	s := dream.Defaults()
	s.Layer, s.Steps, s.Octaves, s.Jitter, s.Pace = "conv2", 2, 2, 4, 0.7
	switch {
	case tick >= 21:
		s.Width, s.Height, s.Pace = 40, 40, 1.1
		fallthrough
	case tick >= 14:
		s.Layer, s.Channel, s.Drift = "conv1", "2", 0.1
		s.Fatigue, s.DepthLevels = 1.3, 3
		fallthrough
	case tick >= 7:
		s.Zoom, s.Rotate, s.Blend, s.Depth = -0.031415926, 3, 0.1, 0.6
		fallthrough
	case tick >= 3:
		s.Step, s.Even = 0.1+0.2, 0.7
	}
	return s, nil
}

func replay(t *testing.T, r Recipe, o ReplayOptions) []*image.RGBA {
	t.Helper()
	net := tinyNet()
	var out []*image.RGBA
	each := func(m *image.RGBA) error { out = append(out, m); return nil }
	if err := Replay(context.Background(), r, net, engineOf(t, net), o, each, nil); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReplay records a dream, reads the recipe from the file, and dreams the same frames
// again, bit for bit.
func TestReplay(t *testing.T) {
	dir := t.TempDir()
	photo := filepath.Join(dir, "photo.png")
	big := newScene(61, 47).frame(0)
	if err := picture.Save(photo, big); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, file string
		start      *dream.Still
		from       int
	}{
		{"static", "a.gif", dream.Make("static", 36, 28, 99), 0},
		{"clouds, from the middle on", "b.apng", dream.Make("clouds", 36, 28, 99), 3},
		{"static scaled, as it was once", "f.gif", dream.Make("static", 36, 28, 99).Scaled(), 0},
		{"a photo", "c.gif", dream.StillOf(photo, big), 0},
		{"a photo that was cut", "d%d.png", dream.StillOf(photo, picture.Cover(big, 30, 30)), 0},
		{"a picture without a name", "e.gif", dream.StillOf("", newScene(33, 29).frame(1)), 1},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := filepath.Join(dir, c.file)
			want := session(t, path, c.start, c.from, 5)
			r, err := ReadRecipe(strings.Replace(path, "%d", "4", 1))
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Changes) < 4 {
				t.Errorf("got %d changes, want the knobs' at least", len(r.Changes))
			}
			got := replay(t, r, ReplayOptions{Find: Find(dir)})
			if len(got) != len(want) {
				t.Fatalf("got %d frames, want %d", len(got), len(want))
			}
			for i := range want {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Errorf("frame %d is not the one that was recorded", i)
				}
			}
			part := replay(t, r, ReplayOptions{From: 2, To: 4, Find: Find(dir)})
			if len(part) != 2 || !reflect.DeepEqual(part, got[2:4]) {
				t.Errorf("frames 2 to 4 are not those of the whole")
			}
		})
	}
}

// TestReplayOfLoop turns knobs from another goroutine while a loop dreams, at whatever
// moment of a frame that may be.
func TestReplayOfLoop(t *testing.T) {
	net := tinyNet()
	start := dream.Make("static", 30, 30, 99)
	d, err := dream.New(net, engineOf(t, net), start, dream.Options{Seed: 99})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	log := NewLog(Recipe{Seed: 99, Start: StartOf(start)}, nil)
	d.OnChange(log.Change)
	s, _ := turning(0)
	var want []*image.RGBA
	l := dream.Start(d, s, dream.LoopOptions{OnFrame: func(f *dream.Frame) { want = append(want, f.Picture()) }})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		s.Steps, s.Octaves, s.Zoom = float64(1+rng.IntN(4)), float64(1+rng.IntN(3)), rng.Float64()/5
		l.Set(s)
		time.Sleep(time.Duration(rng.IntN(2000)) * time.Microsecond)
	}
	l.Close()
	r := log.Recipe()
	r.Frames = len(want)
	for i, m := range replay(t, r, ReplayOptions{}) {
		if !reflect.DeepEqual(m, want[i]) {
			t.Fatalf("frame %d of %d is not the one that was dreamed", i, len(want))
		}
	}
}

// TestReplayLarger dreams at twice the size; the composition stays.
func TestReplayLarger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gif")
	small := session(t, path, dream.Make("clouds", 36, 28, 99), 0, 4)
	r, err := ReadRecipe(path)
	if err != nil {
		t.Fatal(err)
	}
	large := replay(t, r, ReplayOptions{Size: image.Pt(72, 0)})
	for i, m := range large {
		if want := small[i].Rect.Size().Mul(2); m.Rect.Size() != want {
			t.Errorf("frame %d: got %v, want %v", i, m.Rect.Size(), want)
		}
	}
	back := picture.Cover(large[0], 36, 28)
	if square, _ := colourError(back, small[0]); math.Sqrt(square/float64(3*36*28)) > 25 {
		t.Errorf("the first frame is off by %.0f of 255", math.Sqrt(square/float64(3*36*28)))
	}
}

func TestReplayRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gif")
	session(t, path, dream.Make("static", 20, 20, 99), 0, 2)
	good, err := ReadRecipe(path)
	if err != nil {
		t.Fatal(err)
	}
	net := tinyNet()
	for _, c := range []struct {
		name, want string
		edit       func(*Recipe)
		o          ReplayOptions
	}{
		{"unknown length", "cut off", func(r *Recipe) { r.Frames = 0 }, ReplayOptions{}},
		{"past the end", "2 frames", func(*Recipe) {}, ReplayOptions{To: 3}},
		{"from the end", "2 frames, so that there is none from number 2 on", func(*Recipe) {}, ReplayOptions{From: 2}},
		{"backwards", "no frame from number 1 to before number 1", func(*Recipe) {}, ReplayOptions{From: 1, To: 1}},
		{"from before it", "from -1", func(*Recipe) {}, ReplayOptions{From: -1}},
		{"another start", "not the one", func(r *Recipe) { r.Start.SHA256 = "77" }, ReplayOptions{}},
		{"a lost start", "start picture", func(r *Recipe) { r.Start.Name = "/nowhere.png" }, ReplayOptions{}},
		{"invalid", "no settings", func(r *Recipe) { r.Changes = nil }, ReplayOptions{}},
	} {
		r := good
		c.edit(&r)
		err := Replay(context.Background(), r, net, engineOf(t, net), c.o, func(*image.RGBA) error { return nil }, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one with %q", c.name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	stop := func(*image.RGBA) error { cancel(); return nil }
	if err := Replay(ctx, good, net, engineOf(t, net), ReplayOptions{}, stop, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got error %v", err)
	}
}
