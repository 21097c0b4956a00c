package load

import (
	"encoding/binary"
	"math"

	"github.com/x448/float16"
)

// number is how an array's numbers are stored; the values are ONNX's own (TensorProto.DataType).
type number int

const (
	float32s  number = 1
	uint8s    number = 2
	int8s     number = 3
	uint16s   number = 4
	int16s    number = 5
	int32s    number = 6
	int64s    number = 7
	bools     number = 9
	float16s  number = 10
	float64s  number = 11
	uint32s   number = 12
	uint64s   number = 13
	bfloat16s number = 16
	e4m3s     number = 17 // float8e4m3fn
	e4m3uzs   number = 18 // float8e4m3fnuz
	e5m2s     number = 19 // float8e5m2
	e5m2uzs   number = 20 // float8e5m2fnuz
	uint4s    number = 21
	int4s     number = 22
	e2m1s     number = 23 // float4e2m1
	e8m0s     number = 24 // float8e8m0
	uint2s    number = 25
	int2s     number = 26
)

// bits is a number's size, 0 for kinds that are not read: text and complex numbers.
func (k number) bits() int {
	switch k {
	case uint2s, int2s:
		return 2
	case uint4s, int4s, e2m1s:
		return 4
	case uint8s, int8s, bools, e4m3s, e4m3uzs, e5m2s, e5m2uzs, e8m0s:
		return 8
	case uint16s, int16s, float16s, bfloat16s:
		return 16
	case float32s, int32s, uint32s:
		return 32
	case int64s, uint64s, float64s:
		return 64
	}
	return 0
}

// width is a number's size in whole bytes, 0 for kinds that are not read.
func (k number) width() int { return (k.bits() + 7) / 8 }

// bytes is the size of n numbers.
func (k number) bytes(n int64) int64 { return (n*int64(k.bits()) + 7) / 8 }

// signed and whole tell integers, truth values among them.
func (k number) signed() bool {
	return k == int2s || k == int4s || k == int8s || k == int16s || k == int32s || k == int64s
}

func (k number) whole() bool {
	switch k {
	case uint2s, uint4s, uint8s, bools, uint16s, uint32s, uint64s:
		return true
	}
	return k.signed()
}

// span is the least and the largest integer of a kind.
func (k number) span() (least, most int) {
	bits := min(k.bits(), 63)
	switch {
	case k == bools:
		return 0, 1
	case k.signed():
		return -1 << (k.bits() - 1), 1<<(k.bits()-1) - 1
	}
	return 0, 1<<bits - 1
}

// integer is the i-th of integers in little endian; those of less than a byte stand from the lowest bits on.
func (k number) integer(data []byte, i int) int {
	var v uint64
	switch bits := k.bits(); bits {
	case 2, 4:
		per := 8 / bits
		v = uint64(data[i/per]>>(i%per*bits)) & (1<<bits - 1)
	case 8:
		v = uint64(data[i])
	case 16:
		v = uint64(binary.LittleEndian.Uint16(data[2*i:]))
	case 32:
		v = uint64(binary.LittleEndian.Uint32(data[4*i:]))
	case 64:
		v = binary.LittleEndian.Uint64(data[8*i:])
	}
	if k.signed() {
		shift := 64 - k.bits()
		return int(int64(v<<shift) >> shift)
	}
	return int(v)
}

// decoders make floats of all numbers.
var decoders = map[number]func(dst []float32, data []byte){}

