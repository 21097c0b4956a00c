package midi

import (
	"encoding/binary"
	"slices"
	"testing"
	"unsafe"

	"gitlab.com/gomidi/midi/v2"
)

// Packets of macOS are read on both of its processors: a message cut in two, a clock in between, several in one packet.
func TestPackets(t *testing.T) {
	packets := [][]byte{{0xb0, 7}, {0xf8}, {100}, {0x90, 36, 127, 0x80, 36, 0}, {}, {0xe1, 0, 64, 0xc0, 5}}
	for _, arm := range []bool{false, true} {
		list := binary.NativeEndian.AppendUint32(make([]byte, 0, 256), uint32(len(packets)))
		for _, p := range packets {
			list = append(list, 1, 2, 3, 4, 5, 6, 7, 8) // its time
			list = binary.NativeEndian.AppendUint16(list, uint16(len(p)))
			list = append(list, p...)
			for arm && len(list)%4 != 0 {
				list = append(list, 0xff)
			}
		}
		var got []string
		p := newParser(func(m midi.Message) { got = append(got, m.String()) })
		eachPacket(unsafe.Pointer(&list[0]), arm, p.write)
		want := []string{
			midi.TimingClock().String(), midi.ControlChange(0, 7, 100).String(), midi.NoteOn(0, 36, 127).String(), midi.NoteOff(0, 36).String(),
			midi.Pitchbend(1, 0).String(), midi.ProgramChange(0, 5).String(),
		}
		if !slices.Equal(got, want) {
			t.Errorf("arm %v: got %q, want %q", arm, got, want)
		}
	}
	list := packetOf([]byte{0x90, 36, 127})
	count := 0
	eachPacket(unsafe.Pointer(&list[0]), false, func(b []byte) {
		if count++; !slices.Equal(b, []byte{0x90, 36, 127}) {
			t.Errorf("what is sent is % x", b)
		}
	})
	if count != 1 || len(list) != 17 {
		t.Errorf("%d packets in %d bytes are sent", count, len(list))
	}
}
