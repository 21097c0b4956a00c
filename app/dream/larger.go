package dream

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/draw"

	"zalgoscope/nn"
)

// A picture is enlarged on tiles of this side, which lie over each other by so much at least, in pixels.
const (
	largerTile    = 448
	largerOverlap = 112
)

// Larger dreams a frame's picture on at a larger size: it climbs the octaves from its own size up to that one, as the frame
// did those below, with what the frame remembered, on tiles that go over into each other, so that any size takes the
// same memory. The same frame, size and options give the same picture. Progress hears of pixels times gradient steps, and
// can end it.
func Larger(net *nn.Net, engine nn.Engine, f *Frame, size image.Point, o Options, progress func(done, total int64) error) (*image.RGBA, error) {
	now := f.Picture()
	if size.X < now.Rect.Dx() || size.Y < now.Rect.Dy() {
		return nil, fmt.Errorf("dream: a picture of %v is not smaller than %v", now.Rect.Size(), size)
	}
	s := f.Now
	s.Octaves, s.Steps = 1, min(max(4*s.Steps, largerLeast), largerMost)
	s.Width, s.Height, s.Hold, s.Blend, s.Mod = 0, 0, 0, 0, ""
	sizes := largerSizes(now.Rect.Size(), size, s.OctaveScale)
	total, done := int64(0), int64(0)
	for _, sz := range sizes {
		for _, r := range tiles(sz) {
			total += int64(r.Dx()*r.Dy()) * int64(s.Steps)
		}
	}
	o.Memory = f.Memory
	var d *Dream
	defer func() {
		if d != nil {
			d.Release()
		}
	}()
	for k, sz := range sizes {
		next := scaled(now, sz.X, sz.Y)
		if next == now {
			next = image.NewRGBA(now.Rect)
			copy(next.Pix, now.Pix)
		}
		base := image.NewRGBA(next.Rect)
		copy(base.Pix, next.Pix)
		for i, r := range tiles(sz) {
			tile := image.NewRGBA(image.Rectangle{Max: r.Size()})
			draw.Draw(tile, tile.Rect, base, r.Min, draw.Src)
			o.Seed = f.tileSeed(k, i)
			if err := beginTile(&d, net, engine, StillOf("", tile), o); err != nil {
				return nil, err
			}
			part := s
			part.Where = cropMap(s.Where, r, sz)
			dreamed, err := d.Frame(Fixed(part))
			if err != nil {
				return nil, err
			}
			lay(next, dreamed.Image, r, overlaps(sz, i))
			done += int64(r.Dx()*r.Dy()) * int64(s.Steps)
			if err := progress(done, total); err != nil {
				return nil, err
			}
		}
		now = next
	}
	return now, nil
}

// The gradient steps of an octave that a frame did not have: several frames' worth, as there is one chance only.
const (
	largerLeast = 8
	largerMost  = 24
)

// tileSeed is another seed for each tile, and for each frame.
func (f *Frame) tileSeed(octave, tile int) uint64 {
	return uint64(f.Number)<<32 | uint64(octave)<<24 | uint64(tile)
}

// beginTile starts a dream over, or begins the first.
func beginTile(d **Dream, net *nn.Net, engine nn.Engine, in Input, o Options) (err error) {
	if *d != nil {
		return (*d).Begin(in, o)
	}
	*d, err = New(net, engine, in, o)
	return err
}

// largerSizes are the octaves above a size, up to another one; that alone where it is hardly larger.
func largerSizes(from, to image.Point, scale float64) []image.Point {
	ratio := float64(to.X) / float64(from.X)
	n := max(int(math.Ceil(math.Log(ratio)/math.Log(max(scale, 1.2))-0.25)), 1)
	sizes := make([]image.Point, n)
	for i := range sizes {
		share := math.Pow(ratio, float64(i+1-n)/float64(n))
		sizes[i] = image.Pt(int(math.Round(share*float64(to.X))), int(math.Round(share*float64(to.Y))))
	}
	return sizes
}

// tileStarts are where tiles begin along a length.
func tileStarts(length int) []int {
	if length <= largerTile {
		return []int{0}
	}
	n := (length-largerOverlap-1)/(largerTile-largerOverlap) + 1
	starts := make([]int, n)
	for i := range starts {
		starts[i] = (length - largerTile) * i / (n - 1)
	}
	return starts
}

// tiles are those of a size, row after row.
func tiles(size image.Point) (list []image.Rectangle) {
	for _, y := range tileStarts(size.Y) {
		for _, x := range tileStarts(size.X) {
			list = append(list, image.Rect(x, y, min(x+largerTile, size.X), min(y+largerTile, size.Y)))
		}
	}
	return list
}

// overlaps are by how many pixels a tile lies over the one at its left and the one above.
func overlaps(size image.Point, i int) image.Point {
	xs, ys := tileStarts(size.X), tileStarts(size.Y)
	by := func(starts []int, at int) int {
		if at == 0 {
			return 0
		}
		return starts[at-1] + largerTile - starts[at]
	}
	return image.Pt(by(xs, i%len(xs)), by(ys, i/len(xs)))
}

// lay draws a tile over a picture, going over into what is there within the overlaps at its left and upper edges.
func lay(dst, tile *image.RGBA, r image.Rectangle, overlap image.Point) {
	ramp := func(at, over int) float32 {
		if at >= over {
			return 1
		}
		return float32(ease((float64(at) + 0.5) / float64(over)))
	}
	for y := range r.Dy() {
		ry := ramp(y, overlap.Y)
		out, in := dst.Pix[dst.PixOffset(r.Min.X, r.Min.Y+y):], tile.Pix[y*tile.Stride:]
		for x := range r.Dx() {
			a := ry * ramp(x, overlap.X)
			for c := range 3 {
				i := 4*x + c
				out[i] = uint8(float32(out[i]) + a*(float32(in[i])-float32(out[i])) + 0.5)
			}
		}
	}
}

// cropMap is a map's text for a part of a canvas of a size.
func cropMap(text string, r image.Rectangle, size image.Point) string {
	m, err := ParseMap(text)
	if err != nil || text == "" {
		return text
	}
	out := &Map{}
	for i := range out {
		x := float64(r.Min.X) + (float64(i%MapWidth)+0.5)/MapWidth*float64(r.Dx())
		y := float64(r.Min.Y) + (float64(i/MapWidth)+0.5)/MapHeight*float64(r.Dy())
		out[i] = m[int(y/float64(size.Y)*MapHeight)*MapWidth+int(x/float64(size.X)*MapWidth)]
	}
	return out.String()
}
