// Package disk opens the files that people name, and locks files. Only regular ones are opened: a pipe may never end, and a
// device may be endless, block, or do something when it is opened.
package disk

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Check refuses what is no regular file, for those that give its name to another program.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return check(path, info.Mode())
}

// Open opens a regular file for reading, or one that a link leads to. Anything else is refused at
// once, unopened. Its errors have no package prefix.
func Open(path string) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	// What lies there may have been exchanged meanwhile: a pipe without a writer may not block.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = check(path, info.Mode())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Read reads a regular file of at most so many bytes.
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() <= most {
		// The size may not be true: it is 0 under /proc, and a file may grow.
		data := make([]byte, 0, info.Size()+1)
		for int64(len(data)) <= most {
			if len(data) == cap(data) {
				data = append(data, 0)[:len(data)]
			}
			n, err := f.Read(data[len(data):cap(data)])
			data = data[:len(data)+n]
			if err == io.EOF {
				return data, nil
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("%s is larger than %s", path, size(most))
}

// size writes a number of bytes in the largest unit that is whole.
func size(n int64) string {
	unit := 0
	for ; n >= 1024 && n%1024 == 0 && unit < 3; unit++ {
		n /= 1024
	}
	return fmt.Sprintf("%d %s", n, [...]string{"bytes", "KiB", "MiB", "GiB"}[unit])
}

// check refuses what is no regular file, by what it is.
func check(path string, mode fs.FileMode) error {
	kind := ""
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	default:
		kind = "something special"
	}
	return fmt.Errorf("%s is %s; give a regular file", path, kind)
}
