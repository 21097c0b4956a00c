//go:build unix

package picture

import "golang.org/x/sys/unix"

// reserve is addresses for so many bytes, which take memory as they are used.
func reserve(n int) ([]byte, error) {
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

// commit has memory behind the first bytes of what was reserved.
func commit([]byte) error { return nil }

// release gives back what was reserved.
func release(b []byte) { _ = unix.Munmap(b) }
