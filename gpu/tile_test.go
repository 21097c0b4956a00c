package gpu

import (
	"errors"
	"fmt"
	"image"
	"math"
	"testing"

	"zalgoscope/nn"
)

// A step in tiles is that of the reference, tile by tile on the torus.
func TestTiles(t *testing.T) {
	const w, h, size = 70, 45, 3
	o := llvmpipe()
	o.Tile = 40
	e := open(t, inception(), o)
	n, tw, th, err := e.Tiles(w, h, toOutput)
	if err != nil || n != 4 || tw != 35 || th != 23 {
		t.Fatalf("got %d tiles of %dx%d, %v; want 4 of 35x23", n, tw, th, err)
	}
	c := painted(t, e, w, h)
	score, err := e.Ascend(c, toOutput, nn.Step{Size: size, ShiftX: 5, ShiftY: -9})
	if err != nil {
		t.Fatal(err)
	}
	want, wantScore := tiledStep(t, w, h, tw, th, size, 5, -9)
	if math.Abs(float64(score/wantScore-1)) > 1e-4 {
		t.Errorf("score: got %g, want %g", score, wantScore)
	}
	for i, v := range pixels(t, c).Pix {
		if d := int(v) - int(want.Pix[i]); d < -1 || d > 1 {
			t.Fatalf("value %d: got %d, want %d", i, v, want.Pix[i])
		}
	}
}

// tiledStep makes the step with the reference engine's gradients.
func tiledStep(t *testing.T, w, h, tw, th int, size float32, shiftX, shiftY int) (*image.RGBA, float32) {
	t.Helper()
	net := inception()
	ref, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	m := noise(w, h)
	g := make([]float32, 3*w*h) // red, green, blue of each pixel
	dx, dy := seamShift(1, w, h)
	total := float32(0)
	for i := range 4 {
		x0, y0 := dx-shiftX+i%2*w/2, dy-shiftY+i/2*h/2
		tile := image.NewRGBA(image.Rect(0, 0, tw, th))
		at := func(x, y int) int { return ((y+y0)%h+h)%h*w + ((x+x0)%w+w)%w }
		for p := range tw * th {
			copy(tile.Pix[4*p:4*p+4], m.Pix[4*at(p%tw, p/tw):])
		}
		d, score, err := ref.Gradient(net.Input.Tensor(tile), toOutput)
		if err != nil {
			t.Fatal(err)
		}
		total += score
		for p := range tw * th {
			for k := range 3 {
				g[3*at(p%tw, p/tw)+k] = nn.Floats(d)[k*tw*th+p]
			}
		}
	}
	sum := 0.0
	for _, v := range g {
		sum += math.Abs(float64(v))
	}
	for p := range w * h {
		for k := range 3 {
			v := float64(m.Pix[4*p+k]) + float64(size)*float64(len(g))/sum*float64(g[3*p+k])
			m.Pix[4*p+k] = uint8(min(max(v, 0), 255) + 0.5)
		}
	}
	return m, total
}

// A canvas whose maps the device cannot bind, or hold, is dreamed in tiles.
func TestTilesBeyondLimits(t *testing.T) {
	o := llvmpipe()
	o.Limits.Block = 1600 << 10
	e := open(t, inception(), o)
	if n, _, _, err := e.Tiles(150, 150, toOutput); err != nil || n != 1 {
		t.Errorf("150x150: got %d tiles, %v; want the whole", n, err)
	}
	n, tw, th, err := e.Tiles(190, 190, toOutput)
	if err != nil || n < 2 {
		t.Errorf("190x190: got %d tiles of %dx%d, %v; want several", n, tw, th, err)
	}
	climbed(t, e, 190, 190, 1)
	if _, err := e.NewPicture(400, 300); err == nil {
		t.Error("a canvas beyond a block: no error")
	}
}

func TestTilesWithoutMemory(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	c := painted(t, e, 200, 160)
	e.options.Fault = func(layer string, bytes int64) error {
		if bytes > 2<<20 {
			return fmt.Errorf("%w: simulated", ErrMemory)
		}
		return nil
	}
	if _, err := e.Ascend(c, toOutput, nn.Step{Size: 1}); err != nil {
		t.Fatalf("got %v, want a step in tiles", err)
	}
	if n, _, _, err := e.Tiles(200, 160, toOutput); err != nil || n < 2 {
		t.Errorf("got %d tiles, %v; want several", n, err)
	}
	e.options.Fault = func(layer string, bytes int64) error {
		if bytes > 0 {
			return fmt.Errorf("%w: simulated", ErrMemory)
		}
		return nil
	}
	if _, err := e.NewPicture(10, 10); !errors.Is(err, ErrMemory) {
		t.Errorf("got %v, want ErrMemory", err)
	}
}

// GoogLeNet at 1920x1080 fits blocks of 128 MiB whole, a larger canvas does not.
func TestTilesOfGoogLeNet(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out large nets")
	}
	o := llvmpipe()
	o.Limits.Block = 128 << 20
	e := open(t, googlenet(t), o)
	e.room = 0 // however much memory the device has
	for _, c := range []struct{ w, h, want int }{{1920, 1080, 1}, {1080, 1920, 1}, {2048, 1152, 2}, {3840, 2160, 4}} {
		if n, tw, th, err := e.Tiles(c.w, c.h, to4c); err != nil || n != c.want {
			t.Errorf("%dx%d: got %d tiles of %dx%d, %v; want %d", c.w, c.h, n, tw, th, err, c.want)
		}
	}
}
