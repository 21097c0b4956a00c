package beside

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"zalgoscope/nn/disk"
)

// mark begins the names of all files that are on their way.
const mark = ".zalgoscope-"

// Check reports at once why nothing can be written at path: it names a folder, a pipe or a device, may not be
// written, or lies in no folder.
func Check(path string) error {
	_, err := look(path)
	return err
}

// look follows the links at the end of a path, also to what is not there yet, and checks what stands there.
func look(path string) (target string, err error) {
	target = path
	const most = 40 // links, as on Linux
	for range most {
		info, err := os.Lstat(target)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return target, folder(path, filepath.Dir(target))
		case err != nil:
			return "", fmt.Errorf("beside: cannot write %q: %w", path, err)
		case info.Mode()&fs.ModeSymlink == 0:
			return target, writable(path, target, info.Mode())
		}
		to, err := os.Readlink(target)
		if err != nil {
			return "", fmt.Errorf("beside: cannot write %q: %w", path, err)
		}
		if !filepath.IsAbs(to) {
			to = filepath.Dir(target) + string(filepath.Separator) + to // a .. counts from where the folder really is
		}
		target = to
	}
	return "", fmt.Errorf("beside: cannot write %q: it is a link that leads nowhere", path)
}

func folder(path, name string) error {
	info, err := os.Stat(name)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%q is no folder", name)
	}
	if err != nil {
		return fmt.Errorf("beside: cannot write %q: %w", path, err)
	}
	return nil
}

func writable(path, target string, mode fs.FileMode) error {
	switch {
	case mode.IsDir():
		return fmt.Errorf("beside: cannot write %q: it is a folder; name a file", path)
	case !mode.IsRegular():
		return fmt.Errorf("beside: cannot write %q: it is a pipe or a device; name a file", path)
	}
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("beside: cannot write %q: %w", path, err)
	}
	return f.Close()
}

// hidden is the name beside a place, the same for everybody who wants to write there. A sum in it tells it from the
// names that other people give; names that differ in case only, which may mean one place, have the same one.
func hidden(target string) string {
	dir, base := filepath.Split(target)
	const most = 200 // bytes; file systems take 255
	if len(base) > most {
		base = sum(base)
	}
	return dir + mark + sum(base)[:16] + "-" + base
}

func sum(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.ToLower(name)))) }

// isHidden tells whether hidden gives a name.
func isHidden(name string) bool {
	rest, ours := strings.CutPrefix(name, mark)
	_, base, found := strings.Cut(rest, "-")
	return ours && found && hidden(base) == name
}

// acquire makes or finds the empty file of that name, which nobody else has then.
func acquire(name string, patience time.Duration) (*os.File, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, err
		}
		if _, busy := disk.Lock(f); !busy && still(f, name) {
			return f, f.Truncate(0)
		}
		_ = f.Close()
		if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%q is in the way", name)
		}
		if time.Now().After(deadline) {
			return nil, ErrBusy
		}
	}
}

// still tells whether an open file has its name: it may have been moved or removed before it was locked.
func still(f *os.File, name string) bool {
	now, err := os.Lstat(name)
	if err != nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && os.SameFile(now, info) && info.Mode().IsRegular()
}

// idle checks that nobody writes a file in its place.
func idle(target string, patience time.Duration) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		f, err := os.Open(target)
		if errors.Is(err, fs.ErrPermission) {
			return nil // what may be written but not read has no lock of ours
		}
		if err != nil {
			return err
		}
		_, busy := disk.Lock(f)
		_ = f.Close()
		if !busy {
			return nil
		}
		if time.Now().After(deadline) {
			return ErrBusy
		}
	}
}

var swept sync.Map // folders that are

// Sweep removes what killed programs left on their way in a folder, once in this program's life.
func Sweep(folder string) {
	if _, done := swept.LoadOrStore(folder, true); done {
		return
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if isHidden(e.Name()) {
			sweep(filepath.Join(folder, e.Name()))
		}
	}
}

// sweep removes a file that is surely nobody's: a lock need not reach from machine to machine, but nobody writes a
// file that has not changed for a day.
func sweep(name string) {
	const old = 24 * time.Hour
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) < old {
		return
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return
	}
	if got, _ := disk.Lock(f); got && still(f, name) {
		_ = removeOpen(f, name)
		return
	}
	_ = f.Close()
}
