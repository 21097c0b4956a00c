// Package osc reads and writes packets of Open Sound Control 1.0 and 1.1 (opensoundcontrol.stanford.edu).
package osc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Message is an address, which may be a pattern, and its arguments: int32, int64, float32, float64, string, []byte,
// bool, nil, Time, or a Word for four bytes of another meaning (a character, a colour, a MIDI message).
type Message struct {
	Address string
	Args    []any
}

// Timed is a message and when it is to be done.
type Timed struct {
	At Time
	Message
}

// Time is an OSC time tag: seconds since 1900 in the upper 32 bits and their fraction in the lower.
type Time uint64

// Now is the tag of what is to be done at once.
const Now Time = 1

// since1900 is 1970-01-01 in seconds since 1900-01-01.
const since1900 = 2208988800

// When is the tag's time, the zero time for Now.
func (t Time) When() time.Time {
	if t <= Now {
		return time.Time{}
	}
	nanos := (uint64(uint32(t))*1e9 + 1<<31) >> 32
	return time.Unix(int64(t>>32)-since1900, int64(nanos))
}

// Word is an argument of four bytes.
type Word [4]byte

// Impulse is the argument that is an event by itself ('I').
type Impulse struct{}

const (
	mostDepth    = 8    // bundles within bundles
	mostMessages = 4096 // of a packet
)

// Parse reads a packet: a message, or a bundle with all that is in it, in order. Nothing in it is trusted.
func Parse(packet []byte) ([]Timed, error) {
	var list []Timed
	err := parse(packet, Now, 0, &list)
	if err != nil {
		return nil, fmt.Errorf("osc: %w", err)
	}
	return list, nil
}

func parse(b []byte, at Time, depth int, list *[]Timed) error {
	switch {
	case len(b)%4 != 0:
		return fmt.Errorf("%d bytes are no multiple of four", len(b))
	case len(*list) >= mostMessages:
		return fmt.Errorf("more than %d messages in one packet", mostMessages)
	case len(b) == 0 || b[0] != '#':
		m, err := message(b)
		if err == nil {
			*list = append(*list, Timed{at, m})
		}
		return err
	case depth == mostDepth:
		return fmt.Errorf("more than %d bundles within each other", mostDepth)
	}
	head, b, err := text(b)
	if err != nil || head != "#bundle" || len(b) < 8 {
		return errors.New("neither a message nor a bundle")
	}
	at, b = Time(binary.BigEndian.Uint64(b)), b[8:]
	for len(b) > 0 {
		n := binary.BigEndian.Uint32(b)
		if b = b[4:]; uint64(n) > uint64(len(b)) {
			return fmt.Errorf("an element of %d bytes where %d are left", n, len(b))
		}
		if n > 0 {
			if err := parse(b[:n], at, depth+1, list); err != nil {
				return err
			}
		}
		if b = b[n:]; len(b)%4 != 0 {
			return errors.New("an element that is no multiple of four bytes")
		}
	}
	return nil
}

func message(b []byte) (m Message, err error) {
	if m.Address, b, err = text(b); err != nil {
		return m, err
	}
	if !strings.HasPrefix(m.Address, "/") {
		return m, errors.New("an address that does not begin with a slash")
	}
	if len(b) == 0 {
		return m, nil // what old senders do instead of an empty list of types
	}
	types, b, err := text(b)
	if err != nil || !strings.HasPrefix(types, ",") {
		return m, errors.New("no list of types after the address")
	}
	for _, t := range types[1:] {
		if t == '[' || t == ']' {
			continue // arrays count as what is in them
		}
		var v any
		if v, b, err = argument(t, b); err != nil {
			return m, err
		}
		m.Args = append(m.Args, v)
	}
	return m, nil
}

// argument reads the one of a type.
func argument(kind rune, b []byte) (v any, rest []byte, err error) {
	size := map[rune]int{'i': 4, 'f': 4, 'c': 4, 'r': 4, 'm': 4, 'b': 4, 'h': 8, 'd': 8, 't': 8}[kind]
	if len(b) < size {
		return nil, nil, fmt.Errorf("the packet ends within an argument of type %q", kind)
	}
	switch kind {
	case 'T':
		return true, b, nil
	case 'F':
		return false, b, nil
	case 'N':
		return nil, b, nil
	case 'I':
		return Impulse{}, b, nil
	case 's', 'S':
		return alike(text(b))
	case 'i':
		v = int32(binary.BigEndian.Uint32(b))
	case 'f':
		v = math.Float32frombits(binary.BigEndian.Uint32(b))
	case 'c', 'r', 'm':
		v = Word(b[:4])
	case 'h':
		v = int64(binary.BigEndian.Uint64(b))
	case 'd':
		v = math.Float64frombits(binary.BigEndian.Uint64(b))
	case 't':
		v = Time(binary.BigEndian.Uint64(b))
	case 'b':
		n := uint64(binary.BigEndian.Uint32(b))
		padded := (n + 3) / 4 * 4
		if b = b[4:]; padded > uint64(len(b)) {
			return nil, nil, fmt.Errorf("a blob of %d bytes where %d are left", n, len(b))
		}
		return b[:n:n], b[padded:], nil
	default:
		return nil, nil, fmt.Errorf("an argument of unknown type %q", kind)
	}
	return v, b[size:], nil
}

func alike(s string, rest []byte, err error) (any, []byte, error) { return s, rest, err }

// text reads a string that ends with a zero and is filled up to a multiple of four bytes.
func text(b []byte) (s string, rest []byte, err error) {
	n := 0
	for n < len(b) && b[n] != 0 {
		n++
	}
	padded := n/4*4 + 4
	if padded > len(b) {
		return "", nil, errors.New("a text without an end")
	}
	if !utf8.Valid(b[:n]) {
		return "", nil, errors.New("a text that is not UTF-8")
	}
	return string(b[:n]), b[padded:], nil
}

// Bytes is the message as a packet; arguments are those that Parse gives.
func (m Message) Bytes() []byte {
	types, data := []byte{','}, []byte(nil)
	for _, a := range m.Args {
		switch a := a.(type) {
		case int32:
			types, data = append(types, 'i'), binary.BigEndian.AppendUint32(data, uint32(a))
		case int64:
			types, data = append(types, 'h'), binary.BigEndian.AppendUint64(data, uint64(a))
		case float32:
			types, data = append(types, 'f'), binary.BigEndian.AppendUint32(data, math.Float32bits(a))
		case float64:
			types, data = append(types, 'd'), binary.BigEndian.AppendUint64(data, math.Float64bits(a))
		case string:
			types, data = append(types, 's'), pad(append(data, a...), true)
		case []byte:
			types, data = append(types, 'b'), pad(append(binary.BigEndian.AppendUint32(data, uint32(len(a))), a...), false)
		case Time:
			types, data = append(types, 't'), binary.BigEndian.AppendUint64(data, uint64(a))
		case Word:
			types, data = append(types, 'm'), append(data, a[:]...)
		case Impulse:
			types = append(types, 'I')
		case nil:
			types = append(types, 'N')
		case bool:
			if a {
				types = append(types, 'T')
			} else {
				types = append(types, 'F')
			}
		default:
			panic(fmt.Sprintf("osc: an argument of type %T", a))
		}
	}
	return append(append(pad([]byte(m.Address), true), pad(types, true)...), data...)
}

// pad fills up to a multiple of four bytes, with one zero at least where a text ends.
func pad(b []byte, text bool) []byte {
	if text {
		b = append(b, 0)
	}
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
