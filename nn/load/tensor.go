package load

import (
	"errors"
	"math"
)

// tensor reads a TensorProto.
func (m *onnxFile) tensor(msg []byte) (name string, a *array, err error) {
	a = &array{dims: []int{}}
	var dims, raw, singles, doubles, int32data, int64data, uint64data []byte
	var external map[string]string
	hasRaw, outside := false, false
	var left place
	err = fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			dims = f.pack(dims)
		case 2:
			a.kind = number(f.n & math.MaxInt32)
		case 4:
			singles = f.pack(singles)
		case 5:
			int32data = f.pack(int32data)
		case 7:
			int64data = f.pack(int64data)
		case 8:
			name, err = f.text()
		case 9:
			hasRaw, raw = true, f.data
		case 10:
			doubles = f.pack(doubles)
		case 11:
			uint64data = f.pack(uint64data)
		case 13:
			external, err = entry(external, f.data)
		case 14:
			outside = f.n == 1
		case inFile:
			left, err = f.place()
		}
		return err
	})
	if err != nil {
		return name, a, err
	}
	if a.dims, err = integers(dims, maxDims); err != nil {
		return name, a, err
	}
	if outside {
		return name, a, m.outside(a, external)
	}
	switch {
	case left.field == 9 || left.field == 4 && a.kind == float32s || left.field == 10 && a.kind == float64s:
		return name, a, a.inPlace(m.self, left)
	case hasRaw:
		a.data = raw
	case a.kind == float32s:
		a.data = singles
	case a.kind == float64s:
		a.data = doubles
	case a.kind == int64s:
		a.data, a.varint = int64data, true
	case a.kind == uint32s || a.kind == uint64s:
		a.data, a.varint = uint64data, true
	default:
		a.data, a.varint = int32data, true
	}
	return name, a, a.check(int64(len(a.data)))
}

// entry adds a StringStringEntryProto to a tensor's few.
func entry(to map[string]string, msg []byte) (map[string]string, error) {
	const most = 16
	if to == nil {
		to = map[string]string{}
	}
	if len(to) == most {
		return to, errors.New("has too many entries of external data")
	}
	var key, value string
	err := fields(msg, func(f field) (err error) {
		switch f.num {
		case 1:
			key, err = f.text()
		case 2:
			value, err = f.text()
		}
		return err
	})
	to[key] = value
	return to, err
}
