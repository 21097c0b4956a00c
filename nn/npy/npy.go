// Package npy reads and writes float arrays in NumPy's .npy format
// (numpy.lib.format, version 1.0 and 2.0), safely for files of any origin.
package npy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

const magic = "\x93NUMPY"

// longestHeader is far beyond what a float array's header can need.
const longestHeader = 4096

var header = regexp.MustCompile(`^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([0-9, ]*)\),?\s*\}\s*$`)

// Write writes a float32 tensor with its shape, in C order.
func Write(w io.Writer, t *tensor.Dense) error {
	dims := make([]string, t.Dims())
	for i, n := range t.Shape() {
		dims[i] = strconv.Itoa(n)
	}
	shape := strings.Join(dims, ", ")
	if len(dims) == 1 {
		shape += ","
	}
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape)
	// The data begins at a multiple of 64 bytes, after a line feed.
	text += strings.Repeat(" ", 63-(len(magic)+4+len(text))%64) + "\n"
	b := bufio.NewWriter(w)
	b.WriteString(magic + "\x01\x00")
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(text))))
	b.WriteString(text)
	var word [4]byte
	for _, v := range nn.Floats(t) {
		binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
		b.Write(word[:])
	}
	return b.Flush()
}

// Read reads an array of float32 or float64, of size bytes in all; the header is checked
// against the size before anything is made of it.
func Read(r io.Reader, size int64) (*tensor.Dense, error) {
	descr, shape, at, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	width := int64(4)
	switch descr {
	case "<f4":
	case "<f8":
		width = 8
	default:
		return nil, fmt.Errorf("npy: holds %q, but must hold little-endian float32 or float64", descr)
	}
	room := (size - at) / width
	n := int64(1)
	for _, side := range shape {
		if side < 1 || int64(side) > room/n {
			return nil, fmt.Errorf("npy: shape %v does not fit in %d bytes; the file is cut off or damaged", shape, size)
		}
		n *= int64(side)
	}
	raw := make([]byte, n*width)
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, fmt.Errorf("npy: the file is cut off: %w", err)
	}
	data := make([]float32, n)
	for i := range data {
		if width == 4 {
			data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		} else {
			data[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])))
		}
	}
	return nn.TensorOf(data, shape...), nil
}

// readHeader gives the element type, the shape, and where the data begins.
func readHeader(r io.Reader) (descr string, shape []int, at int64, err error) {
	var start [10]byte
	if _, err := io.ReadFull(r, start[:]); err != nil || string(start[:6]) != magic {
		return "", nil, 0, errors.New("npy: not an .npy file")
	}
	length, at := int(binary.LittleEndian.Uint16(start[8:])), int64(10)
	if start[6] > 1 {
		var more [2]byte
		if _, err := io.ReadFull(r, more[:]); err != nil {
			return "", nil, 0, errors.New("npy: the header is cut off")
		}
		length += int(binary.LittleEndian.Uint16(more[:])) << 16
		at += 2
	}
	if length > longestHeader {
		return "", nil, 0, fmt.Errorf("npy: a header of %d bytes is not that of a float array", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", nil, 0, errors.New("npy: the header is cut off")
	}
	m := header.FindSubmatch(text)
	if m == nil {
		return "", nil, 0, errors.New("npy: the header is not that of a float array")
	}
	if string(m[2]) == "True" {
		return "", nil, 0, errors.New("npy: the array is in Fortran order; save it in C order")
	}
	for _, side := range strings.Split(string(m[3]), ",") {
		if side = strings.TrimSpace(side); side == "" {
			continue
		}
		n, err := strconv.Atoi(side)
		if err != nil {
			return "", nil, 0, fmt.Errorf("npy: side %q is no number that fits", side)
		}
		shape = append(shape, n)
	}
	if len(shape) == 0 {
		return "", nil, 0, errors.New("npy: holds a single number, not an array")
	}
	return string(m[1]), shape, at + int64(length), nil
}
