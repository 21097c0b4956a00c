package gpu

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"math"
	"slices"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
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

// TestManyGroups takes pictures and maps of more pixels than one axis of work groups has invocations.
func TestManyGroups(t *testing.T) {
	square := nn.NewUnary(nn.Squared, 1, 0)
	net := &nn.Net{Name: "square", Input: nn.DefaultInput(), Layers: []nn.Layer{{Name: "y", In: []int{nn.Picture}, Op: &square}}}
	e := open(t, net, llvmpipe())
	const w, h = 1100, 1000
	if n := groups(w*h, e.lane()); n <= mostGroups {
		t.Fatalf("%d groups are not many", n)
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 255
		if i%4 < 3 {
			m.Pix[i] = uint8(i * 7 / 5)
		}
	}
	var canvases [2]nn.Canvas
	for i := range canvases {
		var err error
		if canvases[i], err = e.NewPicture(w, h); err != nil {
			t.Fatal(err)
		}
	}
	f, err := e.NewFlow(w, h, nn.FlowOptions{Levels: 1, Finest: 0, Reach: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	out := image.NewRGBA(m.Rect)
	luma, _, err := f.Set(m, m, 0)
	if err := errors.Join(err, canvases[0].Write(m), e.Combine(canvases[1], nn.Term{Canvas: canvases[0], Weight: 1}), canvases[1].Read(out)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Pix, m.Pix) {
		t.Error("a picture is not what was written")
	}
	for i, v := range luma {
		p := m.Pix[4*i:]
		if want := .299*float64(p[0]) + .587*float64(p[1]) + .114*float64(p[2]); math.Abs(float64(v)-want) > .01 {
			t.Fatalf("the luma of pixel %d is %g, want %g", i, v, want)
		}
	}
	x := enginetest.Input(w, h)
	y, err := e.Activation(x, "y")
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range nn.Floats(x) {
		if got := nn.Floats(y)[i]; math.Abs(float64(got-v*v)) > 1e-5*float64(v*v) {
			t.Fatalf("value %d is %g, want %g", i, got, v*v)
		}
	}
}
