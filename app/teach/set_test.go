package teach

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/teach/teachtest"
	"zalgoscope/app/toolstest"
	"zalgoscope/nn"
)

func TestLook(t *testing.T) {
	dir := folder(t, 2)
	f, err := Look(dir)
	if err != nil || f.Flat || !slices.Equal(f.Classes, []string{"blue", "green", "red"}) || len(f.Sources) != 6 {
		t.Errorf("subfolders: %+v, %v", f, err)
	}
	halves := t.TempDir()
	for _, half := range []string{"train", "val"} {
		if err := os.CopyFS(filepath.Join(halves, half), os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	f, err = Look(halves)
	if err != nil || len(f.Classes) != 3 || len(f.Sources) != 12 || f.Sources[0].Test || !f.Sources[11].Test {
		t.Errorf("train and val: %+v, %v", f, err)
	}
	f, err = Look(filepath.Join(dir, "red"))
	if err != nil || !f.Flat || len(f.Sources) != 2 {
		t.Errorf("a flat folder: %+v, %v", f, err)
	}
	for what, dir := range map[string]string{"an empty folder": t.TempDir(), "no folder": filepath.Join(dir, "none"), "a file": filepath.Join(dir, "red", "00.png")} {
		if _, err := Look(dir); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want an error of one line", what, err)
		}
	}
}

// What is no class and no picture of one is left out, and what a user may miss is told.
func TestLookTells(t *testing.T) {
	teachtest.Cache(t)
	dir := folder(t, 2)
	for _, name := range []string{"@eaDir", ".hidden"} {
		save(t, filepath.Join(dir, name, "thumb.png"), blobs(hues["red"], 20, 20, 1))
	}
	save(t, filepath.Join(dir, "@red.png"), blobs(hues["red"], 20, 20, 1))
	save(t, filepath.Join(dir, "loose.png"), blobs(hues["red"], 20, 20, 1))
	for _, loop := range []string{filepath.Join(dir, "red", "loop.png"), filepath.Join(dir, "loop.png")} {
		if err := os.Symlink(filepath.Base(loop), loop); err != nil {
			toolstest.Skip(t, "cannot make a link:", err)
		}
	}
	f, err := Look(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Classes, []string{"blue", "green", "red"}) || len(f.Sources) != 6 || f.Loose != 2 || !strings.Contains(f.Warning(), ": 2;") {
		t.Errorf("%+v, warning %q", f, f.Warning())
	}
	s := open(t, dir, 64)
	if len(s.Skipped) != 2 || !strings.Contains(s.Skipped[0], "loop.png") {
		t.Errorf("skipped %q, want both loops", s.Skipped)
	}
	halves := t.TempDir()
	for _, half := range []string{"train", "test"} {
		if err := os.CopyFS(filepath.Join(halves, half, "red"), os.DirFS(filepath.Join(dir, "blue"))); err != nil {
			t.Fatal(err)
		}
		save(t, filepath.Join(halves, half, "loose.png"), blobs(hues["red"], 20, 20, 1))
	}
	save(t, filepath.Join(halves, "loose.png"), blobs(hues["red"], 20, 20, 1))
	if f, err := Look(halves); err != nil || f.Loose != 3 {
		t.Errorf("in halves: %+v, %v", f, err)
	}
	if f, err := Look(filepath.Join(dir, "blue")); err != nil || f.Warning() != "" {
		t.Errorf("a flat folder: %+v, %v", f, err)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// Nothing goes on decoding once the cache cannot be written.
func TestFullDisk(t *testing.T) {
	f, err := Look(folder(t, 10))
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	if err := pour(context.Background(), full{}, f.Sources, 16, nil); err == nil {
		t.Fatal("no error")
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines stay", runtime.NumGoroutine()-before)
		}
	}
}

// Broken files are skipped and named; the cache is taken as long as no file changes.
func TestOpenSet(t *testing.T) {
	teachtest.Cache(t)
	dir := folder(t, 3)
	broken := filepath.Join(dir, "red", "broken.jpg")
	if err := os.WriteFile(broken, []byte("\xff\xd8\xff no"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, 64)
	if len(s.Pictures) != 9 || len(s.Skipped) != 1 || !strings.Contains(s.Skipped[0], "broken.jpg") {
		t.Fatalf("%d pictures, skipped %q", len(s.Pictures), s.Skipped)
	}
	again := open(t, dir, 64)
	if again.Sum != s.Sum || len(again.Pictures) != 9 || len(again.Skipped) != 1 {
		t.Error("the cache differs")
	}
	m, err := again.Image(&again.Pictures[0])
	if err != nil {
		t.Fatal(err)
	}
	want := blobs(hues["blue"], 20, 24, 0)
	if !slices.Equal(m.Pix, want.Pix) {
		t.Error("a picture in the cache is not what it was")
	}
	save(t, filepath.Join(dir, "red", "more.png"), blobs(hues["red"], 400, 90, 9))
	more := open(t, dir, 64)
	if more.Sum == s.Sum || len(more.Pictures) != 10 {
		t.Error("a new picture is not seen")
	}
	for _, p := range more.Pictures {
		if strings.HasSuffix(p.Name, "more.png") && (p.H > 72 || p.W > p.H*3/2+1) {
			t.Errorf("a large picture is kept at %dx%d", p.W, p.H)
		}
	}
	// A cache that is damaged is made again.
	files, _ := filepath.Glob(filepath.Join(cacheDir(), "*.pixels"))
	for _, f := range files {
		if err := os.Truncate(f, 100); err != nil {
			t.Fatal(err)
		}
	}
	if s := open(t, dir, 64); len(s.Pictures) != 10 {
		t.Error("a damaged cache is not made again")
	}
}

func TestCheck(t *testing.T) {
	teachtest.Cache(t)
	dir := t.TempDir()
	save(t, filepath.Join(dir, "cats", "a.png"), blobs(hues["red"], 20, 20, 1))
	if err := open(t, dir, 64).Check(); err == nil || !strings.Contains(err.Error(), `one class alone, "cats"`) {
		t.Errorf("one class alone: %v", err)
	}
	if err := os.Truncate(filepath.Join(dir, "cats", "a.png"), 30); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir, 64).Check(); err == nil || !strings.Contains(err.Error(), "none of the 1 files") {
		t.Errorf("no picture that opens: %v", err)
	}
}

func TestShare(t *testing.T) {
	s := &Set{Classes: []string{"many", "none", "few"}}
	for i := range 40 {
		s.Pictures = append(s.Pictures, Picture{Class: map[bool]int{true: 0, false: 2}[i < 35]})
	}
	s.Share(0.1)
	aside := map[int]int{}
	for _, p := range s.Pictures {
		if p.Test {
			aside[p.Class]++
		}
	}
	if !slices.Equal(s.Classes, []string{"many", "few"}) || aside[0] != 3 || aside[1] != 0 {
		t.Errorf("classes %q, aside %v", s.Classes, aside)
	}
}

// A class of which there are pictures to try alone is dropped: an epoch cannot show it.
func TestShareDropsWhatCannotBeLearnt(t *testing.T) {
	s := &Set{Classes: []string{"tried", "a", "b"}, Pictures: []Picture{
		{Name: "t", Test: true}, {Name: "a", Class: 1}, {Name: "b", Class: 2}, {Name: "u", Class: 2, Test: true},
	}}
	s.Share(0.1)
	want := []Picture{{Name: "a"}, {Name: "b", Class: 1}, {Name: "u", Class: 1, Test: true}}
	if !slices.Equal(s.Classes, []string{"a", "b"}) || !slices.Equal(s.Pictures, want) {
		t.Fatalf("classes %q, pictures %v", s.Classes, s.Pictures)
	}
	if n := len(newSampler(s, 16, nn.DefaultInput(), *Usual(), 0, 2).epoch(1, 0, 20)); n != 20 {
		t.Errorf("an epoch shows %d pictures, want 20", n)
	}
}
