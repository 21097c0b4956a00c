package picture

import (
	"fmt"
	"image"
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

	heif420 = 1
	heif422 = 2
	heif444 = 3
)

// heifStride is the length in bytes of a row of samples, as libheif 1.18 stores them (pixelimage.cc).
func heifStride(samples, bytes int) int {
	return (max(samples+samples&1, 64)*bytes + 15) &^ 15
}

// decodeHEIC decodes the primary picture, cut and turned as the file says, and minds how its colours are stored.
func decodeHEIC(d *decoding, f heifFile) (size image.Point, rows rowsFunc, err error) {
	m, err := pictureOfHEIC(d, f)
	if err != nil {
		return size, nil, err
	}
	return m.Bounds().Size(), func(each func(row []byte) error, progress func(float64) error) error {
		return rowsOf(m, each, progress)
	}, nil
}

// alphaOfHEIC decodes the picture in a file that is its primary one's alpha.
func alphaOfHEIC(data []byte, f *heifFile, id uint32, s *source, goOn func() error) (alphaPlane, error) {
	data, g, err := f.about(data, id)
	if err != nil {
		return nil, err
	}
	d, err := heicCodec.open(data, s.memory+int64(len(data)), goOn)
	if err != nil {
		return nil, err
	}
	defer d.close()
	m, err := pictureOfHEIC(d, g)
	if err != nil {
		return nil, err
	}
	if m.Bounds().Dx() != s.w || m.Bounds().Dy() != s.h {
		return nil, fmt.Errorf("it has %v pixels", m.Bounds().Size())
	}
	a := make(alphaPlane, 0, s.w*s.h)
	err = rowsOf(m, func(row []byte) error {
		for x := range s.w {
			a = append(a, row[4*x])
		}
		return nil
	}, func(float64) error { return goOn() })
	return a, err
}

// alphaPlane is the alpha of pixels, row by row.
type alphaPlane []byte

// over puts it into rows of w pixels.
func (a alphaPlane) over(w int, each func(row []byte) error) func(row []byte) error {
	return func(row []byte) error {
		for x := range w {
			row[4*x+3] = a[x]
		}
		a = a[w:]
		return each(row)
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
	w, h, space, chroma := d.number(info), d.number(info+4), d.number(info+8), d.number(info+12)
	if w < 1 || h < 1 || max(w, h) > mostSide {
		return nil, fmt.Errorf("it has %dx%d pixels", w, h)
	}
	rect := image.Rect(0, 0, w, h)
	stride, cw, ch := heifStride(w, 1), 0, 0
	ratio := image.YCbCrSubsampleRatio444
	switch {
	case space == heifMono:
	case space == heifRGB:
		stride = heifStride(w, 4)
	case space == heifYCbCr && chroma == heif420:
		ratio, cw, ch = image.YCbCrSubsampleRatio420, (w+1)/2, (h+1)/2
	case space == heifYCbCr && chroma == heif422:
		ratio, cw, ch = image.YCbCrSubsampleRatio422, (w+1)/2, h
	case space == heifYCbCr && chroma == heif444:
		cw, ch = w, h
	default:
		return nil, fmt.Errorf("its colours are of the kind %d %d", space, chroma)
	}
	cstride := heifStride(cw, 1)
	luma, each := stride*h, cstride*ch
	size := int64(luma) + 2*int64(each)
	if size >= 1<<32 {
		return nil, errBound
	}
	out := d.call("malloc", uint32(size))
	if err := decode(0, out); err != nil {
		return nil, err
	}
	pix, err := d.bytes(out, int(size))
	if err != nil {
		return nil, err
	}
	switch {
	case space == heifMono:
		return &image.Gray{Pix: pix, Stride: stride, Rect: rect}, nil
	case space == heifRGB && d.number(info+16) == 1:
		return &image.RGBA{Pix: pix, Stride: stride, Rect: rect}, nil
	case space == heifRGB:
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: rect}, nil
	}
	yuv := &image.YCbCr{Y: pix[:luma], Cb: pix[luma : luma+each], Cr: pix[luma+each:], YStride: stride, CStride: cstride, SubsampleRatio: ratio, Rect: rect}
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
