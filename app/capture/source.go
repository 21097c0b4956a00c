// Package capture brings moving pictures in, through the ffmpeg program: films, series of pictures, cameras, screens and
// streams as inputs of a dream.
package capture

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/nn/disk"
)

// Source is something that ffmpeg opens.
type Source struct {
	Spec string // by which Find finds it
	Name string // as people call it
	Live bool   // it has no end, and what is shown is what is there now

	input  []string // ffmpeg's arguments up to the input
	path   string   // of a film's file, or the pattern of a series; "" for anything else
	series bool     // it is one of numbered pictures
	gap    string   // what to say of pictures that the series lacks
	asks   bool     // opening it asks people at the screen, so that it is not opened again by itself
	first  bool     // of several streams with pictures the first is shown, not the default one
	shown  string   // which of its streams has the pictures, as ffmpeg's -map has it; "" for the first that is no cover
}

// stream is which of its streams has the pictures.
func (s Source) stream() string { return cmp.Or(s.shown, "0:V:0") }

// as is the source with what was found out of it.
func (s Source) as(i Info) Source {
	s.shown = fmt.Sprintf("0:%d", i.stream)
	return s
}

// Find gives the source that a spec names: camera, camera:NAME, screen, screen:WxH+X,Y, window:ID, lavfi:GRAPH, a stream's
// address, a series of pictures such as frames/%05d.png, or a film's file. It does not open it.
func Find(spec string) (Source, error) {
	kind, rest, _ := strings.Cut(spec, ":")
	switch {
	case kind == "camera":
		return camera(rest)
	case kind == "screen", kind == "window" && rest != "":
		return grab(kind, rest)
	case kind == "lavfi":
		return Source{Spec: spec, Name: rest, Live: true, input: []string{"-re", "-f", "lavfi", "-i", rest}}, nil
	case strings.Contains(spec, "://"):
		return stream(spec), nil
	case isSeries(spec):
		return series(spec)
	}
	info, err := os.Stat(spec)
	if err != nil {
		return Source{}, fmt.Errorf("capture: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Source{}, fmt.Errorf("capture: %q is no film's file", spec)
	}
	return Source{Spec: spec, Name: filepath.Base(spec), path: spec, input: []string{"-i", ffmpeg.File(spec)}}, nil
}

// Names tells whether a spec is of a camera, a screen, a stream or a series of pictures rather than of a file.
func Names(spec string) bool {
	kind, rest, colon := strings.Cut(spec, ":")
	switch kind {
	case "camera", "screen":
		return true
	case "window", "lavfi":
		return colon && rest != ""
	}
	return strings.Contains(spec, "://") || isSeries(spec)
}

// stream is one that comes over the network: what was sent long ago is not waited for.
func stream(address string) Source {
	s := Source{Spec: address, Name: address, Live: true}
	switch scheme, _, _ := strings.Cut(address, "://"); scheme {
	case "udp", "tcp", "srt", "rtp":
		s.input = []string{"-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0"}
	case "http", "https":
		s.input = []string{"-reconnect", "1", "-reconnect_streamed", "1", "-re"}
	case "rtsp":
		s.input = []string{"-rtsp_transport", "tcp"}
	}
	s.input = append(s.input, "-i", address)
	return s
}

// place is a number's place in the name of a series of pictures.
var place = regexp.MustCompile(`%0?[0-9]*d`)

// isSeries tells whether a path is the pattern of a series rather than of a file that has such a name.
func isSeries(path string) bool {
	if !place.MatchString(filepath.Base(path)) {
		return false
	}
	info, err := os.Stat(path)
	return err != nil || !info.Mode().IsRegular()
}

// series is one of numbered pictures, from the least number that there is.
func series(pattern string) (Source, error) {
	at := place.FindStringIndex(filepath.Base(pattern))
	base := filepath.Base(pattern)
	before, verb, after := base[:at[0]], base[at[0]:at[1]], base[at[1]:]
	entries, err := os.ReadDir(filepath.Dir(pattern))
	if err != nil {
		return Source{}, fmt.Errorf("capture: %w", err)
	}
	least, numbers := -1, map[int]bool{}
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), before)
		if !ok {
			continue
		}
		digits, ok = strings.CutSuffix(digits, after)
		n, err := strconv.Atoi(digits)
		if !ok || err != nil || n < 0 || before+fmt.Sprintf(verb, n)+after != e.Name() {
			continue
		}
		if !e.Type().IsRegular() { // a link may lead to one
			if err := disk.Check(filepath.Join(filepath.Dir(pattern), e.Name())); err != nil {
				return Source{}, fmt.Errorf("capture: %w", err)
			}
		}
		numbers[n] = true
		if least < 0 || n < least {
			least = n
		}
	}
	if least < 0 {
		return Source{}, fmt.Errorf("capture: there is no picture %q with a number in place of %s", pattern, verb)
	}
	whole := func(text string) string { return strings.ReplaceAll(text, "%", "%%") } // what ffmpeg is not to take for a number's place
	begin := strings.TrimSuffix(pattern, verb+after)
	return Source{Spec: pattern, Name: base, path: pattern, series: true, gap: gapIn(base, numbers, least),
		input: []string{"-f", "image2", "-start_number", fmt.Sprint(least), "-i", ffmpeg.File(whole(begin) + verb + whole(after))}}, nil
}

// gapIn says where a series ends, of whose numbers some come after one that is missing.
func gapIn(name string, numbers map[int]bool, least int) string {
	next := least
	for numbers[next] {
		next++
	}
	if here := next - least; here < len(numbers) {
		return fmt.Sprintf("%s has no picture %d, so that it ends there: %d of %d pictures are taken; number them without gaps", name, next, here, len(numbers))
	}
	return ""
}

// camera is that of a name, or the first one.
func camera(name string) (Source, error) {
	cameras, err := Cameras()
	if err != nil {
		return Source{}, err
	}
	for i, c := range cameras {
		if name == "" || name == fmt.Sprint(i) || strings.Contains(strings.ToLower(c.Name), strings.ToLower(name)) || c.Spec == "camera:"+name {
			return c, nil
		}
	}
	if runtime.GOOS == "linux" && strings.HasPrefix(name, "/dev/") {
		return device(name, name), nil
	}
	if name == "" {
		return Source{}, errors.New("capture: there is no camera; plug one in, or see 'zalgoscope inputs'")
	}
	return Source{}, fmt.Errorf("capture: there is no camera %q; see 'zalgoscope inputs'", name)
}
