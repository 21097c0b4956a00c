package gpu

import (
	"encoding/binary"
	"slices"
	"testing"
)

// Numbers lie where std140 has them, after the header as without it.
func TestEncode(t *testing.T) {
	type params struct {
		A    int32
		Pair [2]int32
		B    uint32
		Four [4]float32
		C    float32
		Rows [2][4]float32
	}
	p := params{1, [2]int32{2, 3}, 4, [4]float32{}, 0, [2][4]float32{}}
	p.Four[3], p.C, p.Rows[1][0] = 1, 2, 4
	data := encode(p)
	var words []uint32
	for i := 0; i < len(data); i += 4 {
		words = append(words, binary.LittleEndian.Uint32(data[i:]))
	}
	want := make([]uint32, 24)
	want[0], want[2], want[3], want[4] = 1, 2, 3, 4
	want[11], want[12], want[20] = 0x3f800000, 0x40000000, 0x40800000
	if !slices.Equal(words, want) {
		t.Errorf("got  %x\nwant %x", words, want)
	}
	if both, alone := encode(header{}, p), encode(header{}); !slices.Equal(both, append(alone, data...)) {
		t.Error("what follows the header lies in another way than by itself")
	}
}
