//go:build unix

package zoo

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock locks a file for as long as it is open. It is not busy either on file systems that have no locks.
func lock(f *os.File) (busy bool) {
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// unlock removes the file while it is locked, so that nobody locks what is gone.
func unlock(f *os.File) {
	os.Remove(f.Name())
	f.Close()
}
