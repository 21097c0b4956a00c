// Package beside writes files beside the place that they are to take, so that what stands there
// stays until there is something better. While a file is written it is locked: a second writer
// of the same place is refused, and what a killed one left is known by its lock being gone.
package beside

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zalgoscope/nn/disk"
)

// File is a file that is being written. It has to be ended by Take, Part or Discard. It is used by one
// goroutine at a time.
type File struct {
	*os.File
	at    string // where it stands now
	path  string // whose place it is to take, links followed; at where it has that place already
	asked string // path as it was asked for, for messages
	film  bool   // it is whole at any moment, and worth keeping before its end
}

// ErrBusy means that the place is being written by somebody else.
var ErrBusy = errors.New("it is being written by another zalgoscope; wait for that, or choose another name")

// How long a place may be busy until that is an error: a moment, or as long as a small file takes.
const (
	moment    = 250 * time.Millisecond
	smallFile = 3 * time.Second
)

// Create begins a file that takes the place of path when it is whole.
func Create(path string) (*File, error) { return create(path, false, moment) }

// Film begins a file that is whole at any moment. Where nothing stands at path it stands there from
// the beginning, so that a kill leaves what there is; else it takes that place at its end.
func Film(path string) (*File, error) { return create(path, true, moment) }

func create(path string, film bool, patience time.Duration) (*File, error) {
	target, err := look(path)
	if err != nil {
		return nil, err
	}
	Sweep(filepath.Dir(target))
	at := hidden(target)
	held, err := acquire(at, patience)
	if err != nil {
		return nil, fmt.Errorf("beside: cannot write %q: %w", path, plain(err))
	}
	f := &File{File: held, at: at, path: target, asked: path, film: film}
	info, err := os.Lstat(target)
	switch {
	case err == nil:
		err = idle(target, patience)       // a film may stand there and grow
		_ = held.Chmod(info.Mode().Perm()) // as far as the file system has rights
	case errors.Is(err, fs.ErrNotExist) && film:
		err = f.putInPlace()
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		_ = removeOpen(f.File, f.at)
		return nil, fmt.Errorf("beside: cannot write %q: %w", path, plain(err))
	}
	return f.registered(), nil
}

// putInPlace makes the file anew where it is to stand. Whoever else wants to do so waits for the lock beside it.
func (f *File) putInPlace() error {
	here, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	disk.Lock(here)
	_ = removeOpen(f.File, f.at)
	f.File, f.at = here, f.path
	return nil
}

// Name is where the file stands now.
func (f *File) Name() string { return f.at }

// Place is the path that the file was asked for.
func (f *File) Place() string { return f.asked }

// Folder is where the file is written.
func (f *File) Folder() string { return filepath.Dir(f.at) }

// Kept tells whether something else stands in the file's place.
func (f *File) Kept() bool { return f.at != f.path && exists(f.path) }

// Take ends the file and puts it in its place, the bytes on disk before the name. Where that fails it stays, as
// Part has it, and the error names it: what was made may have taken hours.
func (f *File) Take() error {
	err := f.take()
	if err == nil {
		return nil
	}
	kept, perr := f.Part()
	if perr != nil {
		kept = f.at
		_ = f.end(func() error { return nil })
	}
	return fmt.Errorf("%w; what was made is in %q", err, kept)
}

// take is Take that after an error leaves the file as it is.
func (f *File) take() error {
	err := f.Sync()
	if err == nil {
		err = f.end(func() error {
			if f.at == f.path {
				return nil
			}
			return f.move(f.path)
		})
	}
	if err != nil {
		return fmt.Errorf("beside: cannot write %q: %w", f.asked, plain(err))
	}
	return nil
}

// takeOrDiscard is Take of what its maker still has.
func (f *File) takeOrDiscard() error {
	err := f.take()
	if err != nil {
		f.Discard()
	}
	return err
}

// Part ends a file before its end and gives the path of what there is of it: its place or, where something else
// stands there, a name beside that people see.
func (f *File) Part() (path string, err error) {
	err = f.end(func() error {
		path, err = f.part()
		return err
	})
	return path, err
}

func (f *File) part() (string, error) {
	if f.at == f.path {
		return f.asked, nil
	}
	ext := filepath.Ext(f.path)
	stem := strings.TrimSuffix(f.path, ext) + "-partial"
	path := stem + ext
	for n := 2; exists(path); n++ {
		path = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
	if err := f.move(path); err != nil {
		return "", fmt.Errorf("beside: cannot keep the part of %q: %w", f.asked, plain(err))
	}
	return path, nil
}

// Discard ends the file and removes it. After the end it does nothing.
func (f *File) Discard() {
	_ = f.end(func() error { return removeOpen(f.File, f.at) })
}

// Scratch is a file in a folder that goes away: where the program is killed, when a later one writes there.
func Scratch(folder string) (*File, error) {
	at := hidden(filepath.Join(folder, rand.Text()))
	held, err := acquire(at, moment)
	if err != nil {
		return nil, fmt.Errorf("beside: cannot write in %q: %w", folder, plain(err))
	}
	f := &File{File: held, at: at, path: at, asked: at}
	return f.registered(), nil
}

// Replace puts a scratch file, which this ends, where f stands. After an error f is as it was.
func (f *File) Replace(s *File) error {
	if info, err := f.Stat(); err == nil {
		_ = s.Chmod(info.Mode().Perm())
	}
	err := s.Sync()
	if err == nil {
		err = s.end(func() error { return f.become(s) })
	}
	if err != nil {
		s.Discard()
		return fmt.Errorf("beside: cannot write %q: %w", f.asked, plain(err))
	}
	return nil
}

// Write writes a small file whole or not at all; what stood at path is there until then. It waits while
// somebody else writes it.
func Write(path string, write func(io.Writer) error) error {
	f, err := create(path, false, smallFile)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Discard()
		return fmt.Errorf("beside: cannot write %q: %w", path, plain(err))
	}
	return f.takeOrDiscard()
}

// Update is Write of what change makes of the bytes that stand at path, nil for no file. Nobody else updates
// them meanwhile. After an error they are as they were.
func Update(path string, change func(old []byte) ([]byte, error)) error {
	f, err := create(path, false, smallFile)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	var data []byte
	if err == nil {
		data, err = change(old)
	}
	if err == nil {
		_, err = f.File.Write(data)
	}
	if err != nil {
		f.Discard()
		return fmt.Errorf("beside: %q stays as it is: %w", path, plain(err))
	}
	return f.takeOrDiscard()
}

// plain leaves out the name of the file beside the place, which says nothing to people.
func plain(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) && strings.HasPrefix(filepath.Base(at.Path), mark) {
		return at.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
