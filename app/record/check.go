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
	ext := extension(path)
	if size != (image.Point{}) {
		if err := checkSize(ext, fit(o.Size, size)); err != nil {
			return err
		}
	}
	switch ext {
	case ".gif":
		if o.FPS > gifMostFPS {
			return fmt.Errorf("record: GIF players show at most %d frames a second, not %g", gifMostFPS, o.FPS)
		}
	case ".mp4", ".webm":
		if _, err := exec.LookPath("ffmpeg"); err != nil {
			return fmt.Errorf("record: %s needs the ffmpeg program, and there is none on PATH: install it, or record to .gif or .apng", ext)
		}
	case ".png", ".jpg", ".jpeg":
		if base := filepath.Base(path); place.MatchString(base) {
			if strings.Count(base, "%") > 1 {
				return fmt.Errorf("record: %q has more than one place for a number", path)
			}
			return nil // its folder need not be there yet
		}
	case ".apng":
	default:
		return fmt.Errorf("record: cannot record to %q: the name must end in .gif, .apng, .mp4, .webm, .png or .jpg", path)
	}
	return beside.Check(path)
}

// checkSize reports a size that files of a kind cannot have.
func checkSize(ext string, size image.Point) error {
	switch {
	case ext == ".gif" && max(size.X, size.Y) > math.MaxUint16:
		return fmt.Errorf("record: a GIF cannot be %dx%d, but at most %d on a side", size.X, size.Y, math.MaxUint16)
	case (ext == ".mp4" || ext == ".webm") && min(size.X, size.Y) < 2:
		return fmt.Errorf("record: a video cannot be %dx%d: its colours need at least 2x2 pixels; choose a larger size, or record to .gif or .apng", size.X, size.Y)
	}
	return nil
}
