package capture

import (
	"errors"
	"os/exec"
	"regexp"

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

var dshowLine = regexp.MustCompile(`(?m)^\[dshow[^]]*\]\s+"([^"]+)"\s+\((?:video|none)\)`)

// dshowNames are the cameras' of a listing by DirectShow.
func dshowNames(text string) (out []string) {
	for _, m := range dshowLine.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// indexed is a device of a listing by AVFoundation.
type indexed struct{ index, name string }

var (
	avLine  = regexp.MustCompile(`(?m)^\[AVFoundation[^]]*\]\s+\[(\d+)\]\s+(.+)$`)
	avSound = regexp.MustCompile(`(?m)^\[AVFoundation[^]]*\]\s+AVFoundation audio devices`)
)

// avfoundationNames are those of what gives pictures.
func avfoundationNames(text string) (out []indexed) {
	if at := avSound.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	for _, m := range avLine.FindAllStringSubmatch(text, -1) {
		out = append(out, indexed{m[1], m[2]})
	}
	return out
}
