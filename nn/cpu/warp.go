package cpu

import (
	"errors"
	"math"

	"zalgoscope/nn"
)

// Warp sets dst from src by an affine map, bilinear.
func (e *Engine) Warp(dst, src nn.Canvas, m nn.Warp, edge nn.Edge) error {
	d, err := e.own(dst)
	if err != nil {
		return err
	}
	s, err := e.own(src)
	if err != nil {
		return err
	}
	if d == s {
		return errors.New("cpu: a canvas cannot be warped onto itself")
	}
	e.jobs.warp = warp{d, s, m, edge}
	e.workers.run(&e.jobs.warp, d.h, len(d.pix) > shareFloats)
	return nil
}

// warp is a bilinear affine map, a row an item.
type warp struct {
	dst, src *canvas
	m        nn.Warp
	edge     nn.Edge
}

func (o *warp) run(_ *worker, y int) {
	row, m := o.dst.row(y), o.m
	pix, stride := o.src.pix, 4*o.src.w
	for x := range o.dst.w {
		u := m.A*float64(x) + m.B*float64(y) + m.C
		v := m.D*float64(x) + m.E*float64(y) + m.F
		u0, v0 := math.Floor(u), math.Floor(v)
		fx, fy := float32(u-u0), float32(v-v0)
		x0, x1 := o.cells(int(u0), o.src.w)
		y0, y1 := o.cells(int(v0), o.src.h)
		a, b := (*[3]float32)(pix[y0*stride+4*x0:]), (*[3]float32)(pix[y0*stride+4*x1:])
		c, d := (*[3]float32)(pix[y1*stride+4*x0:]), (*[3]float32)(pix[y1*stride+4*x1:])
		out := (*[3]float32)(row[4*x:])
		out[0] = mix(mix(a[0], b[0], fx), mix(c[0], d[0], fx), fy)
		out[1] = mix(mix(a[1], b[1], fx), mix(c[1], d[1], fx), fy)
		out[2] = mix(mix(a[2], b[2], fx), mix(c[2], d[2], fx), fy)
	}
}

func mix(a, b, share float32) float32 { return a + share*(b-a) }

// cells brings i and i+1 onto a side of n pixels.
func (o *warp) cells(i, n int) (int, int) {
	if i >= 0 && i+1 < n {
		return i, i + 1
	}
	if o.edge == nn.Wrap {
		return mod(i, n), mod(i+1, n)
	}
	return mirror(i, n), mirror(i+1, n)
}

// mirror reflects i at the first and the last pixel.
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	if i = mod(i, 2*n-2); i >= n {
		return 2*n - 2 - i
	}
	return i
}
