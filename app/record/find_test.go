//go:build !windows

package record

import (
	"image"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// TestFindOpensOnlyFilesHere gives names that a hostile recipe may have. Nothing but a regular file of this
// machine is found by them, and what is found lies where it was looked for.
func TestFindOpensOnlyFilesHere(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "a.png")
	for _, path := range []string{file, filepath.Join(other, "b.png"), filepath.Join(dir, `c\d.png`), filepath.Join(dir, "e.png")} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{
		"folder": other, "made-up": "/proc", "round-about": "made-up/self", "shares": "/net/host", "up": "folder/..",
		"zero.png": "/dev/zero", "share.png": "//host/share/a.png", "net.png": "/net/host/a.png", "round.png": "round.png", "link.png": "a.png",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.png"), 0o600); err != nil {
		t.Fatal(err)
	}
	find := Find(dir, other)
	for _, c := range []struct {
		name string
		want []string
	}{
		{"a.png", []string{file}},
		{"b.png", []string{filepath.Join(other, "b.png")}},
		{"link.png", []string{filepath.Join(dir, "link.png")}},
		{file, []string{file}}, // of an older recipe
		{dir + "/folder/b.png", []string{dir + "/folder/b.png", filepath.Join(other, "b.png")}},
		{dir + "/up/" + filepath.Base(dir) + "/a.png", []string{dir + "/up/" + filepath.Base(dir) + "/a.png", file}},
		{dir + "/made-up/self/environ", nil}, {dir + "/round-about/environ", nil}, {dir + "/shares/f.png", nil},
		{dir + "/folder/../../../../../../../../proc/self/environ", nil}, {dir + "/a.png/", []string{file}}, {dir + "/a.png/.", nil},
		{"/home/somebody/a.png", []string{file}},
		{`C:\Users\somebody\e.png`, []string{filepath.Join(dir, "e.png")}},
		{`C:e.png`, []string{filepath.Join(dir, "e.png")}},
		{`c\d.png`, []string{filepath.Join(dir, `c\d.png`)}},
		{"123456789abc/a.png", []string{file}},
		{"", nil}, {".", nil}, {"..", nil}, {"/", nil}, {dir, nil}, {"../" + filepath.Base(other), nil},
		{"a.png\x00", nil},
		{"pipe.png", nil}, {filepath.Join(dir, "pipe.png"), nil},
		{"/dev/zero", nil}, {"/dev/stdin", nil}, {"/dev/fd/0", nil}, {"/proc/self/environ", nil}, {"/proc/kmsg", nil},
		{"../../../../../../../../../../dev/zero", nil}, {"/tmp/../dev/zero", nil},
		{"zero.png", nil}, {"share.png", nil}, {"net.png", nil}, {"round.png", nil},
		{`\\host\share\f.png`, nil}, {"//host/share/f.png", nil}, {`\/host\share\f.png`, nil}, {`/\host/share/f.png`, nil},
		{`\\?\UNC\host\share\f.png`, nil}, {`\\.\pipe\f`, nil}, {`\??\UNC\host\share\f`, nil}, {"http://host/f.png", nil}, {"/net/host/f.png", nil},
		{strings.Repeat("x", 4000), nil}, {strings.Repeat("x/", 2000), nil},
	} {
		if got := find(c.name); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%.80q finds %q, want %q", c.name, got, c.want)
		}
	}
	// A share is refused by its name alone, even where the path is that of a file here.
	for _, name := range []string{"/" + file, "//" + file, `\\` + file} {
		for _, got := range Find()(name) {
			t.Errorf("%q finds %q", name, got)
		}
	}
}

// A folder to look in may be a link too.
func TestFindInLinkedFolders(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	for _, c := range []struct {
		target, name string
		want         bool
	}{
		{"/proc/self", "environ", false}, {"/etc", "passwd", true},
	} {
		os.Remove(link)
		if err := os.Symlink(c.target, link); err != nil {
			t.Fatal(err)
		}
		if got := Find(link)(c.name); (len(got) == 1) != c.want {
			t.Errorf("in a link to %s %s finds %q", c.target, c.name, got)
		}
	}
	t.Chdir(dir)
	if Regular("link/../../proc/self/environ") || !Regular("link/../etc/passwd") {
		t.Error("a path from here is not followed as the system does")
	}
}

