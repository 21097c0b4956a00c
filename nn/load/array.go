package load

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"

	"google.golang.org/protobuf/encoding/protowire"
)

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
	n := int64(a.len())
	have, want := size, a.kind.bytes(n)
	if a.varint { // a byte of packed numbers is one integer there, any other number too
		if _, err := a.unvaried(); err != nil {
			return err
		}
		have, want = int64(varints(a.data)), n
		if a.kind.bits() < 8 {
			want = a.kind.bytes(n)
		}
	}
	if have != want {
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
	data, err := a.bytes()
	if err != nil {
		return err
	}
	decode := decoders[a.kind]
	if decode == nil {
		return errKind
	}
	decode(dst, data)
	return nil
}

// bytes are the array's numbers in little endian, packed where they are less than a byte.
func (a *array) bytes() ([]byte, error) {
	switch {
	case a.file != nil:
		data := make([]byte, a.kind.bytes(int64(a.len())))
		if _, err := a.file.ReadAt(data, a.offset); err != nil {
			return nil, fmt.Errorf("external data: %w", err)
		}
		return data, nil
	case a.varint:
		return a.unvaried()
	}
	return a.data, nil
}

// unvaried decodes int32_data, int64_data and uint64_data; floats stand there as their bits.
func (a *array) unvaried() ([]byte, error) {
	width := max(a.kind.bits()/8, 1)
	out := make([]byte, 0, a.kind.bytes(int64(a.len())))
	for data := a.data; len(data) > 0; {
		v, n := protowire.ConsumeVarint(data)
		if n < 0 {
			return nil, errors.New("the file is corrupt: a broken integer")
		}
		data = data[n:]
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], v)
		out = append(out, word[:width]...)
	}
	return out, nil
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
	if a == nil || !a.kind.whole() || a.len() > most {
		return nil, errors.New("is not a short list of integers")
	}
	return a.integers()
}

// integers decodes an array of integers of any length.
func (a *array) integers() ([]int, error) {
	if a.known != nil {
		return a.known.ints, nil
	}
	if a.lazy != nil || !a.kind.whole() {
		return nil, errKind
	}
	data, err := a.bytes()
	if err != nil {
		return nil, err
	}
	out := make([]int, a.len())
	for i := range out {
		out[i] = a.kind.integer(data, i)
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
