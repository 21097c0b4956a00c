//go:build linux && !race

package cpu

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// large asks for large pages; that some kernels know none does no harm.
func large(p unsafe.Pointer, size int) {
	_ = unix.Madvise(unsafe.Slice((*byte)(p), size), unix.MADV_HUGEPAGE)
}
