package load

import (
	"bufio"
	"bytes"
	"path/filepath"
	"regexp"
	"strings"

	"zalgoscope/nn/disk"
)

const (
	maxLabelText = 1 << 20 // bytes
	maxLabel     = 200     // bytes of one label
)

// labelsBeside reads the class names that lie beside a net: NAME.labels.txt,
// the synset_words.txt that Caffe's nets come with, or labels.txt.
func labelsBeside(net string) []string {
	dir := filepath.Dir(net)
	for _, name := range []string{stem(net) + ".labels.txt", "synset_words.txt", "labels.txt"} {
		if text, err := disk.Read(filepath.Join(dir, name), maxLabelText); err == nil {
			return parseLabels(text)
		}
	}
	return nil
}

// The decorations of ImageNet's and Places' lists: "n02123045 tabby, tabby cat", "/a/airfield 0".
var (
	wordnet = regexp.MustCompile(`^n\d{8}\s+`)
	places  = regexp.MustCompile(`^/\w/(\S+)( \d+)?$`)
)

// parseLabels takes one label from each line.
func parseLabels(text []byte) []string {
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxLabelText+1)
	for lines.Scan() {
		s := strings.TrimSpace(strings.ToValidUTF8(lines.Text(), "?"))
		if s == "" && len(out) > 0 || len(out) == maxChannels {
			break
		}
		s = wordnet.ReplaceAllString(s, "")
		s = places.ReplaceAllString(s, "$1")
		if len(s) > maxLabel {
			s = strings.ToValidUTF8(s[:maxLabel], "")
		}
		out = append(out, s)
	}
	return out
}
