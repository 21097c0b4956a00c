package picture

import (
	"errors"
	"image"
	"math"
	_ "unsafe" // for linkname

	_ "github.com/gen2brain/avif" // libavif and libaom
)

//go:linkname avifCode github.com/gen2brain/avif.decodeWasm
var avifCode []byte

var avifCodec = codec{packed: &avifCode}

// decodeAVIF decodes the primary picture, or the first one of a film, premultiplied by alpha.
func decodeAVIF(d *decoding, _ heifFile) (image.Image, error) {
	const numbers = 4 // width, height, bits and how many pictures, as decode.c of the package has them
	info := d.call("malloc", 4*numbers+8)
	delay := info + 4*numbers // how long the first picture of a film stays, a float64; told with it
	decode := func(headOnly, out uint32) error {
		return d.decode(headOnly, 0, info, info+4, info+8, info+12, delay, out)
	}
	if err := decode(1, 0); err != nil {
		return nil, err
	}
	w, h, bits := d.number(info), d.number(info+4), d.number(info+8)
	size := int64(w) * int64(h) * 4
	if bits > 8 {
		size *= 2
	}
	if size >= 1<<32 {
		return nil, errBound
	}
	out := d.call("malloc", uint32(size))
	// Of a picture that is damaged the decoder only tells nothing, no delay either.
	untold := math.Float64bits(math.Inf(-1))
	d.module.Memory().WriteUint64Le(delay, untold)
	if err := decode(0, out); err != nil {
		return nil, err
	}
	if told, _ := d.module.Memory().ReadUint64Le(delay); told == untold {
		return nil, errors.New("its picture cannot be decoded")
	}
	pix, err := d.bytes(out, int(size))
	if err != nil {
		return nil, err
	}
	if bits <= 8 {
		return &image.RGBA{Pix: pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, nil
	}
	for i := 0; i < len(pix); i += 2 { // the high byte comes first in Go's
		pix[i], pix[i+1] = pix[i+1], pix[i]
	}
	return &image.RGBA64{Pix: pix, Stride: 8 * w, Rect: image.Rect(0, 0, w, h)}, nil
}
