package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
)

// heifFile is what the boxes of a HEIC or an AVIF (ISO/IEC 23008-12) say of its primary picture.
type heifFile struct {
	primary  uint32
	pitm     []byte   // the box that tells the primary picture
	lists    [][]byte // which picture has which properties
	auxl     []heifAuxiliary
	dimg     []heifParts
	prem     []heifMultiplied
	props    []heifBox
	w, h     int
	clean    []byte // the body of the box that says which part is shown, nil for all
	profile  []byte
	points   [2]int // of H.273: primaries and curve
	matrix   int    // likewise, 2 for not said
	full     bool   // levels at full length
	rotation int    // quarter turns against the clock
	mirror   int    // 0 none, 1 top and bottom change places, 2 left and right
}

// coded is how many pixels the largest picture in the file has by its codes, 0 where only its boxes say.
func (f *heifFile) coded() (most int64) {
	for _, b := range f.props {
		if b.name == "hvcC" {
			most = max(most, codedPixels(b.body))
		}
	}
	return most
}

// deep tells whether some picture in the file has more than 8 bits by its codes.
func (f *heifFile) deep() bool {
	return slices.ContainsFunc(f.props, func(b heifBox) bool {
		switch {
		case b.name == "hvcC" && len(b.body) > 17:
			return b.body[17]&7 > 0
		case b.name == "av1C" && len(b.body) > 2:
			return b.body[2]&0x40 > 0
		}
		return b.name == "pixi" && len(b.body) > 5 && b.body[5] > 8
	})
}

// fine tells whether some picture in the file has colours for more than two by two pixels by its codes.
func (f *heifFile) fine() bool {
	return slices.ContainsFunc(f.props, func(b heifBox) bool {
		switch {
		case b.name == "hvcC" && len(b.body) > 16:
			return b.body[16]&3 > 1
		case b.name == "av1C" && len(b.body) > 2:
			const halves = 0x0c // across and down
			return b.body[2]&halves != halves
		}
		return false
	})
}

// heifAuxiliary is a picture that belongs to another one.
type heifAuxiliary struct{ id, of uint32 }

// heifMultiplied is a picture whose colours are multiplied by an alpha.
type heifMultiplied struct{ id, by uint32 }

// heifParts is a picture that is put together of others, by the first one of them.
type heifParts struct{ id, first uint32 }

// heifBox is a box with its name and what it holds.
type heifBox struct {
	name string
	body []byte
}

// orientation is that of EXIF which the turn and the mirror come to.
func (f *heifFile) orientation() int {
	return [4][3]int{{1, 4, 2}, {8, 5, 7}, {3, 2, 4}, {6, 7, 5}}[f.rotation][f.mirror]
}

// aperture is the part that is shown: encoders fill sides up to whole blocks. Its fractions
// (ISO/IEC 14496-12, 12.1.4) are rounded as libheif does.
func (f *heifFile) aperture() image.Rectangle {
	shown := func(side, at int) (int, int) {
		fraction := func(i int) float64 {
			return float64(int32(binary.BigEndian.Uint32(f.clean[at+i:]))) / float64(binary.BigEndian.Uint32(f.clean[at+i+4:]))
		}
		size := fraction(0)
		first := math.Trunc(fraction(16) + float64(side-1)/2 - (size-1)/2)
		last := math.Floor(size - 1 + first + 0.5)
		if first, last = max(first, 0), min(last, float64(side-1)); last >= first {
			return int(first), int(last) + 1
		}
		return 0, side // of no sense: the decoder says so
	}
	part := image.Rect(0, 0, f.w, f.h)
	if f.clean != nil {
		part.Min.X, part.Max.X = shown(f.w, 0)
		part.Min.Y, part.Max.Y = shown(f.h, 8)
	}
	return part
}

// alpha tells whether some picture in the file is another one's alpha.
func (f *heifFile) alpha() bool { return slices.ContainsFunc(f.props, heifBox.isAlpha) }

