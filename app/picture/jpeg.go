package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"slices"
)

// jpegFile is what a JPEG's segments say (ITU-T T.81, annex B).
type jpegFile struct {
	data        []byte
	w, h        int
	frame       byte // marker of the frame's kind, C0 baseline, C2 progressive
	bits        int
	samplings   []byte // of the components, 16 times across plus down
	adobe       bool   // says how its colours are stored
	orientation int
	profile     []byte
}

// openJPEG reads the segments before the first scan.
func openJPEG(data []byte) (*source, error) {
	j := &jpegFile{data: data, orientation: 1}
	if err := j.segments(); err != nil {
		return nil, damaged(err)
	}
	s := &source{w: j.w, h: j.h, orientation: j.orientation, profile: j.profile, opaque: true, rows: j.rows}
	switch len(j.samplings) {
	case 1:
		s.layout = inGrey
	case 4:
		s.layout = inCMYK
	}
	s.memory = j.samples()
	if j.frame == 0xc2 { // all coefficients are kept until the last scan, in 4 bytes each
		s.memory *= 5
	}
	if j.frame > 0xc2 || j.bits != 8 {
		return nil, rare("a JPEG", fmt.Errorf("frame %X with %d bits", j.frame, j.bits))
	}
	return s, nil
}

// samples is the number of samples that the picture has.
func (j *jpegFile) samples() int64 {
	most, sum := [2]int64{1, 1}, int64(0)
	for _, c := range j.samplings {
		most[0], most[1] = max(most[0], int64(c>>4)), max(most[1], int64(c&15))
	}
	for _, c := range j.samplings {
		sum += (int64(j.w)*int64(c>>4)/most[0] + 64) * (int64(j.h)*int64(c&15)/most[1] + 64)
	}
	return sum
}

func (j *jpegFile) segments() error {
	parts := map[byte][]byte{} // of the profile, by their number
	for rest := j.data[2:]; ; {
		for len(rest) > 1 && rest[0] == 0xff && rest[1] == 0xff { // filling
			rest = rest[1:]
		}
		if len(rest) < 4 || rest[0] != 0xff {
			return errors.New("its segments end before a picture begins")
		}
		marker, n := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if n < 2 || n+2 > len(rest) {
			return errors.New("a segment is cut off")
		}
		body := rest[4 : n+2]
		rest = rest[n+2:]
		switch {
		case marker == 0xda: // the first scan
			if j.samplings == nil {
				return errors.New("its frame is missing")
			}
			for i := range len(parts) {
				j.profile = append(j.profile, parts[byte(i+1)]...)
			}
			return nil
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if err := j.readFrame(marker, body); err != nil {
				return err
			}
		case marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			j.orientation = readDirectory(body[6:]).orientation()
		case marker == 0xe2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) && len(body) >= 14:
			parts[body[12]] = body[14:]
		case marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")):
			j.adobe = true
		}
	}
}

func (j *jpegFile) readFrame(marker byte, body []byte) error {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) || body[5] == 0 || body[5] > 4 || j.samplings != nil {
		return errors.New("its frame is none")
	}
	j.frame, j.bits = marker, int(body[0])
	j.h, j.w = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	for i := range int(body[5]) {
		j.samplings = append(j.samplings, body[6+3*i+1])
	}
	return nil
}

// rows decodes by image/jpeg, and what that does not know by jpegli.
func (j *jpegFile) rows(each func(row []byte) error, progress func(share float64) error) error {
	data := j.data
	if len(j.samplings) == 4 && !j.adobe {
		// Without Adobe's marker it is taken for what Adobe writes, as by most programs.
		data = inserted(data, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00")
	}
	const reading = 0.8 // share of the time
	in, read := bytes.NewReader(data), 0
	m, err := jpeg.Decode(readerFunc(func(b []byte) (int, error) {
		n, err := in.Read(b)
		if read += n; err == nil {
			err = progress(reading * float64(read) / float64(len(data)))
		}
		return n, err
	}))
	var unknown jpeg.UnsupportedError
	if errors.As(err, &unknown) {
		var d *decoding
		if d, err = jpegliCodec.open(inserted(data, photoshop), j.rareMemory()+int64(len(data)), func() error { return progress(0) }); err == nil {
			defer d.close()
			if m, err = decodeJPEGLI(d); d.asked != nil {
				return d.asked
			}
		}
		if err != nil {
			return rare("a JPEG", unknown)
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return damaged(err)
	}
	if m.Bounds().Dx() != j.w || m.Bounds().Dy() != j.h {
		return damaged(fmt.Errorf("it has %v pixels, not %dx%d", m.Bounds().Size(), j.w, j.h))
	}
	return rowsOf(m, each, func(share float64) error { return progress(reading + (1-reading)*share) })
}

// photoshop is a segment with which decodeJPEGLI gives RGB.
const photoshop = "\xff\xed\x00\x04\x01\x01"

// inserted is a JPEG with a further segment in front.
func inserted(data []byte, segment string) []byte {
	return slices.Concat(data[:2], []byte(segment), data[2:])
}

// rareMemory is what decodeJPEGLI takes in bytes beside the file, as measured: what it gives, coefficients of 2 bytes, and the codec's own.
func (j *jpegFile) rareMemory() int64 {
	return min(4*int64(j.w)*int64(j.h)+3*j.samples()+codecMemory, mostMemory)
}
