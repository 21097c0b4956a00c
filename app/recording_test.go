package app

import (
	"context"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/record"
	"zalgoscope/app/toolstest"
	"zalgoscope/nn/enginetest"
)

// frameSums are checksums of a film's decoded frames.
func frameSums(t *testing.T, path string) string {
	t.Helper()
	toolstest.Need(t, "ffmpeg") // an independent reader
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-f", "framemd5", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// checkReplay dreams a recording again and compares every frame.
func checkReplay(t *testing.T, path string) record.Recipe {
	t.Helper()
	recipe, err := record.ReadRecipe(path)
	if err != nil {
		t.Fatal(err)
	}
	net := enginetest.Small()
	engine, err := openSmall(net)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	again := filepath.Join(t.TempDir(), "again.apng")
	o := recipe.Options()
	o.Recipe = func() record.Recipe { return recipe }
	rec, err := record.Create(again, o)
	if err != nil {
		t.Fatal(err)
	}
	each := func(m *image.RGBA) error { return rec.Add(m) }
	if err := record.Replay(context.Background(), recipe, net, engine, record.ReplayOptions{}, each, nil); err != nil {
		t.Fatal(err)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if frameSums(t, again) != frameSums(t, path) {
		t.Errorf("%s: the frames of the replay are not those that were recorded", path)
	}
	return recipe
}

// newest is the recording that is not among those known.
func newest(t *testing.T, w *window, known map[string]bool) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(w.home, "*.apng"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if !known[path] {
			known[path] = true
			return path
		}
	}
	t.Fatalf("there is no new recording among %v", found)
	return ""
}

// TestRecordThroughChanges records while the dream stands still and is stepped, while knobs and the canvas
// change, up to a length, until it begins anew, and until another net comes; every file can be replayed.
func TestRecordThroughChanges(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	known := map[string]bool{}
	w.ask(request{Do: "recorder", Name: ".apng"})
	told := func(part string) state {
		t.Helper()
		return w.until("it is told: "+part, func(s state) bool { return s.told(part) })
	}

	w.key("space")
	w.until("it stands", func(s state) bool { return s.Stands })
	w.key("v")
	w.until("the frame that is shown is recorded", func(s state) bool { return s.Recorded == 1 })
	w.key("Return")
	w.until("a step is recorded", func(s state) bool { return s.Recorded == 2 })
	w.key("v")
	told("recorded 2 frames")
	if r := checkReplay(t, newest(t, w, known)); r.Frames != 2 {
		t.Errorf("the recording of a dream that stands has %d frames", r.Frames)
	}

	w.key("space")
	w.key("v")
	w.until("frames are recorded", func(s state) bool { return s.Recorded >= 3 })
	w.key("equal", "2")
	before := w.until("the knobs are dreamed", settled)
	w.ask(request{Do: "reveal", Name: "canvas"})
	w.settle()
	r := w.ask(request{Name: "canvas"}).Rect
	w.drag(at(r, 0.3), at(r, 0.14))
	n := w.until("the canvas changes", func(s state) bool { return settled(s) && s.Size != before.Size }).Recorded
	w.until("that is recorded", func(s state) bool { return s.Recorded > n+2 })
	w.key("BackSpace")
	told("the dream began anew; recorded")
	recipe := checkReplay(t, newest(t, w, known))
	if len(recipe.Changes) < 3 {
		t.Errorf("the recipe has %d changes", len(recipe.Changes))
	}

	w.ask(request{Do: "recorder", Name: ".apng", Seconds: 1})
	notes := len(w.state().Told)
	w.key("v")
	w.until("a film of a second ends by itself", func(s state) bool { return state{Told: s.Told[notes:]}.told("recorded") })
	recipe = checkReplay(t, newest(t, w, known))
	if recipe.Frames != int(recipe.FPS+0.5) {
		t.Errorf("a film of a second at %g frames a second has %d", recipe.FPS, recipe.Frames)
	}

	w.key("i")
	told("last seconds")
	checkReplay(t, newest(t, w, known))

	w.ask(request{Do: "recorder", Name: ".apng"})
	w.key("v")
	w.until("frames are recorded", func(s state) bool { return s.Recorded >= 2 })
	w.ask(request{Do: "another net"})
	told("another net began; recorded")
	checkReplay(t, newest(t, w, known))
	n = w.state().Frame
	w.until("the other net dreams", func(s state) bool { return s.Frame > n })
	w.close()
}

// TestRecordToFullDisk fills a small disk by a recording: the window says so, the file shows
// what there was room for, and the dream goes on.
func TestRecordToFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small tmpfs")
	}
	w := open(t, "small")
	w.dreaming()
	w.ask(request{Do: "recorder", Name: ".gif", Side: 480})
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", w.home).CombinedOutput(); err != nil {
		t.Skipf("needs to mount a small tmpfs: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", w.home).Run() })
	w.key("v")
	s := w.until("the error is shown", func(s state) bool { return s.told("space") })
	n := s.Frame
	w.until("the dream goes on", func(s state) bool { return s.Frame > n+3 && s.Recorded == 0 })
	found, _ := filepath.Glob(filepath.Join(w.home, "dream-*.gif"))
	if len(found) != 1 {
		t.Fatalf("there are %v", found)
	}
	if sums := frameSums(t, found[0]); strings.Count(sums, "\n0,") < 1 {
		t.Errorf("%s shows no frame: %s", found[0], sums)
	}
	w.close()
}
