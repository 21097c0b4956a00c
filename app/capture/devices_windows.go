package capture

import "strings"

// Cameras lists those that there are.
func Cameras() (out []Source, err error) {
	text, err := listing("-f", "dshow", "-list_devices", "true", "-i", "dummy")
	if err != nil {
		return nil, err
	}
	for _, name := range dshowNames(text) {
		out = append(out, device(name, name))
	}
	return out, nil
}

func device(id, name string) Source {
	return Source{Spec: "camera:" + name, Name: name, Live: true, input: []string{"-f", "dshow", "-i", "video=" + id}}
}

// grab is the screen, a part of it, or the window of a title.
func grab(kind, what string) (Source, error) {
	s := Source{Spec: kind, Name: kind, Live: true, input: []string{"-f", "gdigrab", "-framerate", "30", "-fpsprobesize", "0"}}
	if what != "" {
		s.Spec, s.Name = kind+":"+what, kind+" "+what
	}
	if kind == "window" {
		s.input = append(s.input, "-i", "title="+what)
		return s, nil
	}
	size, at, cut := strings.Cut(what, "+")
	if size != "" {
		s.input = append(s.input, "-video_size", size)
	}
	if x, y, ok := strings.Cut(at, ","); cut && ok {
		s.input = append(s.input, "-offset_x", x, "-offset_y", y)
	}
	s.input = append(s.input, "-i", "desktop")
	return s, nil
}

// Screens lists the screen.
func Screens() ([]Source, error) {
	s, err := grab("screen", "")
	s.Name = "the screen"
	return []Source{s}, err
}
