package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
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

// folder opens external data beside a net. What it trusts is the net's own folder, those that links to the
// net pass through on the way to it, and of a model hub's cache the store that its links lead to; no ".."
// and no link leads anywhere else. Its files stay open as long as weights are still in them.
type folder struct {
	places []string // of the net, as it was named and as links have it
	files  map[string]*os.File
}

// openFolder is the folder of a net's file.
func openFolder(net string) *folder {
	const most = 8 // links in a row
	d := &folder{files: map[string]*os.File{}}
	for range most {
		d.places = append(d.places, filepath.Dir(net))
		to, err := os.Readlink(net)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(net), to)
		}
		net = to
	}
	return d
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
		var err error
		if f, err = d.find(location); err != nil {
			return nil, 0, err
		}
		d.files[location] = f
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, unwrapPath(err)
	}
	return f, info.Size(), nil
}

// find opens what lies at a location in the first of the places that has it.
func (d *folder) find(location string) (*os.File, error) {
	for _, place := range d.places {
		dir, inside, err := follow(place, location)
		if err == nil {
			return openIn(dir, inside)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, unwrapPath(err)
		}
	}
	return nil, fmt.Errorf("no such file in %q", d.places[0])
}

// openIn opens a regular file in dir; no link that is put there meanwhile leads out.
func openIn(dir, inside string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unwrapPath(err)
	}
	defer root.Close()
	info, err := root.Stat(inside)
	if err != nil {
		return nil, unwrapPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := root.OpenFile(inside, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, unwrapPath(err)
	}
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, errors.New("not a regular file")
	}
	return f, nil
}

// hubStore is where the files of a hub's cache lie that a folder in it has links to, "" outside such a
// cache: MODEL/snapshots/REVISION/... leads to MODEL/blobs.
func hubStore(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if filepath.Base(dir) != "snapshots" {
			continue
		}
		store := filepath.Join(filepath.Dir(dir), "blobs")
		if info, err := os.Lstat(store); err == nil && info.IsDir() {
			return store
		}
	}
	return ""
}

// unwrapPath drops the path from an error, for a message that has it already.
func unwrapPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
