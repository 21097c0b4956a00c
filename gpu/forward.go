package gpu

import "slices"

// headerOf is the geometry of a pass that writes all cells of dst and reads src.
func headerOf(dst, src *view) header {
	return header{
		Width: int32(dst.w), Height: int32(dst.h), Blocks: int32(dst.count()), Channels: int32(dst.channels),
		OutBase: int32(dst.origin()), OutRow: int32(dst.row()), OutPlane: int32(dst.plane()),
		InBase: int32(src.origin()), InRow: int32(src.row()), InPlane: int32(src.plane()),
	}
}

func (v *view) readAct(slot uint32) use {
	return use{slot: slot, region: v.in(v.act), body: v.body(v.act)}
}
func (v *view) readGrad(slot uint32) use {
	return use{slot: slot, region: v.in(v.grad), body: v.body(v.grad)}
}
func (v *view) writeAct() use {
	return use{slot: outSlot, region: v.in(v.act), body: v.body(v.act), write: true}
}

// forward emits the passes from the picture to the targets.
func (p *plan) forward() {
	l := p.layout
	merged := map[int]bool{}
	for _, group := range l.siblings {
		for _, i := range group {
			merged[i] = i != slices.Min(group)
		}
	}
	for i := range l.net.Layers {
		if l.computes(i) && !merged[i] {
			p.forwardLayer(i)
		}
	}
}
