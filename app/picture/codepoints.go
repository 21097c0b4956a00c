package picture

import (
	"encoding/binary"
	"math"
)

// primaries are those by their code points (ITU-T H.273, table 2): the XYZ of red, green and blue, brought to D50 by Bradford's
// matrix as a profile has them. Those of old television are nearly sRGB's.
var primaries = map[int][9]float64{
	1: sRGBPrimaries, 5: sRGBPrimaries, 6: sRGBPrimaries, 7: sRGBPrimaries,
	9:  {0.67348, 0.27904, -0.00193, 0.16567, 0.67534, 0.02998, 0.12505, 0.04561, 0.79686}, // BT.2020
	12: {0.51512, 0.24119, -0.00105, 0.29198, 0.69224, 0.04188, 0.15711, 0.06657, 0.78408}, // Display P3
}

var sRGBPrimaries = [9]float64{0.43607, 0.22249, 0.01392, 0.38515, 0.71687, 0.09708, 0.14307, 0.06061, 0.71410}

// curves are those by their code points (H.273, table 3) that pictures of an ordinary range have. Those of cameras are taken for
// sRGB's, as films are shown.
var curves = func() map[int]string {
	c := map[int]string{4: gamma(2.2), 8: linear, 13: sRGBCurve}
	for _, camera := range []int{1, 2, 6, 14, 15} {
		c[camera] = c[13]
	}
	return c
}()

// codePoints are the colours that a file says by code points of primaries and of a curve.
type codePoints struct {
	known   bool   // they are read: not those of a high dynamic range
	profile []byte // nil where they are nearly sRGB's
}

func codePointsOf(primary, curve int) codePoints {
	xyz, known := primaries[primary]
	c, shaped := curves[curve]
	switch {
	case !known || !shaped:
		return codePoints{}
	case xyz == sRGBPrimaries && c == sRGBCurve:
		return codePoints{known: true}
	}
	return codePoints{true, matrixProfile(c, xyz)}
}

// profileFile is an ICC profile of version 2 with tags.
func profileFile(space, pcs string, tags ...string) []byte {
	head := make([]byte, 128)
	copy(head[8:], "\x02\x10\x00\x00mntr"+space+pcs)
	copy(head[36:], "acsp")
	copy(head[68:], "\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d") // D50
	table, body := binary.BigEndian.AppendUint32(nil, uint32(len(tags)/2)), []byte{}
	for i := 0; i < len(tags); i += 2 {
		table = append(table, tags[i]...)
		table = binary.BigEndian.AppendUint32(table, uint32(128+4+6*len(tags)+len(body)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(tags[i+1])))
		body = append(body, tags[i+1]...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	all := append(append(head, table...), body...)
	binary.BigEndian.PutUint32(all, uint32(len(all)))
	return all
}

// fixed writes numbers as the profile's s15Fixed16.
func fixed(values ...float64) string {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return string(b)
}

// gamma is a curve that is a power.
func gamma(g float64) string {
	return "curv\x00\x00\x00\x00\x00\x00\x00\x01" + string(binary.BigEndian.AppendUint16(nil, uint16(math.Round(g*256))))
}

var sRGBCurve = "para\x00\x00\x00\x00\x00\x03\x00\x00" + fixed(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)

const (
	linear   = "curv\x00\x00\x00\x00\x00\x00\x00\x00"
	tagHead  = "XYZ \x00\x00\x00\x00"
	whiteD50 = "\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d"
)

// matrixProfile is a profile of three primaries, XYZ by D50, and a curve.
func matrixProfile(curve string, xyz [9]float64) []byte {
	return profileFile("RGB ", "XYZ ", "wtpt", tagHead+whiteD50, "rTRC", curve, "gTRC", curve, "bTRC", curve,
		"rXYZ", tagHead+fixed(xyz[:3]...), "gXYZ", tagHead+fixed(xyz[3:6]...), "bXYZ", tagHead+fixed(xyz[6:]...))
}
