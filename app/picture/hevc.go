package picture

import (
	"bytes"
	"encoding/binary"
)

// codedPixels is how many pixels the largest picture has that the decoder's configuration in a HEIC (ISO/IEC 14496-15,
// 8.3.3) tells of: the file's boxes may tell of fewer. It is 0 where that cannot be read.
func codedPixels(config []byte) (most int64) {
	if len(config) < 23 {
		return 0
	}
	const parameters = 33 // of a sequence (ITU-T H.265, 7.4.2.2)
	lists, b := config[22], config[23:]
	for ; lists > 0 && len(b) >= 3; lists-- {
		kind, units := b[0]&0x3f, binary.BigEndian.Uint16(b[1:])
		for b = b[3:]; units > 0 && len(b) >= 2; units-- {
			end := 2 + int(binary.BigEndian.Uint16(b))
			if end > len(b) {
				return most
			}
			if kind == parameters {
				most = max(most, sequencePixels(b[2:end]))
			}
			b = b[end:]
		}
	}
	return most
}

// sequencePixels reads the size in a sequence's parameters (ITU-T H.265, 7.3.2.2.1).
func sequencePixels(unit []byte) int64 {
	r := bitReader{data: bytes.ReplaceAll(unit, []byte{0, 0, 3}, []byte{0, 0})}
	r.take(16 + 4)
	layers := int(r.take(3))
	r.take(1)
	const profile, level = 88, 8
	r.skip(profile + level)
	if layers > 0 {
		present := r.take(16) // two bits for each of 8
		for i := range layers {
			r.skip(profile * int(present>>(15-2*i)&1))
			r.skip(level * int(present>>(14-2*i)&1))
		}
	}
	r.golomb() // its number
	if r.golomb() == 3 {
		r.take(1)
	}
	const most = 1 << 24
	w := min(r.golomb(), most)
	return int64(w) * int64(min(r.golomb(), most))
}

// bitReader takes bits from the front; behind the end there are zeros.
type bitReader struct {
	data []byte
	at   int // the next bit
}

func (r *bitReader) skip(n int) { r.at += n }

// take reads a number of n bits, at most 32.
func (r *bitReader) take(n int) (v uint64) {
	for range n {
		v <<= 1
		if i := r.at / 8; i < len(r.data) {
			v |= uint64(r.data[i]>>(7-r.at%8)) & 1
		}
		r.at++
	}
	return v
}

// golomb reads a number that is written as an exponential Golomb code.
func (r *bitReader) golomb() uint64 {
	n := 0
	for n < 32 && r.take(1) == 0 {
		n++
	}
	return 1<<n - 1 + r.take(n)
}
