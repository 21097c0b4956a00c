package zoo

import (
	"errors"
	"fmt"
	"os"

	"zalgoscope/nn/disk"
)

// errBusy is of a file that somebody else brings at this moment.
var errBusy = errors.New("is being downloaded already, by another command or window; wait for its end")

// alone keeps everybody else from bringing the same file until done is called, or fails with errBusy.
func (d *download) alone() (done func(), err error) {
	name := d.path + ".part.lock"
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, err
		}
		if _, busy := disk.Lock(f); busy {
			f.Close()
			return nil, errBusy
		}
		opened, err := f.Stat()
		now, missing := os.Lstat(name)
		switch {
		case err == nil && missing == nil && os.SameFile(opened, now):
			return func() { unlock(f) }, nil
		case missing == nil && !now.Mode().IsRegular():
			err = fmt.Errorf("%q is in the way; remove it", name)
		}
		f.Close()
		if err != nil {
			return nil, err
		}
		// It was removed by the one who had it, before it was locked here.
	}
}
