//go:build race || (!unix && !windows)

package cpu

import "unsafe"

// allocate gives memory of the Go heap, where the race detector looks.
func allocate(size int) (unsafe.Pointer, error) {
	return unsafe.Pointer(unsafe.SliceData(make([]float32, (size+3)/4))), nil
}

func release(unsafe.Pointer, int) {}
