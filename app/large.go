package app

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/enlarge"
)

// enlarger enlarges frames on the graphics card, each once: no display has to do it at every drawing.
type enlarger struct {
	first, second *ebiten.Shader
	sharp         *ebiten.Image // between the two passes
	most          int           // pixels of a picture that is made; displays go on from there bilinearly
}

// Pictures are made no larger than a processor that draws can make them at each dream, in 15 ms on two threads.
const (
	mostLarge         = 3840 * 2160
	mostLargeSoftware = 768 * 480
)

func newEnlarger() (e enlarger, err error) {
	e.most = mostLarge
	if softwareGL() {
		e.most = mostLargeSoftware
	}
	if e.first, err = ebiten.NewShader(enlarge.First); err != nil {
		return e, err
	}
	e.second, err = ebiten.NewShader(enlarge.Second)
	return e, err
}

// size is that of a picture, enlarged to be shown at a size: its own, where there is little to enlarge.
func (e *enlarger) size(from, to image.Point) image.Point {
	if f := math.Sqrt(float64(e.most) / float64(to.X*to.Y)); f < 1 {
		to = image.Pt(int(f*float64(to.X)), int(f*float64(to.Y)))
	}
	const least = 1.1
	if float64(to.X*to.Y) < least*least*float64(from.X*from.Y) {
		return from
	}
	return to
}

// draw replaces large by the picture in the size that large has.
func (e *enlarger) draw(large, m *ebiten.Image) {
	e.sharp = sizedImage(e.sharp, m.Bounds().Size())
	pass(e.sharp, m, e.first)
	pass(large, e.sharp, e.second)
}

// pass has a shader replace a whole picture from another one.
func pass(dst, src *ebiten.Image, shader *ebiten.Shader) {
	d, s := dst.Bounds().Max, src.Bounds().Max
	v := quad(image.Rectangle{Max: d}, func(x, y int) ebiten.Vertex {
		return ebiten.Vertex{
			DstX: float32(x), DstY: float32(y), SrcX: float32(x / d.X * s.X), SrcY: float32(y / d.Y * s.Y),
			ColorR: 1, ColorG: 1, ColorB: 1, ColorA: 1,
		}
	})
	dst.DrawTrianglesShader(v, quadTriangles, shader, &ebiten.DrawTrianglesShaderOptions{
		Blend: ebiten.BlendCopy, Images: [4]*ebiten.Image{src},
	})
}

// sizedImage is an image of that size: the one that there is, where it has it.
func sizedImage(m *ebiten.Image, size image.Point) *ebiten.Image {
	if m != nil {
		if m.Bounds().Size() == size {
			return m
		}
		m.Deallocate()
	}
	// Unmanaged: an image of its own, which is replaced whole.
	return ebiten.NewImageWithOptions(image.Rectangle{Max: size}, &ebiten.NewImageOptions{Unmanaged: true})
}
