package picture

import (
	"fmt"
	"image"
	_ "unsafe" // for linkname

	_ "github.com/gen2brain/jpegli"
)

//go:linkname jpegliCode github.com/gen2brain/jpegli.jpegliWasm
var jpegliCode []byte

var jpegliCodec = codec{packed: &jpegliCode, often: []uint32{173}}

// Numbers of jpegli's J_COLOR_SPACE.
const (
	jpegGrey = 1
	jpegRGB  = 2
	jpegCMYK = 4
	jpegYCCK = 5
)

// decodeJPEGLI decodes a JPEG of any sampling, of three colours where the file has a segment of Photoshop's: jpegli.c of the package
// then gives RGB whatever the sampling.
func decodeJPEGLI(d *decoding) (image.Image, error) {
	info := d.call("malloc", 4*4) // width, height, colour space and sampling
	decode := func(headOnly, out uint32) error {
		const fancyUpsampling = 1
		return d.decode(headOnly, info, info+4, info+8, info+12, out, fancyUpsampling, 0, 0, 0, 0, 0)
	}
	if err := decode(1, 0); err != nil {
		return nil, err
	}
	w, h, err := d.extent(info)
	if err != nil {
		return nil, err
	}
	space, each := d.number(info+8), 4
	switch {
	case space == jpegGrey:
		each = 1
	case space != jpegRGB && space != jpegCMYK && space != jpegYCCK:
		return nil, fmt.Errorf("its colours are of the kind %d", space)
	}
	// Of grey it writes whole blocks.
	pix, err := d.filled(int64(each)*int64(w)*int64(h+64), func(out uint32) error { return decode(0, out) })
	if err != nil {
		return nil, err
	}
	rect := image.Rect(0, 0, w, h)
	switch space {
	case jpegGrey:
		return &image.Gray{Pix: pix, Stride: w, Rect: rect}, nil
	case jpegRGB:
		return &image.NRGBA{Pix: pix, Stride: 4 * w, Rect: rect}, nil // all is opaque
	}
	for i := range pix {
		pix[i] = 255 - pix[i]
	}
	return &image.CMYK{Pix: pix, Stride: 4 * w, Rect: rect}, nil
}
