package record

import (
	"fmt"
	"image"
	"math"
	"os/exec"
	"path/filepath"
	"strings"

	"zalgoscope/app/beside"
)

// Check reports, before any work is done, why frames of a size cannot be recorded to path; 0,0 is a size that
// is not known yet.
func Check(path string, o Options, size image.Point) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	format, err := FormatOf(path)
	if err != nil {
		return err
	}
	if size != (image.Point{}) {
		size = fit(o.Size, size)
	}
	return format.check(path, o, size)
}

func checkPlace(path string, _ Options, _ image.Point) error { return beside.Check(path) }

func checkGIF(path string, o Options, size image.Point) error {
	if err := checkSizeOfGIF(size); err != nil {
		return err
	}
	if o.FPS > gifMostFPS {
		return fmt.Errorf("record: GIF players show at most %d frames a second, not %g", gifMostFPS, o.FPS)
	}
	return beside.Check(path)
}

func checkSizeOfGIF(size image.Point) error {
	if max(size.X, size.Y) > math.MaxUint16 {
		return fmt.Errorf("record: a GIF cannot be %dx%d, but at most %d on a side", size.X, size.Y, math.MaxUint16)
	}
	return nil
}

func checkVideo(ending string) func(string, Options, image.Point) error {
	return func(path string, _ Options, size image.Point) error {
		if size != (image.Point{}) {
			if err := checkSizeOfVideo(size); err != nil {
				return err
			}
		}
		if _, err := exec.LookPath("ffmpeg"); err != nil {
			return fmt.Errorf("record: %s needs the ffmpeg program, and there is none on PATH: install it, or record to .gif or .apng", ending)
		}
		return beside.Check(path)
	}
}

func checkSizeOfVideo(size image.Point) error {
	if min(size.X, size.Y) < 2 {
		return fmt.Errorf("record: a video cannot be %dx%d: its colours need at least 2x2 pixels; choose a larger size, or record to .gif or .apng", size.X, size.Y)
	}
	return nil
}

func checkPictures(path string, _ Options, _ image.Point) error {
	base := filepath.Base(path)
	switch {
	case !place.MatchString(base):
		return beside.Check(path)
	case strings.Count(base, "%") > 1:
		return fmt.Errorf("record: %q has more than one place for a number", path)
	}
	return freePlaces(path)
}
