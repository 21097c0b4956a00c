package load

import (
	"encoding/binary"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a protobuf message. Data aliases the message.
type field struct {
	num  protowire.Number
	typ  protowire.Type
	data []byte // of a length-delimited field
	n    uint64 // of a varint or fixed field
}

// fields visits a message's fields in order. It reads nothing inside them, so
// that nesting costs no stack.
func fields(msg []byte, visit func(field) error) error {
	for len(msg) > 0 {
		num, typ, n := protowire.ConsumeTag(msg)
		if n < 0 {
			return errors.New("the file is corrupt or cut short")
		}
		msg = msg[n:]
		f := field{num: num, typ: typ}
		switch typ {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(msg)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(msg)
			f.n = uint64(v)
		case protowire.Fixed64Type:
			f.n, n = protowire.ConsumeFixed64(msg)
		case protowire.BytesType:
			f.data, n = protowire.ConsumeBytes(msg)
		default:
			return fmt.Errorf("the file is corrupt: field %d has wire type %d", num, typ)
		}
		if n < 0 {
			return errors.New("the file is corrupt or cut short")
		}
		msg = msg[n:]
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// text is the field as a name.
func (f field) text() (string, error) {
	if len(f.data) > maxName {
		return "", fmt.Errorf("a name of %d bytes is longer than %d", len(f.data), maxName)
	}
	return string(f.data), nil
}

// pack appends the field's numbers to those of a repeated field, in packed
// form whether or not the file has it so. The first packed chunk is not copied.
func (f field) pack(to []byte) []byte {
	switch f.typ {
	case protowire.BytesType:
		if len(to) == 0 {
			return f.data[:len(f.data):len(f.data)]
		}
		return append(to, f.data...)
	case protowire.Fixed32Type:
		return binary.LittleEndian.AppendUint32(to, uint32(f.n))
	case protowire.Fixed64Type:
		return binary.LittleEndian.AppendUint64(to, f.n)
	}
	return protowire.AppendVarint(to, f.n)
}

// varints counts the varints in packed data.
func varints(data []byte) int {
	n := 0
	for _, b := range data {
		if b < 0x80 {
			n++
		}
	}
	return n
}

// integers decodes packed varints, most at most.
func integers(data []byte, most int) ([]int, error) {
	if n := varints(data); n > most {
		return nil, fmt.Errorf("%d integers where %d are the most", n, most)
	}
	var out []int
	for len(data) > 0 {
		v, n := protowire.ConsumeVarint(data)
		if n < 0 {
			return nil, errors.New("the file is corrupt: a broken integer")
		}
		data = data[n:]
		out = append(out, int(int64(v)))
	}
	return out, nil
}
