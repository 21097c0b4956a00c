package chooser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/toolstest"
)

// TestMain lets the test binary be a program that shows a dialog and prints what was chosen.
func TestMain(m *testing.M) {
	folder := os.Getenv("CHOOSER_TEST_FOLDER")
	if folder == "" {
		os.Exit(m.Run())
	}
	path, err := Save("Save the dream", folder, "begin.png", Filter{Name: "PNG", Endings: []string{"png"}}, Filter{Name: "All", Endings: []string{"*"}})
	fmt.Printf("%s, cancelled %t, %v\n", path, errors.Is(err, ErrCancelled), err)
	os.Exit(0)
}

// A dialog shows what it begins with, gives the path that is typed, and can be left.
func TestDialog(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what drives a window")
	}
	toolstest.Need(t, "Xvfb", "xdotool")
	display, folder := toolstest.Xvfb(t, "1024x768"), t.TempDir()
	for _, c := range []struct{ keys, want string }{
		{"Return", filepath.Join(folder, "begin.png") + ", cancelled false, <nil>"},
		{"Escape", ", cancelled true, Cancelled"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), "CHOOSER_TEST_FOLDER="+folder, "DISPLAY="+display, "GTK_USE_PORTAL=0", "NO_AT_BRIDGE=1")
		var out strings.Builder
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		press := exec.CommandContext(ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", "^Save the dream$", "windowfocus", "--sync", "sleep", "0.5", "key", c.keys)
		press.Env = append(os.Environ(), "DISPLAY="+display)
		if said, err := press.CombinedOutput(); err != nil {
			_ = cmd.Process.Kill()
			t.Fatalf("xdotool: %v: %s", err, said)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.keys, got, c.want)
		}
	}
}

// Without a display a dialog is an error.
func TestNoDisplay(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CHOOSER_TEST_FOLDER="+t.TempDir(), "DISPLAY=", "WAYLAND_DISPLAY=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(out), ", cancelled false, chooser: GTK "; !strings.HasPrefix(got, want) && !strings.HasPrefix(got, ", cancelled false, chooser: file dialogs need GTK 3") {
		t.Errorf("got %q, want %q...", got, want)
	}
}
