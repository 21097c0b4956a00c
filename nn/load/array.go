package load

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"

	"github.com/x448/float16"
	"google.golang.org/protobuf/encoding/protowire"
)

// number is how an array's numbers are stored; the values are ONNX's own.
type number int

const (
	float32s  number = 1
	int32s    number = 6
	int64s    number = 7
	float16s  number = 10
	float64s  number = 11
	bfloat16s number = 16
)

// width is a number's size in bytes, 0 for kinds that no weight has.
func (k number) width() int {
	return map[number]int{float32s: 4, int32s: 4, int64s: 8, float16s: 2, float64s: 8, bfloat16s: 2}[k]
}

// array is numbers in a file: counted and checked, but not yet decoded.
type array struct {
	dims   []int
	kind   number
	data   []byte // little endian, or varints
	varint bool
	file   io.ReaderAt // holds the data instead, at offset, where not nil
	offset int64
	known  *numbers                  // decoded already, instead of all that
	lazy   func(dst []float32) error // decodes it, instead of all that
	bad    error                     // why it cannot be read
}

// len is the number of numbers that the dimensions ask for.
func (a *array) len() int {
	n := 1
	for _, d := range a.dims {
		n *= d
	}
	return n
}

// check compares the array's data, size bytes of it, with its dimensions.
func (a *array) check(size int64) error {
	if err := checkDims(a.dims); err != nil {
		return err
	}
	if a.kind.width() == 0 {
		return nil // never decoded
	}
	n, have := int64(a.len()), size/int64(a.kind.width())
	if a.varint {
		have = int64(varints(a.data))
	} else if size%int64(a.kind.width()) != 0 {
		have = -1
	}
	if n != have {
		return fmt.Errorf("has shape %v, which is %d numbers, but data of %d bytes", a.dims, n, size)
	}
	return nil
}

// checkDims refuses dimensions whose product could overflow or no memory could hold, also that of some of them beside
// an empty one.
func checkDims(dims []int) error {
	if len(dims) > maxDims {
		return fmt.Errorf("has %d dimensions", len(dims))
	}
	n := 1
	for _, d := range dims {
		if d < 0 || d > maxNumbers || (d > 0 && n > maxNumbers/d) {
			return fmt.Errorf("has the impossible shape %v", dims)
		}
		n *= max(d, 1)
	}
	return nil
}

// read decodes the array into dst, which holds len numbers.
func (a *array) read(dst []float32) error {
	if a.known != nil {
		a.known.read(dst)
		return nil
	}
	if a.lazy != nil {
		return a.lazy(dst)
	}
	data := a.data
	if a.file != nil {
		data = make([]byte, len(dst)*a.kind.width())
		if _, err := a.file.ReadAt(data, a.offset); err != nil {
			return fmt.Errorf("external data: %w", err)
		}
	}
	if a.varint {
		return a.readVarints(dst)
	}
	le := binary.LittleEndian
	switch a.kind {
	case float32s:
		for i := range dst {
			dst[i] = math.Float32frombits(le.Uint32(data[4*i:]))
		}
	case float64s:
		for i := range dst {
			dst[i] = float32(math.Float64frombits(le.Uint64(data[8*i:])))
		}
	case float16s:
		for i := range dst {
			dst[i] = float16.Frombits(le.Uint16(data[2*i:])).Float32()
		}
	case bfloat16s:
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(le.Uint16(data[2*i:])) << 16)
		}
	case int32s:
		for i := range dst {
			dst[i] = float32(int32(le.Uint32(data[4*i:])))
		}
	case int64s:
		for i := range dst {
			dst[i] = float32(int64(le.Uint64(data[8*i:])))
		}
	default:
		return errKind
	}
	return nil
}

// readVarints decodes int32_data and int64_data; 16-bit floats stand there as their bits.
func (a *array) readVarints(dst []float32) error {
	data := a.data
	for i := range dst {
		v, n := protowire.ConsumeVarint(data)
		if n < 0 {
			return errors.New("the file is corrupt: a broken integer")
		}
		data = data[n:]
		switch a.kind {
		case float16s:
			dst[i] = float16.Frombits(uint16(v)).Float32()
		case bfloat16s:
			dst[i] = math.Float32frombits(uint32(uint16(v)) << 16)
		default:
			dst[i] = float32(int64(v))
		}
	}
	return nil
}

var errKind = errors.New("is stored in a number format that is not read")

// floats decodes a small array of want numbers, such as biases.
func (a *array) floats(want int) ([]float32, error) {
	if a == nil || a.kind.width() == 0 {
		return nil, errKind
	}
	if n := a.len(); n != want {
		return nil, fmt.Errorf("holds %d numbers where %d are needed", n, want)
	}
	out := make([]float32, want)
	return out, a.read(out)
}

// ints decodes a small array of integers, such as a shape.
func (a *array) ints() ([]int, error) {
	const most = 64
	if a == nil || a.kind != int64s && a.kind != int32s || a.file != nil && a.known == nil || a.len() > most {
		return nil, errors.New("is not a short list of integers")
	}
	return a.integers()
}

// integers decodes an array of integers of any length.
func (a *array) integers() ([]int, error) {
	if a.known != nil {
		return a.known.ints, nil
	}
	if a.file != nil {
		return nil, errors.New("has its integers in another file")
	}
	if a.varint {
		v, err := integers(a.data, a.len())
		return append([]int{}, v...), err
	}
	out := make([]int, a.len())
	for i := range out {
		if a.kind == int64s {
			out[i] = int(int64(binary.LittleEndian.Uint64(a.data[8*i:])))
		} else {
			out[i] = int(int32(binary.LittleEndian.Uint32(a.data[4*i:])))
		}
	}
	return out, nil
}

// intArray is a one-dimensional array of the given integers.
func intArray(v ...int) *array {
	return numbers{ints: append([]int{}, v...)}.of([]int{len(v)})
}

// weights is where a convolution's numbers come from once all is checked.
type weights struct {
	n    int
	read func(dst []float32) error
}

func (a *array) weights() weights { return weights{a.len(), a.read} }

// transposed reads a matrix of rows x cols by columns.
func (a *array) transposed(rows, cols int) weights {
	return weights{a.len(), func(dst []float32) error {
		m := make([]float32, len(dst))
		if err := a.read(m); err != nil {
			return err
		}
		for i := range rows {
			for j := range cols {
				dst[j*rows+i] = m[i*cols+j]
			}
		}
		return nil
	}}
}

// channelsFirst reorders the rows of a matrix, out of them, from positions of c channels to channels of n positions.
func (w weights) channelsFirst(out, c, n int) weights {
	if w.n != out*c*n {
		return w // what does not fit is told later
	}
	return weights{w.n, func(dst []float32) error {
		m := make([]float32, len(dst))
		if err := w.read(m); err != nil {
			return err
		}
		for o := range out {
			row, to := m[o*c*n:(o+1)*c*n], dst[o*c*n:(o+1)*c*n]
			for p := range n {
				for k := range c {
					to[k*n+p] = row[p*c+k]
				}
			}
		}
		return nil
	}}
}

// random is n normal weights with the deviation of He et al. 2015, section
// 2.2, under which activations keep their size through any number of ReLU layers.
func random(layer string, seed uint64, n, fanIn int) weights {
	return weights{n, func(dst []float32) error {
		h := fnv.New64a()
		h.Write([]byte(layer))
		r := rand.New(rand.NewPCG(seed, h.Sum64()))
		std := math.Sqrt(2 / float64(fanIn))
		for i := range dst {
			dst[i] = float32(std * r.NormFloat64())
		}
		return nil
	}}
}
