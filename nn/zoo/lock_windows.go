package zoo

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock locks a file for as long as it is open; see its namesake.
func lock(f *os.File) (busy bool) {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// unlock removes the file unless somebody else has opened it since.
func unlock(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}
