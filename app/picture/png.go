package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// mostProfile is how many bytes a colour profile may have: those of presses have 3 million.
const mostProfile = 8 << 20

// pngFile is a PNG (W3C recommendation, third edition) that is decoded row by row; image/png keeps every
// pixel at once, at up to 8 bytes each.
type pngFile struct {
	w, h, depth int
	colour      byte // type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
	interlaced  bool
	palette     [256][4]byte
	known       int      // entries of the palette that there are
	key         []uint16 // the colour that is transparent, nil for none
	pixels      [][]byte // the IDAT chunks
}

// channels is the number of samples of a pixel by the colour type.
var channels = map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

// openPNG reads all chunks but the pixels'. A chunk that can be done without is left out where it is broken.
func openPNG(data []byte) (*source, error) {
	p := &pngFile{}
	s := &source{orientation: 1, layout: inRGB}
	for rest := data[len(pngMagic):]; ; {
		if len(rest) < 12 {
			break // an end that is missing harms nothing if the pixels are there
		}
		n, name := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		last := n+12 > int64(len(rest))
		if last {
			n = int64(len(rest)) - 8 // cut off: what there is of the pixels, for the message
		}
		body := rest[8 : 8+n]
		whole := !last && crc32.ChecksumIEEE(rest[4:8+n]) == binary.BigEndian.Uint32(rest[8+n:])
		if name == "IEND" {
			break
		}
		if critical := name[0]&0x20 == 0; critical && !whole && !last {
			return nil, damaged(fmt.Errorf("the check sum of its %s chunk is wrong", visible(name)))
		} else if critical || whole {
			if err := p.chunk(name, body, s); err != nil {
				return nil, damaged(err)
			}
		}
		if last {
			break
		}
		rest = rest[12+n:]
	}
	switch {
	case p.depth == 0:
		return nil, damaged(errors.New("its header is missing"))
	case p.pixels == nil:
		return nil, damaged(errors.New("its pixels are missing"))
	case p.colour == 3 && p.known == 0:
		return nil, damaged(errors.New("its palette is missing"))
	}
	s.w, s.h = p.w, p.h
	s.opaque = p.colour != 4 && p.colour != 6 && p.key == nil
	if p.colour == 3 {
		for _, c := range p.palette[:p.known] {
			s.opaque = s.opaque && c[3] == 255
		}
	}
	if p.colour == 0 || p.colour == 4 {
		s.layout = inGrey
	}
	s.memory = 16*int64(p.w) + 64<<10
	if p.interlaced {
		s.memory += 4 * int64(p.w) * int64(p.h)
	}
	s.rows = p.rows
	return s, nil
}

// visible is a chunk's name for messages.
func visible(name string) string { return fmt.Sprintf("%q", name) }

// chunk takes a chunk. Broken ones that are not critical are passed over.
func (p *pngFile) chunk(name string, body []byte, s *source) error {
	if (name == "IHDR") != (p.depth == 0) {
		return errors.New("its header is not where it has to be")
	}
	switch name {
	case "IHDR":
		return p.header(body)
	case "PLTE":
		if len(body)%3 != 0 || len(body) > 3*256 || p.pixels != nil {
			return errors.New("its palette is none")
		}
		p.known = len(body) / 3
		for i := range p.known {
			p.palette[i] = [4]byte{body[3*i], body[3*i+1], body[3*i+2], 255}
		}
	case "tRNS":
		switch {
		case p.colour == 3:
			for i := range min(len(body), 256) {
				p.palette[i][3] = body[i]
			}
		case (p.colour == 0 || p.colour == 2) && p.key == nil && len(body) == 2*channels[p.colour]:
			for i := range channels[p.colour] {
				p.key = append(p.key, binary.BigEndian.Uint16(body[2*i:]))
			}
		}
	case "iCCP":
		if _, packed, _ := bytes.Cut(body, []byte{0}); s.profile == nil { // further ones are not allowed
			s.profile = inflated(packed)
		}
	case "cICP":
		if len(body) == 4 {
			s.points = codePointsOf(int(body[0]), int(body[1]))
		}
	case "eXIf":
		s.orientation = readDirectory(bytes.TrimPrefix(body, []byte("Exif\x00\x00"))).orientation()
	case "IDAT":
		if len(body) > 0 {
			p.pixels = append(p.pixels, body)
		}
	}
	return nil
}

func (p *pngFile) header(body []byte) error {
	if len(body) != 13 {
		return errors.New("its header is none")
	}
	w, h := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
	if w < 1 || h < 1 || w > 1<<30 || h > 1<<30 {
		return fmt.Errorf("it has %dx%d pixels", w, h)
	}
	p.w, p.h, p.depth, p.colour = int(w), int(h), int(body[8]), body[9]
	depths := map[byte]string{0: "\x01\x02\x04\x08\x10", 2: "\x08\x10", 3: "\x01\x02\x04\x08", 4: "\x08\x10", 6: "\x08\x10"}
	if !bytes.Contains([]byte(depths[p.colour]), body[8:9]) || body[10] != 0 || body[11] != 0 || body[12] > 1 {
		return errors.New("its header is none")
	}
	p.interlaced = body[12] == 1
	return nil
}

