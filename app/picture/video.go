package picture

import (
	"image"
)

// video is a picture stored as video is: its luma may be a sum of its own, and its levels may be short,
// 16 to 235 and 240. image.YCbCr is taken for BT.601 at full length, as in JPEG.
type video struct {
	*image.YCbCr
	alpha       []byte // nil for an opaque picture
	alphaStride int
	sum         lumaSum
	short       bool
}

// lumaSum is the share of red and of blue in luma (ITU-T H.273, table 4).
type lumaSum struct{ red, blue float64 }

var (
	sumBT601  = lumaSum{0.299, 0.114}
	sumBT709  = lumaSum{0.2126, 0.0722}
	sumBT2020 = lumaSum{0.2627, 0.0593}
)

// row writes a row's pixels, not premultiplied.
func (v *video) row(row []byte, y int) {
	scale, chroma, black := 1.0, 1.0, 0.0
	if v.short {
		scale, chroma, black = 255.0/219, 255.0/224, 16
	}
	red, blue := 2*(1-v.sum.red)*chroma, 2*(1-v.sum.blue)*chroma
	green := 1 - v.sum.red - v.sum.blue
	greenOfRed, greenOfBlue := red*v.sum.red/green, blue*v.sum.blue/green
	b := v.Bounds()
	for x := b.Min.X; x < b.Max.X; x++ {
		at := v.COffset(x, y)
		luma := (float64(v.Y[v.YOffset(x, y)]) - black) * scale
		cb, cr := float64(v.Cb[at])-128, float64(v.Cr[at])-128
		q := row[4*(x-b.Min.X):][:4:4]
		q[0] = level((luma + red*cr) / 255)
		q[1] = level((luma - greenOfRed*cr - greenOfBlue*cb) / 255)
		q[2] = level((luma + blue*cb) / 255)
		q[3] = 255
		if v.alpha != nil {
			q[3] = v.alpha[(y-b.Min.Y)*v.alphaStride+x-b.Min.X]
		}
	}
}