func TestMadeUpFolders(t *testing.T) {
	for _, c := range []struct {
		path string
		fold bool
		want bool
	}{
		{"/dev/zero", false, true}, {"/net", false, true}, {"/DEV/zero", false, false}, {"/DEV/zero", true, true}, {"/Net/host/a", true, true},
		{"/network/a", true, false}, {"/home/dev/a", true, false},
	} {
		if got := madeUp(c.path, c.fold); got != c.want {
			t.Errorf("%s, fold %v: got %v", c.path, c.fold, got)
		}
	}
}

// TestRecipesTellNoFolders writes recipes of dreams whose pictures lie in folders of somebody's.
func TestRecipesTellNoFolders(t *testing.T) {
	m := newScene(20, 10).frame(0)
	for _, c := range []struct{ path, want string }{
		{"/home/somebody/secret/a.png", "a.png"}, {"secret/a.png", "a.png"}, {"a.png", "a.png"}, {"static", "static"},
	} {
		if got := StartOf(dream.StillOf(c.path, m)); got.Name != c.want || got.Picture != nil {
			t.Errorf("%s is called %q", c.path, got.Name)
		}
	}
	dir := t.TempDir()
	var paths []string
	for i, name := range []string{"one/g.png", "two/g.png", "three/g.png"} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := picture.Save(path, newScene(20, 10).frame(i%2)); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	guides := NewGuides()
	log := NewLog(Recipe{Start: StartOf(dream.StillOf("static", m))}, guides)
	s := dream.Defaults()
	for i, path := range paths {
		s.Guide = path
		if _, err := guides.Open(path); err != nil {
			t.Fatal(err)
		}
		log.Change(int64(i), 0, s)
	}
	s.Guide = filepath.Join(dir, "never-opened.png")
	log.Change(9, 0, s)
	r := log.Recipe()
	if text := r.Encode(); strings.Contains(text, dir) {
		t.Errorf("the recipe names %s:\n%s", dir, text)
	}
	// Two pictures of one name are told apart; the third file is the first picture once more.
	var names []string
	for _, c := range r.Changes {
		names = append(names, c.Settings.Guide)
	}
	if len(r.Guides) != 2 || names[0] != "g.png" || names[1] == names[0] || names[2] != names[0] || names[3] != "never-opened.png" {
		t.Errorf("the guides are %v, the changes name %q", r.Guides, names)
	}
	opened, err := r.OpenGuides(Find(filepath.Join(dir, "one"), filepath.Join(dir, "two")))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names[:2] {
		got, err := opened.Open(name)
		if err != nil || !reflect.DeepEqual(got, newScene(20, 10).frame(i)) {
			t.Errorf("%s is not the picture of %s (%v)", name, paths[i], err)
		}
	}
	if _, err := opened.Open("/dev/zero"); err == nil || !strings.Contains(err.Error(), "not to be found") {
		t.Errorf("a guide that is a device: %v", err)
	}
}

// A file may have the name of a picture that is made.
func TestStartNamedStatic(t *testing.T) {
	dir := t.TempDir()
	m := newScene(20, 10).frame(0)
	if err := picture.Save(filepath.Join(dir, "a.png"), m); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "a.png"), filepath.Join(dir, "static")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		start Start
		want  *image.RGBA
	}{
		{StartOf(dream.StillOf(filepath.Join(dir, "static"), m)), m},
		{StartOf(dream.Make("static", 20, 10, 7)), dream.Static(20, 10, 7)},
	} {
		got, err := c.start.Open(7, Find(dir))
		if err != nil || !reflect.DeepEqual(got.Image(), c.want) {
			t.Errorf("%s: not the picture that was recorded (%v)", c.start.SHA256, err)
		}
	}
}
