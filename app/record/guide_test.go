package record

import (
	"bytes"
	"context"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// TestReplayGuide records a dream that begins to follow a large guide picture on its way, and replays
// it with the picture where it was, beside the recording, named anew, changed, and lost.
func TestReplayGuide(t *testing.T) {
	dir := t.TempDir()
	guide, path := filepath.Join(dir, "guide.png"), filepath.Join(dir, "a.gif")
	if err := picture.Save(guide, newScene(72, 48).frame(0)); err != nil {
		t.Fatal(err)
	}
	net, start := tinyNet(), dream.Make("static", 24, 20, 99)
	guides := NewGuides()
	d, err := dream.New(net, engineOf(t, net), start, dream.Options{Seed: 99, Open: guides.Open})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	log := NewLog(Recipe{Seed: 99, Start: StartOf(start)}, guides)
	d.OnChange(log.Change)
	rec, err := Create(path, Options{Recipe: log.Recipe})
	if err != nil {
		t.Fatal(err)
	}
	var want []*image.RGBA
	for range 3 {
		f, err := d.Frame(func(tick int64) (dream.Settings, error) {
			s := dream.Defaults()
			s.Layer, s.Steps, s.Octaves, s.Jitter = "conv2", 2, 1, 2
			if tick > 5 {
				s.Guide = guide
			}
			return s, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		m := f.Picture()
		want = append(want, m)
		if err := rec.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := ReadRecipe(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Guides) != 1 || r.Guides[0].Name != "guide.png" || len(r.Guides[0].SHA256) != 64 || r.Last().Guide != "guide.png" {
		t.Fatalf("got guides %+v, want the one of %s by its name", r.Guides, guide)
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte(dir)) {
		t.Errorf("the recording names the folder %s (%v)", dir, err)
	}
	same := func(what string, o ReplayOptions) {
		t.Helper()
		if got := replay(t, r, o); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the frames are not those that were recorded", what)
		}
	}
	same("in place", ReplayOptions{Find: Find(dir)})
	older := r.With(func(s *dream.Settings) {
		if s.Guide != "" {
			s.Guide = guide
		}
	})
	older.Guides = []Guide{{guide, r.Guides[0].SHA256}}
	if got := replay(t, older, ReplayOptions{}); !reflect.DeepEqual(got, want) {
		t.Error("a recipe with whole paths is not replayed where they lead")
	}
	moved := filepath.Join(t.TempDir(), "guide.png")
	if err := os.Rename(guide, moved); err != nil {
		t.Fatal(err)
	}
	same("in another folder", ReplayOptions{Find: Find(dir, filepath.Dir(moved))})
	if got := replay(t, older, ReplayOptions{Find: Find(filepath.Dir(moved))}); !reflect.DeepEqual(got, want) {
		t.Error("a recipe with whole paths is not replayed with the picture in another folder")
	}
	if err := picture.Save(guide, newScene(300, 200).frame(1)); err != nil {
		t.Fatal(err)
	}
	same("behind another one of its name", ReplayOptions{Find: Find(dir, filepath.Dir(moved))})
	if err := os.Remove(guide); err != nil {
		t.Fatal(err)
	}
	m, err := picture.Open(moved)
	if err != nil {
		t.Fatal(err)
	}
	same("named anew", ReplayOptions{Guide: []*image.RGBA{start.Image(), m}})
	refused := func(what, part string) {
		t.Helper()
		err := Replay(context.Background(), r, net, engineOf(t, net), ReplayOptions{Find: Find(dir)}, func(*image.RGBA) error {
			t.Errorf("%s: a frame was dreamed", what)
			return nil
		}, nil)
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one line with %q", what, err, part)
		}
	}
	refused("lost", "--folder")
	if err := picture.Save(guide, newScene(300, 200).frame(1)); err != nil {
		t.Fatal(err)
	}
	refused("changed", "changed since")
}

// TestLogResume goes on with what another program took down: the guides of one name that are not followed any more, one that is and
// was not opened yet, and the devices.
func TestLogResume(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "guide.png"), filepath.Join(dir, "b", "guide.png")
	if err := os.Mkdir(filepath.Dir(b), 0o700); err != nil {
		t.Fatal(err)
	}
	for n, path := range []string{a, b} {
		if err := picture.Save(path, newScene(30, 20).frame(n)); err != nil {
			t.Fatal(err)
		}
	}
	head := Recipe{Seed: 9, Device: "cpu", Start: StartOf(dream.Make("static", 8, 8, 9))}
	opened := func(paths ...string) *Guides {
		guides := NewGuides()
		for _, path := range paths {
			if _, err := guides.Open(path); err != nil {
				t.Fatal(err)
			}
		}
		return guides
	}
	with := func(guide string) dream.Settings {
		s := dream.Defaults()
		s.Guide = guide
		return s
	}
	before := NewLog(head, opened(a, b))
	for n, guide := range []string{"", a, b} {
		before.Change(int64(n), n, with(guide))
	}
	before.Move("gpu")
	state := before.State()
	want := before.Recipe()

	log := NewLog(head, NewGuides()) // of which none is open yet
	log.Change(0, 0, with(""))
	if err := log.Resume(state); err != nil {
		t.Fatal(err)
	}
	log.Change(5, 5, with(b)) // as the dream tells anew
	got := log.Recipe()
	if !reflect.DeepEqual(got.Guides, want.Guides) || !reflect.DeepEqual(got.Changes, want.Changes) || len(got.Guides) != 2 {
		t.Errorf("after it there are guides %v and %d changes, before %v and %d", got.Guides, len(got.Changes), want.Guides, len(want.Changes))
	}
	if got.Device != "cpu, then gpu, then cpu" {
		t.Errorf("it was on %q", got.Device)
	}
	if again := log.State(); !reflect.DeepEqual(again.Names, state.Names) {
		t.Errorf("the names are %v, and were %v", again.Names, state.Names)
	}

	// A guide that has changed since is another one.
	if err := picture.Save(b, newScene(30, 20).frame(2)); err != nil {
		t.Fatal(err)
	}
	log = NewLog(head, opened(b))
	if err := log.Resume(state); err != nil {
		t.Fatal(err)
	}
	log.Change(5, 5, with(b))
	if r := log.Recipe(); len(r.Guides) != 3 || len(r.Changes) != len(want.Changes)+1 {
		t.Errorf("with a changed one there are guides %v and %d changes", r.Guides, len(r.Changes))
	}
}
