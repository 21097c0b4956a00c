package capture

import (
	"regexp"

	"zalgoscope/app/ffmpeg"
)

// hasFilter tells whether ffmpeg was built with a filter.
func hasFilter(name string) bool {
	out, err := ffmpeg.Command("-filters").Output()
	return err == nil && regexp.MustCompile(`(?m)^ *[A-Z.|]+ +`+name+` `).Match(out)
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
