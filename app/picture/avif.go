package picture

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	_ "unsafe" // for linkname

	_ "github.com/gen2brain/avif" // libavif 1.1.1 and libaom
)

//go:linkname avifCode github.com/gen2brain/avif.decodeWasm
var avifCode []byte

// avifCodec ends where its picture is decoded. What the package does then, all pixels in RGB and once more, is done in strips.
var avifCodec = codec{packed: &avifCode, often: []uint32{948, 809}, enough: 63, exports: map[string]uint32{yuvToRGB: 66}}

const yuvToRGB = "avifImageYUVToRGB"

// Where libavif has what in its structures (avif.h), in bytes.
const (
	avifImage = 44 // in avifDecoder

	avifWidth       = 0 // in avifImage
	avifHeight      = 4
	avifBits        = 8
	avifFormat      = 12
	avifPlanes      = 24 // three addresses
	avifStrides     = 36 // and the lengths of their rows
	avifAlpha       = 52
	avifAlphaStride = 56

	rgbWidth  = 0 // in avifRGBImage; what is not named is 0
	rgbHeight = 4
	rgbDepth  = 8
	rgbFormat = 12
	rgbExact  = 24 // without libyuv, which is far off with more than 8 bits
	rgbPixels = 44
	rgbStride = 48
	rgbSize   = 52

	avif420 = 3 // of avifPixelFormat
	avifRGB = 1 // of avifRGBFormat, with alpha
)

// decodeAVIF decodes the primary picture, or the first one of a film.
func decodeAVIF(d *decoding, _ heifFile) (size image.Point, rows rowsFunc, err error) {
	info := d.call("malloc", 4*4+8) // width, height, bits, how many pictures, and how long one stays
	if err := d.decode(0, 0, info, info+4, info+8, info+12, info+16, 0); err != nil {
		return size, nil, err
	}
	if d.result != 0 {
		return size, nil, errors.New("its picture cannot be decoded")
	}
	m := d.read(d.with + avifImage)
	size = image.Pt(d.number(m+avifWidth), d.number(m+avifHeight))
	return size, func(each func(row []byte) error, progress func(float64) error) error {
		return avifRows(d, m, size, each, progress)
	}, nil
}

// avifStrip is how many rows are made RGB at once, an even number.
var avifStrip = 32

// avifRows makes RGB of an avifImage, strip by strip.
func avifRows(d *decoding, m uint32, size image.Point, each func(row []byte) error, progress func(float64) error) error {
	const margin = 2 // rows beside a strip, whose colours have a part in its own
	strip := min(avifStrip, size.Y)
	stride := 4 * size.X
	rgb, at := d.call("malloc", rgbSize), d.call("malloc", uint32(stride*(strip+2*margin)))
	pix, err := d.bytes(at, stride*(strip+2*margin))
	if d.err != nil || err != nil {
		return cmp.Or(d.err, err)
	}
	for i := range uint32(rgbSize / 4) {
		d.write(rgb+4*i, 0)
	}
	d.write(rgb+rgbWidth, uint32(size.X))
	d.write(rgb+rgbDepth, 8)
	d.write(rgb+rgbFormat, avifRGB)
	if d.read(m+avifBits) > 8 {
		d.write(rgb+rgbExact, 1)
	}
	d.write(rgb+rgbPixels, at)
	d.write(rgb+rgbStride, uint32(stride))
	planes := []avifPlane{planeOf(d, m+avifAlpha, m+avifAlphaStride, 1)}
	for i := range uint32(3) {
		rows := 1 // of the picture for one of the plane
		if i > 0 && d.read(m+avifFormat) == avif420 {
			rows = 2
		}
		planes = append(planes, planeOf(d, m+avifPlanes+4*i, m+avifStrides+4*i, rows))
	}
	for y := 0; y < size.Y; {
		first, next := max(y-margin, 0), min(y+strip, size.Y)
		for _, p := range planes {
			if p.pixels != 0 {
				d.write(p.at, p.pixels+uint32(first/p.rows)*p.stride)
			}
		}
		last := min(next+margin, size.Y)
		d.write(m+avifHeight, uint32(last-first))
		d.write(rgb+rgbHeight, uint32(last-first))
		if failed := d.call(yuvToRGB, m, rgb); d.err != nil || failed != 0 {
			return cmp.Or(d.err, fmt.Errorf("its colours cannot be made RGB (%d)", failed))
		}
		for ; y < next; y++ {
			if err := each(pix[(y-first)*stride:][:stride]); err != nil {
				return err
			}
		}
		if err := progress(float64(y) / float64(size.Y)); err != nil {
			return err
		}
	}
	return nil
}

// avifPlane is one of an avifImage's planes.
type avifPlane struct {
	at     uint32 // where its address stands
	pixels uint32 // its address, 0 for none
	stride uint32 // of its rows in bytes
	rows   int    // of the picture that one of its rows is for
}

func planeOf(d *decoding, at, strideAt uint32, rows int) avifPlane {
	return avifPlane{at, d.read(at), d.read(strideAt), rows}
}
