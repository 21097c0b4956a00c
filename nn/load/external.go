package load

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

type readerAt = io.ReaderAt

// outside points an array at its data in another file, whose name, offset and
// length the tensor's entries give.
func (m *onnxFile) outside(a *array, entries map[string]string) error {
	if m.open == nil {
		return errors.New("has its data in another file, which cannot be reached from here")
	}
	file, size, err := m.open(entries["location"])
	if err != nil {
		return fmt.Errorf("has its data in %q: %w", entries["location"], err)
	}
	offset, length := int64(0), int64(-1)
	for key, to := range map[string]*int64{"offset": &offset, "length": &length} {
		if s := entries[key]; s != "" {
			v, err := strconv.ParseInt(s, 10, 64)
			if err != nil || v < 0 {
				return fmt.Errorf("has external data at %s %q", key, s)
			}
			*to = v
		}
	}
	if offset > size || length > size-offset {
		return fmt.Errorf("has external data past the end of %q, which has %d bytes", entries["location"], size)
	}
	if length < 0 {
		length = size - offset
	}
	a.file, a.offset = file, offset
	m.outsides[entries["location"]] = size
	return a.check(length)
}

// folder opens external data in one folder, and nowhere else: neither ".." nor
// a link leads out.
type folder struct {
	root  *os.Root
	files map[string]*os.File
}

func openFolder(path string) (*folder, error) {
	root, err := os.OpenRoot(path)
	return &folder{root, map[string]*os.File{}}, err
}

func (d *folder) open(location string) (io.ReaderAt, int64, error) {
	const most = 64
	if location == "" || !filepath.IsLocal(location) {
		return nil, 0, errors.New("the file must lie in the net's own folder")
	}
	f := d.files[location]
	if f == nil {
		if len(d.files) == most {
			return nil, 0, fmt.Errorf("more than %d files of external data", most)
		}
		// Only a regular file is opened: opening a pipe would wait for ever.
		info, err := d.root.Stat(location)
		if err != nil {
			return nil, 0, unwrapPath(err)
		}
		if !info.Mode().IsRegular() {
			return nil, 0, errors.New("not a regular file")
		}
		if f, err = d.root.Open(location); err != nil {
			return nil, 0, unwrapPath(err)
		}
		d.files[location] = f
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, unwrapPath(err)
	}
	return f, info.Size(), nil
}

func (d *folder) close() {
	for _, f := range d.files {
		f.Close()
	}
	d.root.Close()
}

// unwrapPath drops the path from an error, for a message that has it already.
func unwrapPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
