package gpu

import (
	"errors"
	"fmt"
	"math"

	"zalgoscope/nn"
)

type warpParams struct {
	Size, SourceSize [2]int32
	CoarseX, FineX   [4]float32 // factors of x, y and 1 for the source's column, see along.glsl
	CoarseY, FineY   [4]float32 // and for its row
	Start            [2]int32   // whole cells to add
	Wrapped          int32      // 1 wraps at the border, 0 mirrors
}

// Warp sets every pixel of dst from src through the affine map.
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
		return errors.New("gpu: a canvas cannot be warped onto itself")
	}
	p := warpParams{
		Size: [2]int32{int32(d.w), int32(d.h)}, SourceSize: [2]int32{int32(s.w), int32(s.h)},
		Wrapped: int32(flag(edge == nn.Wrap)),
	}
	p.CoarseX, p.FineX, p.Start[0] = factors(m.A, m.B, m.C)
	p.CoarseY, p.FineY, p.Start[1] = factors(m.D, m.E, m.F)
	return e.do(func() {
		e.paint("picture", "warp", nil, numbers{p}, d.w*d.h, reads(0, s.pixels.whole()), writes(outSlot, d.pixels.whole()))
	})
}

// factors splits each factor for warp.comp; the whole cells of the last go apart.
func factors(a, b, c float64) (coarse, fine [4]float32, start int32) {
	whole := math.Floor(c)
	for i, v := range [3]float64{a, b, c - whole} {
		r := math.Round(v*2048) / 2048
		coarse[i], fine[i] = float32(r), float32(v-r)
	}
	return coarse, fine, int32(whole)
}

type combineParams struct {
	Count       int32
	Own, Weight float32
}

// Combine sets dst to the weighted sum of the terms, one pass for each canvas.
func (e *Engine) Combine(dst nn.Canvas, terms ...nn.Term) error {
	d, err := e.own(dst)
	if err != nil {
		return err
	}
	own := float32(0)
	others := make([]*Picture, 0, len(terms))
	weights := make([]float32, 0, len(terms))
	for _, t := range terms {
		s, err := e.own(t.Canvas)
		switch {
		case err != nil:
			return err
		case s.w != d.w || s.h != d.h:
			return fmt.Errorf("gpu: cannot combine canvases of %dx%d and %dx%d", d.w, d.h, s.w, s.h)
		case s == d:
			own += t.Weight
		default:
			others = append(others, s)
			weights = append(weights, t.Weight)
		}
	}
	if len(others) == 0 {
		others, weights = []*Picture{d}, []float32{0}
	}
	return e.do(func() {
		for i, s := range others {
			e.paint("picture", "combine", nil, numbers{combineParams{int32(d.w * d.h), own, weights[i]}}, d.w*d.h,
				reads(0, s.pixels.whole()), writes(outSlot, d.pixels.whole()))
			own = 1
		}
	})
}

type holdParams struct {
	Count        int32
	Amount       float32
	Mean, Spread [4]float32
}

// Hold moves the canvas's tone towards the given one.
func (e *Engine) Hold(c nn.Canvas, tone nn.Tone, amount float32) error {
	p, err := e.own(c)
	if err != nil {
		return err
	}
	params := holdParams{Count: int32(p.w * p.h), Amount: amount}
	copy(params.Mean[:], tone.Mean[:])
	copy(params.Spread[:], tone.Spread[:])
	return e.do(func() {
		pixels, s := reads(0, p.pixels.whole()), e.sums
		for i, slot := range []int{meanSlot, spreadSlot} {
			e.paint("picture", "tone", defines{"SPREAD": i, "PARTS": parts}, numbers{pixelParams{params.Count}}, parts,
				pixels, reads(1, s.total(meanSlot)), writes(outSlot, s.parts(slot)))
			s.finish(slot, 1)
		}
		e.paint("picture", "hold", nil, numbers{params}, p.w*p.h,
			reads(0, s.total(meanSlot)), reads(1, s.total(spreadSlot)), writes(outSlot, p.pixels.whole()))
	})
}
