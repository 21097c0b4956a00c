package gpu

import "zalgoscope/nn"

// tired is what a step needs of a target with fatigue beside its seed.
type tired struct {
	target   int
	channels int
	// A vec4 for each block of channels and one more, twice: the gains and the mean norm that the step goes
	// by, then, cleared before a step, the energies and the sums of the norms and of the positions.
	notes    *buffer
	energies *pass
}

// tire readies what target k needs, a layer with fatigue at a view.
func (p *plan) tire(k int, v *view) *tired {
	d := &tired{target: k, channels: v.channels, notes: p.engine.alloc(p.obj[k].Layer, 2*int64(v.count()+1)*texel)}
	p.bufs = append(p.bufs, d.notes)
	d.energies = p.pass(p.obj[k].Layer, "fatigue_energies", p.engine.energyLanes(), headerOf(v, v), nil,
		v.readAct(0), reads(1, p.engine.sums.total(k)), writes(outSlot, d.notes.whole()))
	d.energies.items = d.energies.unit[0]
	d.energies.header.End = int32(d.energies.items)
	p.tireds = append(p.tireds, d)
	return d
}

// energyLanes is how many invocations share a block of channels.
func (e *Engine) energyLanes() defines {
	if e.device.Software || e.device.Limits.Threads < 256 {
		return defines{"LANE": 64}
	}
	return defines{"LANE": 256}
}

type gainParams struct{ Exponent float32 }
type rememberParams struct{ Rate, EvenRate float32 }

// header is that of a pass over the blocks of channels of what d notes.
func (d *tired) header() header {
	return header{Blocks: int32(blocksOf(d.channels)), Channels: int32(d.channels)}
}

// recall begins a step, or a gradient, for the objective's memories: it makes the gains, once for all tiles.
func (p *plan) recall(obj nn.Objective) {
	for _, d := range p.tireds {
		t := obj[d.target]
		m := p.engine.remembers(t, d.channels)
		p.engine.paint(t.Layer, "fatigue_gains", nil, numbers{d.header(), gainParams{t.Fatigue.Gain}}, 1,
			reads(0, m.values.whole()), writes(outSlot, d.notes.whole()))
	}
}

// note adds what the plan's maps show to the step, once their seeds' sums are finished.
func (p *plan) note() {
	passes := make([]*pass, len(p.tireds))
	for i, d := range p.tireds {
		passes[i] = d.energies
	}
	p.submit(passes)
}

// remember ends a step for the objective's memories.
func (p *plan) remember(obj nn.Objective) {
	for _, d := range p.tireds {
		t := obj[d.target]
		m := p.engine.remembers(t, d.channels)
		p.engine.paint(t.Layer, "fatigue_remember", nil, numbers{d.header(), rememberParams{t.Fatigue.Rate, nn.EvenRate}}, 1,
			reads(0, d.notes.whole()), writes(outSlot, m.values.whole()))
	}
}
