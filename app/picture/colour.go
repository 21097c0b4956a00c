package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/kovidgoyal/imaging/prism/meta/icc"
)

// profile brings pixels of a layout to sRGB, relative colorimetric, without black point compensation, as
// Little CMS does. A nil one is that of sRGB.
type profile struct {
	layout layout
	to     *icc.Pipeline // nil for none
	greys  *[256][3]byte // of a profile for grey
	last   [2][4]byte    // what was converted last, and to what
	failed *atomic.Bool  // the reader of profiles tripped at some pixel
}

// newProfile makes a profile of an ICC file. Where that is none, or not for the layout, it comes with an
// error and does what is done without.
func newProfile(data []byte, l layout) (*profile, error) {
	p := &profile{layout: l, failed: new(atomic.Bool)}
	var err error
	if data != nil {
		if err = p.read(data); err != nil {
			p = &profile{layout: l, failed: new(atomic.Bool)}
		}
	}
	if p.to == nil && l != inCMYK {
		return nil, err
	}
	p.pixel(p.last[1][:])
	return p, err
}

func (p *profile) read(data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("it is damaged")
		}
	}()
	if err := checkProfile(data); err != nil {
		return err
	}
	file, err := icc.DecodeProfile(bytes.NewReader(data))
	if err != nil {
		return errors.New("it is damaged")
	}
	n := map[icc.ColorSpace]int{icc.ColorSpaceGray: 1, icc.ColorSpaceRGB: 3, icc.ColorSpaceCMYK: 4}[file.Header.DataColorSpace]
	if n == 0 || (n == 4) != (p.layout == inCMYK) || n == 1 && p.layout != inGrey {
		return errors.New("it is made for other colours")
	}
	to, err := file.CreateTransformerToSRGB(icc.RelativeColorimetricRenderingIntent, false, n, true, false, true)
	if err != nil {
		return errors.New("it is damaged")
	}
	p.to = to
	if n == 1 {
		p.greys = new([256][3]byte)
		for v := range p.greys {
			out, in := [4]float64{}, [4]float64{float64(v) / 255}
			p.to.TransformGeneral(out[:], in[:])
			p.greys[v] = [3]byte{level(out[0]), level(out[1]), level(out[2])}
		}
		return nil
	}
	return p.probe()
}

// probe tries all greys and colours from all sides, so that what fails, fails before the picture does.
func (p *profile) probe() error {
	for v := range 256 {
		p.pixel([]byte{byte(v), byte(v), byte(v), byte(v)})
	}
	const steps = 5
	for i := range steps * steps * steps * steps {
		q := [4]byte{}
		for c := range q {
			q[c] = byte(i % steps * 255 / (steps - 1))
			i /= steps
		}
		p.pixel(q[:])
	}
	if p.failed.Load() {
		return errors.New("it is damaged, or of a sort that is not read")
	}
	return nil
}

// checkProfile checks that the table of a profile fits the file (ICC.1:2022, 7.3); its reader trusts it.
func checkProfile(data []byte) error {
	if len(data) > mostProfile {
		return fmt.Errorf("it has %d bytes", len(data))
	}
	if len(data) < 132 || string(data[36:40]) != "acsp" {
		return errors.New("it is none")
	}
	n, size := int64(binary.BigEndian.Uint32(data[128:])), int64(len(data))
	if n < 1 || n > 200 || 132+12*n > size {
		return errors.New("its table is damaged")
	}
	for i := range n {
		entry := data[132+12*i:]
		at, length := int64(binary.BigEndian.Uint32(entry[4:])), int64(binary.BigEndian.Uint32(entry[8:]))
		if at < 132+12*n || at+length > size {
			return errors.New("its table is damaged")
		}
		if unevenTable(data[at : at+length]) {
			return errors.New("it has a table of unequal sides, which is not read")
		}
	}
	return nil
}

// unevenTable tells whether an entry (lutAToBType, ICC.1:2022, 10.12) has a table that imaging v1.9.0 reads wrongly: it
// takes the last side's length for that of all but the first.
func unevenTable(entry []byte) bool {
	if len(entry) < 32 || string(entry[:4]) != "mAB " {
		return false
	}
	at, inputs := int64(binary.BigEndian.Uint32(entry[24:])), int64(entry[8])
	if at == 0 || inputs < 3 || at+inputs > int64(len(entry)) {
		return false
	}
	sides := entry[at+1 : at+inputs]
	return bytes.Count(sides, sides[:1]) < len(sides)
}

// rows brings a picture to sRGB.
func (p *profile) rows(m *image.RGBA) {
	if p == nil {
		return
	}
	var wait sync.WaitGroup
	parts := runtime.GOMAXPROCS(0)
	h := m.Rect.Dy()
	for i := range parts {
		wait.Go(func() {
			own := *p // each has its own last pixel
			for y := h * i / parts; y < h*(i+1)/parts; y++ {
				own.row(m.Pix[y*m.Stride : (y+1)*m.Stride])
			}
		})
	}
	wait.Wait()
}

// row brings pixels to sRGB where they are; RGB keeps its alpha, CMYK becomes opaque RGB.
func (p *profile) row(pix []byte) {
	if p == nil {
		return
	}
	for ; len(pix) >= 4; pix = pix[4:] {
		q := pix[:4:4]
		switch {
		case p.greys != nil:
			copy(q, p.greys[q[0]][:])
		case [4]byte(q) == p.last[0]:
			copy(q, p.last[1][:])
		default:
			copy(p.last[0][:], q)
			p.pixel(q)
			copy(p.last[1][:], q)
		}
	}
}

// pixel brings one pixel to sRGB. Where the reader of profiles trips, it is done without.
func (p *profile) pixel(q []byte) {
	defer func() {
		if recover() != nil {
			p.failed.Store(true)
			if p.layout == inCMYK {
				inksToRGB(q)
			}
		}
	}()
	a, b, c, d := float64(q[0])/255, float64(q[1])/255, float64(q[2])/255, float64(q[3])/255
	switch {
	case p.layout != inCMYK:
		a, b, c = p.to.Transform(a, b, c)
		q[0], q[1], q[2] = level(a), level(b), level(c)
	case p.to == nil:
		inksToRGB(q)
	default:
		out, in := [4]float64{}, [4]float64{a, b, c, d}
		p.to.TransformGeneral(out[:], in[:])
		q[0], q[1], q[2], q[3] = level(out[0]), level(out[1]), level(out[2]), 255
	}
}

// inksToRGB turns a pixel of inks into one of RGB without a profile.
func inksToRGB(q []byte) {
	q[0], q[1], q[2] = color.CMYKToRGB(q[0], q[1], q[2], q[3])
	q[3] = 255
}

// level is a share of full light as 0 to 255.
func level(v float64) byte {
	return byte(min(max(v, 0), 1)*255 + 0.5)
}
