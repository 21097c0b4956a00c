//go:build race || (!unix && !windows)

package cpu

import "unsafe"

// room is memory of the Go heap, where the race detector looks.
func room(size int) (unsafe.Pointer, error) {
	return unsafe.Pointer(unsafe.SliceData(make([]float32, (size+3)/4))), nil
}

func giveBack(unsafe.Pointer, int) {}
