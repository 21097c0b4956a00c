package load

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protowire"

	"zalgoscope/nn/disk"
)

// trail leads from a message through its fields to arrays of numbers, which stay in the file; nil is such an array.
type trail map[protowire.Number]trail

var (
	onnxTensor = trail{4: nil, 9: nil, 10: nil} // float_data, raw_data, double_data of a TensorProto
	onnxTrail  = trail{7: {5: onnxTensor, 1: {5: {5: onnxTensor}}}}
	caffeBlob  = trail{5: nil, 8: nil} // data and double_data of a BlobProto
	caffeTrail = trail{2: {6: caffeBlob}, 100: {7: caffeBlob}}
)

// inFile is the field that stands for an array that was left in the file: the number of its own field, its offset and
// its length, as varints.
const inFile protowire.Number = 1<<29 - 1

// skimmed is a protobuf file without its large arrays. The file stays open as long as anything that refers to it.
type skimmed struct {
	data []byte
	size int64
	file *os.File // nil where the data are all there is
}

// whole is a message that is in memory.
func whole(data []byte) skimmed { return skimmed{data: data, size: int64(len(data))} }

// skim reads a regular file that is not beyond what protobuf allows.
func skim(path string, t trail) (skimmed, error) {
	f, err := disk.Open(path)
	if err != nil {
		return skimmed{}, fmt.Errorf("load: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() > 2<<30 {
		err = fmt.Errorf("%s is larger than 2 GiB", path)
	}
	if err != nil {
		f.Close()
		return skimmed{}, fmt.Errorf("load: %w", err)
	}
	s := skimmer{file: f, size: info.Size()}
	data, err := s.message(0, s.size, t)
	if err != nil {
		f.Close()
		return skimmed{}, fmt.Errorf("load: %s: %w", filepath.Base(path), err)
	}
	return skimmed{data, s.size, f}, nil
}

// skimmer copies messages through a window on the file.
type skimmer struct {
	file   io.ReaderAt
	size   int64
	window []byte
	from   int64 // of the window
}

// bytes are n bytes, or what there is of them; they hold until the next call.
func (s *skimmer) bytes(at, n int64) ([]byte, error) {
	n = min(n, s.size-at)
	if at < s.from || at+n > s.from+int64(len(s.window)) {
		const ahead = 64 << 10
		if size := min(max(n, ahead), s.size-at); int64(cap(s.window)) < size {
			s.window = make([]byte, size)
		} else {
			s.window = s.window[:size]
		}
		s.from = at
		if _, err := s.file.ReadAt(s.window, at); err != nil {
			return nil, err
		}
	}
	return s.window[at-s.from:][:n], nil
}

var errCut = errors.New("the file is corrupt or cut short")

// message copies the message from at to end.
func (s *skimmer) message(at, end int64, t trail) (to []byte, err error) {
	const small = 4096 // bytes of an array that is not worth the trouble
	for at < end {
		head, err := s.bytes(at, min(end-at, 2*10)) // two varints at most
		if err != nil {
			return nil, err
		}
		num, typ, tag := protowire.ConsumeTag(head)
		if tag < 0 {
			return nil, errCut
		}
		if num == inFile {
			return nil, fmt.Errorf("the file is corrupt: field %d", num)
		}
		next, inside := t[num]
		length, n := uint64(0), 0
		if typ == protowire.BytesType {
			length, n = protowire.ConsumeVarint(head[tag:])
		} else {
			n = protowire.ConsumeFieldValue(num, typ, head[tag:])
		}
		if typ == protowire.StartGroupType || typ == protowire.EndGroupType || typ > protowire.Fixed32Type {
			return nil, fmt.Errorf("the file is corrupt: field %d has wire type %d", num, typ)
		}
		begin := at + int64(tag) + int64(n)
		if n < 0 || length > uint64(end-begin) {
			return nil, errCut
		}
		switch {
		case typ == protowire.BytesType && inside && next == nil && length > small:
			var place []byte
			for _, v := range []uint64{uint64(num), uint64(begin), length} {
				place = protowire.AppendVarint(place, v)
			}
			to = protowire.AppendBytes(protowire.AppendTag(to, inFile, protowire.BytesType), place)
		case typ == protowire.BytesType && inside && next != nil:
			inner, err := s.message(begin, begin+int64(length), next)
			if err != nil {
				return nil, err
			}
			to = protowire.AppendBytes(protowire.AppendTag(to, num, protowire.BytesType), inner)
		default:
			field, err := s.bytes(at, begin-at+int64(length))
			if err != nil {
				return nil, err
			}
			to = append(to, field...)
		}
		at = begin + int64(length)
	}
	return to, nil
}

// place is an array in a file; the zero place is none.
type place struct {
	field          protowire.Number
	offset, length int64
}

// place reads what stands for an array in the file.
func (f field) place() (p place, err error) {
	v, err := integers(f.data, 3)
	if err != nil || len(v) != 3 {
		return p, fmt.Errorf("the file is corrupt: field %d", f.num)
	}
	return place{protowire.Number(v[0]), int64(v[1]), int64(v[2])}, nil
}

// inPlace points the array at a place in a file.
func (a *array) inPlace(file *os.File, p place) error {
	if file == nil {
		return fmt.Errorf("the file is corrupt: field %d", inFile)
	}
	a.file, a.offset = file, p.offset
	return a.check(p.length)
}
