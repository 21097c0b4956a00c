package main

import (
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// arrows say what a package may import of ours, the packages by their folders: app/* are all below app, and what
// follows a ! is none of them. The first row that a package is of counts; one that is of none imports none.
var arrows = []struct{ from, to string }{
	{".", "app/cli gpu nn nn/cpu nn/train"},
	{"app/cli", "app app/* nn nn/* assets"},
	{"app", "app/* nn nn/* assets !app/cli !nn/cpu !nn/enginetest"},
	{"app/widget", "app/visible"},
	{"app/*", "app/* nn nn/* !app/cli !nn/cpu !nn/enginetest"},
	{"gpu", "nn nn/bend shaders"},
	{"shaders/generate", "nn nn/bend"}, // the program that writes GLSL from the tables of Go
	{"nn/enginetest", "nn nn/* assets"},
	{"nn/*", "nn nn/* !nn/cpu !nn/enginetest"},
}

// among tells whether a package is one of those that a list names.
func among(list, folder string) bool {
	in := false
	for name := range strings.FieldsSeq(list) {
		name, but := strings.CutPrefix(name, "!")
		above, all := strings.CutSuffix(name, "/*")
		if name == folder || all && strings.HasPrefix(folder, above+"/") {
			in = !but
		}
	}
	return in
}

// mayImport tells whether an arrow goes from one package to the other.
func mayImport(from, to string) bool {
	for _, a := range arrows {
		if among(a.from, from) {
			return among(a.to, to)
		}
	}
	return false
}

// Arrows run one way, on every system that we build for.
func TestArrows(t *testing.T) {
	const module = "zalgoscope"
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(folder string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "testdata" || len(d.Name()) > 1 && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		from := filepath.ToSlash(folder)
		for _, system := range []string{"linux", "windows", "darwin"} {
			c := build.Default
			c.GOOS, c.GOARCH, c.CgoEnabled = system, "amd64", true
			p, err := c.ImportDir(folder, 0)
			if _, none := err.(*build.NoGoError); none {
				continue
			} else if err != nil {
				return err
			}
			seen[from] = true
			for _, name := range p.Imports {
				to, ours := strings.CutPrefix(name, module+"/")
				if ours && !mayImport(from, to) {
					t.Errorf("%s: %s imports %s, against the arrows", system, path.Join(module, from), name)
				}
				// On Linux the toolkit of dialogs is there only once app/chooser has loaded it: without that a call crashes.
				if name == "github.com/sqweek/dialog" && from != "app/chooser" {
					t.Errorf("%s: %s shows dialogs without app/chooser", system, path.Join(module, from))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range arrows {
		if !strings.HasSuffix(a.from, "*") && !seen[a.from] {
			t.Errorf("there is no package %s from which arrows could go", a.from)
		}
	}
}

// What the map forbids is no arrow.
func TestArrowsRunOneWay(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{".", "app/cli", true}, {".", "app", false}, {".", "gpu", true}, {".", "nn/cpu", true},
		{"app/cli", "app", true}, {"app/cli", "app/dream", true}, {"app/cli", "nn/load", true}, {"app/cli", "gpu", false}, {"app/cli", "shaders", false},
		{"app", "app/dream", true}, {"app", "app/cli", false}, {"app", "gpu", false}, {"app", "nn/cpu", false},
		{"app/record", "app/dream", true}, {"app/record", "app", false}, {"app/saver", "app/cli", false}, {"app/saver", "gpu", false},
		{"app/flash/flashtest", "app/flash", true}, {"app/flash/flashtest", "app", false},
		{"nn", "nn/bend", false}, {"nn", "assets", false}, {"nn/cpu", "nn", true}, {"nn/load", "nn/disk", true}, {"nn/load", "app/picture", false}, {"nn/load", "nn/cpu", false}, {"nn/cpu/asm", "app", false},
		{"gpu", "shaders", true}, {"gpu", "nn/cpu", false}, {"gpu", "app", false}, {"shaders", "nn", false}, {"shaders/generate", "nn", true}, {"shaders/generate", "gpu", false}, {"assets", "nn", false},
	} {
		if got := mayImport(c.from, c.to); got != c.want {
			t.Errorf("%s -> %s: got %t, want %t", c.from, c.to, got, c.want)
		}
	}
}

// README's map names every folder of the program, and none that is not there.
func TestMap(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "## Map\n\n```\n")
	drawn, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("README has no map")
	}
	named, above := map[string]bool{}, ""
	for line := range strings.Lines(drawn) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.HasPrefix(line, " ") {
			above = name
		} else {
			name = path.Join(above, name)
		}
		if name = path.Clean(name); named[name] {
			t.Errorf("the map names %s twice", name)
		}
		named[name] = true
		if _, err := os.Stat(name); err != nil {
			t.Errorf("the map names %s: %v", name, err)
		}
	}
	for _, pattern := range []string{"*/*.go", "*/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			folder := path.Dir(filepath.ToSlash(f))
			if top, _, _ := strings.Cut(folder, "/"); (top == "app" || top == "nn" || top == folder) && !named[folder] {
				t.Errorf("the map does not name %s", folder)
				named[folder] = true
			}
		}
	}
}