func init() {
	le := binary.LittleEndian
	decoders[float32s] = func(dst []float32, data []byte) {
		for i := range dst {
			dst[i] = math.Float32frombits(le.Uint32(data[4*i:]))
		}
	}
	decoders[float64s] = func(dst []float32, data []byte) {
		for i := range dst {
			dst[i] = float32(math.Float64frombits(le.Uint64(data[8*i:])))
		}
	}
	decoders[float16s] = func(dst []float32, data []byte) {
		for i := range dst {
			dst[i] = float16.Frombits(le.Uint16(data[2*i:])).Float32()
		}
	}
	decoders[bfloat16s] = func(dst []float32, data []byte) {
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(le.Uint16(data[2*i:])) << 16)
		}
	}
	for k := range int2s + 1 {
		if k.whole() {
			decoders[k] = func(dst []float32, data []byte) {
				for i := range dst {
					if v := k.integer(data, i); k == uint64s {
						dst[i] = float32(uint64(v))
					} else {
						dst[i] = float32(v)
					}
				}
			}
		}
	}
	for k, f := range smallFloats {
		var table [256]float32
		for v := range table {
			table[v] = f.value(uint8(v))
		}
		if k.bits() == 4 {
			decoders[k] = func(dst []float32, data []byte) {
				for i := range dst {
					dst[i] = table[uint4s.integer(data, i)]
				}
			}
			continue
		}
		decoders[k] = func(dst []float32, data []byte) {
			for i := range dst {
				dst[i] = table[data[i]]
			}
		}
	}
}

// smallFloat is a float of a sign, of exponent bits and of mantissa bits, of at most a byte in all.
type smallFloat struct {
	exponent, mantissa int
	bias               int
	special            func(v uint8) (value float64, ok bool) // what is no number, or no finite one
}

// smallFloats are those of https://onnx.ai/onnx/technical/float8.html and float4.html.
var smallFloats = map[number]smallFloat{
	e4m3s: {4, 3, 7, func(v uint8) (float64, bool) { return math.NaN(), v&0x7f == 0x7f }},
	e5m2s: {5, 2, 15, func(v uint8) (float64, bool) {
		if v&0x7f == 0x7c {
			return math.Inf(1 - int(v>>7)*2), true
		}
		return math.NaN(), v&0x7f > 0x7c
	}},
	e4m3uzs: {4, 3, 8, func(v uint8) (float64, bool) { return math.NaN(), v == 0x80 }},
	e5m2uzs: {5, 2, 16, func(v uint8) (float64, bool) { return math.NaN(), v == 0x80 }},
	e2m1s:   {2, 1, 1, func(uint8) (float64, bool) { return 0, false }},
	e8m0s: {8, 0, 127, func(v uint8) (float64, bool) { // powers of two, without a sign
		if v == 0xff {
			return math.NaN(), true
		}
		return math.Ldexp(1, int(v)-127), true
	}},
}

func (f smallFloat) value(v uint8) float32 {
	if s, ok := f.special(v); ok {
		return float32(s)
	}
	mantissa := int(v) & (1<<f.mantissa - 1)
	exponent := int(v) >> f.mantissa & (1<<f.exponent - 1)
	size := math.Ldexp(float64(mantissa), 1-f.bias-f.mantissa)
	if exponent > 0 {
		size = math.Ldexp(float64(mantissa+1<<f.mantissa), exponent-f.bias-f.mantissa)
	}
	if v>>(f.exponent+f.mantissa)&1 == 1 {
		size = -size
	}
	return float32(size)
}

// nearest is the number of a kind of float that is nearest to v, of two the even one.
func (k number) nearest(v float32) float32 {
	switch k {
	case float16s:
		return float16.Fromfloat32(v).Float32()
	case bfloat16s:
		bits := math.Float32bits(v)
		if v != v {
			return v
		}
		return math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff)
	}
	f, ok := smallFloats[k]
	if !ok || v != v {
		return v
	}
	return f.nearest(v)
}

// nearest is found among all; beyond the largest is the largest, as Cast has it by default.
func (f smallFloat) nearest(v float32) float32 {
	best, off := float32(0), math.Inf(1)
	for bits := range 1 << (1 + f.exponent + f.mantissa) {
		if bits > math.MaxUint8 {
			break // no sign
		}
		x := f.value(uint8(bits))
		if d := math.Abs(float64(x) - float64(v)); !math.IsInf(float64(x), 0) && (d < off || d == off && bits%2 == 0) {
			best, off = x, d
		}
	}
	return best
}

// wrap is what is left of an integer in a kind of fewer bits.
func (k number) wrap(v int) int {
	switch bits := k.bits(); {
	case k == bools:
		return int(number01(v != 0))
	case bits == 64:
		return v
	case k.signed():
		return v << (64 - bits) >> (64 - bits)
	default:
		return v & (1<<bits - 1)
	}
}
