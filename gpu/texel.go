package gpu

import "github.com/go-gl/gl/v4.3-core/gl"

// maskSlot is where a gradient's writer finds the activation that masks it.
const maskSlot = 3

// outSlot is where a pass writes; it may read there too.
const outSlot = 4

// texels tells whether what the uses read is better read through buffer
// textures, and fits them: llvmpipe gathers a texel several times faster than
// it reads a storage block.
func (e *Engine) texels(uses []use) bool {
	if !e.device.Software {
		return false
	}
	return e.fitsTexels(uses)
}

func (e *Engine) fitsTexels(uses []use) bool {
	for _, u := range uses {
		if u.slot < outSlot && u.region.size/texel > e.device.Limits.Texels {
			return false
		}
	}
	return true
}

// bindTexels gives the pass its buffer textures.
func (p *plan) bindTexels(q *pass, texel bool) {
	if !texel {
		return
	}
	for i, u := range q.uses {
		if u.slot < outSlot {
			q.uses[i].texture = p.texture(u.region)
		}
	}
}

// texture is the buffer texture over a region, made once.
func (p *plan) texture(r region) uint32 {
	if t, ok := p.textures[r]; ok {
		return t
	}
	var t uint32
	gl.GenTextures(1, &t)
	gl.BindTexture(gl.TEXTURE_BUFFER, t)
	gl.TexBufferRange(gl.TEXTURE_BUFFER, gl.RGBA32F, r.buf.id, int(r.offset), int(r.size))
	p.textures[r] = t
	return t
}
