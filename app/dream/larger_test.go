package dream

import (
	"bytes"
	"errors"
	"image"
	"math"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// Tiles cover a size of any length, with the overlap that they say.
func TestTiles(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {448, 30}, {449, 700}, {960, 600}, {4961, 3508}} {
		covered := image.Rectangle{}
		for i, r := range tiles(size) {
			over := overlaps(size, i)
			if !r.In(image.Rectangle{Max: size}) || r.Min.X > 0 && over.X < largerOverlap || r.Min.Y > 0 && over.Y < largerOverlap || r.Min.X == 0 && over.X != 0 {
				t.Errorf("of %v tile %d is %v, which lies over others by %v", size, i, r, over)
			}
			covered = covered.Union(r)
		}
		if covered.Max != size {
			t.Errorf("the tiles of %v cover %v", size, covered)
		}
	}
	sizes := largerSizes(image.Pt(640, 400), image.Pt(2560, 1600), 1.4)
	for i, s := range sizes {
		if s.X <= 640 || i > 0 && float64(s.X)/float64(sizes[i-1].X) > 1.5 {
			t.Errorf("octave %d of %v is out of order", i, sizes)
		}
	}
	if last := sizes[len(sizes)-1]; last != image.Pt(2560, 1600) || len(sizes) != 4 {
		t.Errorf("the octaves are %v", sizes)
	}
}

// A larger picture shows what the frame does, has more detail than the frame enlarged, no seam between tiles, is the same
// again, and can be stopped.
func TestLarger(t *testing.T) {
	net := enginetest.Small()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := Live()
	s.Layer, s.Steps, s.Octaves, s.Zalgo = "relu1", 1, 1, 2
	d, err := New(net, e, Make("clouds", 250, 20, 1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	f, err := d.Frame(Fixed(s))
	if err != nil {
		t.Fatal(err)
	}
	size := image.Pt(500, 40) // two tiles
	if n := len(tiles(size)); n != 2 {
		t.Fatalf("%d tiles", n)
	}
	var heard [2]int64
	m, err := Larger(net, e, f, size, Options{}, func(done, total int64) error { heard = [2]int64{done, total}; return nil })
	if err != nil || m.Rect.Size() != size || heard[0] != heard[1] || heard[0] == 0 {
		t.Fatalf("%v of %v done, %v", heard[0], heard[1], err)
	}
	plain := scaled(f.Picture(), size.X, size.Y)
	far, fine, plainFine, seam, mean := 0.0, 0.0, 0.0, 0.0, 0.0
	at := func(m *image.RGBA, x, y int) float64 { return float64(m.Pix[m.PixOffset(x, y)]) }
	for y := range size.Y {
		for x := 1; x < size.X; x++ {
			far += math.Abs(at(m, x, y) - at(plain, x, y))
			step := math.Abs(at(m, x, y) - at(m, x-1, y))
			fine += step
			plainFine += math.Abs(at(plain, x, y) - at(plain, x-1, y))
			mean += step / float64(size.X-1)
			if x > 48 && x <= 56 || x > 444 && x <= 452 { // where a tile begins or ends
				seam += step / 16
			}
		}
	}
	n := float64(size.X * size.Y)
	if far/n > 60 {
		t.Errorf("it is %.1f of 255 apart from the frame", far/n)
	}
	if fine < 1.2*plainFine {
		t.Errorf("it has %.2f of the enlarged frame's detail", fine/plainFine)
	}
	if seam > 1.5*mean {
		t.Errorf("where tiles meet the picture changes by %.2f of what it does elsewhere", seam/mean)
	}
	again, err := Larger(net, e, f, size, Options{}, func(int64, int64) error { return nil })
	if err != nil || !bytes.Equal(again.Pix, m.Pix) {
		t.Errorf("the same again is another picture: %v", err)
	}
	stop := errors.New("stop")
	if _, err := Larger(net, e, f, size, Options{}, func(int64, int64) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped, the error is %v", err)
	}
	if _, err := Larger(net, e, f, image.Pt(100, 100), Options{}, nil); err == nil {
		t.Error("a smaller size was taken")
	}
}
