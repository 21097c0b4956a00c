//go:build unix

package record

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A series that meets something at one of its places that is no picture's is refused before its first frame, and
// pictures of an older one are not touched by then.
func TestSeriesIsCheckedBeforeItsFirstFrame(t *testing.T) {
	folder := func(path string) error { return os.Mkdir(path, 0o700) }
	fifo := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	file := func(path string) error { return os.WriteFile(path, []byte("old"), 0o600) }
	for _, c := range []struct {
		series, name string
		make         func(path string) error
		refused      string
	}{
		{"%03d.png", "007.png", folder, "it is a folder"},
		{"%03d.png", "1000.png", folder, "it is a folder"},
		{"%03d.png", "007.png", fifo, "it is a pipe or a device"},
		{"a (%3d) $.jpg", "a ( 12) $.jpg", fifo, "it is a pipe or a device"},
		{"%03d.png", "007.png", file, ""},
		{"%03d.png", "7.png", folder, ""}, // which is none of its places
		{"%03d.png", "0007.png", folder, ""},
		{"%d.png", "x7.png", folder, ""},
		{"%03d.png", "99999999999999999999.png", folder, ""},
	} {
		dir := t.TempDir()
		path, taken := filepath.Join(dir, c.series), filepath.Join(dir, c.name)
		first := filepath.Join(dir, fmt.Sprintf(c.series, 0))
		if err := file(first); err != nil {
			t.Fatal(err)
		}
		if err := c.make(taken); err != nil {
			t.Fatal(err)
		}
		rec, err := Create(path, Options{})
		for what, err := range map[string]error{"Check": Check(path, Options{}, image.Point{}), "Create": err} {
			if (err == nil) != (c.refused == "") || err != nil && !(strings.Contains(err.Error(), c.refused) && strings.Contains(err.Error(), c.name)) {
				t.Errorf("%s of %s at %s: got %v, want %q", what, c.series, c.name, err, c.refused)
			}
		}
		if err == nil {
			_ = rec.Close()
		}
		if got, err := os.ReadFile(first); err != nil || string(got) != "old" {
			t.Errorf("%s: the first picture holds %q, %v", c.series, got, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("%v is left behind", left)
		}
	}
}

// TestDots tells a program for pictures how many dots an inch has, and keeps the recipe.
func TestDots(t *testing.T) {
	identify := tool(t, "identify")
	m := newScene(40, 30).frame(0)
	for name, want := range map[string]string{"a.png": "118 118 PixelsPerCentimeter", "a.jpg": "300 300 PixelsPerInch"} {
		path := filepath.Join(t.TempDir(), name)
		r := example(1)
		if err := Save(path, m, r, 300); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(identify, "-format", "%x %y %U", path).CombinedOutput()
		var x, y float64
		var unit string
		fmt.Sscan(string(said), &x, &y, &unit)
		if got := fmt.Sprintf("%.0f %.0f %s", x, y, unit); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", name, said, err, want)
		}
		checkRecipe(t, path, r)
	}
}
