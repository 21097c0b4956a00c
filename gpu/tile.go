package gpu

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"zalgoscope/nn"
)

// smallest is the side below which a tile shows a net too little to dream on.
const smallest = 64

// Tiles tells in how many pieces a canvas is dreamed, and of what size: 1 where
// the maps of the whole fit the device. With blocks of 128 MiB GoogLeNet's are
// dreamed in tiles from about 2.1 million pixels on.
func (e *Engine) Tiles(w, h int, obj nn.Objective) (n, tileW, tileH int, err error) {
	layers, err := e.targets(obj)
	if err != nil {
		return 0, 0, 0, err
	}
	err = e.do(func() { tileW, tileH = e.tileSize(layers, w, h) })
	if err != nil {
		return 0, 0, 0, err
	}
	return pieces(w, tileW) * pieces(h, tileH), tileW, tileH, nil
}

func pieces(n, size int) int { return (n + size - 1) / size }

// tileSize is the size of the pieces that a canvas is dreamed in: its own where it
// fits, else equal parts of it, halved along the longer side until they fit.
func (e *Engine) tileSize(layers []int, w, h int) (int, int) {
	nx, ny := 1, 1
	for {
		tw, th := pieces(w, nx), pieces(h, ny)
		side := max(tw, th)
		if (e.options.Tile == 0 || side <= e.options.Tile) && (side <= smallest || e.roomFor(layers, tw, th)) {
			return tw, th
		}
		if tw >= th {
			nx++
		} else {
			ny++
		}
	}
}

// roomFor tells whether the device holds and binds all maps of a size.
func (e *Engine) roomFor(layers []int, w, h int) bool {
	key := fmt.Sprint(layers, w, h)
	need, ok := e.needs[key]
	if !ok {
		l, err := newLayout(e.net, layers, w, h)
		if err != nil {
			return true // the plan will meet the error itself
		}
		if need.fits = e.fits(l) == nil; need.fits {
			acts, grads := e.arenas(l, true)
			need.bytes = acts.total() + grads.total()
		}
		e.needs[key] = need
	}
	return need.fits && (e.room == 0 || need.bytes <= e.room)
}

// need is what the maps of one size ask for.
type need struct {
	fits  bool
	bytes int64
}

// dream runs f. Where the device runs out of memory the plans of other sizes and
// objectives go first, then f runs again with smaller tiles.
func (e *Engine) dream(layers []int, w, h int, f func(tileW, tileH int)) {
	for {
		tw, th := e.tileSize(layers, w, h)
		err := catch(func() { f(tw, th) })
		if err == nil {
			return
		}
		if !errors.Is(err, ErrMemory) || max(tw, th) <= smallest {
			fail(err)
		}
		if len(e.plans) == 0 {
			e.room = e.needs[fmt.Sprint(layers, tw, th)].bytes / 2
		}
		e.forget()
	}
}

// forget frees all plans.
func (e *Engine) forget() {
	for _, p := range e.plans {
		p.free()
	}
	e.plans = nil
}

type tileParams struct{ CanvasW, CanvasH, OriginX, OriginY int32 }

// ascendTiles makes a step in tiles of one size, side by side on the canvas as a
// torus. A random shift, another one each step, keeps their seams from showing.
func (e *Engine) ascendTiles(c *Picture, layers []int, obj nn.Objective, step nn.Step, w, h int) float32 {
	c.ready(step)
	g := e.gradientOf(c)
	p := e.plan(layers, obj, w, h)
	p.recall(obj)
	nx, ny := pieces(c.w, w), pieces(c.h, h)
	sx, sy := -step.ShiftX, -step.ShiftY
	if nx*ny > 1 {
		dx, dy := seamShift(uint64(step.Number)+1, c.w, c.h)
		sx, sy = sx+dx, sy+dy
	}
	fx, fy := 0, 0 // where the gradient of the whole begins on the canvas
	if !step.Depth.Idle(c.w, c.h) {
		fx, fy = -step.ShiftX, -step.ShiftY // its levels end where the notebook's do
	}
	score := float32(0)
	for i := range nx * ny {
		x, y := sx+i%nx*c.w/nx, sy+i/nx*c.h/ny
		p = e.plan(layers, obj, w, h)
		p.show(c, x, y)
		p.run(p.passes)
		p.advance()
		e.sums.finish(0, len(obj))
		p.note()
		v := p.layout.picture
		at := tileParams{int32(c.w), int32(c.h), int32((x - fx) % c.w), int32((y - fy) % c.h)}
		e.paint("picture", "tile", defines{"FOLDED": flag(p.layout.folded)}, numbers{p.layout.pixels(), at}, w*h, reads(0, v.in(v.grad)), writes(outSlot, g.whole()))
		score += p.exact()
	}
	e.climb(c, level(g.whole(), c.w, c.h), fx, fy, step)
	p.remember(obj)
	if e.healed() {
		return float32(math.NaN())
	}
	return score
}

// seamShift is where the seams of the tiles lie in a step.
func seamShift(step uint64, w, h int) (x, y int) {
	r := rand.New(rand.NewPCG(step, 0))
	return r.IntN(w), r.IntN(h)
}

// gradientOf is the buffer for a whole canvas's gradient.
func (e *Engine) gradientOf(c *Picture) *buffer {
	if c.gradient == nil {
		c.gradient = e.alloc("picture", c.pixels.size)
	}
	return c.gradient
}
