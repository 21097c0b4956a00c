//go:build unix

package beside

import (
	"errors"
	"os"
	"os/exec"
)

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
