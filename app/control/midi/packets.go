package midi

import (
	"encoding/binary"
	"unsafe"
)

// Where things are in a MIDIPacketList and its packets (MIDIServices.h, packed to 4 bytes): the number of packets, then of
// each its time, the number of its bytes, and those.
const (
	packetFirst = 4
	packetSize  = 8
	packetBytes = 10
)

// eachPacket gives the bytes of each packet of a list to hear. On ARM packets begin at multiples of 4 bytes, on Intel where
// the one before ends.
func eachPacket(list unsafe.Pointer, arm bool, hear func(b []byte)) {
	at := uintptr(packetFirst)
	for range *(*uint32)(list) {
		n := uintptr(*(*uint16)(unsafe.Add(list, at+packetSize)))
		hear(unsafe.Slice((*byte)(unsafe.Add(list, at+packetBytes)), n))
		at += packetBytes + n
		if arm {
			at = (at+uintptr(list)+3)&^3 - uintptr(list)
		}
	}
}

// packetOf is a list with a single packet of bytes, to be sent at once.
func packetOf(b []byte) []byte {
	list := make([]byte, packetFirst+packetBytes, packetFirst+packetBytes+len(b))
	binary.NativeEndian.PutUint32(list, 1)
	binary.NativeEndian.PutUint16(list[packetFirst+packetSize:], uint16(len(b)))
	return append(list, b...)
}
