//go:build unix

package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Lock locks a file for as long as it is open here or in a child process. Another one has it where it is busy; it
// is neither locked nor busy on file systems that have no locks.
func Lock(f *os.File) (got, busy bool) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	return err == nil, errors.Is(err, unix.EWOULDBLOCK)
}
