package picture

import (
	"encoding/binary"
	"image"
)

// turn sets a picture upright by its EXIF orientation.
func turn(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range oh {
		row := out.Pix[y*out.Stride : (y+1)*out.Stride]
		for x := range ow {
			var fx, fy int // where the pixel is from
			switch orientation {
			case 2:
				fx, fy = w-1-x, y
			case 3:
				fx, fy = w-1-x, h-1-y
			case 4:
				fx, fy = x, h-1-y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, h-1-x
			case 7:
				fx, fy = w-1-y, h-1-x
			case 8:
				fx, fy = w-1-y, x
			}
			copy(row[4*x:4*x+4], m.Pix[fy*m.Stride+4*fx:])
		}
	}
	return out
}

// directory is the first directory of a TIFF file, or of the EXIF data that is written like one
// (TIFF 6.0, section 2).
type directory struct {
	data  []byte
	order binary.ByteOrder
	at    int // of the entries, 12 bytes each
	count int
}

// readDirectory gives an empty directory where there is none.
func readDirectory(data []byte) directory {
	d := directory{data: data}
	if len(data) < 8 {
		return d
	}
	switch string(data[:4]) {
	case "II*\x00":
		d.order = binary.LittleEndian
	case "MM\x00*":
		d.order = binary.BigEndian
	default:
		return d
	}
	at := int64(d.order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return d
	}
	d.at = int(at) + 2
	d.count = min(int(d.order.Uint16(data[at:])), (len(data)-d.at)/12)
	return d
}

// find gives a field's values where they lie, and how many bytes each has.
func (d directory) find(tag uint16) (values []byte, size int) {
	for i := range d.count {
		entry := d.data[d.at+12*i : d.at+12*i+12]
		if d.order.Uint16(entry) != tag {
			continue
		}
		kind, n := d.order.Uint16(entry[2:]), int64(d.order.Uint32(entry[4:]))
		sizes := [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8}
		if int(kind) >= len(sizes) || kind == 0 {
			return nil, 0
		}
		length, at := n*sizes[kind], int64(d.at+12*i+8)
		if length > 4 {
			at = int64(d.order.Uint32(entry[8:]))
		}
		if at+length > int64(len(d.data)) {
			return nil, 0
		}
		return d.data[at : at+length], int(sizes[kind])
	}
	return nil, 0
}

// number is a field's first value, or else that.
func (d directory) number(tag uint16, otherwise int) int {
	values, size := d.find(tag)
	switch {
	case len(values) == 0:
	case size == 1:
		return int(values[0])
	case size == 2:
		return int(d.order.Uint16(values))
	case size == 4:
		return int(d.order.Uint32(values))
	}
	return otherwise
}

// orientation is that of the picture, 1 where it is not said.
func (d directory) orientation() int {
	if o := d.number(0x112, 1); o >= 1 && o <= 8 {
		return o
	}
	return 1
}
