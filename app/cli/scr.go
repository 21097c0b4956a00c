package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// scrArguments gives the command that the arguments stand for with which Windows runs a
// screensaver, a program whose name ends in .scr: /s to be it, /p HWND to draw into the small
// window of the settings, /c or /c:HWND, or nothing at all, to be set up. They come in any case, with
// - as well as /, and with : or a space before the number.
func scrArguments(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"settings"}, nil
	}
	word, number, _ := strings.Cut(args[0], ":")
	if number == "" && len(args) > 1 {
		number = args[1]
	}
	switch strings.ToLower(strings.Replace(word, "-", "/", 1)) {
	case "/s":
		return []string{"saver", "--settings", settingsFile()}, nil
	case "/p":
		if number == "" {
			return nil, fmt.Errorf("%s needs the number of a window after it", args[0])
		}
		return []string{"saver", "--settings", settingsFile(), "--window-id", number}, nil
	case "/c":
		return []string{"settings"}, nil
	}
	return nil, fmt.Errorf("a screensaver is called with /s, /p HWND or /c, not with %q", strings.Join(args, " "))
}

// isScr tells the name of a Windows screensaver.
func isScr(path string) bool { return strings.EqualFold(filepath.Ext(path), ".scr") }

// arguments gives those that the name under which the program was called stands for.
func arguments(args []string) ([]string, error) {
	switch name := filepath.Base(args[0]); {
	case isScr(name):
		return scrArguments(args[1:])
	case strings.TrimSuffix(name, ".exe") == saverName:
		return append([]string{"saver"}, args[1:]...), nil
	}
	return args[1:], nil
}

// complain writes an error for people to read. A Windows screensaver has no console: it shows a
// window, but not when it was only to draw in the one of the settings.
func complain(err error, args []string) {
	text := oneLine(err)
	if isScr(args[0]) && !slices.ContainsFunc(args[1:], isPreview) {
		alarm(text)
	}
	say(text)
}

func isPreview(arg string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimLeft(arg, "/-")), "p")
}
