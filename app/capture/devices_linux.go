package capture

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Cameras lists those that there are.
func Cameras() (out []Source, err error) {
	found, err := filepath.Glob("/sys/class/video4linux/video*")
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	slices.Sort(found)
	for _, dir := range found {
		// A camera's first node gives its pictures, the others tell about them.
		if index, err := os.ReadFile(filepath.Join(dir, "index")); err == nil && strings.TrimSpace(string(index)) != "0" {
			continue
		}
		path := "/dev/" + filepath.Base(dir)
		name, err := os.ReadFile(filepath.Join(dir, "name"))
		if err != nil {
			name = []byte(path)
		}
		out = append(out, device(path, strings.TrimSpace(string(name))))
	}
	return out, nil
}

func device(path, name string) Source {
	return Source{Spec: "camera:" + path, Name: name, Live: true, input: []string{"-f", "v4l2", "-i", path}}
}

// grab is the screen, a part of it, or a window by its number.
func grab(kind, what string) (Source, error) {
	display, wayland := os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY") != ""
	switch {
	case kind == "screen" && wayland && hasFilter(portalFilter):
		return portal(what)
	case display == "" && wayland:
		return Source{}, errors.New("capture: there is no X display to grab, and this ffmpeg grabs no Wayland screen, for which it needs " + portalFilter + " (ffmpeg -filters): log in to an Xorg session, or send the screen through OBS's Virtual Camera and open that camera")
	case display == "":
		return Source{}, errors.New("capture: there is no screen: DISPLAY is not set")
	}
	s := Source{Spec: kind, Name: kind, Live: true, input: []string{"-f", "x11grab", "-framerate", "30", "-fpsprobesize", "0", "-probesize", "32"}}
	if what != "" {
		s.Spec, s.Name = kind+":"+what, kind+" "+what
	}
	if kind == "window" {
		s.input = append(s.input, "-window_id", what, "-i", display)
		return s, nil
	}
	size, at, cut := strings.Cut(what, "+")
	if size != "" {
		s.input = append(s.input, "-video_size", size)
	}
	if cut {
		display += "+" + at
	}
	s.input = append(s.input, "-i", display)
	return s, nil
}

// portalFilter is a source of ffmpeg's, where it was built with it, that asks the desktop's portal for a screen: people choose
// there what they show, and may end that at any time.
const portalFilter = "pipewiregrab"

// portal is what the desktop's portal gives, or a part of it.
func portal(part string) (Source, error) {
	s := Source{Spec: "screen", Name: "what the desktop asks to share", Live: true, asks: true}
	graph := portalFilter + "=draw_mouse=1"
	if part != "" {
		m := partOfScreen.FindStringSubmatch(part)
		if m == nil {
			return s, fmt.Errorf("capture: %q is no part of a screen, such as 640x480+100,50", part)
		}
		s.Spec = "screen:" + part
		graph += fmt.Sprintf(",crop=%s:%s:%s:%s", m[1], m[2], cmp.Or(m[3], "0"), cmp.Or(m[4], "0"))
	}
	s.input = []string{"-f", "lavfi", "-i", graph}
	return s, nil
}

var partOfScreen = regexp.MustCompile(`^(\d+)x(\d+)(?:\+(\d+),(\d+))?$`)

// Screens lists the screen and the windows on it.
func Screens() (out []Source, err error) {
	whole, err := grab("screen", "")
	if err != nil {
		return nil, nil // there is none
	}
	if whole.asks {
		return []Source{whole}, nil // it has the windows too
	}
	x, err := xgb.NewConn()
	if err != nil {
		return nil, nil
	}
	defer x.Close()
	root := xproto.Setup(x).DefaultScreen(x)
	whole.Name = fmt.Sprintf("the screen, %d x %d", root.WidthInPixels, root.HeightInPixels)
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		whole.Name += ", with none of Wayland's own windows"
	}
	out = append(out, whole)
	list := property(x, root.Root, "_NET_CLIENT_LIST")
	for ; len(list) >= 4; list = list[4:] {
		id := xproto.Window(xgb.Get32(list))
		title := string(property(x, id, "_NET_WM_NAME"))
		if title == "" {
			title = string(property(x, id, "WM_NAME"))
		}
		w, err := grab("window", fmt.Sprintf("%#x", id))
		if err != nil {
			return nil, err
		}
		w.Name = "window " + title
		out = append(out, w)
	}
	return out, nil
}

// property is a window's, nil where it has none of that name.
func property(x *xgb.Conn, w xproto.Window, name string) []byte {
	atom, err := xproto.InternAtom(x, true, uint16(len(name)), name).Reply()
	if err != nil || atom.Atom == 0 {
		return nil
	}
	p, err := xproto.GetProperty(x, false, w, atom.Atom, xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
	if err != nil {
		return nil
	}
	return p.Value
}
