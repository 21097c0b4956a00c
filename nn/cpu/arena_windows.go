//go:build windows && !race

package cpu

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// room is memory outside the Go heap.
func room(size int) (unsafe.Pointer, error) {
	at, err := windows.VirtualAlloc(0, uintptr(size), windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	return address(at).pointer(), err
}

func giveBack(p unsafe.Pointer, _ int) { _ = windows.VirtualFree(uintptr(p), 0, windows.MEM_RELEASE) }
