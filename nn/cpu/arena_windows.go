//go:build windows && !race

package cpu

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// allocate gives memory outside the Go heap.
func allocate(size int) (unsafe.Pointer, error) {
	at, err := windows.VirtualAlloc(0, uintptr(size), windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	return address(at).pointer(), err
}

func release(p unsafe.Pointer, _ int) { _ = windows.VirtualFree(uintptr(p), 0, windows.MEM_RELEASE) }
