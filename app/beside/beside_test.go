//go:build unix

package beside

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// want checks the names and texts of all that is in a folder.
func want(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(files) {
		t.Errorf("there are %v, want %d files", entries, len(files))
	}
	for name, text := range files {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v, want %q", name, got, err, text)
		}
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "old")
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": "file", "ahead": "new", "tofifo": "fifo", "round": "round", "far": "no/new"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"file": "", "new": "", "link": "", "ahead": "",
		".": "is a folder", "fifo": "is a pipe or a device", "/dev/null": "is a pipe or a device", "tofifo": "is a pipe or a device",
		"round": "leads nowhere", "no/new": "no such file", "far": "no such file", "file/new": "not a directory",
	} {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		for what, err := range map[string]error{"Check": Check(path), "Create": create1(path), "Film": film1(path)} {
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s of %s: got %v, want %q", what, path, err, want)
			}
		}
	}
}

func create1(path string) error {
	f, err := Create(path)
	if err == nil {
		f.Discard()
	}
	return err
}

func film1(path string) error {
	f, err := Film(path)
	if err == nil {
		f.Discard()
	}
	return err
}

// What stands in a place is there until there is something better, and its link and its rights stay.
func TestOldStays(t *testing.T) {
	for name, begin := range map[string]func(string) (*File, error){"Create": Create, "Film": Film} {
		dir := t.TempDir()
		path := filepath.Join(dir, "link")
		write(t, filepath.Join(dir, "a.gif"), "old")
		if err := os.Symlink("a.gif", path); err != nil {
			t.Fatal(err)
		}
		f, err := begin(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "new")
		want(t, dir, map[string]string{"a.gif": "old", "link": "old", filepath.Base(hidden("a.gif")): "new"})
		f.Discard()
		want(t, dir, map[string]string{"a.gif": "old", "link": "old"})
		if f, err = begin(path); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "new")
		if !f.Kept() {
			t.Errorf("%s: the old file is said to be gone", name)
		}
		if err := f.Take(); err != nil {
			t.Fatal(err)
		}
		want(t, dir, map[string]string{"a.gif": "new", "link": "new"})
		if info, err := os.Lstat(filepath.Join(dir, "a.gif")); err != nil || info.Mode() != 0o640 {
			t.Errorf("%s: the mode is %v, %v, want 0640", name, info.Mode(), err)
		}
	}
}

// A film stands in a free place at once; what there is of one that does not come to its end stays.
func TestFilm(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.gif")
	for _, c := range []struct{ part, old string }{{"a.gif", ""}, {"a-partial.gif", "old"}, {"a-partial-2.gif", "old"}} {
		if c.old != "" {
			write(t, path, c.old)
		}
		f, err := Film(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "some")
		part, err := f.Part()
		if err != nil || part != filepath.Join(dir, c.part) {
			t.Errorf("the part is %q, %v, want %s", part, err, c.part)
		}
		f.Discard() // too late
	}
	want(t, dir, map[string]string{"a.gif": "old", "a-partial.gif": "some", "a-partial-2.gif": "some"})
	f, err := Film(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "in pieces")
	s, err := Scratch(dir)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(s, "in one piece")
	if err := errors.Join(f.Replace(s), f.Take()); err != nil {
		t.Fatal(err)
	}
	want(t, dir, map[string]string{"a.gif": "in one piece", "a-partial.gif": "some", "a-partial-2.gif": "some"})
}

