package capture

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/toolstest"
)

// On a Wayland desktop without X the error says in a line what to do.
func TestWaylandScreen(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	_, err := Find("screen")
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "Xorg session") || !strings.Contains(err.Error(), "camera") || !strings.Contains(err.Error(), "pipewiregrab") {
		t.Error(err)
	}
}

// portalled puts an ffmpeg on PATH that has the portal's source, for which a test picture that ends after a second stands, and
// gives a file to which it writes how often it was opened.
func portalled(t *testing.T) (log string) {
	t.Helper()
	toolstest.Need(t, "ffmpeg", "ffprobe")
	real, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log = filepath.Join(dir, "log")
	script := fmt.Sprintf(`#!/bin/bash
args=("$@")
for i in "${!args[@]}"; do
	[ "${args[$i]}" = -filters ] && { echo " .. pipewiregrab      |->V       Capture screen or window content using PipeWire"; exit; }
	case "${args[$i]}" in pipewiregrab*) echo "${args[$i]}" >> %[2]q; args[$i]="testsrc=s=64x48:r=30:d=1${args[$i]#pipewiregrab=draw_mouse=1}";; esac
done
exec %[1]q "${args[@]}"
`, real, log)
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	return log
}

// Where ffmpeg has the portal's source a Wayland screen is grabbed by it, with an X display or without; once it is ended
// nobody is asked again.
func TestPortal(t *testing.T) {
	log := portalled(t)
	for _, display := range []string{"", ":77"} {
		t.Setenv("DISPLAY", display)
		screens, err := Screens()
		if err != nil || len(screens) != 1 || screens[0].Spec != "screen" {
			t.Errorf("DISPLAY %q: the screens are %v, %v", display, screens, err)
		}
	}
	if w, err := Find("window:0x12"); err != nil || slices.Contains(w.input, "lavfi") {
		t.Errorf("a window of X is %v, %v", w, err)
	}
	if s, err := Find("screen:wide"); err == nil {
		t.Errorf("no part of the screen is %v", s)
	}
	if _, err := Snap("screen", 64); err == nil || !strings.Contains(err.Error(), "asking") {
		t.Errorf("a picture taken unasked: %v", err)
	}
	notes := make(chan string, 9)
	l, err := OpenLive("screen:32x24+8,4", 64, func(s string) { notes <- s })
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if l.Image().Rect.Size() != image.Pt(32, 24) || l.Name() != "screen:32x24+8,4" {
		t.Errorf("%s has pictures of %v", l.Name(), l.Image().Rect)
	}
	select {
	case note := <-notes:
		if !strings.Contains(note, "open the screen again") {
			t.Errorf("the note is %q", note)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("its end is not told")
	}
	time.Sleep(retryFirst + 300*time.Millisecond)
	text, err := os.ReadFile(log)
	if err != nil || strings.Count(string(text), "pipewiregrab") != 1 || !strings.Contains(string(text), "crop=32:24:8:4") {
		t.Errorf("opened: %q, %v", text, err)
	}
}
