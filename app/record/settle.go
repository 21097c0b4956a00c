package record

import (
	"fmt"

	"zalgoscope/app/beside"
)

// settle ends a recording's file, as the error of its making says. One that is whole takes its place; of one that was
// cut off the frames stay: in its place, or beside where something else stands there.
func (o Options) settle(f *beside.File, err error) error {
	switch {
	case err == ErrEmpty || err != nil && empty(f):
		f.Discard()
		return err
	case err == nil && (o.Cut == nil || !o.Cut()):
		return f.Take()
	}
	old := f.Kept()
	part, perr := f.Part()
	switch {
	case perr != nil && err == nil:
		return perr
	case perr != nil:
		return fmt.Errorf("%w; %w", err, perr)
	case !old:
		return err
	case err == nil:
		return fmt.Errorf("record: what stood at %q is still there, and the frames so far are in %q", f.Place(), part)
	}
	return fmt.Errorf("%w; what stood at %q is still there, and the frames so far are in %q", err, f.Place(), part)
}

// empty tells whether nothing could be written, as on a full disk.
func empty(f *beside.File) bool {
	info, err := f.Stat()
	return err == nil && info.Size() == 0
}
