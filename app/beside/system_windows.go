package beside

import (
	"errors"
	"os"
	"os/exec"

	"zalgoscope/nn/disk"
)

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
		disk.Lock(again)
	}
	return err
}

// removeOpen closes a file and removes it.
func removeOpen(f *os.File, at string) error {
	return errors.Join(f.Close(), os.Remove(at))
}

// Lend does nothing: a file that a child process has open cannot be removed here.
func (f *File) Lend(*exec.Cmd) {}
