package gpu

import (
	"fmt"
	"math"
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

type inputParams struct {
	CanvasW, CanvasH, OriginX, OriginY int32
	BGR                                int32
	TileW, TileH                       int32      // pixels that there are
	Scale, Offset                      [4]float32 // of the input's channels
}

type ascendParams struct {
	OriginX, OriginY int32
	BGR              int32
	Size             float32
	Scale            [4]float32
}

type magnitudeParams struct {
	Scale [4]float32
}

// Ascend makes one gradient step. On hardware the value that it returns is that
// of the step before with the same objective and size, so that the device never waits.
func (e *Engine) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (score float32, err error) {
	canvas, err := e.own(c)
	if err != nil {
		return 0, err
	}
	layers, err := e.targets(obj)
	if err != nil {
		return 0, err
	}
	err = e.do(func() {
		e.dream(layers, canvas.w, canvas.h, func(w, h int) {
			if e.tiled || w < canvas.w || h < canvas.h {
				score = e.ascendTiles(canvas, layers, obj, step, w, h)
			} else {
				score = e.ascendWhole(canvas, layers, obj, step)
			}
		})
		e.tuner.measure(e.plans[len(e.plans)-1])
	})
	return score, err
}

// ascendWhole makes a step on all of the canvas at once.
func (e *Engine) ascendWhole(c *Picture, layers []int, obj nn.Objective, step nn.Step) float32 {
	c.ready(step)
	p := e.plan(layers, obj, c.w, c.h)
	p.recall(obj)
	p.show(c, -step.ShiftX, -step.ShiftY)
	p.run(p.passes)
	p.advance()
	e.sums.finish(0, len(obj))
	p.note()
	v := p.layout.picture
	e.climb(c, slope{v.in(v.grad), p.layout.pixels(), p.layout.folded}, -step.ShiftX, -step.ShiftY, step)
	p.remember(obj)
	return p.score()
}

// targets resolves an objective's layers.
func (e *Engine) targets(obj nn.Objective) ([]int, error) {
	if err := checkTargets(obj); err != nil {
		return nil, err
	}
	layers, err := e.net.Targets(obj)
	if err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	return layers, nil
}

// header is the geometry of a view that is both read and written.
func (v *view) header() header { return headerOf(v, v) }

// show preprocesses the canvas, from pixel x, y on and wrapping round, to the plan's input.
func (p *plan) show(c *Picture, x, y int) {
	v := p.layout.picture
	scale, offset := p.engine.net.Input.Affine()
	params := inputParams{
		CanvasW: int32(c.w), CanvasH: int32(c.h), OriginX: int32(x % c.w), OriginY: int32(y % c.h),
		BGR: int32(flag(p.engine.net.Input.BGR)), TileW: int32(p.layout.w), TileH: int32(p.layout.h),
	}
	copy(params.Scale[:], scale[:])
	copy(params.Offset[:], offset[:])
	h := v.header()
	h.End = int32(v.w * v.h)
	p.engine.paint("picture", "input", defines{"FOLDED": flag(p.layout.folded)}, numbers{h, params}, v.w*v.h, reads(0, c.pixels.whole()), v.writeAct())
}

// slope is a canvas's gradient and how it lies.
type slope struct {
	values region
	header header
	folded bool
}

// level is a gradient that lies as a canvas does.
func level(values region, w, h int) slope {
	return slope{values, header{Width: int32(w), Height: int32(h), InRow: int32(w)}, false}
}

// climb moves the canvas along a gradient with respect to the net's input that is rolled to x, y.
func (e *Engine) climb(c *Picture, g slope, x, y int, step nn.Step) {
	scale, _ := e.net.Input.Affine()
	sum := magnitudeParams{}
	copy(sum.Scale[:], scale[:])
	magnitude := defines{"PARTS": parts, "FOLDED": flag(g.folded)}
	uses := []use{reads(0, g.values), reads(1, c.pixels.whole()), writes(outSlot, e.sums.parts(gradientSlot))}
	deep := !step.Depth.Idle(c.w, c.h)
	if deep {
		magnitude["KEPT"] = 1
		uses = append(uses, writes(asideSlot, c.levels[0]))
	}
	e.paint("picture", "magnitude", magnitude, numbers{g.header, sum}, parts, uses...)
	if deep {
		e.even(c, step.Depth)
		g, sum.Scale = level(c.levels[0], c.w, c.h), [4]float32{1, 1, 1}
	}
	e.sums.finish(gradientSlot, 1)
	move := ascendParams{
		OriginX: int32(x % c.w), OriginY: int32(y % c.h), BGR: int32(flag(e.net.Input.BGR)), Size: step.Size, Scale: sum.Scale,
	}
	e.paint("picture", "ascend", defines{"FOLDED": flag(g.folded)}, numbers{g.header, move}, c.w*c.h,
		reads(0, g.values), reads(1, e.sums.total(gradientSlot)), writes(outSlot, c.pixels.whole()))
}

// healed waits for the last climb and tells whether it healed something.
func (e *Engine) healed() (healed bool) {
	r := newReadback(e, texel)
	defer r.free()
	r.start(e.sums.total(gradientSlot))
	r.wait("picture", func(data unsafe.Pointer) { healed = unhealthy(data) })
	return healed
}

// unhealthy reads how many pixels needed healing from the gradient's sum.
func unhealthy(sum unsafe.Pointer) bool { return *(*float32)(unsafe.Add(sum, 4)) > 0 }

// score gives the value of a step, after its climb: this one's, or on hardware, once one is
// known, that of the last step whose copy is under way or came.
func (p *plan) score() float32 {
	p.scores[0], p.scores[1] = p.scores[1], p.scores[0]
	if p.scores[0] == nil {
		p.scores[0] = newReadback(p.engine, told)
	}
	now, last := p.scores[0], p.scores[1]
	now.start(region{p.engine.sums.buf, 0, told})
	switch {
	case p.engine.device.Software || !p.scored:
		p.value = p.stepped(now)
	case last != nil && last.fence != 0:
		p.value = p.stepped(last)
	}
	p.scored = true
	return p.value
}

// exact waits for the objective's value of what ran last.
func (p *plan) exact() float32 {
	r := newReadback(p.engine, told)
	defer r.free()
	r.start(region{p.engine.sums.buf, 0, told})
	value, _ := p.totals(r)
	return value
}

// stepped is the value of the step that a readback tells of, not finite where it healed something.
func (p *plan) stepped(r *readback) float32 {
	value, healed := p.totals(r)
	if healed {
		return float32(math.NaN())
	}
	return value
}

// totals adds the targets' values that a readback brings, and tells whether the last climb healed something.
func (p *plan) totals(r *readback) (value float32, healed bool) {
	sum := 0.0
	r.wait(p.engine.net.Layers[p.layers[0]].Name, func(data unsafe.Pointer) {
		for k := range p.obj {
			sum += float64(*(*float32)(unsafe.Add(data, k*stride)))
		}
		healed = unhealthy(unsafe.Add(data, gradientSlot*stride))
	})
	return float32(sum), healed
}

// Activation runs the input forward and returns a layer's output.
func (e *Engine) Activation(x *tensor.Dense, layer string) (out *tensor.Dense, err error) {
	l, err := e.net.Find(layer)
	if err != nil {
		return nil, fmt.Errorf("gpu: %w", err)
	}
	if err := checkInput(x); err != nil {
		return nil, err
	}
	err = e.do(func() {
		p := e.plan([]int{l}, nil, x.Shape()[2], x.Shape()[1])
		p.setPicture(x)
		p.run(p.passes)
		v := p.layout.views[p.layout.root(l)]
		out = e.get(layer, v, v.act)
	})
	return out, err
}

// Gradient returns the objective's gradient with respect to the input, and its value.
func (e *Engine) Gradient(x *tensor.Dense, obj nn.Objective) (dx *tensor.Dense, score float32, err error) {
	layers, err := e.targets(obj)
	if err != nil {
		return nil, 0, err
	}
	if err := checkInput(x); err != nil {
		return nil, 0, err
	}
	err = e.do(func() {
		p := e.plan(layers, obj, x.Shape()[2], x.Shape()[1])
		p.recall(obj)
		p.setPicture(x)
		p.run(p.passes)
		e.sums.finish(0, len(obj))
		score = p.exact()
		dx = p.pictureGradient()
	})
	return dx, score, err
}

func checkInput(x *tensor.Dense) error {
	if x.Dims() != 3 || x.Shape()[0] != 3 {
		return fmt.Errorf("gpu: the input has shape %v, not 3,H,W", x.Shape())
	}
	return nil
}
