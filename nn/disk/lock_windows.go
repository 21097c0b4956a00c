package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Lock locks a file for as long as it is open; see its namesake. The lock is of one byte where no file has any, since
// others cannot read or write what is locked.
func Lock(f *os.File) (got, busy bool) {
	behind := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &behind)
	return err == nil, errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