func (b heifBox) isAlpha() bool {
	return b.name == "auxC" && (bytes.Contains(b.body, []byte(":alpha")) || bytes.Contains(b.body, []byte("hevc:2015:auxid:1")))
}

// mostBoxes is how many boxes of one and properties of a picture are looked at: numbers for more there are not.
const mostBoxes = 1 << 15

// heifBoxes takes data apart. What is cut off is left out.
func heifBoxes(data []byte) (all []heifBox) {
	for len(data) >= 8 && len(all) < mostBoxes {
		n, head := int64(binary.BigEndian.Uint32(data)), int64(8)
		if n == 1 && len(data) >= 16 {
			n, head = int64(binary.BigEndian.Uint64(data[8:])), 16
		} else if n == 0 {
			n = int64(len(data))
		}
		if n < head || n > int64(len(data)) {
			return all
		}
		all = append(all, heifBox{string(data[4:8]), data[head:n]})
		data = data[n:]
	}
	return all
}

// read finds the primary picture's properties.
func (f *heifFile) read(boxes []heifBox) error {
	for _, b := range boxes {
		if b.name != "meta" || len(b.body) < 4 {
			continue
		}
		for _, b := range heifBoxes(b.body[4:]) {
			switch {
			case b.name == "pitm" && len(b.body) >= 6:
				if id, rest := heifID(b.body[4:], b.body[0] > 0); rest != nil {
					f.pitm, f.primary = b.body, id
				}
			case b.name == "iref" && len(b.body) >= 4:
				f.references(b.body)
			case b.name == "iprp":
				for _, b := range heifBoxes(b.body) {
					switch b.name {
					case "ipco":
						f.props = heifBoxes(b.body)
					case "ipma":
						if len(f.lists) < mostBoxes {
							f.lists = append(f.lists, b.body)
						}
					}
				}
			}
		}
	}
	for _, b := range f.owned(f.primary) { // which picture is the primary one may stand behind the lists
		f.property(b)
	}
	switch {
	case f.pitm == nil:
		return errors.New("it does not say which picture is shown")
	case f.w < 1 || f.h < 1:
		return errors.New("it does not say how large it is")
	case max(f.w, f.h) > mostSide: // whatever part is shown
		return fmt.Errorf("it has %dx%d pixels", f.w, f.h)
	}
	return nil
}

// heifID reads a picture's number at the front, of 4 bytes or of 2.
func heifID(b []byte, wide bool) (id uint32, rest []byte) {
	switch {
	case wide && len(b) >= 4:
		return binary.BigEndian.Uint32(b), b[4:]
	case !wide && len(b) >= 2:
		return uint32(binary.BigEndian.Uint16(b)), b[2:]
	}
	return 0, nil
}

// references reads which pictures are auxiliary ones of others, and which are put together.
func (f *heifFile) references(body []byte) {
	wide := body[0] > 0
	for _, b := range heifBoxes(body[4:]) {
		id, rest := heifID(b.body, wide)
		if len(rest) < 2 || len(f.auxl)+len(f.dimg)+len(f.prem) >= mostBoxes {
			continue
		}
		to, _ := heifID(rest[2:], wide) // the first one
		switch b.name {
		case "auxl":
			f.auxl = append(f.auxl, heifAuxiliary{id, to})
		case "dimg":
			f.dimg = append(f.dimg, heifParts{id, to})
		case "prem":
			f.prem = append(f.prem, heifMultiplied{id, to})
		}
	}
}

// transparency is the number of the picture that is the primary one's alpha, 0 for none.
func (f *heifFile) transparency() uint32 {
	for _, a := range f.auxl {
		if a.of == f.primary && slices.ContainsFunc(f.owned(a.id), heifBox.isAlpha) {
			return a.id
		}
	}
	return 0
}

// multiplied tells whether the primary picture's colours are multiplied by an alpha.
func (f *heifFile) multiplied(alpha uint32) bool {
	return slices.Contains(f.prem, heifMultiplied{f.primary, alpha})
}