// inflated unpacks a profile behind its byte for the method, and is nil where it cannot or the profile is
// larger than any.
func inflated(packed []byte) []byte {
	if len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return []byte{} // there is one, which newProfile says is unusable
	}
	profile, err := io.ReadAll(io.LimitReader(z, mostProfile+1))
	if err != nil || len(profile) > mostProfile {
		return []byte{}
	}
	return profile
}

// passes are the seven pictures that Adam7 takes apart: the first pixel and the distance between pixels.
var passes = [7]struct{ x, y, dx, dy int }{
	{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
}

func (p *pngFile) rows(each func(row []byte) error, progress func(share float64) error) error {
	rest, total, read := p.pixels, 0, 0
	for _, c := range rest {
		total += len(c)
	}
	chunk := []byte{}
	z, err := zlib.NewReader(readerFunc(func(b []byte) (int, error) {
		for len(chunk) == 0 && len(rest) > 0 {
			chunk, rest = rest[0], rest[1:]
		}
		if len(chunk) == 0 {
			return 0, io.EOF
		}
		n := copy(b, chunk)
		chunk = chunk[n:]
		read += n
		return n, progress(float64(read) / float64(total))
	}))
	if err != nil {
		return damaged(err)
	}
	row := make([]byte, 4*p.w)
	if !p.interlaced {
		return p.pass(z, p.w, p.h, func(_ int, samples []byte) error {
			p.expand(row, samples, p.w)
			return each(row)
		})
	}
	all := make([]byte, 4*p.w*p.h)
	for _, a := range passes {
		w, h := (p.w-a.x+a.dx-1)/a.dx, (p.h-a.y+a.dy-1)/a.dy
		if w < 1 || h < 1 {
			continue
		}
		err := p.pass(z, w, h, func(y int, samples []byte) error {
			p.expand(row, samples, w)
			into := all[4*p.w*(a.y+y*a.dy):]
			for x := range w {
				copy(into[4*(a.x+x*a.dx):][:4], row[4*x:])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for ; len(all) > 0; all = all[4*p.w:] {
		if err := each(all[:4*p.w]); err != nil {
			return err
		}
	}
	return nil
}

// readerFunc is a reader that is a function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// pass reads w x h pixels and undoes their filters (section 9).
func (p *pngFile) pass(z io.Reader, w, h int, each func(y int, samples []byte) error) error {
	bits := p.depth * channels[p.colour]
	back := max(bits/8, 1)
	above, line := make([]byte, (w*bits+7)/8), make([]byte, 1+(w*bits+7)/8)
	for y := range h {
		if _, err := io.ReadFull(z, line); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return damaged(err)
		}
		row := line[1:]
		switch line[0] {
		case 0:
		case 1:
			for i := back; i < len(row); i++ {
				row[i] += row[i-back]
			}
		case 2:
			for i := range row {
				row[i] += above[i]
			}
		case 3:
			for i := range row {
				left := 0
				if i >= back {
					left = int(row[i-back])
				}
				row[i] += byte((left + int(above[i])) / 2)
			}
		case 4:
			for i := range row {
				if i < back {
					row[i] += above[i]
				} else {
					row[i] += paeth(row[i-back], above[i], above[i-back])
				}
			}
		default:
			return damaged(fmt.Errorf("a row has the filter %d", line[0]))
		}
		copy(above, row)
		if err := each(y, row); err != nil {
			return err
		}
	}
	return nil
}

// paeth is the neighbour that is nearest to left + up - corner.
func paeth(left, up, corner byte) byte {
	a, b := int(up)-int(corner), int(left)-int(corner)
	c := max(a+b, -a-b)
	a, b = max(a, -a), max(b, -b)
	switch {
	case a <= b && a <= c:
		return left
	case b <= c:
		return up
	}
	return corner
}

// expand makes w pixels of 4 bytes of a row's samples. Of 16 bits the upper 8 count.
func (p *pngFile) expand(row, samples []byte, w int) {
	n := channels[p.colour]
	grey := p.colour == 0 || p.colour == 4
	var v [4]uint16 // a pixel's samples
	for x := range w {
		q := row[4*x : 4*x+4 : 4*x+4]
		for i := range n {
			switch at := x*n + i; p.depth {
			case 16:
				v[i] = uint16(samples[2*at])<<8 | uint16(samples[2*at+1])
			case 8:
				v[i] = uint16(samples[at])
			default:
				bit := at * p.depth
				v[i] = uint16(samples[bit/8]>>(8-p.depth-bit%8)) & (1<<p.depth - 1)
			}
		}
		if p.colour == 3 {
			copy(q, p.palette[v[0]][:])
			if int(v[0]) >= p.known {
				copy(q, "\x00\x00\x00\xff")
			}
			continue
		}
		q[3] = 255
		if p.key != nil && (grey && v[0] == p.key[0] || !grey && v[0] == p.key[0] && v[1] == p.key[1] && v[2] == p.key[2]) {
			q[3] = 0
		}
		for i := range n {
			b := byte(v[i])
			switch {
			case p.depth == 16:
				b = byte(v[i] >> 8)
			case p.depth < 8:
				b *= 255 / (1<<p.depth - 1)
			}
			switch {
			case grey && i == 0:
				q[0], q[1], q[2] = b, b, b
			case grey:
				q[3] = b
			default:
				q[i] = b
			}
		}
	}
}
