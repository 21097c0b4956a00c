package gpu

import (
	"fmt"
	"slices"

	"zalgoscope/nn"
)

// kept is how many plans stay allocated: the octaves of a few objectives.
const kept = 12

// plan gives the plan for the layers, objective (nil to run forward only) and
// canvas size, an old one where there is one.
func (e *Engine) plan(layers []int, obj nn.Objective, w, h int) *plan {
	for i, p := range e.plans {
		if p.layout.net == e.net && p.layout.w == w && p.layout.h == h && (p.obj == nil) == (obj == nil) && slices.Equal(p.layers, layers) && p.serves(layers, obj) {
			e.plans = append(slices.Delete(e.plans, i, i+1), p)
			p.aim(obj)
			p.refresh()
			return p
		}
	}
	l, err := newLayout(e.net, layers, w, h)
	if err != nil {
		fail(fmt.Errorf("gpu: %w", err))
	}
	if err := e.fits(l); err != nil {
		fail(err)
	}
	acts, grads := e.arenas(l, obj != nil)
	e.makeRoom(acts.total() + grads.total())
	p := e.newPlan(l, layers, obj)
	p.refresh()
	e.plans = append(e.plans, p)
	return p
}

// makeRoom frees the plans that were not used for longest until there are few
// enough and, where the device's memory is known, bytes more fit beside them.
func (e *Engine) makeRoom(bytes int64) {
	used := bytes
	for _, p := range e.plans {
		used += p.bytes()
	}
	for len(e.plans) >= kept || len(e.plans) > 0 && e.device.Memory > 0 && used > e.device.Memory*3/4 {
		used -= e.plans[0].bytes()
		e.plans[0].free()
		e.plans = slices.Delete(e.plans, 0, 1)
	}
}

// bytes is the device memory that the plan's maps take.
func (p *plan) bytes() (sum int64) {
	for _, b := range p.bufs {
		sum += b.size
	}
	return sum
}

// fits tells why a layout is beyond the device's limits, or nil.
func (e *Engine) fits(l *layout) error {
	most := e.device.Limits.Block
	for _, b := range l.blobs {
		for _, v := range b.views {
			if size := int64(v.count()*v.plane()+v.slack) * texel; size > most {
				return fmt.Errorf("gpu: layer %q at %dx%d takes %d MiB, %s binds at most %d",
					b.layer, l.w, l.h, size>>20, e.device.Renderer, most>>20)
			}
		}
	}
	return nil
}
