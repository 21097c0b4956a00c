package record

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFullAtTheEnd has the disk full at every stage of a video's end. ffmpeg does not always say so: whatever it
// says, a recording that ends without an error is whole, and of any other one the reason is told and there is what fits.
func TestFullAtTheEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long films")
	}
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux to mount a small tmpfs")
	}
	tool(t, "ffmpeg")
	frames := newScene(160, 120).frames(20)
	for name, rooms := range map[string][]int{"a.mp4": {8, 10, 16, 19, 24}, "a.webm": {8, 14, 24}} {
		o, want := recording(Options{Quality: 100, FPS: 10})
		whole := filepath.Join(t.TempDir(), name)
		record(t, whole, o, frames)
		info, err := os.Stat(whole)
		if err != nil {
			t.Fatal(err)
		}
		failed, succeeded := 0, 0
		for _, part := range rooms { // tenths of the file
			room := info.Size() * int64(part) / 10
			dir := t.TempDir()
			if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", room), "tmpfs", dir).CombinedOutput(); err != nil {
				t.Skipf("needs to mount a small tmpfs: %s", bytes.TrimSpace(out))
			}
			path := filepath.Join(dir, name)
			err := recordTo(path, o, frames)
			if err == nil {
				succeeded++
				if n := playAny(t, path); n != len(frames) {
					t.Errorf("%s, room for %d tenths: %d of %d frames, and no error", name, part, n, len(frames))
				}
				checkRecipe(t, path, want(len(frames)))
			} else {
				failed++
				if text := err.Error(); !strings.Contains(text, "space") || strings.Contains(text, "\n") {
					t.Errorf("%s, room for %d tenths: %q, want one line that speaks of space", name, part, text)
				}
				// The last piece of a WebM is cut off within a block, at which readers complain and stop.
				if out, err := exec.Command(tool(t, "ffprobe"), "-v", "quiet", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path).Output(); part >= 12 && (err != nil || strings.TrimSpace(string(out)) != "20") {
					t.Errorf("%s, room for %d tenths: %q frames, %v, want all in pieces", name, part, out, err)
				}
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("%s, room for %d tenths: there are %v, %v, want only the video", name, part, entries, err)
			}
			if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
				t.Errorf("umount: %s", out)
			}
		}
		if failed < 2 || succeeded < 1 {
			t.Errorf("%s: %d times there was no room, %d times there was; want some of both", name, failed, succeeded)
		}
	}
}

// TestFullFromTheBeginning begins recordings on a disk without room, or with too little for a frame: the reason is told, and no file
// without a frame stays.
func TestFullFromTheBeginning(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux to mount a small tmpfs")
	}
	tool(t, "ffmpeg")
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs to mount a small tmpfs: %s", bytes.TrimSpace(out))
	}
	defer func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	}()
	frames := newScene(160, 120).frames(4)
	for _, room := range []int{0, 4, 8} {
		if err := os.WriteFile(filepath.Join(dir, "full"), make([]byte, (64-room)<<10), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a.gif", "a.apng", "a.mp4", "a.webm"} {
			o, _ := recording(Options{Quality: 100, FPS: 10})
			err := recordTo(filepath.Join(dir, name), o, frames)
			if err == nil || !strings.Contains(err.Error(), "space") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "safe") ||
				strings.Contains(err.Error(), "in the file") {
				t.Errorf("%s with room for %d kB: %v, want one line that speaks of space and of no file", name, room, err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("%s with room for %d kB: there are %v, %v", name, room, entries, err)
			}
			_ = os.Remove(filepath.Join(dir, name))
		}
	}
}