// tile is the size of the tiles that the primary picture is put together of, its own where it is one.
func (f *heifFile) tile() (w, h int) {
	w, h = f.w, f.h
	for _, d := range f.dimg {
		if d.id != f.primary {
			continue
		}
		for _, b := range f.owned(d.first) {
			if b.name == "ispe" && len(b.body) >= 12 {
				w, h = int(binary.BigEndian.Uint32(b.body[4:])), int(binary.BigEndian.Uint32(b.body[8:]))
			}
		}
	}
	return max(w, 1), max(h, 1)
}

// seams are the columns and rows, true, at which tiles begin and end in the primary picture as it is shown.
func (f *heifFile) seams() (columns, rows []bool) {
	ends := func(side, tile int) []bool {
		all := make([]bool, side)
		for i := range all {
			all[i] = i%tile == 0 || i%tile == tile-1
		}
		return all
	}
	part := f.aperture()
	w, h := f.tile()
	columns, rows = ends(f.w, w)[part.Min.X:part.Max.X], ends(f.h, h)[part.Min.Y:part.Max.Y]
	for range f.rotation { // a quarter against the clock: the right column becomes the top row
		slices.Reverse(columns)
		columns, rows = rows, columns
	}
	switch f.mirror {
	case 1:
		slices.Reverse(rows)
	case 2:
		slices.Reverse(columns)
	}
	return columns, rows
}

// halved tells whether a HEIC's picture has colours for more than one pixel (ISO/IEC 14496-15, 8.3.3).
func (b heifBox) halved() bool {
	return b.name == "hvcC" && len(b.body) > 16 && (b.body[16]&3 == 1 || b.body[16]&3 == 2)
}

// bits is how many bits a value of the primary picture of a HEIC has.
func (f *heifFile) bits() int {
	owners := []uint32{f.primary}
	for _, d := range f.dimg {
		if d.id == f.primary {
			owners = append(owners, d.first)
		}
	}
	for _, id := range owners {
		for _, b := range f.owned(id) {
			if b.name == "hvcC" && len(b.body) > 17 {
				return 8 + int(b.body[17]&7)
			}
		}
	}
	return 8
}

// owned are the properties of a picture.
func (f *heifFile) owned(id uint32) (all []heifBox) {
	for _, b := range f.lists {
		if len(b) < 8 {
			continue
		}
		wide, size := b[0] > 0, 1+int(b[3]&1)
		n := binary.BigEndian.Uint32(b[4:])
		for b = b[8:]; n > 0; n-- {
			owner, rest := heifID(b, wide)
			if len(rest) < 1 {
				break
			}
			count := int(rest[0])
			for b = rest[1:]; count > 0 && len(b) >= size; count-- {
				number := int(b[0] & 0x7f)
				if size == 2 {
					number = number<<8 | int(b[1])
				}
				if b = b[size:]; owner == id && number >= 1 && number <= len(f.props) && len(all) < mostBoxes {
					all = append(all, f.props[number-1])
				}
			}
		}
	}
	return all
}

// property takes one of the primary picture's properties.
func (f *heifFile) property(b heifBox) {
	switch {
	case b.name == "ispe" && len(b.body) >= 12:
		f.w, f.h = int(binary.BigEndian.Uint32(b.body[4:])), int(binary.BigEndian.Uint32(b.body[8:]))
	case b.name == "clap" && len(b.body) >= 32:
		f.clean = b.body
	case b.name == "irot" && len(b.body) >= 1:
		f.rotation = int(b.body[0] & 3)
	case b.name == "imir" && len(b.body) >= 1:
		f.mirror = 1 + int(b.body[0]&1)
	case b.name == "colr" && len(b.body) >= 4:
		switch kind := string(b.body[:4]); {
		case kind == "prof" || kind == "rICC":
			f.profile = b.body[4:]
		case kind == "nclx" && len(b.body) >= 11:
			f.points = [2]int{int(binary.BigEndian.Uint16(b.body[4:])), int(binary.BigEndian.Uint16(b.body[6:]))}
			f.matrix, f.full = int(binary.BigEndian.Uint16(b.body[8:])), b.body[10]&0x80 != 0
		}
	}
}
