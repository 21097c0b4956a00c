// Package midi hears MIDI devices and tells them what to show. The ports are those of gomidi's drivers; on Linux the
// driver is our own, of the kernel's sequencer, on Windows of winmm, and on macOS of CoreMIDI.
package midi

import (
	"fmt"
	"time"

	"gitlab.com/gomidi/midi/v2"
	"gitlab.com/gomidi/midi/v2/drivers"

	"zalgoscope/app/control/surface"
)

// full is the largest value of 7 bits, fine of 14.
const (
	full = 127
	fine = 1<<14 - 1
)

// decoder makes inputs of a device's messages.
type decoder struct {
	pairs map[[2]uint8]*pair // of controllers of 14 bits, by channel and the number of the upper half
}

// pair is a controller of 14 bits, whose halves come one after the other, in an order that is the device's.
type pair struct {
	half    [2]uint8 // the upper and the lower one
	has     [2]bool  // that have come
	waiting int      // of the half that came last and waits for the other: 1 the upper, 2 the lower; 0 for none
	since   time.Time
}

// alone is how long a half waits for its other one, until it counts alone.
const alone = 5 * time.Millisecond

// decode gives what a message says was done.
func (d *decoder) decode(m midi.Message, now time.Time) (list []surface.Input) {
	var channel, number, value uint8
	var relative int16
	var absolute uint16
	add := func(raw, most int, format string, args ...any) {
		list = append(list, surface.Input{Control: fmt.Sprintf(format, args...), Value: float64(raw) / float64(most), Raw: raw})
	}
	switch {
	case m.GetControlChange(&channel, &number, &value):
		add(int(value), full, "cc %d %d", channel+1, number)
		if in, ok := d.half(channel, number, value, now); ok {
			list = append(list, in)
		}
	case m.GetNoteOn(&channel, &number, &value): // at no velocity it is the key let go
		add(int(value), full, "note %d %d", channel+1, number)
	case m.GetNoteOff(&channel, &number, &value):
		add(0, full, "note %d %d", channel+1, number)
	case m.GetPitchBend(&channel, &relative, &absolute):
		add(int(absolute), fine, "bend %d", channel+1)
	case m.GetAfterTouch(&channel, &value):
		add(int(value), full, "pressure %d", channel+1)
	case m.GetProgramChange(&channel, &number):
		add(int(number), full, "program %d", channel+1)
		add(int(number), full, "program %d %d", channel+1, number)
	}
	return list
}

// half takes half a value of 14 bits, and gives the value when its other half has come. A device may say one half
// alone where the other stays as it was: flush gives that.
func (d *decoder) half(channel, number, value uint8, now time.Time) (surface.Input, bool) {
	if number >= 64 {
		return surface.Input{}, false
	}
	at := [2]uint8{channel, number % 32}
	p := d.pairs[at]
	if p == nil {
		p = &pair{}
		if d.pairs == nil {
			d.pairs = map[[2]uint8]*pair{}
		}
		d.pairs[at] = p
	}
	which := int(number / 32)
	p.half[which], p.has[which] = value, true
	if p.waiting == 2-which { // for this one
		p.waiting = 0
		return p.input(at), true
	}
	p.waiting, p.since = which+1, now
	return surface.Input{}, false
}

// input is where the controller stands.
func (p *pair) input(at [2]uint8) surface.Input {
	v := int(p.half[0])<<7 | int(p.half[1])
	return surface.Input{Control: fmt.Sprintf("cc14 %d %d", at[0]+1, at[1]), Value: float64(v) / fine, Raw: v}
}

// flush gives what half a value says that has waited for its other half in vain. A controller of which only one half
// ever came has 7 bits.
func (d *decoder) flush(now time.Time) (list []surface.Input) {
	for at, p := range d.pairs {
		if p.waiting != 0 && p.has[0] && p.has[1] && now.Sub(p.since) >= alone {
			p.waiting = 0
			list = append(list, p.input(at))
		}
	}
	return list
}

// parser makes messages of a device's bytes.
type parser struct{ reader *drivers.Reader }

// newParser makes one that gives each message to hear.
func newParser(hear func(midi.Message)) parser {
	// A long message of a device's own is passed over: it needs no room.
	return parser{drivers.NewReader(drivers.ListenConfig{SysExBufferSize: 1}, func(m []byte, _ int32) { hear(m) })}
}

// write takes the next bytes.
func (p parser) write(b []byte) {
	for i, c := range b {
		if c >= 0x80 && c < 0xf8 {
			p.reader.Reset() // the reader would take it for a value where the message before it was cut off
		}
		p.reader.EachMessage(b[i:i+1], 0)
	}
}
