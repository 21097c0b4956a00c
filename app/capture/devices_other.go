//go:build !linux && !windows

package capture

import "strings"

// Cameras lists those that there are.
func Cameras() ([]Source, error) { return avfoundation(false) }

// Screens lists those that there are.
func Screens() ([]Source, error) { return avfoundation(true) }

// avfoundation lists cameras, or screens.
func avfoundation(screens bool) (out []Source, err error) {
	text, err := listing("-f", "avfoundation", "-list_devices", "true", "-i", "")
	if err != nil {
		return nil, err
	}
	for _, d := range avfoundationNames(text) {
		if strings.HasPrefix(d.name, "Capture screen") == screens {
			s := device(d.index, d.name)
			if screens {
				s.Spec = "screen:" + d.index
			}
			out = append(out, s)
		}
	}
	return out, nil
}

func device(id, name string) Source {
	return Source{Spec: "camera:" + name, Name: name, Live: true, input: []string{"-f", "avfoundation", "-framerate", "30", "-i", id + ":none"}}
}

// grab is the screen of an index, or the first one.
func grab(kind, what string) (Source, error) {
	if what == "" {
		what = "Capture screen 0"
	}
	s := device(what, kind)
	s.Spec = kind + ":" + what
	return s, nil
}
