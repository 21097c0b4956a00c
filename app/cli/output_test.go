//go:build !windows

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zalgoscope/app/record"
)

// little is a dream that is over at once.
func little(start, out string, more ...string) []string {
	return append([]string{"dream", start, "--size", "32x24", "--steps", "1", "--octaves", "1", "--layer", "conv2", "-o", out}, more...)
}

// What cannot be written is refused before anything is opened or dreamed: the net is none.
func TestOutputsAreRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	recipe := filepath.Join(dir, "a.png")
	mustRun(t, little("static", recipe)...)
	for _, ext := range []string{".png", ".gif", ".mp4"} {
		if err := os.Mkdir(filepath.Join(dir, "folder"+ext), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(filepath.Join(dir, "pipe"+ext), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("/dev/null", filepath.Join(dir, "device"+ext)); err != nil {
			t.Fatal(err)
		}
	}
	before := names(t, dir)
	for _, c := range []struct{ out, want string }{
		{"folder.png", "is a folder"}, {"folder.gif", "is a folder"}, {"folder.mp4", "is a folder"},
		{"pipe.png", "is a pipe"}, {"pipe.gif", "is a pipe"}, {"pipe.mp4", "is a pipe"},
		{"device.png", "a device"}, {"device.gif", "a device"}, {"device.mp4", "a device"},
		{"none/a.gif", "no such file"}, {"a.xyz", "must end in"},
	} {
		out := filepath.Join(dir, c.out)
		for _, args := range [][]string{
			little("static", out, "--net", "none.onnx"), {"replay", recipe, "-o", out, "--net", "none.onnx"},
			little("static", filepath.Join(dir, "new.gif"), "--net", "none.onnx", "--session", strings.TrimSuffix(out, ".xyz")),
			{"scenes", "--net", "none.onnx", "--sheet", out}, {"classes", "--net", "none.onnx", "--sheet", out}, {"bends", "--net", "none.onnx", "--sheet", out},
		} {
			if c.out == "a.xyz" && args[len(args)-2] == "--session" {
				continue // any name will do
			}
			if ext := filepath.Ext(c.out); args[len(args)-2] == "--sheet" && ext != ".png" && ext != ".xyz" {
				continue // a sheet is a picture
			}
			if _, err := run(args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: got %v, want %q", args, err, c.want)
			}
		}
	}
	for args, want := range map[string][]string{
		"one file":         little("static", filepath.Join(dir, "a.gif"), "--net", "none.onnx", "--session", dir+"/./a.gif"),
		"at least 2x2":     little("static", filepath.Join(dir, "a.mp4"), "--net", "none.onnx", "--size", "1x1"),
		"at least 2x2 pix": {"replay", recipe, "-o", filepath.Join(dir, "a.webm"), "--size", "5x1", "--net", "none.onnx"},
	} {
		if _, err := run(want...); err == nil || !strings.Contains(err.Error(), args) {
			t.Errorf("%q: got %v, want %q", want, err, args)
		}
	}
	if after := names(t, dir); after != before {
		t.Errorf("there are %s, want %s", after, before)
	}
}

// A file may be dreamed, or replayed, into itself.
func TestOutputIsInput(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what runs the program many times")
	}
	dir := t.TempDir()
	for _, name := range []string{"a.png", "a.gif", "a.mp4"} {
		path := filepath.Join(dir, name)
		mustRun(t, little("static", path, "--seed", "4")...)
		mustRun(t, "replay", path, "-o", path, "--size", "64x48")
		mustRun(t, "replay", path, "-o", filepath.Join(dir, "again.png"))
		if m := open(t, filepath.Join(dir, "again.png")); m.Rect.Dx() != 64 {
			t.Errorf("%s: its recipe is of %v, want 64x48", name, m.Rect.Size())
		}
	}
	photo := filepath.Join(dir, "a.png")
	before := open(t, photo)
	mustRun(t, "dream", photo, "-o", photo, "--steps", "1", "--octaves", "1", "--layer", "conv2")
	if m := open(t, photo); m.Rect != before.Rect || bytes.Equal(m.Pix, before.Pix) {
		t.Errorf("got %v, want another picture of %v", m.Rect, before.Rect)
	}
	if got := names(t, dir); got != "a.gif a.mp4 a.png again.png" {
		t.Errorf("there are %s", got)
	}
}

// Names that look like an option, a protocol or a place for a number are names.
func TestOutputNames(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what runs the program many times")
	}
	t.Chdir(t.TempDir())
	for _, name := range []string{"-x.mp4", "a:b.mp4", "a:b.webm", "pipe:1.mp4", "-x.gif", "100%.mp4", "a'b\"c.mp4", strings.Repeat("n", 240) + ".mp4"} {
		mustRun(t, "dream", "static", "--size", "32x24", "--steps", "1", "--octaves", "1", "--layer", "conv2", "-o="+name)
		if _, err := record.ReadRecipe(name); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Fields(names(t, ".")); len(got) != 8 || strings.Contains(strings.Join(got, " "), ".zalgoscope") {
		t.Errorf("there are %d files: %q", len(got), got)
	}
}

// A film that stands at its output while another one is dreamed there is there when that is stopped, and what was
// dreamed by then beside it; a second dream for the same place is refused.
func TestOutputIsKeptAndLocked(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.gif")
	mustRun(t, little("static", path)...)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cmd, stderr := startMain(t, dir, "", little("static", "a.gif", "--frames", "100000")...)
	waitFor(t, filepath.Join(dir, ".zalgoscope-*-a.gif"), 20_000)
	if _, err := run(little("static", path)...); err == nil || !strings.Contains(err.Error(), "another zalgoscope") {
		t.Errorf("a second dream: %v, want that the place is taken", err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, old) {
		t.Errorf("the old film has %d bytes, %v, want its %d", len(now), err, len(old))
	}
	if got := names(t, dir); got != "a-partial.gif a.gif" || !strings.Contains(stderr.String(), "a-partial.gif") {
		t.Errorf("there are %s; it says %q", got, stderr)
	}
	mustRun(t, "replay", filepath.Join(dir, "a-partial.gif"), "--to", "2", "-o", path)
	if now, err := os.ReadFile(path); err != nil || bytes.Equal(now, old) {
		t.Errorf("the new film has not taken the place of the old one: %v", err)
	}
}
