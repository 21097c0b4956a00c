// Package teachtest is for tests that teach nets.
package teachtest

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// Cache has caches and checkpoints go to a folder of the test.
func Cache(t *testing.T) {
	t.Helper()
	was := xdg.CacheHome
	xdg.CacheHome = t.TempDir()
	t.Cleanup(func() { xdg.CacheHome = was })
}

// Classes makes a folder with two classes of so many pictures of w x h each, and has the cache go to a folder of the test.
func Classes(t *testing.T, each, w, h int) string {
	t.Helper()
	Cache(t)
	dir := t.TempDir()
	for name, picture := range map[string]func(w, h int, seed uint64) *image.RGBA{"clouds": dream.Clouds, "noise": dream.Static} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range each {
			save(t, filepath.Join(dir, name, fmt.Sprintf("%d.png", i)), picture(w, h, uint64(i)))
		}
	}
	return dir
}

func save(t *testing.T, path string, m *image.RGBA) {
	t.Helper()
	if err := picture.Save(path, m); err != nil {
		t.Fatal(err)
	}
}
