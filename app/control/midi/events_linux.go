package midi

import (
	"encoding/binary"

	"gitlab.com/gomidi/midi/v2"
)

// eventSize is the size of struct snd_seq_event. Its fields are type, flags, tag and queue, a byte each, then the time
// (8 bytes), the source, the destination and 12 bytes of data.
const (
	eventSize  = 28
	eventFrom  = 12
	eventTo    = 14
	eventData  = 16
	direct     = 253 // the queue that sends at once
	lengthMask = 3 << 2
)

// Types of events, and of those of a channel where the value stands: as bytes, or as two numbers of 4 bytes.
const (
	evNoteOn     = 6
	evNoteOff    = 7
	evKeyPress   = 8
	evController = 10
	evProgram    = 11
	evPressure   = 12
	evBend       = 13
	evControl14  = 14
	evStart      = 30
	evContinue   = 31
	evStop       = 32
	evClock      = 36
)

// events reads what the kernel gives: events, of which those of variable length have their data behind them, in as many
// whole events as that takes.
func events(b []byte, hear func(from address, m midi.Message)) {
	for len(b) >= eventSize {
		e := b[:eventSize]
		b = b[eventSize:]
		if e[1]&lengthMask != 0 {
			length := int(binary.NativeEndian.Uint32(e[eventData:]) & 0x3fffffff)
			b = b[min((length+eventSize-1)/eventSize*eventSize, len(b)):]
			continue
		}
		for _, m := range decodeEvent(e) {
			hear(address{e[eventFrom], e[eventFrom+1]}, m)
		}
	}
}

// decodeEvent is the messages that an event stands for.
func decodeEvent(e []byte) []midi.Message {
	d := e[eventData:]
	channel := d[0] & 15
	param := uint8(binary.NativeEndian.Uint32(d[4:]))
	value := int32(binary.NativeEndian.Uint32(d[8:]))
	one := func(b ...byte) []midi.Message { return []midi.Message{b} }
	switch e[0] {
	case evNoteOn:
		return one(0x90|channel, d[1]&full, d[2]&full)
	case evNoteOff:
		return one(0x80|channel, d[1]&full, d[2]&full)
	case evKeyPress:
		return one(0xa0|channel, d[1]&full, d[2]&full)
	case evController:
		return one(0xb0|channel, param&full, uint8(value)&full)
	case evControl14:
		return []midi.Message{{0xb0 | channel, param & 31, uint8(value>>7) & full}, {0xb0 | channel, param&31 + 32, uint8(value) & full}}
	case evProgram:
		return one(0xc0|channel, uint8(value)&full)
	case evPressure:
		return one(0xd0|channel, uint8(value)&full)
	case evBend:
		v := value + 8192
		return one(0xe0|channel, uint8(v)&full, uint8(v>>7)&full)
	case evClock:
		return one(0xf8)
	case evStart:
		return one(0xfa)
	case evContinue:
		return one(0xfb)
	case evStop:
		return one(0xfc)
	}
	return nil
}

// encode is the event of a channel's message.
func encode(m []byte, from, to address) ([]byte, bool) {
	e := make([]byte, eventSize)
	e[3] = direct
	e[eventFrom], e[eventFrom+1], e[eventTo], e[eventTo+1] = from.Client, from.Port, to.Client, to.Port
	if len(m) != 3 {
		return nil, false
	}
	d := e[eventData:]
	d[0] = m[0] & 15
	number := func(param, value uint32) {
		binary.NativeEndian.PutUint32(d[4:], param)
		binary.NativeEndian.PutUint32(d[8:], value)
	}
	switch m[0] & 0xf0 {
	case 0x80:
		e[0], d[1], d[2] = evNoteOff, m[1], m[2]
	case 0x90:
		e[0], d[1], d[2] = evNoteOn, m[1], m[2]
	case 0xb0:
		e[0] = evController
		number(uint32(m[1]), uint32(m[2]))
	case 0xe0:
		e[0] = evBend
		number(0, uint32(int32(m[1])|int32(m[2])<<7)-8192)
	default:
		return nil, false
	}
	return e, true
}