// A file that cannot take its place stays under another name, which the error tells.
func TestTakeThatFailsKeepsTheFile(t *testing.T) {
	folderAt := func(path string) func(*File) error {
		return func(*File) error {
			return errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Join(path, "in it"), 0o755))
		}
	}
	for name, begin := range map[string]func(string) (*File, error){"Create": Create, "Film": Film} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a.mp4")
		for _, c := range []struct {
			name, kept, old string
			spoil           func(*File) error
		}{
			{"closed", "a-partial.mp4", "old", func(f *File) error { return f.Close() }},
			{"a folder in its place", "a-partial-2.mp4", "old", folderAt(path)},
		} {
			write(t, path, c.old)
			f, err := begin(path)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(f, "new")
			if err := c.spoil(f); err != nil {
				t.Fatal(err)
			}
			kept := filepath.Join(dir, c.kept)
			if err := f.Take(); err == nil || !strings.HasSuffix(err.Error(), fmt.Sprintf("what was made is in %q", kept)) {
				t.Errorf("%s, %s: got %v, want that it is in %s", name, c.name, err, kept)
			}
			if got, err := os.ReadFile(kept); err != nil || string(got) != "new" {
				t.Errorf("%s, %s: %s holds %q, %v", name, c.name, kept, got, err)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 3 {
			t.Errorf("%s: there are %v, want the folder and two kept files", name, entries)
		}
	}
	// A film that stands in its place stays there, and what a small file's maker still has is not kept.
	dir := t.TempDir()
	film, small := filepath.Join(dir, "b.gif"), filepath.Join(dir, "list")
	f, err := Film(film)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "new")
	f.Close()
	if err := f.Take(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("is in %q", film)) {
		t.Errorf("got %v, want that it is in %s", err, film)
	}
	if err := Write(small, func(w io.Writer) error { return folderAt(small)(nil) }); err == nil {
		t.Error("a small file takes the place of a folder")
	}
	if got, err := os.ReadFile(film); err != nil || string(got) != "new" {
		t.Errorf("the film holds %q, %v", got, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("there are %v, want the film and the folder", entries)
	}
}

func TestSecondWriterIsRefused(t *testing.T) {
	for _, old := range []bool{false, true} {
		for name, begin := range map[string]func(string) (*File, error){"Create": Create, "Film": Film} {
			path := filepath.Join(t.TempDir(), "a.gif")
			if old {
				write(t, path, "old")
			}
			first, err := begin(path)
			if err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"Create": create1(path), "Film": film1(path)} {
				if !errors.Is(err, ErrBusy) {
					t.Errorf("%s beside %s, old %v: got %v, want that it is busy", what, name, old, err)
				}
			}
			if err := first.Take(); err != nil {
				t.Fatal(err)
			}
			if err := create1(path); err != nil {
				t.Errorf("after the end: %v", err)
			}
		}
	}
}

// Updates of one file at a time lose nothing, and one that fails leaves it.
func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list")
	var all sync.WaitGroup
	const writers, lines = 4, 25
	for range writers {
		all.Go(func() {
			for range lines {
				if err := Update(path, func(old []byte) ([]byte, error) { return append(old, "x\n"...), nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	text := strings.Repeat("x\n", writers*lines)
	want(t, dir, map[string]string{"list": text})
	no := errors.New("no")
	if err := Update(path, func([]byte) ([]byte, error) { return nil, no }); !errors.Is(err, no) {
		t.Errorf("got %v, want %v", err, no)
	}
	if err := Write(path, func(w io.Writer) error { fmt.Fprint(w, "half"); return no }); !errors.Is(err, no) {
		t.Errorf("got %v, want %v", err, no)
	}
	want(t, dir, map[string]string{"list": text})
}

// What a killed program left is removed when it is old. What is young may be written by another machine, and what has
// another name, or is no file, is somebody else's.
func TestSweepRemovesOnlyOursAndOld(t *testing.T) {
	dir := t.TempDir()
	ours, long := hidden("a.gif"), hidden(strings.Repeat("long", 60)+".gif")
	young := hidden("young.gif")
	foreign := []string{mark + "notes", mark + "a.gif", mark + strings.Repeat("0", 16) + "-a.gif", "x" + ours, ours + "~", strings.TrimPrefix(ours, ".")}
	stay := map[string]string{young: "text"}
	for _, name := range foreign {
		stay[name] = "text"
	}
	for _, name := range append([]string{ours, long, young}, foreign...) {
		path, age := filepath.Join(dir, name), 25*time.Hour
		write(t, path, "text")
		if name == young {
			age = 23 * time.Hour
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	Sweep(dir)
	want(t, dir, stay)
}

// A scratch file is nobody else's from its first moment.
func TestScratchIsLocked(t *testing.T) {
	dir := t.TempDir()
	s, err := Scratch(dir)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(s.Name()) != dir || !isHidden(filepath.Base(s.Name())) {
		t.Errorf("it is at %s", s.Name())
	}
	if f, err := acquire(s.Name(), 0); !errors.Is(err, ErrBusy) {
		t.Errorf("another one has it too: %v, %v", f, err)
	}
	s.Discard()
	want(t, dir, nil)
	if _, err := Scratch(filepath.Join(dir, "none")); err == nil || strings.Contains(err.Error(), mark) {
		t.Errorf("in no folder: got %v", err)
	}
}
