package beside

import (
	"errors"
	"os"
	"os/exec"

	"golang.org/x/sys/windows"
)

// lock locks a file for as long as it is open; see its namesake. The lock is of one byte where no file has any, since
// others cannot read or write what is locked.
func lock(f *os.File) (got, busy bool) {
	behind := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &behind)
	return err == nil, errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// move gives the file another name, for which it has to be closed for a moment.
func (f *File) move(to string) error {
	_ = f.Close()
	if err := os.Rename(f.at, to); err != nil {
		return errors.Join(err, f.reopen())
	}
	f.at = to
	_ = f.reopen() // it has its name, whatever comes of that
	return nil
}

// become is f with the content of another file, which gives up its name.
func (f *File) become(s *File) error {
	_, _ = f.Close(), s.Close()
	if err := os.Rename(s.at, f.at); err != nil {
		return errors.Join(err, f.reopen())
	}
	return f.reopen()
}

func (f *File) reopen() error {
	again, err := os.OpenFile(f.at, os.O_RDWR, 0)
	if err == nil {
		f.File = again
		lock(again)
	}
	return err
}

// removeOpen closes a file and removes it.
func removeOpen(f *os.File, at string) error {
	return errors.Join(f.Close(), os.Remove(at))
}

// Lend does nothing: a file that a child process has open cannot be removed here.
func (f *File) Lend(*exec.Cmd) {}
