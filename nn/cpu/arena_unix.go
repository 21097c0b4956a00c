//go:build unix && !race

package cpu

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// allocate gives memory outside the Go heap, which so does not grow by twice its size, and goes
// back to the system at once. Pages of 2 MiB, where the system has them, save misses.
func allocate(size int) (unsafe.Pointer, error) {
	p, err := unix.MmapPtr(-1, 0, nil, uintptr(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err == nil {
		large(p, size)
	}
	return p, err
}

func release(p unsafe.Pointer, size int) { _ = unix.MunmapPtr(p, uintptr(size)) }
