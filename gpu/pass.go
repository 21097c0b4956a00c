package gpu

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// pass is one dispatch of a plan.
type pass struct {
	layer   string
	kernel  string // the shader, or the kernel of a convolution
	program *program
	header  header
	params  []byte // what the shader adds to the header
	uses    []use
	items   int    // along x, from header.First to header.End
	across  int    // along y
	unit    [2]int // items of a work group
	flops   float64
	level   int
	ubo     int          // offset among the plan's parameters
	conv    *convolution // where the tuner may choose the kernel
}

// use is a region that a pass reads or writes.
type use struct {
	slot    uint32
	region  region // what is bound
	body    region // what order depends on
	write   bool
	texture uint32 // the buffer texture over the region, where the program reads by texel
}

// encode lays out parameters, 4 bytes a number, as std140 has them: pairs begin at multiples of 8 bytes, fours and
// rows of fours at multiples of 16.
func encode(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		b = lay(b, reflect.ValueOf(p))
	}
	return b
}

func lay(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			b = lay(b, v.Field(i))
		}
	case reflect.Array:
		for n := 4 * v.Len(); v.Type().Elem().Kind() != reflect.Array && len(b)%n != 0; {
			b = append(b, 0)
		}
		for i := range v.Len() {
			b = lay(b, v.Index(i))
		}
	case reflect.Float32:
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v.Float())))
	case reflect.Int32:
		b = binary.LittleEndian.AppendUint32(b, uint32(v.Int()))
	case reflect.Uint32:
		b = binary.LittleEndian.AppendUint32(b, uint32(v.Uint()))
	default:
		panic(fmt.Sprintf("gpu: no %v in a shader's parameters", v.Type()))
	}
	return b
}

func reads(slot uint32, r region) use { return use{slot: slot, region: r, body: r} }
func writes(slot uint32, r region) use {
	return use{slot: slot, region: r, body: r, write: true}
}

// conflict tells whether q must wait for p.
func (p *pass) conflict(q *pass) bool {
	for _, a := range p.uses {
		for _, b := range q.uses {
			if (a.write || b.write) && a.body.overlaps(b.body) {
				return true
			}
		}
	}
	return false
}

// levels sorts passes into as few levels as their order allows.
func levels(passes []*pass) {
	for i, p := range passes {
		p.level = 0
		for _, q := range passes[:i] {
			if q.level >= p.level && q.conflict(p) {
				p.level = q.level + 1
			}
		}
	}
}

// order makes what earlier dispatches wrote visible to later ones.
func order() {
	gl.MemoryBarrier(gl.SHADER_STORAGE_BARRIER_BIT | gl.TEXTURE_FETCH_BARRIER_BIT | gl.BUFFER_UPDATE_BARRIER_BIT)
}

// bind makes the program and its regions current; the caller binds the parameters.
func (p *pass) bind() {
	gl.UseProgram(p.program.id)
	for _, u := range p.uses {
		if u.texture != 0 {
			gl.ActiveTexture(gl.TEXTURE0 + u.slot)
			gl.BindTexture(gl.TEXTURE_BUFFER, u.texture)
			continue
		}
		gl.BindBufferRange(gl.SHADER_STORAGE_BUFFER, u.slot, u.region.buf.id, int(u.region.offset), int(u.region.size))
	}
}

// mostGroups is how many work groups every device takes along an axis; many take no more.
const mostGroups = 65535

// groups is the number of work groups for a number of invocations.
func groups(n, local int) int { return (n + local - 1) / local }

// dispatch runs so many work groups, along the third axis too where they are too many for the first, as common.glsl numbers them.
// Those beyond the last find nothing to do.
func dispatch(n, across int) {
	deep := max(groups(n, mostGroups), 1)
	gl.DispatchCompute(uint32(groups(n, deep)), uint32(across), uint32(deep))
}
