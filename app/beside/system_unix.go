//go:build unix

package beside

import (
	"errors"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// lock locks a file for as long as it is open here or in a child process. Another one has it where it is busy; it
// is neither locked nor busy on file systems that have no locks.
func lock(f *os.File) (got, busy bool) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	return err == nil, errors.Is(err, unix.EWOULDBLOCK)
}

// move gives the file, which stays open and locked, another name.
func (f *File) move(to string) error {
	if err := os.Rename(f.at, to); err != nil {
		return err
	}
	f.at = to
	return nil
}

// become is f with the content of another file, which gives up its name.
func (f *File) become(s *File) error {
	if err := os.Rename(s.at, f.at); err != nil {
		return err
	}
	f.File, s.File = s.File, f.File // the old one is closed with s
	return nil
}

// removeOpen removes a file while it is locked, and closes it.
func removeOpen(f *os.File, at string) error {
	return errors.Join(os.Remove(at), f.Close())
}

// Lend keeps the file locked for as long as a child process runs, even when this one is killed before.
func (f *File) Lend(cmd *exec.Cmd) { cmd.ExtraFiles = append(cmd.ExtraFiles, f.File) }
