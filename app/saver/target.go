package saver

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Target is where the saver draws.
type Target struct {
	Display string // of X11; "" for the environment's
	Window  uint32 // a window of somebody else's, 0 for none
	Root    bool   // X11's root window, or what stands for it
}

// ParseWindow reads a window's number, decimal or, after 0x, hexadecimal.
func ParseWindow(text string) (uint32, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 0, 32)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("saver: %q is not the number of a window", text)
	}
	return uint32(n), nil
}

// FromEnvironment fills in the window that a screensaver's daemon names in XSCREENSAVER_WINDOW.
func (t *Target) FromEnvironment() error {
	text := os.Getenv("XSCREENSAVER_WINDOW")
	if text == "" || t.Window != 0 {
		return nil
	}
	var err error
	t.Window, err = ParseWindow(text)
	return err
}

// foreign tells whether the saver draws into a window that is not its own.
func (t Target) foreign() bool { return t.Window != 0 || t.Root }

// CanDraw tells whether Run can draw on a target: on Windows always, elsewhere where there is an X
// server, or one is asked for.
func CanDraw(t Target) bool {
	x11 := os.Getenv("DISPLAY") != "" && runtime.GOOS != "darwin"
	return runtime.GOOS == "windows" || x11 || t.foreign() || t.Display != ""
}
