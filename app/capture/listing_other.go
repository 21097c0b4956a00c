//go:build !linux

package capture

import (
	"errors"
	"os/exec"

	"zalgoscope/app/ffmpeg"
)

// listing is what ffmpeg tells about devices: it does so as errors, and ends with one.
func listing(args ...string) (string, error) {
	out, err := ffmpeg.Command(append([]string{"-loglevel", "info"}, args...)...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return "", ffmpeg.ErrMissing
	}
	return string(out), nil
}
