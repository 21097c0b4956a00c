// Package enlarge makes pictures larger along their edges, for displays and files that are larger
// than the canvas. There is one method, in Go (To) and in Kage (First, Second), of two passes:
//
// The first sharpens the picture at its own size, each pixel as far as its neighbours' contrast allows,
// and finds how steep it is. The second gives each point of the larger picture the weighted mean of
// twelve pixels. The weights are those of a windowed Lanczos kernel of two lobes, turned along the edge
// there, drawn out along it and narrow across it by how much of an edge it is; what comes out is kept
// between the four nearest pixels, so that nothing rings. Both are those of "FidelityFX Super Resolution
// 1.0" (Timothy Lottes, AMD 2021), called RCAS and EASU there, in the opposite order: sharpened after it,
// an edge that is several pixels wide would stay as wide.
//
// On the way the point moves away from where the picture is steepest, which makes wide edges thin without
// halos: "warp sharpening" (Nur Arad and Craig Gotsman, "Enhancement by Image-Dependent Warping", IEEE
// Transactions on Image Processing 8, 1999).
package enlarge

import (
	"image"
	"runtime"
	"sync"

	"zalgoscope/nn"
)

// To gives a picture, which is opaque and begins at 0,0, at another size, border on border. It is meant
// for sizes that are larger.
func To(m *image.RGBA, size image.Point) *image.RGBA {
	s := prepare(m)
	out := image.NewRGBA(image.Rectangle{Max: size})
	columns, rows := places(s.w, size.X), places(s.h, size.Y)
	parallel(size.Y, func(y int) { s.line(out.Pix[y*out.Stride:][:4*size.X], columns, rows[y]) })
	return out
}

// Stretch maps pixels of a picture of one size to those of another, border on border, as To does.
func Stretch(from, to image.Point) nn.Warp {
	x, y := float64(to.X)/float64(from.X), float64(to.Y)/float64(from.Y)
	return nn.Warp{A: x, C: x/2 - 0.5, E: y, F: y/2 - 0.5}
}

// places are where the pixels of the larger picture lie along one side of the smaller one.
func places(from, to int) []float32 {
	list := make([]float32, to)
	for i := range list {
		list[i] = (float32(i)+0.5)*float32(from)/float32(to) - 0.5
	}
	return list
}

// parallel does rows on all processors.
func parallel(rows int, do func(y int)) {
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for n := range workers {
		wait.Go(func() {
			for y := rows * n / workers; y < rows*(n+1)/workers; y++ {
				do(y)
			}
		})
	}
	wait.Wait()
}
