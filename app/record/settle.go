package record

import (
	"fmt"

	"zalgoscope/app/beside"
)

// settle ends a recording's file with so many frames, as the error of its making says. One that is whole takes its place; of one
// that was cut off the frames stay: in its place, or beside where something else stands there.
func (o Options) settle(f *beside.File, frames int, err error) error {
	switch {
	case err == ErrEmpty || err != nil && frames == 0:
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
