package picture

import (
	"fmt"
	"image"
	"slices"
	_ "unsafe" // for linkname

	_ "github.com/gen2brain/heic" // libheif and libde265
)

//go:linkname heicCode github.com/gen2brain/heic.heifWasm
var heicCode []byte

var heicCodec = codec{packed: &heicCode, often: []uint32{693, 754}}

// Numbers of libheif's heif_colorspace and heif_chroma.
const (
	heifYCbCr = 0
	heifRGB   = 1
	heifMono  = 2

	heif444 = 3
)

// heifStride is the length in bytes of a row of samples, as libheif 1.18 stores them (pixelimage.cc).
func heifStride(samples, bytes int) int {
	return (max(samples+samples&1, 64)*bytes + 15) &^ 15
}

// narrow brings rows of values of more than 8 bits, low byte first, to 8 where they are; the second half of a row is then unused.
func narrow(pix []byte, stride, bits int) {
	half := 1 << (bits - 9)
	for ; len(pix) >= stride; pix = pix[stride:] {
		for x := range stride / 2 {
			v := int(pix[2*x]) | int(pix[2*x+1])<<8
			pix[x] = byte(min((v+half)>>(bits-8), 255))
		}
	}
}

// decodeHEIC decodes the primary picture, cut and turned as the file says, and minds how its colours are stored.
func decodeHEIC(d *decoding, f heifFile) (size image.Point, rows rowsFunc, err error) {
	m, err := pictureOfHEIC(d, f)
	if err != nil {
		return size, nil, err
	}
	var yuv *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		yuv = m
	case *video:
		yuv = m.YCbCr
	}
	if columns, rows := f.seams(); yuv != nil && slices.ContainsFunc(f.props, heifBox.halved) && yuv.Rect.Size() == image.Pt(len(columns), len(rows)) {
		mendSeams(yuv.Cb, yuv.CStride, columns, rows)
		mendSeams(yuv.Cr, yuv.CStride, columns, rows)
	}
	return m.Bounds().Size(), func(each func(row []byte) error, progress func(float64) error) error {
		return rowsOf(m, each, progress)
	}, nil
}

// mendSeams gives colours at the ends of tiles, which libheif 1.18.2 mixes with those of the tile's first pixel when it makes them
// for each pixel, those of their neighbours.
func mendSeams(plane []byte, stride int, columns, rows []bool) {
	neighbour := func(seams []bool, i int) int {
		if len(seams) == 1 || !seams[i] {
			return i
		}
		if i == 0 || i+1 < len(seams) && seams[i-1] {
			return i + 1
		}
		return i - 1
	}
	for y := range rows {
		if n := neighbour(rows, y); n != y {
			copy(plane[y*stride:][:len(columns)], plane[n*stride:])
		}
	}
	for x := range columns {
		if n := neighbour(columns, x); n != x {
			for y := range rows {
				plane[y*stride+x] = plane[y*stride+n]
			}
		}
	}
}

// pictureOfHEIC decodes the primary picture as its colours are stored.
func pictureOfHEIC(d *decoding, f heifFile) (image.Image, error) {
	const numbers = 5 // width, height, colour space, chroma and whether alpha is in the colours, as heif.c of the package has them
	info := d.call("malloc", 4*numbers)
	decode := func(headOnly, out uint32) error {
		return d.decode(headOnly, info, info+4, info+8, info+12, info+16, out)
	}
	if err := decode(1, 0); err != nil {
		return nil, err
	}
	w, h, err := d.extent(info)
	if err != nil {
		return nil, err
	}
	space := d.number(info + 8)
	rect := image.Rect(0, 0, w, h)
	bits, each := f.bits(), 1
	if bits > 8 {
		each = 2
	}
	planes := 1
	switch {
	case space == heifMono:
	case space == heifRGB:
		bits, each = 8, 4 // in one plane
	case space == heifYCbCr && d.number(info+12) == heif444: // as it was asked for
		planes = 3
	default:
		return nil, fmt.Errorf("its colours are of the kind %d %d", space, d.number(info+12))
	}
	stride := heifStride(w, each)
	pix, err := d.filled(int64(stride)*int64(h)*int64(planes), func(out uint32) error { return decode(0, out) })
	if err != nil {
		return nil, err
	}
	if bits > 8 {
		narrow(pix, stride, bits)
	}
	switch {
	case space == heifMono:
		return &image.Gray{Pix: pix, Stride: stride, Rect: rect}, nil
	case space == heifRGB && d.number(info+16) == 1:
		return &image.RGBA{Pix: pix, Stride: stride, Rect: rect}, nil
	case space == heifRGB:
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: rect}, nil
	}
	n := stride * h
	yuv := &image.YCbCr{Y: pix[:n], Cb: pix[n : 2*n], Cr: pix[2*n:], YStride: stride, CStride: stride, SubsampleRatio: image.YCbCrSubsampleRatio444, Rect: rect}
	sum := sumBT601
	switch f.matrix {
	case 1:
		sum = sumBT709
	case 9, 10:
		sum = sumBT2020
	}
	if sum == sumBT601 && f.full {
		return yuv, nil
	}
	return &video{YCbCr: yuv, sum: sum, short: !f.full}, nil
}
