package cli

import (
	"cmp"
	"fmt"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
)

// sheetFlags are of a command that lists what there is, or dreams it all from one picture for a sheet.
type sheetFlags struct {
	sheet string // file to write; "" for the list
	start string // IMAGE, static or clouds
	size  string // of a cell, WIDTHxHEIGHT
}

// wanted tells whether there is to be a sheet, which alone takes a picture.
func (f *sheetFlags) wanted(args []string) (bool, error) {
	if len(args) > 0 {
		f.start = args[0]
	}
	if f.sheet == "" && len(args) > 0 {
		return false, fmt.Errorf("%q is dreamed only for a sheet; add --sheet FILE.png", f.start)
	}
	return f.sheet != "", nil
}

// cell is a cell's size, where the sheet can be written.
func (f *sheetFlags) cell() (w, h int, err error) {
	if err := cmp.Or(picture.CanSave(f.sheet), beside.Check(f.sheet)); err != nil {
		return 0, 0, err
	}
	return picture.ParseSize(f.size)
}
