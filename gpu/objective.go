package gpu

import (
	"fmt"

	"zalgoscope/nn"
)

// kindOf names what a target asks for to objective.comp.
func kindOf(t nn.Target) string {
	switch {
	case t.Guide != nil:
		return "GUIDE"
	case t.Fatigue.Memory != nil:
		return "TIRED"
	case t.Channel == nn.AllChannels:
		return "LAYER"
	}
	return "CHANNEL"
}

type objectiveParams struct {
	Weight            float32
	Channel, Features int32
	Evenness          float32
}

func (p *plan) objectiveParams(k int) objectiveParams {
	t := p.obj[k]
	params := objectiveParams{Weight: t.Weight, Channel: int32(t.Channel), Evenness: t.Fatigue.Even}
	if t.Guide != nil {
		params.Features = int32(t.Guide.Shape()[1])
	}
	return params
}

// seed emits the start of target k at the view of its layer.
func (p *plan) seed(k int, v *view) {
	t := p.obj[k]
	h := headerOf(v, v)
	uses := append(p.add(v, &h), v.readAct(0), writes(5, p.engine.sums.parts(k)))
	if t.Guide != nil {
		guide := p.engine.upload(t.Layer, guideOf(t, v.count()))
		p.bufs = append(p.bufs, guide)
		uses = append(uses, reads(1, guide.whole()))
	}
	if kindOf(t) == "TIRED" {
		uses = append(uses, reads(1, p.tire(k, v).notes.whole()))
	}
	q := p.emit(t.Layer, "objective", defines{kindOf(t): 1, "PARTS": parts}, h, p.objectiveParams(k), uses...)
	q.items, q.across = parts, 1
	q.header.End = parts
	p.seeds[k] = q
}

// guideOf lays a guide out as [feature][block], filled up to whole blocks and four features.
func guideOf(t nn.Target, blocks int) []float32 {
	c, n := t.Guide.Shape()[0], t.Guide.Shape()[1]
	data := make([]float32, (n+3)/4*4*blocks*4)
	for k := range c {
		for j := range n {
			data[j*blocks*4+k] = nn.Floats(t.Guide)[k*n+j]
		}
	}
	return data
}

// serves tells whether the plan can run the objective, weights, channels and the numbers of fatigue aside.
func (p *plan) serves(layers []int, obj nn.Objective) bool {
	if len(obj) != len(p.obj) {
		return false
	}
	for k, t := range obj {
		if layers[k] != p.layers[k] || kindOf(t) != kindOf(p.obj[k]) || t.Guide != p.obj[k].Guide {
			return false
		}
	}
	return true
}

// aim sets the weights, channels and exponents of the objective.
func (p *plan) aim(obj nn.Objective) {
	for k, t := range obj {
		old := p.objectiveParams(k)
		p.obj[k] = t
		if now := p.objectiveParams(k); now != old {
			p.seeds[k].params = encode(now)
			p.send(p.seeds[k])
		}
	}
}

// checkTargets refuses more targets than there are slots.
func checkTargets(obj nn.Objective) error {
	if len(obj) > gradientSlot {
		return fmt.Errorf("gpu: an objective of %d targets; at most %d", len(obj), gradientSlot)
	}
	return nil
}
